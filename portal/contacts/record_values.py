"""The part of the record that writes what stands in designed fields: a change and its entry are one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from peewee import chunked

from portal.activity import log
from portal.activity.log import Entry as LogEntry
from portal.contacts.field_rules import Entry, show
from portal.contacts.fields import Values, shape_of, values_of
from portal.contacts.models import Contact, Field, Value, recording
from portal.contacts.names import fold
from portal.core.actor import current_actor, seeing_everything
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Denied

BATCH = 400
Wanted = Mapping[int, Sequence[Entry]]  # field id -> its values; a field not named stays as it is


def set_values(contact_id: int, fields: Sequence[Field], wanted: Wanted, action: str, **more: Any) -> bool:
    """Make the values of a contact's fields equal to what is wanted; return whether anything differed."""
    return bool(set_many({contact_id: wanted}, fields, action, **more))


def set_many(wanted: Mapping[int, Wanted], fields: Sequence[Field], action: str, **more: Any) -> list[int]:
    """The same for many contacts: a fixed number of statements for each few hundred; one entry for each contact
    changed. Returns the ids of those. Raises Denied for a field on a page that the actor may not change.
    """
    by_id = {field.id: field for field in fields}
    for field in fields:
        if not current_actor().may_write_page(field.page_id):
            raise Denied("You may read this page but not change it.")
    changed: list[int] = []
    for batch in chunked(wanted, BATCH):
        with transaction(), recording():
            before = values_of(batch, list(by_id))
            entries, gone, new = [], [], []
            for contact_id in batch:
                told = _differences(by_id, before.get(contact_id, {}), wanted[contact_id])
                if not told:
                    continue
                entries.append(LogEntry(action, contact_id, changes=told, more=more))
                for field_id in (int(name.partition(":")[2]) for name in told):
                    gone += [value.id for value in before.get(contact_id, {}).get(field_id, [])]
                    new += [row_of(contact_id, by_id[field_id], entry) for entry in wanted[contact_id][field_id]]
            for few in chunked(gone, BATCH):
                Value.delete().where(Value.id.in_(list(few))).execute()
            insert(new)
            ids = [entry.contact_id for entry in entries if entry.contact_id is not None]
            if ids:
                Contact.update(version=Contact.version + 1, updated_at=now()).where(Contact.id.in_(ids)).execute()
                log.write_many(entries)
            changed += ids
    return changed


def insert(rows: Iterable[dict[str, Any]]) -> None:
    """Write new values; the caller has opened the door and tells the log."""
    for few in chunked(rows, BATCH):
        Value.insert_many(few).execute()


def find_again(field: Field, options: Sequence[Mapping[str, Any]], *, is_searched: bool) -> None:
    """Write anew what is found by typing, after a field became searched or not, or its options were renamed. Its class
    may have become one that the actor does not see.
    """
    mine = Value.field_id == field.id
    with transaction(), recording(), seeing_everything():
        if not is_searched:
            Value.update(found="").where(mine, Value.found != "").execute()
            return
        if options:
            for option in options:
                Value.update(found=fold(option["name"])).where(mine, Value.text == option["id"]).execute()
            return
        last = 0
        while few := list(
            Value.select(Value.id, Value.text).where(mine, Value.id > last).order_by(Value.id).limit(BATCH)
        ):
            for value in few:
                value.found = fold(value.text)
            Value.bulk_update(few, [Value.found])
            last = few[-1].id


def erase_field(field: Field) -> None:
    """Empty a field of every contact; the caller tells the log once, for nothing of a contact's own has changed."""
    with transaction(), recording():
        Value.delete().where(Value.field_id == field.id).execute()


def row_of(contact_id: int, field: Field, entry: Entry) -> dict[str, Any]:
    return {
        "contact_id": contact_id,
        "field_id": field.id,
        "key": entry.key,
        "text": entry.text,
        "found": entry.found if field.is_searched else "",
        "person_id": entry.person_id,
        "document_id": entry.document_id,
    }


def told_of(field: Field, values: Sequence[Any]) -> str | None:
    """What the log says of values: as people read them; of a relation or a file, its id."""
    if field.kind in ("person", "file"):
        return values[0].key if values else None
    return show(shape_of(field), values) or None


def told_of_new(fields: Mapping[int, Field], values: Wanted) -> dict[str, list[Any]]:
    """What the log says of the fields of a contact added in bulk."""
    return {f"field:{i}": [None, told_of(fields[i], entries)] for i, entries in values.items() if entries}


def _differences(fields: Mapping[int, Field], before: Values, wanted: Wanted) -> dict[str, list[Any]]:
    told = {}
    for field_id, entries in wanted.items():
        have = before.get(field_id, [])
        if {(v.key, v.text) for v in have} != {(e.key, e.text) for e in entries}:
            field = fields[field_id]
            told[f"field:{field_id}"] = [told_of(field, have), told_of(field, entries)]
    return told
