"""The one place that knows there are two databases: SQLite and PostgreSQL.

Promises: a transaction that writes takes its lock at once, a time is always aware UTC, and a hook after
commit can neither break the transaction nor stop another hook.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from peewee import (
    SQL,
    AutoField,
    Cast,
    Database,
    DatabaseProxy,
    EnclosedNodeList,
    Field,
    Model,
    NodeList,
    PostgresqlDatabase,
    SqliteDatabase,
    TextField,
    Value,
    fn,
)
from peewee import __version__ as peewee_version  # type: ignore[attr-defined]
from playhouse.db_url import parse as parse_url
from playhouse.pool import PooledDatabase, PooledPostgresqlDatabase

log = logging.getLogger("portal.db")
db: Any = DatabaseProxy()
QUICK_WITH = ("4.5.3",)  # the versions of Peewee that tests/core/test_quick_sql.py was run with
if peewee_version in QUICK_WITH:
    from portal.core import quick_sql

    quick_sql.use()

PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "busy_timeout": 15_000,
    "synchronous": "full",
    "cache_size": -16_000,
    "secure_delete": 1,  # what is deleted or overwritten is made zeros, not only forgotten (P-14-4)
}
UTC_TEXT = "%Y-%m-%d %H:%M:%S.%f"


class _Sqlite(SqliteDatabase):
    def rollback(self) -> None:
        """SQLite itself has rolled back what failed for want of room (J03); to ask it again would be an error."""
        if self.connection().in_transaction:
            super().rollback()


def connect(url: str) -> Database:
    """Point the portal at a database and return it. Opens no connection."""
    values = parse_url(url)
    name = values.pop("database")
    if url.startswith("sqlite"):
        database: Database = _Sqlite(name or ":memory:", pragmas=PRAGMAS, timeout=15)
    else:
        values.setdefault("options", "-c timezone=UTC")
        database = PooledPostgresqlDatabase(name, max_connections=32, stale_timeout=300, **values)
    db.initialize(database)
    return database


def disconnect() -> None:
    """Close every connection of this process, those kept for later included. To be called before forking: two
    processes on one connection would read each other's answers.
    """
    if not db.is_closed():
        db.close()
    if isinstance(db.obj, PooledDatabase):
        db.close_all()


@contextmanager
def connected() -> Iterator[None]:
    """A connection for the time of this; one that is open already is left open."""
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened and not db.is_closed():
            db.close()


def is_sqlite() -> bool:
    return isinstance(db.obj, SqliteDatabase)


_at_the_door: list[Callable[[], None]] = []


def register_at_the_door(look: Callable[[], None]) -> None:
    """Have this asked at the beginning of every transaction, within it; what it raises ends the transaction."""
    if look not in _at_the_door:
        _at_the_door.append(look)


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing. On SQLite the write lock is taken at the start; inside another transaction it is a savepoint."""
    begin = ("IMMEDIATE",) if is_sqlite() else ()
    is_outermost = not db.in_transaction()
    with db.atomic(*begin):
        if is_outermost:
            for look in _at_the_door:
                look()
        yield


def after_commit(action: Callable[[], None]) -> None:
    """Do this once the outermost transaction is committed; at once when there is none. Its failure is only logged."""

    def ring() -> None:
        try:
            action()
        except Exception:
            log.exception("an action after commit failed")

    db.after_commit(ring)


def hour_of(field: Any) -> Any:
    """The hour of a UtcField within a query, as text such as 2026-11-24T08 (UTC)."""
    if is_sqlite():
        return fn.REPLACE(fn.SUBSTR(field, 1, 13), " ", "T").coerce(False)
    # No parameters: PostgreSQL does not see that two of them are the same in SELECT and GROUP BY.
    return fn.TO_CHAR(fn.TIMEZONE(SQL("'UTC'"), field), SQL("""'YYYY-MM-DD"T"HH24'""")).coerce(False)


def json_has_key(field: Any, name: str, *, unlike: str, or_in: list[str]) -> Any:
    """The condition that the object called `name` within a JSONField has a key that is not LIKE one pattern, or is one
    of a list.
    """
    if is_sqlite():
        source = NodeList((fn.JSON_EACH(field, f"$.{name}"), SQL("AS told")))
    else:
        source = NodeList((fn.JSONB_OBJECT_KEYS(fn.JSONB_EXTRACT_PATH(field, name)), SQL("AS told(key)")))
    listed = EnclosedNodeList([Value(key) for key in ["", *or_in]])
    return NodeList(
        (
            SQL("EXISTS (SELECT 1 FROM"), source, SQL("WHERE told.key NOT LIKE"), Value(unlike),
            SQL("OR told.key IN"), listed, SQL(")"),
        )
    )  # fmt: skip


def json_number(field: Any, *path: str | int) -> Any:
    """The whole number that stands at this place of a JSONField; null where there is none."""
    if is_sqlite():
        place = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        return Cast(fn.JSON_EXTRACT(field, place), "INTEGER")
    return Cast(fn.JSONB_EXTRACT_PATH_TEXT(field, *map(str, path)), "INTEGER")


def bucket_of(field: Any, unit: str) -> Any:
    """The hour or minute in which a UtcField lies, to group by; `bucket_start` reads it."""
    if is_sqlite():
        return fn.SUBSTR(field, 1, SQL("13" if unit == "hour" else "16")).coerce(False)
    # No parameters: PostgreSQL does not see that two of them are the same in SELECT and GROUP BY.
    return fn.DATE_TRUNC(SQL("'hour'" if unit == "hour" else "'minute'"), field).coerce(False)


def bucket_start(value: str | datetime) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value if len(value) > 13 else f"{value}:00").replace(tzinfo=UTC)
    return value.astimezone(UTC)


def domain_of(field: Any) -> Any:
    """What stands after the @ of an address within a query, in small letters."""
    if is_sqlite():
        return fn.LOWER(fn.SUBSTR(field, fn.INSTR(field, SQL("'@'")) + SQL("1")))
    return fn.LOWER(fn.SPLIT_PART(field, SQL("'@'"), SQL("2")))


def learn_sizes() -> None:
    """Let SQLite look at how its tables have grown, so that it chooses the right index. PostgreSQL does it by itself.

    Takes some milliseconds however large the tables are.
    """
    if is_sqlite():
        db.execute_sql("PRAGMA analysis_limit=1000")
        db.execute_sql("ANALYZE")


class GivingWay:
    """For a long job of many transactions: called after each. SQLite queues nobody: who waits for its lock looks for it
    up to ten times a second, and would find it taken again each time, until he gives up.
    """

    def __init__(self) -> None:
        self.since = time.monotonic()

    def __call__(self) -> None:
        if is_sqlite() and time.monotonic() - self.since > 1:
            time.sleep(0.11)
            self.since = time.monotonic()


def scrub(tables: Sequence[str]) -> None:
    """Take what was deleted from these tables out of the database's files too (P-14-4).

    SQLite: pages are zeroed as they are freed (`secure_delete`); here what older pages still stand in the journal, and
    the letters that the search index keeps until it is put together anew. PostgreSQL: the rows that no transaction
    sees any more. Not within a transaction. While somebody else reads an old state it does less, and the next does it.
    """
    if is_sqlite():
        db.execute_sql("INSERT INTO contact_search (contact_search) VALUES ('optimize')")
        db.execute_sql("INSERT INTO value_search (value_search) VALUES ('optimize')")
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    for table in tables:
        db.execute_sql(f'VACUUM "{table}"')


def time_of_server() -> datetime | None:
    """The time by the clock of the database's server; none where it is this process itself."""
    return None if is_sqlite() else db.execute_sql("SELECT clock_timestamp()").fetchone()[0]


Query = TypeVar("Query")


def lock(query: Query) -> Query:
    """The same query holding its rows until the transaction ends. SQLite holds the whole database anyway."""
    return query if is_sqlite() else query.for_update()  # type: ignore[attr-defined]


def share_row(model: Any, row_id: int) -> None:
    """Let nobody change this row until the transaction ends; others may share it. SQLite holds everything anyway."""
    if not is_sqlite():
        query: Any = model.select(SQL("1")).where(model.id == row_id)
        db.execute(query.for_update("FOR SHARE"))


def lock_table(model: type[Model]) -> None:
    """Let nobody else past this point of a transaction until it ends. SQLite holds the whole database anyway."""
    if not is_sqlite():
        db.execute_sql(f'LOCK TABLE "{model._meta.table_name}" IN SHARE ROW EXCLUSIVE MODE')


class UtcField(Field):
    """A moment. Stored as timestamptz on PostgreSQL and as text of fixed width on SQLite; always read as aware UTC."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: datetime | None) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{self.name} needs an aware time")
        value = value.astimezone(UTC)
        return value.strftime(UTC_TEXT) if is_sqlite() else value

    def python_value(self, value: datetime | str | None) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)


class KeyField(TextField):
    """Text that is ordered and compared letter by letter on both databases, whatever the language of the server."""

    field_type = "PLAINTEXT"


SqliteDatabase.field_types = {**SqliteDatabase.field_types, "TIMESTAMPTZ": "TEXT", "PLAINTEXT": "TEXT"}
PostgresqlDatabase.field_types = {
    **PostgresqlDatabase.field_types, "TIMESTAMPTZ": "TIMESTAMPTZ", "PLAINTEXT": 'TEXT COLLATE "C"',
}  # fmt: skip


class IdField(AutoField):
    """Given out once: a right, a link or a log entry that names a row long gone never comes to mean another one."""

    def ddl(self, ctx: Any) -> NodeList:
        column: NodeList = super().ddl(ctx)
        return NodeList((column, SQL("AUTOINCREMENT"))) if is_sqlite() else column


class BaseModel(Model):
    id = IdField()

    class Meta:
        database = db
        legacy_table_names = False
