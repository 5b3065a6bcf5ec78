"""A database without room, or one that may only be read: pages read, writes say why not, all is whole afterwards."""

import asyncio
import contextlib
import errno
import sqlite3
from datetime import timedelta

import psycopg
import pytest
from aiosmtpd.smtp import Envelope
from peewee import OperationalError, PostgresqlDatabase

from portal.accounts.models import Session
from portal.contacts import queries
from portal.contacts.models import Group
from portal.core import room
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import after_commit, db, is_sqlite, transaction
from portal.core.logs import JsonLines
from portal.delivery import catcher
from portal.run.models import Pulse

PAGES = ("/", "/contacts", "/groups", "/campaigns", "/diary", "/reports", "/settings")
AS_MUCH_AS_WANTED = 1_073_741_823


@pytest.fixture
def make_full(app):
    """Leave SQLite not one page more; let PostgreSQL answer as it does without room."""

    def make_full():
        if is_sqlite():
            db.execute_sql("PRAGMA incremental_vacuum")
            db.execute_sql(f"PRAGMA max_page_count = {db.execute_sql('PRAGMA page_count').fetchone()[0]}")
            return
        db.execute_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        for table in ("contact_group", "session", "pulse"):
            db.execute_sql(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()"
            )

    yield make_full
    give_room()


def give_room():
    statement = "DROP FUNCTION IF EXISTS no_room CASCADE"
    db.execute_sql(f"PRAGMA max_page_count = {AS_MUCH_AS_WANTED}" if is_sqlite() else statement)


@pytest.fixture
def read_only(app):
    yield lambda: db.execute_sql("PRAGMA query_only = 1" if is_sqlite() else "SET default_transaction_read_only = on")
    db.execute_sql("PRAGMA query_only = 0" if is_sqlite() else "SET default_transaction_read_only = off")


@pytest.fixture
def browser(client_of, olivia, thandi):
    client = client_of(olivia)
    Session.update(seen_at=now() - timedelta(minutes=10)).execute()  # so that its use is to be noted
    return client


def add_group(browser, number=0):
    return browser.post("/groups", data={"name": f"Choir {number} {'x' * 60}"})


def save_until_refused(browser):
    """SQLite uses up first what is left in its last pages."""
    for number in range(200):
        answer = add_group(browser, number)
        if answer.status_code != 303:
            return answer
    raise AssertionError("nothing was refused")


def groups_of(org):
    with acting_as(system(org.id)):
        return Group.select().count()


def test_without_room_pages_read_and_a_write_says_so(browser, make_full, org):
    make_full()

    answer = save_until_refused(browser)
    before = groups_of(org)

    assert answer.status_code == 507
    assert "The disk of the installation is full" in answer.text
    assert [browser.get(path).status_code for path in PAGES] == [200] * len(PAGES)
    give_room()
    assert add_group(browser, 999).status_code == 303
    assert groups_of(org) == before + 1


def test_a_database_that_may_only_be_read_is_read(browser, read_only, org):
    read_only()

    answer = add_group(browser, 999)

    assert answer.status_code == 503
    assert "Nothing can be saved at this moment" in answer.text
    assert [browser.get(path).status_code for path in PAGES] == [200] * len(PAGES)


def write_much(after):
    with transaction():
        after_commit(after)
        for number in range(2_000):
            Pulse.create(name=f"{number} {'x' * 400}")


def test_what_fails_for_want_of_room_leaves_no_bell_behind(app, make_full):
    """What was to ring after the commit that failed does not ring after the next one."""
    rung = []
    make_full()

    with pytest.raises(OperationalError):
        write_much(lambda: rung.append("failed"))
    give_room()
    with transaction():
        after_commit(lambda: rung.append("good"))

    assert rung == ["good"]
    assert Pulse.select().count() == 0


def of_a_mistake():
    db.execute_sql("SELECT thandi FROM nothing")


def of_a_lock():
    db.execute_sql("PRAGMA busy_timeout = 20")
    with contextlib.closing(sqlite3.connect(db.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with transaction():
            pass


def of_no_server():
    PostgresqlDatabase("thandi", host="127.0.0.1", port=1).connect()


def of_an_ended_session():
    raise OperationalError("thandi") from psycopg.errors.AdminShutdown("thandi")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("cause", "status"), [(of_a_mistake, 500), (of_a_lock, 503), (of_no_server, 503), (of_an_ended_session, 503)]
)
def test_what_the_database_refuses_is_noted_and_only_what_passes_is_said_to_pass(
    browser, monkeypatch, caplog, cause, status
):
    monkeypatch.setattr(queries, "visible_groups", cause)

    answer = browser.get("/groups")

    (record,) = [record for record in caplog.records if record.name == "portal.web"]
    assert answer.status_code == status
    assert f"say {record.reference}" in answer.text
    line = JsonLines().format(record)
    assert '"failed"' in line
    assert '"endpoint": "groups.index"' in line
    assert "thandi" not in line


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("number", "trouble"),
    [(errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.EROFS, "read-only"), (errno.EIO, "failing"),
     (errno.ENOENT, "")],
)  # fmt: skip
def test_what_the_system_says_is_understood(number, trouble):
    inner = OSError(number, "words")
    outer = ValueError("another")
    outer.__context__ = inner

    assert (room.trouble_of(inner), room.trouble_of(outer)) == (trouble, trouble)


@pytest.mark.one_database
def test_the_catcher_says_later_when_it_cannot_keep_a_message(tmp_path, monkeypatch):
    """4.3.1 (RFC 3463): the message stays where it is and is handed over again."""

    def no_room(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    envelope = Envelope()
    envelope.mail_from, envelope.rcpt_tos, envelope.content = "a@example.org", ["b@example.org"], b"Subject: x\r\n\r\nx"
    keeper = catcher._Keeper(tmp_path)
    monkeypatch.setattr(catcher.os, "fsync", no_room)

    answer = asyncio.run(keeper.handle_DATA(None, None, envelope))

    assert answer.startswith("452 4.3.1")
    assert list(tmp_path.glob("*.eml")) == []
