"""Brings the database to the schema of this program: runs the frozen scripts of portal/migrations in order.

A script holds statements for SQLite and for PostgreSQL and imports nothing of the portal. Each runs once, whoever else
migrates at the same time, and all that are missing in one transaction: killed or failed at any statement, the database
is as it was, and the program from before can go on.
"""

import importlib
import pkgutil

from peewee import PeeweeException, TextField

import portal.migrations
from portal.core.clock import now
from portal.core.db import BaseModel, UtcField, connect, db, is_sqlite, learn_sizes, transaction

ONE_AT_A_TIME = 5_726_391  # any number of our own: PostgreSQL's advisory lock


class NotMigrated(RuntimeError):
    """A script failed; nothing of it, nor of those before it, is in the database. The message names it."""


class SchemaMigration(BaseModel):
    name = TextField(unique=True)
    at = UtcField(default=now)

    class Meta:
        table_name = "schema_migration"


def names() -> list[str]:
    """The scripts there are, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(portal.migrations.__path__))


def migrate(url: str) -> list[str]:
    """Run what has not run yet on this database; return the names of what was run. Raises NotMigrated."""
    connect(url)
    with db.connection_context():
        with transaction():
            _lock()
            db.create_tables([SchemaMigration], safe=True)
            ran = [name for name in names() if _run(name)]
        if ran:
            learn_sizes()  # a new index is chosen wrongly until the database knows how large things are
        return ran


def pending() -> list[str]:
    """The scripts that have not run on the connected database."""
    if not db.table_exists("schema_migration"):
        return names()
    done = {row.name for row in SchemaMigration.select()}
    return [name for name in names() if name not in done]


def _run(name: str) -> bool:
    script = importlib.import_module(f"portal.migrations.{name}")
    with transaction():
        _lock()
        if SchemaMigration.get_or_none(SchemaMigration.name == name):
            return False
        try:
            for statement in script.SQLITE if is_sqlite() else script.POSTGRESQL:
                # ast-grep-ignore: no-raw-sql - a frozen script is SQL, for this database
                db.execute_sql(statement)
        except PeeweeException as error:
            why = str(error).partition("\n")[0]
            raise NotMigrated(f"The step {name} failed: {why}. The database is as it was.") from error
        SchemaMigration.create(name=name)
    return True


def _lock() -> None:
    if not is_sqlite():
        # ast-grep-ignore: no-raw-sql - a lock of PostgreSQL, on no table
        db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
