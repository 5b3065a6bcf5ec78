"""Databases of before: the schema of any step on the way to today's, with rows in every table."""

import sqlite3
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from portal.core import db as database
from portal.run import migrate

NUMBERS = (1, 2)  # two organisations, with one row of each kind
OWN = ("schema_migration",)  # of the migrations themselves
Rows = dict[str, dict[int, dict[str, Any]]]

# What a step takes away on purpose, or writes anew in another form.
MEANT = {
    "m0002_signing_in": {"session"},
    "m0011_lawful_basis": {"justification"},
    "m0026_own_pages": {"contact_field.is_self_service"},
}

VALUES = {
    "integer": lambda _name, number: number, "bigint": lambda _name, number: 7_000_000_000 + number,
    "smallint": lambda _name, number: number, "boolean": lambda _name, number: number == 1,
    "text": lambda name, number: f"{name} {number} ǃXóõ", "numeric": lambda _name, number: f"{number}.25",
    "double precision": lambda _name, number: number / 4, "real": lambda _name, number: number / 4,
    "jsonb": lambda name, number: f'{{"{name}": [{number}, null, "é"]}}',
    "timestamp with time zone": lambda _name, number: f"2026-05-0{number} 10:00:00.123456+00:00",
    "date": lambda _name, number: f"2026-05-0{number}", "bytea": lambda _name, number: bytes([number, 0, 255]),
    "blob": lambda _name, number: bytes([number, 0, 255]),
}  # fmt: skip


def migrate_until(url: str, step: int) -> None:
    """Run the first so many migrations on a database."""
    names = migrate.names()[:step]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "names", lambda: names)
        migrate.migrate(url)
    database.disconnect()


class Older:
    """A look into a database past the program: its tables, its rows, and rows put in."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.connection: Any
        if self.is_sqlite:
            self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        else:
            self.connection = psycopg.connect(url, autocommit=True)
            self.ask("SET TIME ZONE 'UTC'")

    def __enter__(self) -> "Older":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        if self.is_sqlite:
            return self.connection.execute(statement, values).fetchall()
        cursor = self.connection.execute(statement.replace("?", "%s"), values or None)
        return cursor.fetchall() if cursor.description else []

    def columns(self) -> dict[str, dict[str, str]]:
        """Each table with its columns and their types; not what an index of SQLite makes for itself."""
        if self.is_sqlite:
            found = self.ask(
                "SELECT m.name, p.name, lower(p.type) FROM sqlite_master m, pragma_table_info(m.name) p "
                "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '%_search%' "
                "ORDER BY m.rowid, p.cid"
            )
        else:
            found = self.ask(
                "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c "
                "WHERE c.table_schema = 'public' AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
            )
        tables: dict[str, dict[str, str]] = {}
        for table, column, kind in found:
            if table not in OWN:
                tables.setdefault(table, {})[column] = kind
        return tables

    def rows(self) -> Rows:
        """What is in it, each row by its number."""
        told: Rows = {}
        for table, columns in self.columns().items():
            names = ", ".join(f'"{name}"' for name in columns)
            found = [dict(zip(columns, row, strict=True)) for row in self.ask(f'SELECT {names} FROM "{table}"')]
            told[table] = {row.get("id", row.get("org_id")): row for row in found}
        return told

    def schema(self) -> list[tuple[Any, ...]]:
        if self.is_sqlite:
            return self.ask("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        return self.ask(
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY table_name, column_name"
        ) + self.ask("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname")

    def broken(self) -> list[Any]:
        """Keys that lead nowhere."""
        if self.is_sqlite:
            return self.ask("PRAGMA foreign_key_check")
        found = []
        for table, name, text in self.ask(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        ):
            self.ask("BEGIN")
            try:
                self.ask(f"ALTER TABLE {table} ADD CONSTRAINT again {text}")
            except psycopg.errors.ForeignKeyViolation:
                found.append(name)
            self.ask("ROLLBACK")
        return found

    def take_over(self, other: "Older") -> None:
        """The rows of a newer database, as far as this one has the columns."""
        newer, rows = other.columns(), other.rows()
        self.ask("BEGIN")
        self.ask("PRAGMA defer_foreign_keys = ON" if self.is_sqlite else "SET LOCAL session_replication_role = replica")
        for table, columns in self.columns().items():
            shared = [name for name in columns if name in newer.get(table, {})]
            names, marks = ", ".join(f'"{name}"' for name in shared), ", ".join("?" for _ in shared)
            for row in rows.get(table, {}).values():
                values = [_for(columns[name], row[name]) for name in shared]
                self.ask(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *values)
            if "id" in columns and not self.is_sqlite:
                self.ask(f'SELECT setval(\'"{table}_id_seq"\', (SELECT max(id) FROM "{table}"))')
        self.ask("COMMIT")

    def fill(self, before: dict[str, dict[str, str]]) -> None:
        """Rows for each table that was not there `before`, and values for each column that was not."""
        self.ask("BEGIN")
        self.ask("PRAGMA defer_foreign_keys = ON" if self.is_sqlite else "SET LOCAL session_replication_role = replica")
        for table, columns in self.columns().items():
            old = before.get(table, {}) if self.ask(f'SELECT 1 FROM "{table}"') else {}
            fresh = {name: kind for name, kind in columns.items() if name not in old and name != "id"}
            for number in NUMBERS if fresh else ():
                values = [VALUES[kind](name, number) for name, kind in fresh.items()]
                if old:
                    sets = ", ".join(f'"{name}" = ?' for name in fresh)
                    self.ask(f'UPDATE "{table}" SET {sets} WHERE "id" = ?', *values, number)
                    continue
                whole = {**({"id": number} if "id" in columns else {}), **dict(zip(fresh, values, strict=True))}
                names, marks = ", ".join(f'"{name}"' for name in whole), ", ".join("?" for _ in whole)
                self.ask(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING', *whole.values())
        if "duty_done" in self.columns() and "duty_done" not in before:  # the step before it made duties of its own
            self.ask("UPDATE duty_done SET duty_id = (SELECT MIN(id) FROM duty WHERE org_id = duty_done.org_id)")
        self.ask("COMMIT")


def _for(kind: str, value: Any) -> Any:
    return Jsonb(value) if kind == "jsonb" and value is not None else value


def lost(was: Rows, now: Rows, steps: list[str]) -> list[str]:
    """What was there and is not any more, or is something else, without being meant."""
    meant = set().union(*(MEANT.get(step, set()) for step in steps))
    return [
        f"{table}.{column} of {number}"
        for table, rows in was.items()
        for number, row in rows.items()
        for column, value in row.items()
        if not {table, f"{table}.{column}"} & meant and now.get(table, {}).get(number, {}).get(column, "gone") != value
    ]
