"""One database of PostgreSQL for one test after another, each of which finds it as if it had just been copied.

To copy and to drop a database takes the machine several times as long as most tests do.
"""

import uuid
from typing import Any

import psycopg

from tests.databases import execute

# A test that wrote more than this to any table or index leaves more behind than it is worth to tidy up; and up to
# here the planner takes a table for as large as one it knows nothing about.
LARGE = 10 * 8192
FIRST_OWN = 16_384  # ids of the catalogue below it are PostgreSQL's own
_CATALOGUE = (
    "pg_attrdef", "pg_attribute", "pg_authid", "pg_class", "pg_collation", "pg_constraint", "pg_db_role_setting",
    "pg_depend", "pg_enum", "pg_event_trigger", "pg_extension", "pg_index", "pg_namespace", "pg_policy", "pg_proc",
    "pg_rewrite", "pg_shdepend", "pg_statistic", "pg_statistic_ext", "pg_trigger", "pg_type",
)  # fmt: skip
_SIZES = f"""
    SELECT oid::int, relname, relkind, pg_relation_size(oid)::int, relpages, reltuples, relallvisible
    FROM pg_class WHERE oid >= {FIRST_OWN} ORDER BY oid
"""
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_FIRST_IDS = f"""
    SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
    WHERE seqrelid >= {FIRST_OWN} AND pg_sequence_last_value(seqrelid) IS NOT NULL
"""
_FORGET_SIZES = """
    UPDATE pg_class SET relpages = known.pages, reltuples = known.tuples, relallvisible = known.visible
    FROM unnest(%s::int[], %s::int[], %s::real[], %s::int[]) AS known (id, pages, tuples, visible)
    WHERE oid = known.id AND (relpages, reltuples, relallvisible) <> (known.pages, known.tuples, known.visible)
"""


class Reused:
    """Gives out a copy of the database called `template`; a new one only after a test that did more than write some
    rows: one that changed a table, let PostgreSQL look at how large things are, or wrote a lot.
    """

    def __init__(self, server: str) -> None:
        self.server = server
        self.name = ""
        self.copies = 0
        self._mine: psycopg.Connection[Any] | None = None

    def take(self) -> str:
        """The address of a database that is empty but for what its migrations put there."""
        if self._mine is None:
            self.copies += 1
            self.name = f"reused_{uuid.uuid4().hex}"
            execute(self.server, f"CREATE DATABASE {self.name} TEMPLATE template STRATEGY FILE_COPY")
            self._mine = psycopg.connect(self.server.format(name=self.name), autocommit=True)
            self._ask("SET session_replication_role = replica")  # a row goes, whichever others name it
            self._sizes = self._ask(_SIZES)
            filled = [name for _, name, kind, size, *_ in self._sizes if kind == "r" and size]
            self._filled = [f'"{name}"' for name in filled]
            self._shape = self._look()
        return self.server.format(name=self.name)

    def give_back(self) -> None:
        """Make it ready for the next test, or drop it."""
        self._ask(_END_OTHERS)
        if not self._emptied():
            self.close()

    def close(self) -> None:
        if self._mine is not None:
            self._mine.close()
            self._mine = None
            execute(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")

    def _emptied(self) -> bool:
        """Whether it could be brought back to what it was."""
        if self._look() != self._shape:
            return False
        sizes = self._ask(_SIZES)
        if any(size > LARGE for _, _, _, size, *_ in sizes):
            return False
        written = [f'"{name}"' for _, name, kind, size, *_ in sizes if kind == "r" and size]
        written = [name for name in written if name not in self._filled]
        if written:
            self._ask("; ".join(f"DELETE FROM {name}" for name in written))
            self._ask(f"VACUUM (INDEX_CLEANUP ON, TRUNCATE ON) {', '.join(written)}")
            ids, _, _, _, pages, tuples, visible = (list(column) for column in zip(*self._sizes, strict=True))
            self._ask(_FORGET_SIZES, ids, pages, tuples, visible)
            self._shape = self._look()
        self._ask(_FIRST_IDS)
        return True

    def _look(self) -> list[tuple[Any, ...]]:
        """What differs once anything but the rows of empty tables does: how many rows each part of the catalogue has,
        and the newest writing to one.
        """
        named = (*_CATALOGUE, *self._filled)
        parts = [f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}" for name in named]
        return self._ask(" UNION ALL ".join(parts))

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        assert self._mine is not None
        cursor = self._mine.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
