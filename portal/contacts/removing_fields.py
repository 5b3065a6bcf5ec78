"""Deleting a field for good: what goes is counted and taken along as a file first."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from portal.activity import log
from portal.contacts import groups, queries, record_values
from portal.contacts.designing import count_values
from portal.contacts.field_rules import show
from portal.contacts.fields import shape_of
from portal.contacts.models import Contact, Field, Value
from portal.contacts.page_blocks import documents_of, names_of, words_of
from portal.core.actor import current_actor, require
from portal.core.cells import csv_line, guard_cell
from portal.core.db import lock_table, transaction
from portal.core.permissions import Denied, Permission

AT_ONCE = 2_000
HEADINGS = ("Contact", "Name")


class NotExported(Exception):
    """What stands in the field was not taken along yet, so it is not deleted."""


def is_exported(field: Field) -> bool:
    """Whether somebody has taken along what stands in the field."""
    return log.has("field.exported", field.id)


def groups_using(field: Field) -> tuple[list[str], int]:
    """The groups whose rules ask about the field and will find nobody without it: the names of those the actor may
    know of, and the number of the others.
    """
    return groups.groups_asking(f"field:{field.id}")


def note_export(field: Field) -> int:
    """Write into the record that what stands in a field is taken along; return of how many contacts."""
    require(Permission.SETTINGS)
    require(Permission.CONTACT_EXPORT)
    _sees_all()
    with transaction():
        count = count_values(field)
        log.write("field.exported", subject_id=field.id, name=field.name, rows=count)
    return count


def as_csv(field: Field) -> Iterator[str]:
    """The lines of a CSV file of what stands in the field, contact by contact."""
    yield "\ufeff" + csv_line([*HEADINGS, guard_cell(field.name)])
    after = 0
    while rows := list(_contacts_after(field, after)):
        values = Value.select().where(Value.field_id == field.id, Value.contact_id.in_([c.id for c in rows]))
        ordered = sorted(values, key=lambda value: (value.contact_id, value.id))
        standing = {i: list(some) for i, some in groupby(ordered, key=lambda value: value.contact_id)}
        names = _names(standing.values())
        for contact in rows:
            mine = standing.get(contact.id, [])
            words = show(shape_of(field), mine) or ", ".join(names.get(v.key, "") for v in mine)
            yield csv_line([str(contact.id), guard_cell(queries.name_of(contact)), guard_cell(words)])
        after = rows[-1].id


def remove_field(field: Field) -> int:
    """Delete a field and all that stands in it; return of how many contacts. Raises NotExported unless somebody took
    it along. It cannot be undone. The history keeps its entries, but shows nobody what stood in the field.
    """
    require(Permission.SETTINGS)
    _sees_all()
    if field.page_id in current_actor().read_only_pages:
        raise Denied("You may read this page but not change it.")
    with transaction():
        lock_table(Value)  # nobody writes into a field that goes
        count = count_values(field)
        if count and not is_exported(field):
            raise NotExported("Take along what stands in it first.")
        record_values.erase_field(field)
        Field.delete().where(Field.id == field.id).execute()
        log.write("field.removed", subject_id=field.id, changes={"name": [field.name, None]}, contacts=count)
    return count


def _sees_all() -> None:
    if current_actor().is_limited:
        raise Denied("Fields belong to all contacts, and some are hidden from you.")


def _contacts_after(field: Field, after: int) -> Iterable[Contact]:
    having = Value.select(Value.contact_id).where(Value.field_id == field.id, Value.contact_id > after)
    return Contact.select().where(Contact.id.in_(having)).order_by(Contact.id).limit(AT_ONCE)


def _names(values: Iterable[list[Value]]) -> dict[str, str]:
    """The names of contacts and the titles of files that values name, by the key of the value."""
    some = [value for several in values for value in several]
    titles = {i: words_of(document) for i, document in documents_of(value.document_id for value in some).items()}
    return {str(i): name for i, name in {**names_of(value.person_id for value in some), **titles}.items()}
