"""What a test leaves in PostgreSQL, the next one does not find."""

import psycopg
import pytest

from tests.reused import Reused

pytestmark = pytest.mark.postgres
ROWS = (
    "INSERT INTO wrong_series (key, wrong, first_at, last_at) SELECT i, 0, now(), now() FROM generate_series(1, {}) i"
)
FEW = ROWS.format(3)
LEFT: list[psycopg.Connection] = []


@pytest.fixture
def lent(postgresql):
    reused = Reused(postgresql)
    yield reused
    while LEFT:
        LEFT.pop().close()
    reused.close()


def done(lent: Reused, *statements: str) -> psycopg.Connection:
    """The session of a test that did this and forgot to close it."""
    session = psycopg.connect(lent.take(), autocommit=True)
    LEFT.append(session)
    for statement in statements:
        session.execute(statement)
    return session


def table_of_next(lent: Reused) -> tuple:
    """What the next test meets: the rows and the pages the planner knows of, the rows there are, and the next id."""
    with psycopg.connect(lent.take()) as fresh:
        return fresh.execute(
            "SELECT reltuples, pg_relation_size(oid), (SELECT count(*) FROM wrong_series), "
            "nextval(pg_get_serial_sequence('wrong_series', 'id')) FROM pg_class WHERE relname = 'wrong_series'"
        ).fetchone()


def test_rows_ids_and_sessions_are_gone_from_the_same_copy(lent):
    left = done(lent, FEW, "BEGIN", "UPDATE wrong_series SET wrong = 1")
    lent.give_back()

    assert table_of_next(lent) == (-1, 0, 0, 1)
    assert lent.copies == 1
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")


def test_what_was_undone_leaves_no_room_behind(lent):
    done(lent, "BEGIN", FEW, "ROLLBACK")
    lent.give_back()

    assert table_of_next(lent) == (-1, 0, 0, 1)


@pytest.mark.parametrize(
    "done_to_it",
    [
        ["CREATE TEMPORARY TABLE left_behind (id INTEGER)"],
        ["ALTER TABLE wrong_series ALTER key SET DEFAULT 'x'"],
        ["ALTER TABLE contact DISABLE TRIGGER ALL"],
        ["DELETE FROM schema_migration"],
        [FEW, "ANALYZE wrong_series"],
        [ROWS.format(2_000)],
    ],
)
def test_after_anything_but_a_few_rows_the_next_test_has_a_new_copy(lent, done_to_it):
    done(lent, *done_to_it)
    lent.give_back()

    assert table_of_next(lent) == (-1, 0, 0, 1)
    assert lent.copies == 2
