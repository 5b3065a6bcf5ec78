"""Many rows are inserted by the same words and values as peewee's own."""

from datetime import UTC, date, datetime

import pytest
from peewee import ModelInsert

from portal.activity.models import LogEntry
from portal.consent.models import Purpose
from portal.contacts.models import Contact, recording
from portal.core.db import db
from portal.core.tenancy import TenantInsert

pytestmark = pytest.mark.each_database

AT = datetime(2026, 2, 28, 22, 30, tzinfo=UTC)
ENTRY = {
    "seq": 1, "at": AT, "action": "contact.added", "detail": {"actor": "Zoë", "changes": {"a": [None, "%s?"]}},
    "digest": "d", "hash": "h",
}  # fmt: skip

TIMES = {"first_name": "A", "created_at": AT, "updated_at": AT}


def worded(query) -> tuple[str, list]:
    sql, values = db.get_sql_context().sql(query).query()
    return sql, [getattr(value, "obj", value) for value in values]  # of a wrapper for JSON, what it holds


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        (LogEntry, [ENTRY, {**ENTRY, "seq": 2, "detail": None}, {**ENTRY, "seq": 3, "detail": []}]),
        (LogEntry, [{**ENTRY, "user_id": 7, "salt": None}] * 2),
        (Contact, [{**TIMES, "birth_date": date(2024, 2, 29)}, {**TIMES, "birth_date": None}]),
        (Purpose, [{"name": "One", "created_at": AT, "archived_at": AT}] * 3),
        (Purpose, [{"name": "One", "created_at": AT}, {"created_at": AT, "name": "Two"}]),
        (Purpose, [{"name": "One", "created_at": AT}]),
    ],
)
def test_the_same_words_and_values_as_those_of_peewee(as_olivia, model, rows, monkeypatch):
    with recording():
        fast = model.insert_many(rows)
    sql, values = worded(fast)
    monkeypatch.setattr(TenantInsert, "_generate_insert", ModelInsert._generate_insert)
    assert (sql, values) == worded(fast)


def test_rows_that_name_different_columns_are_refused_as_before(as_olivia):
    with pytest.raises(ValueError, match="Missing value"):
        LogEntry.insert_many([ENTRY, {name: value for name, value in ENTRY.items() if name != "hash"}]).execute()


def test_what_was_inserted_is_read_back(as_olivia):
    Purpose.insert_many([{"name": "One"}, {"name": "Two %s ?"}]).execute()
    assert [purpose.name for purpose in Purpose.select().order_by(Purpose.id.desc()).limit(2)] == ["Two %s ?", "One"]
