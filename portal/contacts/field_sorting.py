"""A list of contacts ordered by a designed field, a page at a time: those with a value by the index of keys, then
those without by name, whichever way the order runs.
"""

from typing import Any

from peewee import SQL, Case, fn

from portal.contacts import fields
from portal.contacts.field_filters import sort_field_id
from portal.contacts.field_rules import KINDS
from portal.contacts.models import Contact, Field, Value


def field_of(sort: str) -> Field | None:
    """The field to order by: one in use that the actor may see and that has an order. Else the list is by name."""
    field_id = sort_field_id(sort)
    found = fields.in_use_among([field_id]) if field_id is not None else []
    return found[0] if found and KINDS[found[0].kind].may_sort else None


def page(query: Any, field: Field, is_descending: bool, number: int, size: int) -> list[Contact]:
    """A page of the query in the order of the field; three queries at most."""
    skipped = (max(number, 1) - 1) * size
    kept = query.join(Value, on=(Value.contact_id == Contact.id)).where(Value.within(), Value.field_id == field.id)
    order = _order(field)
    first = kept.order_by(order.desc() if is_descending else order.asc(), Contact.sort_name, Contact.id)
    found = list(first.offset(skipped).limit(size))
    if len(found) == size:
        return found
    before = skipped + len(found) if found or not skipped else kept.count()
    own = Value.select(SQL("1")).where(Value.contact_id == Contact.id, Value.field_id == field.id)
    rest = query.where(~fn.EXISTS(own)).order_by(Contact.sort_name, Contact.id)
    return found + list(rest.offset(max(skipped - before, 0)).limit(size - len(found)))


def _order(field: Field) -> Any:
    """A choice is ordered as its options stand in the designer; everything else by its key."""
    if field.kind != "choice":
        return Value.key
    return Case(Value.key, [(option["id"], place) for place, option in enumerate(field.options)], len(field.options))
