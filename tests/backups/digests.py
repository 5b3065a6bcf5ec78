"""What is in the live database, organisation by organisation, so that any change shows."""

import hashlib
from typing import Any

from portal.core.db import db

# What a restore of one organisation itself may change of the installation.
ITS_OWN = {"backup", "sqlite_sequence", "sqlite_stat1"}


def rows_of(table: str, where: str = "1 = 1") -> list[Any]:
    return [repr(row) for row in db.execute_sql(f'SELECT * FROM "{table}" WHERE {where} ORDER BY id').fetchall()]


def tables() -> dict[str, bool]:
    """Each table, and whether its rows belong to an organisation."""
    found = {}
    for name in sorted(db.get_tables()):
        columns = {column.name for column in db.get_columns(name)}
        if "id" in columns and not name.startswith(("sqlite_", "contact_search", "value_search")):
            found[name] = "org_id" in columns
    return found


def of_organisation(org_id: int) -> dict[str, str]:
    """A digest of each table's rows of this organisation, its own row among them."""
    found = {name: _hash(rows_of(name, f"org_id = {org_id}")) for name, is_its in tables().items() if is_its}
    return {**found, "org": _hash(rows_of("org", f"id = {org_id}"))}


def of_installation() -> dict[str, str]:
    """A digest of each table that belongs to none."""
    return {
        name: _hash(rows_of(name)) for name, is_its in tables().items() if not is_its and name not in ITS_OWN | {"org"}
    }


def _hash(rows: list[Any]) -> str:
    return f"{len(rows)} {hashlib.sha256(chr(10).join(rows).encode()).hexdigest()}"
