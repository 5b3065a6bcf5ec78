"""The rows of one organisation out of a copy of the database: a SQLite file with every table, and in them its rows and
nothing of anybody else. Of users there are the names and addresses of its own people, without their passwords.
"""

import importlib
import json
import pkgutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import portal.migrations
from portal.backups import snapshot
from portal.backups.snapshot import Contents, NotTaken
from portal.core.db import UTC_TEXT

# Of the installation, though a row may name an organisation.
NOT_ITS = frozenset({"backup", "backup_key", "place_exception"})
_PEOPLE = "SELECT user_id FROM {prefix}membership WHERE org_id = {org_id}"
_USER = "id, email, name, '' AS password_hash, 0 AS is_support, NULL AS disabled_at, created_at"
_USER_COLUMNS = ("id", "email", "name", "password_hash", "is_support", "disabled_at", "created_at")
_AT_ONCE = 500


def take_out(url: str, org_id: int, target: Path) -> Contents:
    """Write the organisation's rows of the database at this address into a new file, and say what is there. Raises
    NotTaken.
    """
    target.unlink(missing_ok=True)
    try:
        if snapshot.is_sqlite(url):
            _from_file(Path(url.removeprefix("sqlite:///")), org_id, target)
        else:
            _from_server(url, org_id, target)
    except sqlite3.Error as error:
        raise NotTaken(f"The rows of the organisation could not be copied: {error}.") from None
    return snapshot.of_sqlite(target)


def _from_file(source: Path, org_id: int, target: Path) -> None:
    with closing(sqlite3.connect(f"file:{quote(str(target))}", uri=True)) as own:
        own.execute("ATTACH ? AS whole", (f"file:{quote(str(source))}?mode=ro",))
        for statement in _schema(own):
            own.execute(statement)
        for table in _tables(own):
            if table == "user":
                named, chosen = f"({', '.join(_USER_COLUMNS)})", _USER
            else:
                named, chosen = "", "*"
            rows = f'SELECT {chosen} FROM whole."{table}"{_where(own, table, org_id, "whole.")}'  # noqa: S608
            own.execute(f'INSERT INTO main."{table}" {named} {rows}')
        own.commit()


def _schema(own: sqlite3.Connection) -> Iterable[str]:
    """The statements that made the copied database, tables first; those of a search index make its own tables."""
    found = own.execute(
        "SELECT type, name, sql FROM whole.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    virtual = [name for _, name, sql in found if sql.upper().startswith("CREATE VIRTUAL")]
    order = {"table": 0, "index": 1, "trigger": 2}
    for _, name, sql in sorted(found, key=lambda one: order.get(one[0], 3)):
        if not any(name.startswith(f"{one}_") and not sql.upper().startswith("CREATE TRIGGER") for one in virtual):
            yield sql


def _from_server(url: str, org_id: int, target: Path) -> None:
    import psycopg  # the extra: SQLite needs it not

    with closing(sqlite3.connect(target)) as own, psycopg.connect(url, options="-c timezone=UTC") as server:
        done = [str(name) for (name,) in server.execute("SELECT name FROM schema_migration ORDER BY name")]
        own.execute(
            'CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL, '
            '"at" TEXT NOT NULL)'
        )
        for module in sorted(one.name for one in pkgutil.iter_modules(portal.migrations.__path__)):
            if module in done:
                for statement in importlib.import_module(f"portal.migrations.{module}").SQLITE:
                    own.execute(statement)
        for table in _tables(own):
            columns = [row[1] for row in own.execute(f'PRAGMA table_info("{table}")')]
            kinds: dict[str, str] = dict(
                server.execute(
                    "SELECT column_name, data_type FROM information_schema.columns "
                    "WHERE table_schema = current_schema() AND table_name = %s",
                    (table,),
                ).fetchall()
            )
            chosen = _USER if table == "user" else ", ".join(_asked(name, kinds[name]) for name in columns)
            columns = list(_USER_COLUMNS) if table == "user" else columns
            named, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
            with server.cursor(name="own") as rows:
                rows.itersize = _AT_ONCE
                rows.execute(f'SELECT {chosen} FROM "{table}"{_where(own, table, org_id)}'.encode())  # noqa: S608
                own.executemany(
                    f'INSERT INTO "{table}" ({named}) VALUES ({marks})',  # noqa: S608
                    ([_for_file(value) for value in row] for row in rows),
                )
        own.commit()


def _tables(own: sqlite3.Connection) -> list[str]:
    """Those that hold rows of an organisation, and the three that it cannot be read without."""
    names = [row[0] for row in own.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")]
    its = [name for name in names if name not in NOT_ITS and "org_id" in _columns(own, name)]
    return ["org", "user", "schema_migration", *its]


def _columns(own: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in own.execute(f'PRAGMA main.table_info("{table}")')}


def _where(own: sqlite3.Connection, table: str, org_id: int, prefix: str = "") -> str:
    if table == "org":
        return f" WHERE id = {int(org_id)}"
    if table == "user":
        return f" WHERE id IN ({_PEOPLE.format(prefix=prefix, org_id=int(org_id))})"
    return "" if table == "schema_migration" else f" WHERE org_id = {int(org_id)}"


def _asked(name: str, kind: str) -> str:
    return f'"{name}"::text' if kind in ("jsonb", "json") else f'"{name}"'


def _for_file(value: Any) -> Any:
    """A value of PostgreSQL as SQLite keeps it here."""
    if isinstance(value, datetime):
        return value.strftime(UTC_TEXT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return bytes(value) if isinstance(value, memoryview) else value
