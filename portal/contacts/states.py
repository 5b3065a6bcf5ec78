"""Contacts who have died, and contacts that are put away. Both can be taken back; each is written into the log."""

from collections.abc import Sequence
from datetime import date

from portal.accounts.service import today
from portal.contacts import record
from portal.contacts.models import Contact
from portal.core.actor import require
from portal.core.clock import now
from portal.core.permissions import Permission


class Impossible(ValueError):
    """The state cannot be as it was said. The message says why."""

    def __init__(self, message: str, *, is_about_note: bool = False) -> None:
        super().__init__(message)
        self.is_about_note = is_about_note


def mark_deceased(contact: Contact, on: date | None, note: str) -> None:
    """From now on nothing is sent to the contact, also of what waits already."""
    require(Permission.CONTACT_EDIT)
    if contact.kind == "body":
        raise Impossible("An organisation does not die. Archive it instead.")
    if on is None:
        raise Impossible("Enter the day, such as 3 May 2026. If it is not known, enter the day you heard of it.")
    if on > today():
        raise Impossible("The day cannot lie in the future.")
    if contact.birth_date and on < contact.birth_date:
        raise Impossible("The day cannot lie before the birth date.")
    if not note.strip():
        raise Impossible("Say from whom you know, such as: her daughter telephoned.", is_about_note=True)
    record.change(contact, "contact.deceased", deceased_on=on, deceased_note=note.strip())


def unmark_deceased(contact: Contact) -> None:
    require(Permission.CONTACT_EDIT)
    record.change(contact, "contact.not_deceased", deceased_on=None, deceased_note="")


def archive(contact: Contact, note: str) -> None:
    """Put the contact away: kept and found when asked for, in no list and no audience."""
    require(Permission.CONTACT_EDIT)
    if not note.strip():
        raise Impossible("Say why, such as: moved away and left no address.", is_about_note=True)
    if contact.archived_at is None:
        record.change(contact, "contact.archived", archived_at=now(), archived_note=note.strip())


def unarchive(contact: Contact) -> None:
    require(Permission.CONTACT_EDIT)
    record.change(contact, "contact.unarchived", archived_at=None, archived_note="")


def chips_of_deceased(contact_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    return _chips(contact_ids, Contact.deceased_on.is_null(False), ("Deceased", "bad"))


def chips_of_archived(contact_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    return _chips(contact_ids, Contact.archived_at.is_null(False), ("Archived", ""))


def _chips(contact_ids: Sequence[int], condition: object, chip: tuple[str, str]) -> dict[int, tuple[str, str]]:
    if not contact_ids:
        return {}
    query = Contact.select(Contact.id).where(Contact.id.in_(list(contact_ids)), condition)
    return {row[0]: chip for row in query.tuples()}
