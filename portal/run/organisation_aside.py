"""The database of an archive, laid aside to be read: of SQLite or PostgreSQL, and which is the same as the live one."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from portal.backups import snapshot
from portal.backups.opening import NotRestored
from portal.core.db import db, is_sqlite

AT_ONCE = 400  # rows of one transaction: whoever else writes waits no longer than that
Row = tuple[Any, ...]


class Aside:
    """Reads the archive's rows, as the live database takes them."""

    def __init__(self, connection: Any, *, is_file: bool) -> None:
        self._connection, self._is_file = connection, is_file

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """A query with ? for each value."""
        if self._is_file:
            return list(self._connection.execute(query, values))
        return list(self._connection.execute(query.replace("?", "%s").encode(), values))

    def of(self, table: str, org_id: int, columns: list[str]) -> Iterator[list[Row]]:
        """The rows of an organisation, some hundred at a time, by their ids."""
        kinds, last = self._kinds(table, columns), 0
        while True:
            query = f'SELECT id, {self._named(columns)} FROM "{table}" AS t WHERE org_id = ? AND id > ?'  # noqa: S608
            found = self.ask(f"{query} ORDER BY t.id LIMIT {AT_ONCE}", (org_id, last))
            if not found:
                return
            last = found[-1][0]
            yield [self._taken(row[1:], kinds) for row in found]

    def one_of(self, table: str, row_id: int, columns: list[str]) -> Row:
        """One row by its id."""
        found = self.ask(f'SELECT {self._named(columns)} FROM "{table}" WHERE id = ?', (row_id,))  # noqa: S608
        return self._taken(found[0], self._kinds(table, columns))

    def _named(self, columns: list[str]) -> str:
        """From a server to a server everything goes as text: what it writes it reads."""
        return ", ".join(f'"{name}"' if self._is_file else f'"{name}"::text' for name in columns)

    def _kinds(self, table: str, columns: list[str]) -> list[str]:
        kinds = {} if is_sqlite() else kinds_of(table)
        return [kinds.get(name, "") for name in columns]

    def _taken(self, row: Row, kinds: list[str]) -> Row:
        """From a file to a server times need their zone; between two of a kind everything goes as it is."""
        if not self._is_file or not any(kinds):
            return row
        return tuple(snapshot.for_server(value, kind) for value, kind in zip(row, kinds, strict=True))


@contextmanager
def opened(url: str) -> Iterator[Aside]:
    """Raises NotRestored for a database of a server when the live one is a file."""
    if snapshot.is_sqlite(url):
        path = Path(url.removeprefix("sqlite:///"))
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            yield Aside(connection, is_file=True)
        finally:
            connection.close()
        return
    if is_sqlite():
        raise NotRestored("This backup is of PostgreSQL; DATABASE_URL names another kind of database.")
    import psycopg  # the extra: SQLite needs it not

    with psycopg.connect(url, options="-c timezone=UTC") as server:
        yield Aside(server, is_file=False)


def ask(statement: str, values: Sequence[Any] = ()) -> list[Row]:
    """Of the live database, with ? for each value."""
    # ast-grep-ignore: no-raw-sql - of every table there is
    return list(db.execute_sql(_marked(statement), values).fetchall())


def tell(statement: str, values: Sequence[Any] = ()) -> int:
    """Change the live database; how many rows."""
    # ast-grep-ignore: no-raw-sql - of every table there is
    return int(db.execute_sql(_marked(statement), values).rowcount)


def add(table: str, columns: list[str], rows: list[Row]) -> None:
    """Insert rows as they are, with their ids."""
    named = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    statement = f'INSERT INTO "{table}" ({named}) VALUES ({marks})'  # noqa: S608 - names of the catalogue
    db.connection().cursor().executemany(_marked(statement), rows)


def columns_of(table: str) -> list[str]:
    return list(kinds_of(table))


def kinds_of(table: str) -> dict[str, str]:
    """The columns of a live table, each with its type."""
    if is_sqlite():
        return {row[1]: row[2] for row in ask(f'PRAGMA table_info("{table}")')}
    query = "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()"
    return dict(ask(f"{query} AND table_name = ? ORDER BY ordinal_position", (table,)))


def parents_of(table: str) -> set[str]:
    """The live tables that rows of this one point to."""
    if is_sqlite():
        return {row[2] for row in ask(f'PRAGMA foreign_key_list("{table}")')}
    query = "SELECT p.relname FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid WHERE c.contype = 'f'"
    return {row[0] for row in ask(f"{query} AND c.conrelid = to_regclass(?)", (f'"{table}"',))}


def links_within(table: str) -> list[str]:
    """The columns of a live table that point to other rows of the same table."""
    if is_sqlite():
        found = [row[3] for row in ask(f'PRAGMA foreign_key_list("{table}")') if row[2] == table]
    else:
        query = (
            "SELECT a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = "
            "ANY(c.conkey) WHERE c.contype = 'f' AND c.conrelid = c.confrelid AND c.conrelid = to_regclass(?)"
        )
        found = [row[0] for row in ask(query, (f'"{table}"',))]
    return sorted(set(found) - {"org_id"})


def _marked(statement: str) -> str:
    return statement if is_sqlite() else statement.replace("?", "%s")
