"""What people asked to have changed, shown to the colleagues who may change it, who confirm or refuse it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.activity import log
from portal.consent.rules import PurposeClass
from portal.contacts import filling, queries, service
from portal.contacts.emails import normalise_email
from portal.contacts.fields import PageNotFound
from portal.contacts.models import Address, Contact, Field, Page, Telephone
from portal.contacts.page_blocks import Block, block_of
from portal.contacts.panels import Panel, register_panel
from portal.core.actor import current_actor, require, seeing_everything
from portal.core.db import lock, transaction
from portal.core.permissions import Permission
from portal.core.text import clean_text
from portal.delivery import own_page, transport
from portal.home.queries import Notice, register_notices
from portal.profile import designed, details, gate, links, mails
from portal.profile.asked import page_of
from portal.profile.models import AskedChange
from portal.profile.rules import BLOCKS

LONGEST = 500
MOST = 200  # shown at once


class NothingAsked(LookupError):
    """Nothing of the kind waits: somebody has decided it, or the person took it back."""


class NoReason(ValueError):
    """Whoever refuses says why: the person is told."""


@dataclass(frozen=True)
class Line:
    """One detail: as it is kept now, as it was when the person asked, and as it is to be."""

    name: str
    now: str
    was: str
    wanted: str


@dataclass(frozen=True)
class Shown:
    """A change that waits. `seen` is the stamp of the block as it stands."""

    row: AskedChange
    heading: str
    name: str  # of the person
    lines: Sequence[Line]
    seen: str


def of_contacts(contact_ids: Sequence[int]) -> dict[int, list[Shown]]:
    """What waits for each contact, as far as the actor may decide it."""
    rows = AskedChange.select().where(AskedChange.contact_id.in_(list(contact_ids))).order_by(AskedChange.id)
    found: dict[int, list[Shown]] = {i: [] for i in contact_ids}
    for shown in _shown(rows):
        found[shown.row.contact_id].append(shown)
    return found


def waiting() -> list[Shown]:
    """Everything that waits and that the actor may decide, the oldest first."""
    if not current_actor().may(Permission.CONTACT_EDIT):
        return []
    return _shown(AskedChange.select().order_by(AskedChange.id).limit(MOST))


def count() -> int:
    """How much waits that the actor may decide, as far as it is shown at once."""
    if not current_actor().may(Permission.CONTACT_EDIT):
        return 0
    return len(_decidable(AskedChange.select().order_by(AskedChange.id).limit(MOST)))


def confirm(row: AskedChange, seen: str) -> None:
    """Make the change that the person asked for, by the service that colleagues use, and tell him. Raises service.Stale
    when the block is not as it was `seen`, and what the service raises.
    """
    with transaction():
        contact = _open(row)
        _apply(row, contact, seen)
        _close(row, contact, "contact.asked_change_confirmed")


def refuse(row: AskedChange, words: str) -> None:
    """Leave things as they are, and tell the person why. Raises NoReason and InvalidText."""
    words = clean_text(words, max_length=LONGEST)
    if not words:
        raise NoReason("Say why: the person is told.")
    with transaction():
        _close(row, _open(row), "contact.asked_change_refused", words)


def find(contact_id: int, change_id: int) -> AskedChange:
    """A change that waits and that the actor may decide. Raises NothingAsked."""
    row = AskedChange.get_or_none(AskedChange.id == change_id, AskedChange.contact_id == contact_id)
    if row is None or not _decidable([row]):
        raise NothingAsked("This was decided already, or taken back.")
    return row


def _open(row: AskedChange) -> Contact:
    """The contact of a change that still waits, locked."""
    require(Permission.CONTACT_EDIT)
    mine = (Contact.id == row.contact_id) & Contact.erased_at.is_null()
    contact = lock(Contact.select().where(mine)).first()
    if contact is None or AskedChange.delete().where(AskedChange.id == row.id).execute() == 0:
        raise NothingAsked("This was decided already, or taken back.")
    return contact


def _apply(row: AskedChange, contact: Contact, seen: str) -> None:
    page_id = page_of(row.block)
    if page_id is not None:
        block = _part(row, contact.id, page_id)
        typed = {cell.field.id: row.typed[str(cell.field.id)] for cell in block.cells}
        filling.fill(contact, block, seen, typed)
    elif row.block == "names":
        details.apply_names(contact, seen, row.typed)
    elif row.block == "telephones":
        details.apply_telephones(contact, seen, row.typed)
    else:
        details.apply_addresses(contact, seen, row.typed)


def _close(row: AskedChange, contact: Contact, action: str, words: str = "") -> None:
    """Note what became of it, and tell the person in his language, without the details, where he may be written to."""
    more: dict[str, Any] = {"why": words} if words else {}
    log.write(action, contact.id, **more)
    link = links.read(row.link)
    with seeing_everything():
        address = link.address if link and link.contact.id == contact.id else ""
    if not address or gate.refusal(contact, normalise_email(address).normal, PurposeClass.TRANSACTIONAL):
        return
    url = own_page.url(transport.base_url(), row.org_id, row.link)
    mails.answer_asked(address, queries.familiar_name(contact), url, contact.language, words)


def _shown(rows: Iterable[AskedChange]) -> list[Shown]:
    rows = _decidable(rows)
    contacts = {contact.id: contact for contact in queries.by_ids([row.contact_id for row in rows])}
    return [_one(row, contacts[row.contact_id]) for row in rows if row.contact_id in contacts]


def _one(row: AskedChange, contact: Contact) -> Shown:
    page_id = page_of(row.block)
    if page_id is None:
        now = details.texts(contact)
        lines = [Line(name, now.get(name, ""), *pair) for name, pair in row.changes.items()]
        seen = service.stamp(contact, "details" if row.block == "names" else row.block)
        return Shown(row, BLOCKS[row.block], queries.name_of(contact), lines, seen)
    block = _part(row, contact.id, page_id)
    lines = [Line(c.field.name, designed.words_of(c), *row.changes[str(c.field.id)]) for c in block.cells]
    return Shown(row, block.page.name, queries.name_of(contact), lines, filling.stamp(block))


def _part(row: AskedChange, contact_id: int, page_id: int) -> Block:
    """Those fields of the page that the change is about and that are still in use."""
    try:
        block = block_of(contact_id, page_id)
    except PageNotFound:
        return Block(Page.get_or_none(Page.id == page_id) or Page(name="A page that is not there any more"))
    return filling.part_of(block, {int(number) for number in row.typed})


def _decidable(rows: Iterable[AskedChange]) -> list[AskedChange]:
    """Those of which the actor sees, and may change, all that they are about: at most three queries."""
    rows = list(rows)
    ids = {int(number) for row in rows if page_of(row.block) is not None for number in row.typed}
    mine = {row[0] for row in Field.select(Field.id).where(Field.id.in_(sorted(ids))).tuples()} if ids else set()
    with seeing_everything():
        there = {row[0] for row in Field.select(Field.id).where(Field.id.in_(sorted(ids))).tuples()} if ids else set()
    return [row for row in rows if _may_decide(row, there - mine)]


def _may_decide(row: AskedChange, hidden: Collection[int]) -> bool:
    page_id = page_of(row.block)
    if page_id is None:
        return row.block == "names" or (Telephone if row.block == "telephones" else Address).is_shown()
    return current_actor().may_write_page(page_id) and not {int(number) for number in row.typed} & set(hidden)


def _on_home() -> list[Notice]:
    waiting_for_us = count()
    if not waiting_for_us:
        return []
    words = "1 change" if waiting_for_us == 1 else f"{waiting_for_us:,} changes"
    rest = " that people asked for on their own pages: confirm or refuse."
    return [Notice("pencil", words, rest, "asked_changes.index")]


def register() -> None:
    register_panel(Panel("asked-changes", "profile/_asked_panel.html", of_contacts, Permission.CONTACT_EDIT))
    register_notices(_on_home)
