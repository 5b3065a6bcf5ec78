"""`portal move-database`: everything from SQLite to PostgreSQL, each value as it was (security 2.5)."""

import sqlite3

import pytest

from portal.accounts import service as accounts
from portal.activity import checking, log
from portal.config import Settings
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.db import db, disconnect, transaction
from portal.features import prepare
from portal.run import moving
from portal.run.migrate import migrate
from portal.run.models import Pulse
from tests import databases
from tests.databases import KEYS

pytestmark = [pytest.mark.postgres, pytest.mark.one_database]

# The corpus of security 2.5, as far as text may be kept at all: NUL and lone surrogates are refused where they come in.
HOSTILE = (
    "O'Brien", "D'Almeida", "ǃXóõ", "Ngcobo-Ó", "Null", "None", "0", "-1", "1e309", "\\", "\\N", "\\.", "\t", "a\r\nb",
    "Bcc: x@example.org\r\n", "=?UTF-8?Q?=0A?=", "\u202e\u2066\u2069", "👨‍👩‍👧‍👦", "\ufffd", "é", "e\u0301", "İıI",
    "{}", "[]",
    '"', "'; DROP TABLE contact; --", "a" + "\u0301" * 10_000, "x" * 1_000_000, "0001-01-01", "9999-12-31", "%s %(a)s",
    " ", "",
)  # fmt: skip


@pytest.fixture
def here(tmp_path):
    """An installation on SQLite with two organisations, contacts, a record and every hostile string."""
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    migrate(settings.database_url)
    prepare(settings)
    with db.connection_context():
        for name in ("Hope House", "Second Chance"):
            org = accounts.create_org(name)
            with acting_as(system(org.id)):
                made = contacts.add(first_name="Thandi", last_name="Ngcobo", email="thandi@example.org")
                contacts.add_group("Newsletter")
                for text in HOSTILE:
                    with transaction():
                        log.write(
                            "contact.added", contact_id=made.id, changes={"note": [text, {"a": [text, None, 1.5]}]}
                        )
        for number, text in enumerate(HOSTILE):
            Pulse.create(name=f"{number}:{text[:500]}")
        Pulse.delete().where(Pulse.name.startswith(f"{len(HOSTILE) - 1}:")).execute()  # the last number is gone
    disconnect()
    yield settings
    disconnect()


@pytest.fixture
def there(postgresql):
    databases.execute(postgresql, "DROP DATABASE IF EXISTS moved WITH (FORCE)")
    databases.execute(postgresql, "CREATE DATABASE moved")
    yield postgresql.format(name="moved")
    disconnect()
    databases.execute(postgresql, "DROP DATABASE moved WITH (FORCE)")


def test_everything_arrives_as_it_was(here, there):
    counts = moving.move(here, there)

    with sqlite3.connect(here.database_url.removeprefix("sqlite:///")) as source:
        wanted = {name: source.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in counts}
        names = [row[0] for row in source.execute("SELECT name FROM pulse ORDER BY id")]
    assert counts == wanted
    assert counts["log_entry"] > 2 * len(HOSTILE)
    prepare(Settings.from_environment({"PORTAL_DATA_DIR": str(here.data_dir), "DATABASE_URL": there, **KEYS}))
    with db.connection_context():
        assert [row.name for row in Pulse.select().order_by(Pulse.id)] == names
        assert Pulse.create(name="next").id == len(HOSTILE) + 1  # never one that was given out
        with acting_as(system(1)):
            assert Contact.select().count() == 1
            assert checking.verify().ok


def test_a_database_that_is_not_empty_is_left_alone(here, there):
    moving.move(here, there)

    with pytest.raises(moving.NotMoved, match="not empty"):
        moving.move(here, there)


def test_what_postgresql_does_not_take_is_said_and_leaves_nothing_there(here, there):
    prepare(here)
    with db.connection_context():
        Pulse.create(name="€" * 2_000_000)  # more than an index of PostgreSQL holds
    disconnect()

    with pytest.raises(moving.NotMoved, match="pulse: PostgreSQL does not take"):
        moving.move(here, there)


def test_what_does_not_arrive_as_it_was_leaves_nothing_there(here, there, monkeypatch):
    monkeypatch.setattr(
        moving, "for_server", lambda value, kind: f"{value}+02" if kind.startswith("timest") and value else value
    )

    with pytest.raises(moving.NotMoved, match="did not arrive as it was"):
        moving.move(here, there)

    prepare(Settings.from_environment({"PORTAL_DATA_DIR": str(here.data_dir), "DATABASE_URL": there, **KEYS}))
    with db.connection_context():
        assert Pulse.select().count() == 0


@pytest.mark.parametrize("url", ["sqlite:////tmp/x", "mysql://a@b/c"])
def test_only_to_postgresql(here, url):
    with pytest.raises(moving.NotMoved, match="postgresql://"):
        moving.move(here, url)


def test_the_keys_are_handed_on(here, tmp_path):
    path = moving.write_settings(here, "postgresql:///portal")

    assert path.stat().st_mode & 0o077 == 0
    read = Settings.from_environment(dict(line.split("=", 1) for line in path.read_text().splitlines()))
    assert (read.secret_keys, read.address_keys) == (here.secret_keys, here.address_keys)
