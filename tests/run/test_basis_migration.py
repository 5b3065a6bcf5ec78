"""An organisation of before keeps what was recorded of its contacts, as events and justifications."""

import importlib
import sqlite3

import pytest

from portal.run import migrate

BEFORE = [name for name in migrate.names() if name < "m0011"]


@pytest.mark.one_database
def test_what_was_recorded_by_channel_becomes_events_and_justifications(tmp_path):
    made = sqlite3.connect(tmp_path / "old.sqlite3")
    for name in BEFORE:
        for statement in importlib.import_module(f"portal.migrations.{name}").SQLITE:
            made.execute(statement)
    at = "2026-05-03 10:00:00.000000"
    tables = {
        "org": [{"id": 1, "slug": "a", "name": "A"}, {"id": 2, "slug": "b", "name": "B"}],
        "contact": [{"id": n, "org_id": 1 + n // 3, "first_name": "x"} for n in (1, 2, 3)],
        "justification": [
            {"org_id": 1, "contact_id": 1, "standing": "asserted", "detail": "open day", "import_id": 7},
            {"org_id": 1, "contact_id": 1, "standing": "proven", "detail": "form", "import_id": None},
            {"org_id": 1, "contact_id": 2, "standing": "withheld", "detail": "telephone", "import_id": None},
            {"org_id": 2, "contact_id": 3, "standing": "asserted", "detail": "list", "import_id": None},
        ],
        "suppression": [
            {"org_id": 1, "mac": "m", "reason": "erased"}, {"org_id": 1, "mac": "n", "reason": "unsubscribed"},
        ],
        "campaign": [{"id": 1, "org_id": 2, "purpose": "direct_marketing"}],
    }  # fmt: skip
    for table, rows in tables.items():
        for row in rows:
            _insert(made, table, row, at)

    for statement in importlib.import_module("portal.migrations.m0011_lawful_basis").SQLITE:
        made.execute(statement)

    assert made.execute('SELECT org_id, name FROM "purpose" ORDER BY id').fetchall() == [
        (1, "News and appeals"), (2, "News and appeals"), (1, "Running our work"), (2, "Running our work"),
    ]  # fmt: skip
    events = "SELECT contact_id, purpose_id, kind, proof, method, detail, import_id, at FROM consent_event ORDER BY id"
    assert made.execute(events).fetchall() == [
        (1, 1, "granted", "asserted", "import", "open day", 7, at),
        (1, 1, "granted", "proven", "", "form", None, at),
        (2, 1, "withheld", "asserted", "", "telephone", None, at),
        (3, 2, "granted", "asserted", "", "list", None, at),
    ]
    assert made.execute("SELECT contact_id, purpose_id, basis FROM justification ORDER BY id").fetchall() == [
        (1, 1, "consent"), (3, 2, "consent"),
    ]  # fmt: skip
    assert made.execute("SELECT reason, scope FROM suppression ORDER BY id").fetchall() == [
        ("erased", "everything"), ("unsubscribed", "marketing"),
    ]  # fmt: skip
    assert made.execute("SELECT purpose_id FROM campaign").fetchall() == [(2,)]
    assert made.execute("PRAGMA foreign_key_check").fetchall() == []
    made.close()


def _insert(made, table, row, at):
    """A row of an old schema: what is not given is empty."""
    whole = dict(row)
    for _, name, kind, is_needed, default, _key in made.execute(f'PRAGMA table_info("{table}")').fetchall():
        if name not in whole and is_needed and default is None and name != "id":
            whole[name] = at if name.endswith("_at") else (0 if kind in ("INTEGER", "BIGINT") else "")
    names = ", ".join(f'"{name}"' for name in whole)
    marks = ", ".join("?" for _ in whole)
    made.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(whole.values()))
