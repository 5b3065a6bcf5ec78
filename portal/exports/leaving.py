"""What may leave, and of whom: the one place that decides it for the form, the count beforehand and the file.

Children for whom nobody competent has consented stay out (POPIA s 35), and so do contacts that are restricted
(s 14(6)). Special information leaves only of people who agreed to its being handed on (ss 26 and 28(3)): the cells of
the others are empty, and where the list itself was chosen by special information, the others are not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.accounts.service import current_org
from portal.consent import purposes, restricting
from portal.consent.folding import fold
from portal.consent.models import ConsentEvent, Purpose
from portal.contacts import field_files, field_filters, fields, names
from portal.contacts import queries as contacts
from portal.contacts.children import are_pending
from portal.contacts.membership import is_member
from portal.contacts.models import Contact, Value
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, current_actor, system
from portal.exports.rules import Choice, columns_of, is_held

HANDED_ON = "Handing special information on"  # the purpose of the register under which a consent to it is kept
_LINE = purposes.Line(
    HANDED_ON,
    "To pass special information, such as faith or health, on to those outside who were named",
    "transactional",
    "consent",
)


@dataclass(frozen=True)
class Leaving:
    """How many are in a file, and how many are not."""

    rows: int
    children: int
    restricted: int
    special: int  # people whose special information stays here


def choice(*, with_identity: bool = False, with_sensitive: bool = False, with_consents: bool = False) -> Choice:
    """What goes along with an export of the actor's: the fields he sees; those of sensitive classes only if asked."""
    columns = tuple(columns_of(field_files.sheets(), with_sensitive=with_sensitive))
    return Choice(columns, with_identity, with_sensitive, with_consents)


def matching(wanted: Filter) -> Any:
    """The contacts that may leave."""
    return contacts.matching(wanted).where(~are_pending(), ~_are_restricted())


def counted(wanted: Filter) -> Leaving:
    """Said before anything is made. `special` is of all the special information that the actor sees."""
    stay = _with_special(wanted) - agreed()
    rows = int(matching(wanted).count())
    restricted = int(contacts.matching(wanted).where(_are_restricted()).count())
    return Leaving(rows - (len(stay) if is_chosen_by_special(wanted) else 0), left_out(wanted), restricted, len(stay))


def left_out(wanted: Filter) -> int:
    """How many children stay out of the file."""
    return contacts.pending(wanted)


def is_chosen_by_special(wanted: Filter) -> bool:
    """Whether to be in this list is itself special information, such as of who is in the group "HIV support"."""
    chosen = {*wanted.group_ids, *wanted.not_group_ids}
    if chosen and any(is_held(group) for group in contacts.visible_groups() if group.id in chosen):
        return True
    asked = [wish.field_id for wish in wanted.fields]
    return any(map(is_held, fields.in_use_among(asked))) or _is_found_by_special(wanted)


def _is_found_by_special(wanted: Filter) -> bool:
    """Whether what was typed stands in a special field of anybody in the list."""
    words = names.fold(wanted.text).split()
    held = [field.id for field in fields.in_use_among(fields.searched_ids()) if is_held(field)] if words else []
    found = (matching(wanted).where(field_filters.found_in_values(word, held)).exists() for word in words)
    return bool(held) and any(found)


def has_sensitive() -> bool:
    """Whether there is anything more than ordinary that the actor sees."""
    groups = contacts.visible_groups()
    return any(map(field_files.is_sensitive, groups)) or any(map(field_files.is_sensitive, fields.outlines()))


def agreed(contact_ids: Iterable[int] | None = None) -> set[int]:
    """Those of these contacts, or of all, who agreed to their special information being handed on."""
    purpose = Purpose.get_or_none(Purpose.name == HANDED_ON)
    if purpose is None:
        return set()
    query = ConsentEvent.select().where(ConsentEvent.purpose_id == purpose.id)
    if contact_ids is not None:
        query = query.where(ConsentEvent.contact_id.in_(list(contact_ids)))
    said: dict[int, list[ConsentEvent]] = {}
    for event in query:
        said.setdefault(event.contact_id, []).append(event)
    enough = {"proven"} if current_org().requires_proof else {"asserted", "proven"}
    found = set()
    for contact_id, events in said.items():
        standings = {state.standing for state in fold(events).values()}
        if standings & enough and not standings & {"withheld", "withdrawn", "objected"}:
            found.add(contact_id)
    return found


def is_asked_about() -> bool:
    """Whether the register has the purpose under which people agree to it."""
    return bool(Purpose.select().where(Purpose.name == HANDED_ON).exists())


def purpose_handed_on() -> Purpose:
    """The purpose under which people agree to it; written into the register when it is first needed."""
    found = Purpose.get_or_none(Purpose.name == HANDED_ON)
    if found is None:
        with acting_as(system(current_actor().org_id)):
            found = purposes.add(_LINE)
    return found


def _are_restricted() -> Any:
    """The condition that nothing may be done with the contact but keeping, whoever asks."""
    return Contact.id.in_(restricting.closed(current_actor()))


def _with_special(wanted: Filter) -> set[int]:
    """The contacts that may leave of whom something special is known to the actor."""
    if is_chosen_by_special(wanted):
        return {row[0] for row in matching(wanted).select(Contact.id).tuples()}
    held_fields = [c.field.id for c in columns_of(field_files.sheets(), with_sensitive=True) if is_held(c.field)]
    held_groups = [group.id for group in contacts.visible_groups() if is_held(group)]
    found: set[int] = set()
    if held_fields:
        told = Contact.id.in_(Value.select(Value.contact_id).where(Value.field_id.in_(held_fields)))
        found |= {row[0] for row in matching(wanted).where(told).select(Contact.id).tuples()}
    if held_groups:
        found |= {row[0] for row in matching(wanted).where(is_member(held_groups)).select(Contact.id).tuples()}
    return found
