"""What the portal can do with contacts and groups, whoever asks: a page, a job or a command."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from portal.contacts import queries, record, rules
from portal.contacts.address_guards import check_address
from portal.contacts.emails import normalise_email
from portal.contacts.group_rules import ByRule
from portal.contacts.groups import GroupNameTaken as GroupNameTaken
from portal.contacts.groups import GroupNotFound as GroupNotFound
from portal.contacts.groups import add_group as add_group
from portal.contacts.groups import find_group as find_group
from portal.contacts.groups import find_group_by_name as find_group_by_name
from portal.contacts.groups import group_contacts as group_contacts
from portal.contacts.groups import group_named as group_named
from portal.contacts.groups import remove_group as remove_group
from portal.contacts.groups import rename_group as rename_group
from portal.contacts.groups import ungroup_contacts as ungroup_contacts
from portal.contacts.models import Address, Contact, ContactPart, Email, Group, Note, Telephone
from portal.contacts.telephones import normalise_telephone
from portal.core.actor import current_actor, require
from portal.core.db import lock, transaction
from portal.core.permissions import Permission

Part = TypeVar("Part", bound=ContactPart)
DETAILS = (
    "kind",
    "title",
    "first_name",
    "last_name",
    "preferred_name",
    "organisation",
    "language",
    "birth_date",
    "is_untracked",
    "initials",
    "trading_name",
    "body_kind",
    "registration",
    "vat_number",
)


class ContactNotFound(LookupError):
    pass


class Nameless(ValueError):
    """A contact needs something to be known by."""


class NotYours(ValueError):
    """The actor sees one group only, and the contact would not be in it."""


class SameAddress(ValueError):
    """The address entered is the one there is."""


class Stale(Exception):
    """Somebody else changed the block since it was shown. Nothing was saved; the page shows both."""


@dataclass(frozen=True)
class Line:
    """One line of a block of emails or telephones as the form gives it; `id` is None for a new one."""

    id: int | None
    label: str
    text: str
    is_primary: bool = False


@dataclass(frozen=True)
class AddressLine:
    id: int | None
    label: str
    is_primary: bool
    values: dict[str, str]


def find(contact_id: int) -> Contact:
    """The contact, if it exists for this actor and was not erased."""
    contact = Contact.get_or_none(Contact.id == contact_id, Contact.erased_at.is_null())
    if contact is None:
        raise ContactNotFound("There is no such contact.")
    return contact


def add(*, email: str = "", telephone: str = "", source: str = "staff", obtained: str = "", **names: Any) -> Contact:
    """Add one contact by hand, with at most one email and one telephone to begin with."""
    require(Permission.CONTACT_EDIT)
    _check_named(names)
    entered = normalise_email(email) if email.strip() else None
    number = normalise_telephone(telephone)
    if entered:
        check_address("email", entered.normal)
    if number:
        check_address("sms", number)
    with transaction():
        contact = record.add(source=source, obtained=obtained, **names)
        mine = _only_group()
        if mine is not None and mine.rule is None:
            record.group([contact.id], mine.id, mine.name)
        if entered:
            record.add_part(
                Email, contact.id, "contact.email_added", address=entered.entered, normal=entered.normal, is_primary=1
            )
        if number:
            record.add_part(Telephone, contact.id, "contact.telephone_added", number=number, is_primary=1)
        if mine is not None and Contact.get_or_none(Contact.id == contact.id) is None:
            raise NotYours(
                f"You see only the contacts whom the rule of {mine.name} finds, and it does not find this one. "
                "Correct what you entered, or ask a colleague to add this contact."
            )
    return contact


def stamp(contact: Contact, block: str) -> str:
    """A fingerprint of a block as it stands now. A form carries it, so that a save over another's change is noticed."""
    values: Any
    if block == "details":
        values = [str(getattr(contact, f)) for f in DETAILS]
    elif block == "roles":
        values = contact.roles
    elif block == "groups":
        values = sorted(g.id for g in queries.groups_of(contact.id) if g.rule is None)
    else:
        values = [
            [p.id, p.label, p.is_primary, rules.told(p)]
            for p in queries.parts_of(_KIND[block], [contact.id]).get(contact.id, [])
        ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def change_details(contact: Contact, seen: str, **values: Any) -> None:
    """Change names, language and birth date."""
    require(Permission.CONTACT_EDIT)
    _check_named(values)
    with transaction():
        contact = _unchanged(contact, "details", seen)
        record.change(contact, "contact.details_changed", **values)


def change_roles(contact: Contact, seen: str, roles: Sequence[str]) -> None:
    require(Permission.CONTACT_EDIT)
    with transaction():
        contact = _unchanged(contact, "roles", seen)
        record.change(contact, "contact.roles_changed", roles=rules.roles_text(roles))


def change_emails(contact: Contact, seen: str, lines: Sequence[Line]) -> None:
    """Make the contact's emails equal to the lines; a corrected address starts with a clean state."""
    require(Permission.CONTACT_EDIT)
    wanted = []
    for line in lines:
        entered = normalise_email(line.text)
        values = {"label": line.label, "is_primary": int(line.is_primary)}
        wanted.append((line.id, {**values, "address": entered.entered, "normal": entered.normal}))
    with transaction():
        contact = _unchanged(contact, "emails", seen)
        known = {p.id: p for p in queries.parts_of(Email, [contact.id]).get(contact.id, [])}
        for part_id, values in wanted:
            before = known.get(part_id) if part_id else None
            if before is None or before.normal != values["normal"]:
                check_address("email", str(values["normal"]))
                if before is not None and before.state:
                    values.update(record.CLEAN)
        _replace(Email, contact.id, wanted)


def find_email(email_id: int) -> Email:
    found = Email.get_or_none(Email.id == email_id)
    if found is None:
        raise ContactNotFound("There is no such address.")
    return found


def correct_email(part: Email, text: str) -> None:
    """Put another address in place of one; it starts with a clean state."""
    require(Permission.CONTACT_EDIT)
    entered = normalise_email(text)
    if entered.normal == part.normal:
        raise SameAddress("This is the address that could not be reached. Enter another one.")
    check_address("email", entered.normal)
    values = {**record.CLEAN, "address": entered.entered, "normal": entered.normal}
    record.change_part(part, "contact.email_changed", **values)


def remove_email(part: Email) -> None:
    require(Permission.CONTACT_EDIT)
    with transaction():
        record.remove_part(part, "contact.email_removed")
        others = queries.parts_of(Email, [part.contact_id]).get(part.contact_id, [])
        if others and not any(other.is_primary for other in others):
            record.change_part(others[0], "contact.email_changed", is_primary=1)


def retry_email(part: Email) -> int:
    """Let an address be written to again, on every contact that has it; return how many have."""
    require(Permission.CONTACT_EDIT)
    if part.state != "undeliverable":
        return 0
    return record.mark_email(part.normal, "", "to be tried again")


def change_telephones(contact: Contact, seen: str, lines: Sequence[Line]) -> None:
    require(Permission.CONTACT_EDIT)
    wanted = [
        (line.id, {"label": line.label, "is_primary": int(line.is_primary), "number": normalise_telephone(line.text)})
        for line in lines
    ]
    with transaction():
        contact = _unchanged(contact, "telephones", seen)
        known = {p.number for p in queries.parts_of(Telephone, [contact.id]).get(contact.id, [])}
        for number in sorted({str(values["number"]) for _, values in wanted} - known):
            check_address("sms", number)
        _replace(Telephone, contact.id, wanted)


def change_addresses(contact: Contact, seen: str, lines: Sequence[AddressLine]) -> None:
    require(Permission.CONTACT_EDIT)
    wanted = [(line.id, {"label": line.label, "is_primary": int(line.is_primary), **line.values}) for line in lines]
    with transaction():
        contact = _unchanged(contact, "addresses", seen)
        _replace(Address, contact.id, wanted)


def change_groups(contact: Contact, seen: str, group_ids: Sequence[int]) -> None:
    """Put the contact into exactly these of the groups the actor can see; groups he cannot see, and those filled by a
    rule, stay as they are. Raises ByRule when one of those was chosen.
    """
    require(Permission.CONTACT_EDIT)
    with transaction():
        contact = _unchanged(contact, "groups", seen)
        ruled = [g.name for g in queries.visible_groups() if g.rule is not None and g.id in group_ids]
        if ruled:
            raise ByRule(ruled[0])
        names = {g.id: g.name for g in queries.groups_by_hand()}
        before = {g.id for g in queries.groups_of(contact.id)} & set(names)
        wanted = set(group_ids) & set(names)
        for group_id in sorted(before - wanted):
            record.ungroup([contact.id], group_id, names[group_id])
        for group_id in sorted(wanted - before):
            record.group([contact.id], group_id, names[group_id])


def add_note(contact: Contact, text: str) -> Note:
    require(Permission.CONTACT_EDIT)
    return record.add_part(Note, contact.id, "contact.note_added", text=text, author=current_actor().name)


def remove_note(contact: Contact, note_id: int) -> None:
    require(Permission.CONTACT_EDIT)
    note = Note.get_or_none(Note.id == note_id, Note.contact_id == contact.id)
    if note is None:
        raise ContactNotFound("There is no such note.")
    record.remove_part(note, "contact.note_removed")


_KIND: dict[str, type[ContactPart]] = {"emails": Email, "telephones": Telephone, "addresses": Address}
_ACTION = {"Email": "contact.email", "Telephone": "contact.telephone", "Address": "contact.address"}


def _replace(kind: type[Part], contact_id: int, wanted: Sequence[tuple[int | None, dict[str, Any]]]) -> None:
    """Make the parts of one kind equal to `wanted`; exactly one of them is the primary one."""
    known = {p.id: p for p in queries.parts_of(kind, [contact_id]).get(contact_id, [])}
    action = _ACTION[kind.__name__]
    chosen = next((i for i, (_, values) in enumerate(wanted) if values["is_primary"]), 0)
    kept = set()
    for i, (part_id, values) in enumerate(wanted):
        values = {**values, "is_primary": int(i == chosen)}
        if part_id in known:
            kept.add(part_id)
            record.change_part(known[part_id], f"{action}_changed", **values)
        else:
            record.add_part(kind, contact_id, f"{action}_added", **values)
    for part_id in known.keys() - kept:
        record.remove_part(known[part_id], f"{action}_removed")


def _only_group() -> Group | None:
    """The one group the actor sees, if he is limited to one."""
    group_id = current_actor().only_group
    return find_group(group_id) if group_id is not None else None


def _unchanged(contact: Contact, block: str, seen: str) -> Contact:
    """The contact, locked and read again; Stale when the block is no longer what the form was made from."""
    fresh = lock(Contact.select().where(Contact.id == contact.id, Contact.erased_at.is_null())).first()
    if fresh is None:
        raise ContactNotFound("There is no such contact.")
    if seen != stamp(fresh, block):
        raise Stale("Somebody changed this while you were writing.")
    return fresh


def _check_named(names: dict[str, Any]) -> None:
    if names.get("kind") == "body":
        if not (names.get("organisation") or "").strip():
            raise Nameless("Enter the name of the organisation.")
    elif not any((names.get(f) or "").strip() for f in ("first_name", "last_name", "preferred_name")):
        raise Nameless("Enter a first name or a last name.")
    birth = names.get("birth_date")
    if birth is not None and not isinstance(birth, date):
        raise Nameless("Enter a date such as 14 March 1986.")
