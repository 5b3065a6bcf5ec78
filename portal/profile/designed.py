"""The pages of fields that an organisation designed, as the person himself sees and changes them (P-24-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.contacts import filling
from portal.contacts.fields import PageNotFound
from portal.contacts.models import Contact, Page
from portal.contacts.page_blocks import Block, Cell, block_of, blocks_of
from portal.contacts.self_service import CHANGED, CONFIRMED, HIDDEN, is_masked, level_of, may_change
from portal.core.db import lock, transaction
from portal.core.words import _
from portal.profile import asked, details
from portal.profile.levels import NotOffered
from portal.profile.links import Link


@dataclass(frozen=True)
class Shown:
    """A field as its owner reads it: of what is more than ordinary only that it is kept."""

    name: str
    text: str
    is_masked: bool


@dataclass(frozen=True)
class Sheet:
    page: Page
    fields: list[Shown]
    may_change: bool


def sheets(contact: Contact) -> list[Sheet]:
    """The pages of which something is shown to the person."""
    found = []
    for block in blocks_of(contact.id):
        cells = [cell for cell in block.cells if level_of(cell.field) != HIDDEN]
        if cells:
            shown = [_shown(cell) for cell in cells]
            found.append(Sheet(block.page, shown, any(may_change(level_of(cell.field)) for cell in cells)))
    return found


def _shown(cell: Cell) -> Shown:
    if is_masked(cell.field):
        return Shown(cell.field.name, "", bool(cell.values))
    words = words_of(cell)
    return Shown(cell.field.name, _(words) if words and cell.field.kind == "yes_no" else words, False)


def words_of(cell: Cell) -> str:
    """What stands in a field, as people read it."""
    return f"{date.fromisoformat(cell.text):%-d %b %Y}" if cell.text and cell.field.kind == "date" else cell.text


def block_to_change(contact: Contact, page_id: int) -> Block:
    """The fields of a page that the person changes. Raises NotOffered when there are none."""
    try:
        block = block_of(contact.id, page_id)
    except PageNotFound as error:
        raise NotOffered(str(error)) from error
    block = filling.part_of(block, {c.field.id for c in block.cells if may_change(level_of(c.field))})
    if not block.cells:
        raise NotOffered("There is no such page.")
    return block


def change(link: Link, page_id: int, seen: str, typed: Mapping[int, Sequence[str]]) -> bool:
    """Keep what was typed into the fields of a page, and ask a colleague about those that wait for one; return whether
    something waits. Raises NotOffered, service.Stale and filling.Unfilled.
    """
    contact = link.contact
    with transaction():
        lock(Contact.select().where(Contact.id == contact.id)).get()
        block = block_to_change(contact, page_id)
        wanted = filling.wanted_of(contact, block, seen, typed)
        at_once, later = (_of_level(block, level) for level in (CHANGED, CONFIRMED))
        differing = [
            cell for cell in later.cells
            if cell.field.id in wanted
            and {(v.key, v.text) for v in cell.values} != {(e.key, e.text) for e in wanted[cell.field.id]}
        ]  # fmt: skip
        _fill(link, at_once, typed)
        if not differing:
            if any(cell.field.id in typed for cell in later.cells):
                asked.withdraw(contact, asked.of_page(page_id))
            return False
        part = filling.part_of(later, {cell.field.id for cell in differing})
        kept = {cell.field.id: list(typed[cell.field.id]) for cell in differing}
        made = details.tried(contact, lambda: filling.fill(contact, part, filling.stamp(part), kept), _texts)
        changes = {str(cell.field.id): made.get(cell.field.name, ("", "")) for cell in part.cells}
        asked.ask(link, asked.of_page(page_id), {str(i): one for i, one in kept.items()}, changes)
    return True


def _fill(link: Link, block: Block, typed: Mapping[int, Sequence[str]]) -> None:
    kept = {cell.field.id: typed[cell.field.id] for cell in block.cells if cell.field.id in typed}
    if kept:
        details.told(link, lambda: filling.fill(link.contact, block, filling.stamp(block), kept), _texts)


def _of_level(block: Block, level: int) -> Block:
    return filling.part_of(block, {cell.field.id for cell in block.cells if level_of(cell.field) == level})


def _texts(contact: Contact) -> dict[str, str]:
    """The fields that the person changes, to be set beside what they were."""
    return {
        cell.field.name: words_of(cell)
        for block in blocks_of(contact.id) for cell in block.cells if may_change(level_of(cell.field))
    }  # fmt: skip
