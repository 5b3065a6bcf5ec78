"""The database as it was at one moment, whoever writes meanwhile, and what must be found again when it is put back.

SQLite: its own backup, in one transaction (a copy of the file would be torn, I05). PostgreSQL: pg_dump on a snapshot
that also the counting sees.
"""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"
_ROWS = Callable[[str], list[tuple[Any, ...]]]
_LONGEST = 6 * 3600


class NotTaken(RuntimeError):
    """The database could not be copied, or what was copied is not whole. The message says why."""


@dataclass(frozen=True)
class File:
    """A file of the store that the database names. `sha256` is of its plain content, "" where that is not kept."""

    place: str
    sealed_key: str
    sha256: str
    kind: str
    id: int
    org_id: int


@dataclass(frozen=True)
class Contents:
    """What is in a database: rows of each table, the last link of each organisation's record, the schema, the files."""

    tables: dict[str, int]
    heads: dict[str, list[Any]]
    schema: list[str]
    files: tuple[File, ...]

    @property
    def told(self) -> dict[str, Any]:
        """What stands in the manifest, as JSON gives it back."""
        return {"tables": self.tables, "heads": self.heads, "schema": self.schema}


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def take(url: str, folder: Path) -> tuple[Path, Contents]:
    """Copy the database of this address into the folder. Raises NotTaken, and OSError when there is no room."""
    if is_sqlite(url):
        target = folder / SQLITE
        _copy_sqlite(Path(url.removeprefix("sqlite:///")), target)
        return target, of_sqlite(target)
    return _dump(url, folder / POSTGRESQL)


def of_sqlite(path: Path) -> Contents:
    """What is in this file, which must be whole. Raises NotTaken."""
    try:
        database = sqlite3.connect(path)
        try:
            for name in ("integrity_check", "foreign_key_check"):
                found = [str(row[0]) for row in database.execute(f"PRAGMA {name}").fetchmany(3)]
                if found and found != ["ok"]:
                    raise NotTaken(f"The copy of the database is not whole: {found[0][:200]}")
            return _contents(
                lambda query: database.execute(query).fetchall(),
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
            )
        finally:
            database.close()
    except sqlite3.Error as error:
        raise NotTaken(f"The copy of the database cannot be read: {error}.") from None


@contextmanager
def reading(path: Path) -> Iterator[_ROWS]:
    """A SQLite file, to be asked."""
    database = sqlite3.connect(path)
    try:
        yield lambda query: database.execute(query).fetchall()
    finally:
        database.close()


@contextmanager
def put_back(path: Path, url: str) -> Iterator[Contents]:
    """Put a copy back into an empty place and look what is there. The place is gone afterwards."""
    with beside(path, url, "trial") as (_, contents):
        yield contents


@contextmanager
def beside(path: Path, url: str, what: str) -> Iterator[tuple[str, Contents]]:
    """Put a copy beside the database of this address: where it is, and what is there. The place is gone afterwards."""
    if path.name == SQLITE:
        yield f"sqlite:///{path}", of_sqlite(path)
        return
    name = name_beside(url, what)
    place = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    _administer(url, f'DROP DATABASE IF EXISTS "{name}"')  # of a run that was broken off
    _administer(url, f'CREATE DATABASE "{name}"')
    try:
        yield place, loaded(path, place)
    finally:
        _administer(url, f'DROP DATABASE IF EXISTS "{name}"')


def name_beside(url: str, what: str) -> str:
    """How a database of PostgreSQL beside the one of this address is called."""
    return f"{urlsplit(url).path.strip('/')}_{what}"


def load(path: Path, url: str, *, again: bool = False) -> None:
    """Put a dump into a PostgreSQL database: all of it or nothing. It must be empty, unless a first try is done
    `again`. Raises NotTaken.
    """
    more = ["--clean", "--if-exists"] if again else []
    options = ["--single-transaction", "--no-owner", "--no-privileges", "--exit-on-error", *more]
    _run(["pg_restore", *options], url, str(path))


def loaded(path: Path, url: str, *, again: bool = False) -> Contents:
    """Put a copy to where it stays, and say what is there. Raises NotTaken."""
    if path.name == SQLITE:
        return of_sqlite(path)
    load(path, url, again=again)
    with _connected(url) as rows:
        return _contents(rows, _TABLES)


def settle(path: Path) -> None:
    """Bring all of a SQLite database into its one file. Raises NotTaken."""
    try:
        database = sqlite3.connect(path)
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if database.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise NotTaken("The database is held by another program.")
        finally:
            database.close()
    except sqlite3.Error as error:
        raise NotTaken(f"The database could not be closed: {error}.") from None


def has_tables(url: str) -> bool:
    with _connected(url) as rows:
        return bool(rows(_TABLES))


def _copy_sqlite(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        live, copy = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=15), sqlite3.connect(target)
        try:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without another beside it
        finally:
            copy.close()
            live.close()
    except sqlite3.Error as error:
        raise NotTaken(f"The database could not be copied: {error}.") from None


def for_server(value: Any, kind: str) -> Any:
    """A value of SQLite as a column of this kind of PostgreSQL takes it."""
    if value is not None and kind == "timestamp with time zone":
        return f"{value}+00"
    return value


_TABLES = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
    "ORDER BY table_name"
)


def _dump(url: str, target: Path) -> tuple[Path, Contents]:
    with _connected(url) as rows:
        rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        moment = rows("SELECT pg_export_snapshot()")[0][0]
        options = ["--format=custom", f"--snapshot={moment}", f"--file={target}"]
        _run(["pg_dump", "--no-owner", "--no-privileges", *options], url)
        return target, _contents(rows, _TABLES)


def _contents(rows: _ROWS, tables: str) -> Contents:
    names = [str(row[0]) for row in rows(tables)]
    counted = {name: int(rows(f'SELECT count(*) FROM "{name}"')[0][0]) for name in names}  # noqa: S608
    for seq, hash_, last, its in rows(
        "SELECT h.seq, h.hash, e.seq, e.hash FROM log_head h LEFT JOIN log_entry e ON e.org_id = h.org_id "
        "AND e.seq = (SELECT max(seq) FROM log_entry l WHERE l.org_id = h.org_id)"
    ):
        if seq and (seq, hash_) != (last, its):
            raise NotTaken(f"The record of an organisation ends at {last}, and its last link is {seq}.")
    heads = {str(org): [seq, hash_] for org, seq, hash_ in rows("SELECT org_id, seq, hash FROM log_head")}
    schema = [str(row[0]) for row in rows("SELECT name FROM schema_migration ORDER BY name")]
    files = rows("SELECT place, sealed_key, sha256, 'document', id, org_id FROM document WHERE place <> ''")
    files += rows("SELECT place, sealed_key, '', 'export', id, org_id FROM export WHERE place <> ''")
    return Contents(counted, heads, schema, tuple(sorted((File(*row) for row in files), key=lambda one: one.place)))


@contextmanager
def _connected(url: str) -> Iterator[_ROWS]:
    import psycopg  # the extra: SQLite needs it not

    try:
        with psycopg.connect(url) as connection:

            def rows(query: str) -> list[tuple[Any, ...]]:
                cursor = connection.execute(query.encode())
                return cursor.fetchall() if cursor.description else []

            yield rows
    except psycopg.Error as error:
        raise NotTaken(f"PostgreSQL could not be read: {str(error).strip().splitlines()[0]}") from None


def _administer(url: str, statement: str) -> None:
    import psycopg

    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        raise NotTaken(
            "The database user may not make a database to try the backup in: ALTER ROLE … CREATEDB."
        ) from None
    except psycopg.Error as error:
        raise NotTaken(f"PostgreSQL refused a place to try the backup in: {str(error).strip()}") from None


def _run(command: list[str], url: str, *more: str) -> None:
    """Run one of PostgreSQL's programs; its password stands in no list of processes."""
    parts = urlsplit(url)
    environ = {**os.environ, "PGPASSWORD": unquote(parts.password or "")} if parts.password else dict(os.environ)
    place = urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")))
    try:
        ended = subprocess.run(
            [*command, f"--dbname={place}", *more], env=environ, capture_output=True, text=True, timeout=_LONGEST
        )
    except FileNotFoundError:
        raise NotTaken(f"{command[0]} is not installed; it comes with PostgreSQL's client.") from None
    except subprocess.TimeoutExpired:
        raise NotTaken(f"{command[0]} did not end.") from None
    if ended.returncode:
        words = ended.stderr.strip().splitlines()
        raise NotTaken(f"{command[0]} failed: {words[-1][:300] if words else ended.returncode}")
