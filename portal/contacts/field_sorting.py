"""A list of contacts ordered by a designed field, a page at a time: those with a value by the index of keys, then
those without by name, whichever way the order runs.
"""

from typing import Any

from peewee import Case

from portal.contacts import fields
from portal.contacts.field_filters import sort_field_id
from portal.contacts.field_rules import KINDS
from portal.contacts.models import Contact, Field, Value


def field_of(sort: str) -> Field | None:
    """The field to order by: one in use that the actor may see and that has an order. Else the list is by name."""
    field_id = sort_field_id(sort)
    found = fields.in_use_among([field_id]) if field_id is not None else []
    return found[0] if found and KINDS[found[0].kind].may_sort else None


def page(query: Any, field: Field, is_descending: bool, number: int, size: int, *, is_whole: bool) -> list[Contact]:
    """A page of the query in the order of the field, equal values as they were added: four queries at most.

    `is_whole` says that the query asks nothing, so that the index of values alone gives the order: a value stands
    with nobody who is erased.
    """
    ids = _ids(query.select(Contact.id), field, is_descending, number, size, is_whole)
    found = {contact.id: contact for contact in Contact.select().where(Contact.id.in_(ids))} if ids else {}
    return [found[i] for i in ids if i in found]


def _ids(query: Any, field: Field, is_descending: bool, number: int, size: int, is_whole: bool) -> list[int]:
    skipped = (max(number, 1) - 1) * size
    of_field = Value.select(Value.contact_id).where(Value.field_id == field.id)
    kept = of_field if is_whole else of_field.where(Value.contact_id.in_(query))
    order = (_order(field), Value.contact_id)
    first = kept.order_by(*(part.desc() if is_descending else part.asc() for part in order))
    found = [row[0] for row in first.offset(skipped).limit(size).tuples()]
    if len(found) == size:
        return found
    before = skipped + len(found) if found or not skipped else kept.count()
    rest = query.where(Contact.id.not_in(of_field)).order_by(Contact.sort_name, Contact.id)
    return found + [row[0] for row in rest.offset(max(skipped - before, 0)).limit(size - len(found)).tuples()]


def _order(field: Field) -> Any:
    """A choice is ordered as its options stand in the designer; everything else by its key."""
    if field.kind != "choice":
        return Value.key
    return Case(Value.key, [(option["id"], place) for place, option in enumerate(field.options)], len(field.options))
