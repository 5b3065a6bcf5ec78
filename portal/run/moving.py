"""`portal move-database`: everything from SQLite into an empty PostgreSQL database, compared value by value before it
counts. One transaction: either all of it is there, or nothing.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from portal.backups.snapshot import for_server
from portal.config import Settings, database_at
from portal.core.db import connect, db, disconnect, learn_sizes, transaction
from portal.run.migrate import migrate

PIECE = 500
_OURS = "schema_migration"  # written by the migration of each side


class NotMoved(RuntimeError):
    """Nothing was copied. The message says why."""


def move(settings: Settings, url: str) -> dict[str, int]:
    """Copy every table; how many rows each has. Raises NotMoved, and BadSettings for a password easy to guess."""
    if not settings.database_url.startswith("sqlite"):
        raise NotMoved("DATABASE_URL is not SQLite: there is nothing to move.")
    if not url.startswith(("postgresql://", "postgres://")):
        raise NotMoved("Say where to, such as postgresql://portal:password@localhost/portal, when - asks for it.")
    url = database_at(url)
    path = Path(unquote(settings.database_url.removeprefix("sqlite:///")))
    migrate(settings.database_url)
    disconnect()
    migrate(url)
    source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        with db.connection_context(), transaction():
            counts = _copy_all(source)
        with db.connection_context():
            learn_sizes()
        return counts
    finally:
        source.close()
        disconnect()
        connect(settings.database_url)


def has_password(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.password) or "password" in parse_qs(parts.query)


def write_settings(settings: Settings, url: str) -> Path:
    """A file for the portal's eyes only with what its `.env` needs from now on: with a server the keys stand there."""
    path = settings.data_dir / "moved.env"
    address = ",".join(f"{version}:{key.decode()}" for version, key in settings.address_keys.items())
    lines = f"DATABASE_URL={url}\nPORTAL_SECRET_KEY={','.join(settings.secret_keys)}\nPORTAL_ADDRESS_KEY={address}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(lines)
    return path


def _copy_all(source: sqlite3.Connection) -> dict[str, int]:
    tables = [name for name in sorted(db.get_tables()) if name != _OURS]
    for name in tables:
        if _ask(f'SELECT EXISTS (SELECT 1 FROM "{name}")')[0][0]:  # noqa: S608 - a name of the catalogue
            raise NotMoved(f"The database is not empty: there are rows in {name} already.")
    source.execute("BEGIN")
    there = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    strange = {n for n in there if not n.startswith(("sqlite_", "contact_search", "value_search"))} - {*tables, _OURS}
    if missing := strange | (set(tables) - there):
        raise NotMoved(f"The two sides have different tables: {', '.join(sorted(missing))}.")
    pointing = _ask(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    for table, name, _ in pointing:  # rows point to rows of tables that come later; checked when all are there
        _tell(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    counts = {name: _copy(source, name) for name in tables}
    for table, name, definition in pointing:
        _tell(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    return counts


def _copy(source: sqlite3.Connection, table: str) -> int:
    kinds = dict(
        _ask(
            "SELECT column_name, data_type FROM information_schema.columns "  # noqa: S608 - a name of the catalogue
            f"WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        )
    )
    columns = ", ".join(f'"{name}"' for name in kinds)
    rows = f'SELECT {columns} FROM "{table}" ORDER BY id'  # noqa: S608 - names of the catalogue
    try:
        with db.connection().cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in source.execute(rows):
                copy.write_row([for_server(value, kind) for value, kind in zip(row, kinds.values(), strict=True)])
    except Exception as error:
        if getattr(error, "sqlstate", None) is None:
            raise
        raise NotMoved(f"{table}: PostgreSQL does not take a row: {str(error).splitlines()[0]}") from None
    count = 0
    for here, there in zip_longest(source.execute(rows), _streamed(rows)):
        if here is None or there is None or not _is_same(here, there, list(kinds.values())):
            raise NotMoved(f"{table}: the row {(here or there)[0]} did not arrive as it was.")
        count += 1
    _go_on_counting(source, table)
    return count


def _is_same(here: Any, there: Any, kinds: list[str]) -> bool:
    for mine, theirs, kind in zip(here, there, kinds, strict=True):
        if mine is None or theirs is None:
            same = mine is theirs
        elif kind == "timestamp with time zone":
            same = mine == theirs.strftime("%Y-%m-%d %H:%M:%S.%f")
        elif kind in ("jsonb", "json"):
            same = json.loads(mine) == theirs
        elif kind == "bytea":
            same = bytes(mine) == bytes(theirs)
        elif kind in ("date", "time without time zone"):
            same = str(mine) == theirs.isoformat()
        else:
            same = mine == theirs
        if not same:
            return False
    return True


def _go_on_counting(source: sqlite3.Connection, table: str) -> None:
    """The next number is one that was never given out, also when the last rows are gone."""
    found = source.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    if found and found[0]:
        _tell(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), {int(found[0])})")


def _ask(statement: str) -> list[Any]:
    # ast-grep-ignore: no-raw-sql - of catalogues and of every table there is
    return list(db.execute_sql(statement).fetchall())


def _tell(statement: str) -> None:
    # ast-grep-ignore: no-raw-sql - of catalogues and of every table there is
    db.execute_sql(statement)


def _streamed(statement: str) -> Iterator[Any]:
    with db.connection().cursor(name="moved") as cursor:
        cursor.itersize = PIECE
        cursor.execute(statement)
        yield from cursor
