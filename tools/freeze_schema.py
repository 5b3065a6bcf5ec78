"""Prints the statements that make the named tables, as SQL for both databases, to be frozen in a migration.

`python -m tools.freeze_schema device begun …`. Changes of a table that is there already are written by hand.
"""

import pprint
import sys

from peewee import PostgresqlDatabase, SqliteDatabase

from portal.core.db import db
from tests import schema


def statements(tables: list[str]) -> list[str]:
    found = []
    models = {model._meta.table_name: model for model in schema.models()}
    for table in tables:
        manager = models[table]._schema
        found.append(manager._create_table(safe=False).query()[0])
        found += [index.query()[0] for index in manager._create_indexes(safe=False)]
    return found


def main() -> None:
    for name, database in (("SQLITE", SqliteDatabase(":memory:")), ("POSTGRESQL", PostgresqlDatabase("x"))):
        db.initialize(database)
        print(f"{name} = {pprint.pformat(statements(sys.argv[1:]), width=116)}\n")


if __name__ == "__main__":
    main()
