"""Which tables were written to, so that a walker need not read all of them again after each request."""

from portal.core.db import db, is_sqlite
from tests import schema

_NAME = "touched_by_test"


def watch() -> None:
    """Begin to notice, on this connection. SQLite: by triggers of the connection's own; PostgreSQL counts by itself."""
    if not is_sqlite():
        return
    db.execute_sql(f'CREATE TEMP TABLE IF NOT EXISTS "{_NAME}" (name TEXT PRIMARY KEY)')
    for model in schema.models():
        table = model._meta.table_name
        for act in ("INSERT", "UPDATE", "DELETE"):
            db.execute_sql(
                f'CREATE TEMP TRIGGER IF NOT EXISTS "{_NAME}_{act}_{table}" AFTER {act} ON main."{table}" '
                f"BEGIN INSERT OR IGNORE INTO \"{_NAME}\" VALUES ('{table}'); END"
            )


def forget() -> None:
    if is_sqlite():
        db.execute_sql(f'DELETE FROM temp."{_NAME}"')


def tables() -> frozenset[str]:
    """What was written to since; on PostgreSQL since the transaction began, which is a little more."""
    if is_sqlite():
        return frozenset(row[0] for row in db.execute_sql(f'SELECT name FROM temp."{_NAME}"').fetchall())
    query = "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
    return frozenset(row[0] for row in db.execute_sql(query).fetchall())
