"""Filling in a page of fields for one contact."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from portal.accounts.service import today
from portal.contacts import record_values
from portal.contacts.field_facts import tells_of
from portal.contacts.field_rules import Entry, InvalidValue, read
from portal.contacts.fields import shape_of
from portal.contacts.models import Contact, Field
from portal.contacts.page_blocks import Block, Cell, block_of
from portal.contacts.service import ContactNotFound, Stale, find
from portal.core.actor import current_actor, require
from portal.core.db import lock, transaction
from portal.core.permissions import Denied, Permission
from portal.documents import service as documents
from portal.documents.models import Document
from portal.documents.rules import BadDocument

SAME = "same"  # typed for a relation or a file that stays, whatever it is and whether the actor may see it
NONE = "none"  # typed for a file that is to be taken away


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


def part_of(block: Block, field_ids: Collection[int]) -> Block:
    """The block with these of its fields alone."""
    return Block(block.page, [cell for cell in block.cells if cell.field.id in field_ids])


@dataclass(frozen=True)
class Brought:
    """A file that was chosen for a field."""

    stream: IO[bytes]
    name: str


def fill(
    contact: Contact,
    block: Block,
    seen: str,
    typed: Mapping[int, Sequence[str]],
    files: Mapping[int, Brought] | None = None,
) -> None:
    """Make the fields of a block, a page or a part of one, equal to what was typed, by the ids of fields; one not typed
    stays as it is. Files become documents of the contact; those that stood there stay documents.

    Raises Denied, Stale when somebody changed the block since it was shown, Unfilled when something cannot be kept.
    """
    check_may_fill(block)
    if files:  # what is wrong is said before anything large is read
        wanted_of(contact, block, seen, typed, dict.fromkeys(files, 0))
    kept = _take_in(contact, block, files or {})
    try:
        with transaction():
            if lock(Contact.select().where(Contact.id == contact.id, Contact.erased_at.is_null())).first() is None:
                raise ContactNotFound("There is no such contact.")
            wanted = wanted_of(contact, block, seen, typed, {i: document.id for i, document in kept.items()})
            changed: list[Field] = [cell.field for cell in block.cells if cell.field.id in wanted]
            record_values.set_values(contact.id, changed, wanted, "contact.fields_changed")
    except BaseException:
        for document in kept.values():
            documents.remove(document)
        raise


def wanted_of(
    contact: Contact,
    block: Block,
    seen: str,
    typed: Mapping[int, Sequence[str]],
    files: Mapping[int, int] | None = None,
) -> dict[int, list[Entry]]:
    """What is to stand in the fields; of files their documents. Raises Stale, Unfilled."""
    files = files or {}
    fresh = part_of(block_of(contact.id, block.page.id), {cell.field.id for cell in block.cells})
    if seen != stamp(fresh):
        raise Stale("Somebody changed this while you were writing.")
    wanted: dict[int, list[Entry]] = {}
    sentences: dict[int, str] = {}
    for cell in fresh.cells:
        field_id, is_file = cell.field.id, cell.field.kind == "file"
        if is_file and field_id in files:
            wanted[field_id] = [Entry(str(files[field_id]), "", document_id=files[field_id])]
        if field_id in wanted or field_id not in typed or (is_file and not may_bring_files()):
            continue
        if list(typed[field_id]) == [SAME] and cell.field.kind in ("person", "file"):
            continue
        try:
            wanted[field_id] = _entries(contact, cell, typed[field_id])
        except InvalidValue as error:
            sentences[field_id] = str(error)
    if sentences:
        raise Unfilled(sentences)
    return wanted


def may_bring_files() -> bool:
    return current_actor().may(Permission.DOCUMENT_EDIT)


def _take_in(contact: Contact, block: Block, files: Mapping[int, Brought]) -> dict[int, Document]:
    """Keep the files as documents, called as their fields, in a folder called as the page: all or none."""
    kept: dict[int, Document] = {}
    for cell in block.cells:
        if cell.field.id not in files or cell.field.kind != "file":
            continue
        brought = files[cell.field.id]
        try:
            kept[cell.field.id] = documents.add(
                brought.stream, brought.name,
                contact_id=contact.id, title=cell.field.name, folder=block.page.name, kind="other",
                tells=tells_of(block.page, cell.field),
            )  # fmt: skip
        except BadDocument as error:
            for document in kept.values():
                documents.remove(document)
            raise Unfilled({cell.field.id: str(error)}) from error
    return kept


def _entries(contact: Contact, cell: Cell, typed: Sequence[str]) -> list[Entry]:
    field = cell.field
    if field.kind == "file":
        typed = [text for text in typed if text not in (SAME, NONE)]
        if typed:
            raise InvalidValue("Choose a file.")
    entries = read(shape_of(field), typed, today=today())
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
