"""Fields of an organisation's own design, made and filled as tests need them."""

from datetime import date

from portal.contacts import fields, record_values
from portal.contacts.field_rules import read
from portal.contacts.models import Field, Page
from portal.contacts.names import fold

TODAY = date(2026, 11, 24)
OPTIONS = [{"id": "1", "name": "Kitchen"}, {"id": "10", "name": "Garden; beds"}, {"id": "2", "name": "Driving"}]


def page(name="Volunteers"):
    return Page.get_or_none(Page.name == name) or Page.create(name=name)


def field(name, kind="text", *, on=None, **values):
    """A field on the page, or on "Volunteers"; choices have the options above."""
    given = {"purpose": "To plan", "sensitivity": "ordinary", **values}
    if kind in ("choice", "choices"):
        given.setdefault("options", OPTIONS)
    return Field.create(page_id=(on or page()).id, name=name, name_key=fold(name), kind=kind, **given)


def put(contact, field, typed):
    """Write a value as the contact's page does."""
    entries = read(fields.shape_of(field), typed, today=TODAY)
    record_values.set_values(contact.id, [field], {field.id: entries}, "contact.fields_changed")
