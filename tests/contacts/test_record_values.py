"""What stands in designed fields changes through the record alone, hidden pages and classes stay hidden."""

from dataclasses import replace
from datetime import date

import pytest

from portal.activity.models import LogEntry
from portal.contacts import fields, record, record_values
from portal.contacts.field_rules import read
from portal.contacts.models import Field, Page, Unrecorded, Value
from portal.contacts.names import fold
from portal.contacts.rules import NewContact
from portal.core.actor import acting_as
from portal.core.permissions import DataSet, Denied

TODAY = date(2026, 11, 24)


@pytest.fixture
def shirt(org, as_alice):
    page = Page.create(name="Volunteers")
    return Field.create(
        page_id=page.id, name="Shirt", name_key=fold("Shirt"), kind="text", purpose="To order", sensitivity="ordinary",
        is_searched=1,
    )  # fmt: skip


def put(contact, field, text, action="contact.fields_changed"):
    entries = read(fields.shape_of(field), text, today=TODAY)
    return record_values.set_values(contact.id, [field], {field.id: entries}, action)


def texts(contact):
    return [value.text for values in fields.values_of([contact.id]).get(contact.id, {}).values() for value in values]


def test_a_value_is_kept_and_told(thandi, shirt):
    assert put(thandi, shirt, "Large")

    entry = LogEntry.select().order_by(LogEntry.seq.desc()).get()
    assert texts(thandi) == ["Large"]
    assert (entry.action, entry.detail["changes"]) == ("contact.fields_changed", {f"field:{shirt.id}": [None, "Large"]})


def test_the_same_value_is_no_change(thandi, shirt):
    put(thandi, shirt, "Large")

    assert not put(thandi, shirt, "Large")


def test_a_value_is_not_written_past_the_record(thandi, shirt):
    with pytest.raises(Unrecorded):
        Value.create(contact_id=thandi.id, field_id=shirt.id, text="x")


def test_a_page_that_is_read_only_is_not_written(thandi, shirt, as_alice):
    with acting_as(replace(as_alice, read_only_pages=frozenset({shirt.page_id}))), pytest.raises(Denied):
        put(thandi, shirt, "Small")


def test_a_hidden_page_shows_neither_fields_nor_values(thandi, shirt, as_alice):
    put(thandi, shirt, "Large")

    with acting_as(replace(as_alice, hidden_pages=frozenset({shirt.page_id}))):
        assert (fields.sheets(), texts(thandi)) == ([], [])


def test_a_hidden_class_shows_neither_fields_nor_values(thandi, shirt, as_alice):
    put(thandi, shirt, "Large")
    Field.update(sensitivity="special").where(Field.id == shirt.id).execute()

    with acting_as(replace(as_alice, hidden=frozenset({DataSet.SPECIAL}))):
        assert (fields.sheets(), texts(thandi)) == ([], [])


def test_many_are_added_with_their_values(shirt):
    entries = read(fields.shape_of(shirt), "Large", today=TODAY)

    [made] = record.add_many([NewContact({"first_name": "Sipho"}, values={shirt.id: entries})], "contact.imported")

    assert [value.text for value in fields.values_of([made])[made][shirt.id]] == ["Large"]
