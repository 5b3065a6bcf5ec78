"""Writes portal/migrations/0001_initial.py: the tables of the models, frozen as SQL for both databases.

Run it only while nothing has been released; afterwards a change of schema is a script of its own.
"""

import pprint
from pathlib import Path

from peewee import PostgresqlDatabase, SqliteDatabase

from portal.core.db import db
from tests import schema
from tools.schema_extras import POSTGRESQL, SQLITE

TARGET = Path(__file__).resolve().parents[1] / "portal" / "migrations" / "m0001_initial.py"


def statements() -> list[str]:
    found = []
    for model in schema.models():
        if model._meta.table_name == "schema_migration":
            continue
        manager = model._schema
        found.append(manager._create_table(safe=False).query()[0])
        found += [index.query()[0] for index in manager._create_indexes(safe=False)]
    return found


def main() -> None:
    parts = [
        '"""The first schema: organisations, users, contacts, consent, campaigns, deliveries, imports, the log."""\n'
    ]
    for name, database, extras in (
        ("SQLITE", SqliteDatabase(":memory:"), SQLITE),
        ("POSTGRESQL", PostgresqlDatabase("x"), POSTGRESQL),
    ):
        db.initialize(database)
        text = pprint.pformat([*statements(), *extras], width=116)
        parts.append(f"{name} = {text}\n")
    TARGET.write_text("\n".join(parts))


if __name__ == "__main__":
    main()
