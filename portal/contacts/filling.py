"""Filling in a page of fields for one contact."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from portal.contacts import record_values
from portal.contacts.field_rules import Entry, InvalidValue, read
from portal.contacts.fields import shape_of
from portal.contacts.models import Contact, Field
from portal.contacts.page_blocks import Block, Cell, block_of
from portal.contacts.service import ContactNotFound, Stale, find
from portal.core.actor import require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Denied, Permission

SAME = "same"  # typed for a relation or a file that stays, whatever it is and whether the actor may see it


class Unfilled(Exception):
    """Some fields cannot be saved like this: a sentence for each, by the id of the field. Nothing was saved."""

    def __init__(self, sentences: Mapping[int, str]) -> None:
        super().__init__("Something needs to be corrected.")
        self.sentences = dict(sentences)


def check_may_fill(block: Block) -> None:
    require(Permission.CONTACT_EDIT)
    if not block.may_write:
        raise Denied("You may read this page but not change it.")


def stamp(block: Block) -> str:
    """A fingerprint of a block as it stands for the actor, so that a save over another's change is noticed."""
    cells = [
        [cell.field.id, cell.field.kind, sorted([value.key, value.text] for value in cell.values)]
        for cell in block.cells
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def fill(contact: Contact, block: Block, seen: str, typed: Mapping[int, Sequence[str]]) -> None:
    """Make the fields of a page equal to what was typed, by the ids of fields; one not typed stays as it is.

    Raises Denied, Stale when somebody changed the block since it was shown, Unfilled when something cannot be kept.
    """
    check_may_fill(block)
    with transaction():
        if lock(Contact.select().where(Contact.id == contact.id, Contact.erased_at.is_null())).first() is None:
            raise ContactNotFound("There is no such contact.")
        fresh = block_of(contact.id, block.page.id)
        if seen != stamp(fresh):
            raise Stale("Somebody changed this while you were writing.")
        wanted: dict[int, list[Entry]] = {}
        sentences: dict[int, str] = {}
        cells = [cell for cell in fresh.cells if cell.field.id in typed]
        for cell in cells:
            if list(typed[cell.field.id]) == [SAME] and cell.field.kind in ("person", "file"):
                continue
            try:
                wanted[cell.field.id] = _entries(contact, cell, typed[cell.field.id])
            except InvalidValue as error:
                sentences[cell.field.id] = str(error)
        if sentences:
            raise Unfilled(sentences)
        changed: list[Field] = [cell.field for cell in cells if cell.field.id in wanted]
        record_values.set_values(contact.id, changed, wanted, "contact.fields_changed")


def _entries(contact: Contact, cell: Cell, typed: Sequence[str]) -> list[Entry]:
    field = cell.field
    entries = read(shape_of(field), typed, today=now().date())
    if not entries and field.is_required:
        raise InvalidValue(f"Fill in {field.name}; it is always needed.")
    if field.kind in ("choice", "choices"):
        had = {value.text for value in cell.values}
        offered = {option["id"] for option in field.options if not option.get("is_archived")}
        if any(entry.text not in offered | had for entry in entries):
            raise InvalidValue("This is no longer offered. Choose something else.")
    if field.kind == "person" and entries:
        _check_person(contact, entries[0])
    return entries


def _check_person(contact: Contact, entry: Entry) -> None:
    """A relation is to another contact whom the actor may see."""
    if entry.person_id == contact.id:
        raise InvalidValue("Choose another contact than this one.")
    try:
        find(entry.person_id or 0)
    except ContactNotFound as error:
        raise InvalidValue("Choose one from the list.") from error
