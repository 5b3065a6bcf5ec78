"""The cast and the stage. Alice edits, Bob reads, Olivia owns; Charlie works for another organisation."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts import service as accounts
from portal.accounts.models import Membership, User
from portal.accounts.service import actor_for
from portal.app import create_app
from portal.config import Settings
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core import db as database
from portal.core.actor import Actor, acting_as, system
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.run.migrate import migrate
from portal.signin import devices, sessions
from tests import databases, once
from tests.agreed import agree
from tests.reused import Reused

PASSWORD = "seven green buses"
HX = {"HX-Request": "true"}
LONGEST = ("tests/walker/", "test_each_page_fits", "test_every_page_in_every_language")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql", "both"), default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("database")
        if chosen == "both" and metafunc.definition.get_closest_marker("one_database"):
            chosen = "sqlite"
        kinds = ("sqlite", "postgresql") if chosen == "both" else (chosen,)
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins; otherwise one processor would end with a walk while the other is idle."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))
    if config.getoption("--database") == "both":
        further = further_cases(items)
        config.hook.pytest_deselected(items=further)
        items[:] = [item for item in items if item not in set(further)]


def further_cases(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of a test with many cases all meet SQLite and the first meets PostgreSQL too, as long as both are asked for:
    the cases differ in their values, not in their statements. `--database postgresql` runs every one there.
    """
    seen: set[str] = set()
    further = []
    for item in sorted(items, key=lambda item: item.nodeid):
        case = getattr(item, "callspec", None)
        if case is None or case.params.get("database_url") != "postgresql" or item.get_closest_marker("each_database"):
            continue
        test = item.nodeid.partition("[")[0]
        if test in seen:
            further.append(item)
        seen.add(test)
    return further


@pytest.fixture(scope="session", autouse=True)
def dear_things_once() -> None:
    once.share_routes()
    once.share_templates()
    once.hash_lightly()
    once.trust_the_disk()
    once.sweep_seldom()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "portal.sqlite3"
    migrate(f"sqlite:///{path}")
    with database.db.connection_context():
        database.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A cluster with a migrated database called `template`, to be copied for each test."""
    with databases.cluster() as url:
        databases.execute(url, "CREATE DATABASE template")
        migrate(url.format(name="template"))
        database.db.close_all()
        yield url


@pytest.fixture(scope="session")
def reused(postgresql: str) -> Iterator[Reused]:
    reused = Reused(postgresql)
    yield reused
    reused.close()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "portal.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        if not database.db.is_closed():
            database.db.close()
        return
    reused = request.getfixturevalue("reused")
    yield reused.take()
    if not database.is_sqlite():
        database.db.close_all()
    reused.give_back()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        base_url="http://localhost",
        secret_keys=("s" * 40,),
        address_keys={"v1": b"a" * 40},
        database_url=database_url,
        redis_url=f"unix://{tmp_path}/absent.sock",
        support_email="support@example.org",
        testing=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.db.connection_context():
        yield app


@pytest.fixture
def org(app: Flask) -> Org:
    return accounts.create_org(
        "Hope House",
        legal_name="Hope House NPC",
        email="office@hopehouse.example",
        telephone="+27315550100",
        address="12 Marion Avenue, Glenashley, Durban, 4051",
        information_officer="Nomsa Dube",
        town="Durban",
    )


@pytest.fixture
def other_org(app: Flask) -> Org:
    return accounts.create_org("Second Chance")


def member(org: Org, name: str, role: Role) -> User:
    with acting_as(system(org.id)):
        return accounts.create_user(f"{name.lower()}@{org.slug}.example", name, role, PASSWORD)


@pytest.fixture
def olivia(org: Org) -> User:
    """Owns Hope House."""
    return member(org, "Olivia", Role.OWNER)


@pytest.fixture
def adam(org: Org) -> User:
    """Administers Hope House: sends, deletes, exports."""
    return member(org, "Adam", Role.ADMINISTRATOR)


@pytest.fixture
def alice(org: Org) -> User:
    """May read and edit contacts."""
    return member(org, "Alice", Role.EDITOR)


@pytest.fixture
def bob(org: Org) -> User:
    """May only read."""
    return member(org, "Bob", Role.READER)


@pytest.fixture
def charlie(other_org: Org) -> User:
    """Owns another organisation."""
    return member(other_org, "Charlie", Role.OWNER)


def actor_of(user: User) -> Actor:
    return actor_for(Membership.get(Membership.user == user))


@pytest.fixture
def as_alice(alice: User) -> Iterator[Actor]:
    with acting_as(actor_of(alice)) as actor:
        yield actor


@pytest.fixture
def as_olivia(olivia: User) -> Iterator[Actor]:
    with acting_as(actor_of(olivia)) as actor:
        yield actor


@pytest.fixture
def thandi(org: Org) -> Contact:
    with acting_as(system(org.id)):
        made = contacts.add(
            first_name="Thandi", last_name="Ngcobo", email="thandi@example.org", telephone="082 555 0134"
        )
        agree([made.id])
        return made


ClientOf = Callable[[User], FlaskClient]


@pytest.fixture
def client_of(app: Flask) -> ClientOf:
    """A signed-in browser. The session is begun by the service; the sign-in page has tests of its own."""

    def client_of(user: User) -> FlaskClient:
        client = app.test_client()
        mine = list(Membership.select().where(Membership.user == user))
        with transaction():
            device, kept = devices.trust(user, "Chrome on Linux", "127.0.0.1")
            membership = mine[0] if len(mine) == 1 else None
            secret = sessions.begin(user, membership, device.id, "Chrome on Linux", "127.0.0.1")
        client.set_cookie("device", kept)
        with client.session_transaction() as session:
            session["_user_id"] = secret
            session["_fresh"] = True
        return client

    return client_of
