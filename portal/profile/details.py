"""Seeing and changing one's own details, and telling the organisation what was changed (R21, R22; P-24-4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.activity import log
from portal.consent import suppressing
from portal.consent.lifting_rules import ADDED
from portal.contacts import queries, service
from portal.contacts.address_guards import check_address
from portal.contacts.addresses import show_country, show_province
from portal.contacts.emails import normalise_email
from portal.contacts.models import Address, Contact, Email, Telephone
from portal.contacts.rules import LANGUAGES
from portal.contacts.service import AddressLine, Line
from portal.contacts.telephones import show_telephone
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.words import later
from portal.profile import codes, mails
from portal.profile.links import Link, sender_of
from portal.profile.models import ProfileCode

NAMES = ("title", "first_name", "last_name", "preferred_name", "organisation")
MOST_EMAILS = 10


class BadDetail(Misfit):
    """It cannot be kept so. `field` is where it is mended."""


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True)
class Known:
    """What stands on the page: an address, number or name, block by block."""

    names: list[Fact]
    emails: list[Email]
    telephones: list[Telephone]
    addresses: list[Address]


def of(contact: Contact) -> Known:
    """Names and how to reach the person; nothing that is more than ordinary (P-23-2)."""
    return Known(
        names=[Fact(words, value) for words, value in _names(contact).items() if value],
        emails=_parts(Email, contact),
        telephones=_parts(Telephone, contact),
        addresses=_parts(Address, contact),
    )


def _parts(kind: Any, contact: Contact) -> list[Any]:
    return queries.parts_of(kind, [contact.id]).get(contact.id, [])


def _names(contact: Contact) -> dict[str, str]:
    return {
        later("Title"): contact.title, later("First name"): contact.first_name, later("Last name"): contact.last_name,
        later("Known as"): contact.preferred_name, later("Organisation"): contact.organisation,
        later("Language"): LANGUAGES.get(contact.language, contact.language),
        later("Birth date"): contact.birth_date.strftime("%-d %b %Y") if contact.birth_date else "",
    }  # fmt: skip


def change_names(link: Link, seen: str, **values: str) -> None:
    """Raises service.Nameless and service.Stale."""
    _told(link, lambda: service.change_details(link.contact, seen, **values))


def change_telephones(link: Link, seen: str, lines: Sequence[Line]) -> None:
    _told(link, lambda: service.change_telephones(link.contact, seen, lines))


def change_addresses(link: Link, seen: str, lines: Sequence[AddressLine]) -> None:
    _told(link, lambda: service.change_addresses(link.contact, seen, lines))


def ask_for_email(link: Link, typed: str, browser: str) -> None:
    """Send a code to an address that the person wants to add: it is added once he shows that he reads it. Raises
    InvalidEmail, BadDetail, AddressRefused and codes.NoCode.
    """
    entered = normalise_email(typed)
    mine = _parts(Email, link.contact)
    if any(email.normal == entered.normal for email in mine):
        raise BadDetail("This address is one of yours already.", "address")
    if len(mine) >= MOST_EMAILS:
        raise BadDetail("Take one of your addresses away first.", "address")
    if not suppressing.may_return(entered.normal, ADDED):
        check_address("email", entered.normal)
    codes.send_to_new(link, entered.entered, entered.normal, browser)


def add_email(link: Link, row: ProfileCode | None, typed: str, *, is_from_mail: bool = False) -> None:
    """The code that went to a new address: the address is the person's now, and stands first; one that was erased comes
    back by this act of its owner's. Raises codes.BadCode, and AddressRefused for one that must still be left alone.
    """
    address = row.address if row else ""
    codes.use(row, typed, is_from_mail=is_from_mail)

    def add() -> None:
        mine = _parts(Email, link.contact)
        if any(email.normal == normalise_email(address).normal for email in mine):
            return
        if suppressing.lift_proven("email", normalise_email(address).normal, ADDED):
            log.write("contact.address_brought_back", link.contact.id)
        lines = [Line(email.id, email.label, email.address) for email in mine]
        lines.append(Line(None, "", address, is_primary=True))
        service.change_emails(link.contact, service.stamp(link.contact, "emails"), lines)

    _told(link, add)


def remove_email(link: Link, email_id: int) -> None:
    """Raises ContactNotFound, and BadDetail for the last one."""
    part = service.find_email(email_id)
    if len(_parts(Email, link.contact)) == 1:
        raise BadDetail("This is your only address here. Add another one first, or unsubscribe.", "address")
    _told(link, lambda: service.remove_email(part))


def _told(link: Link, change: Callable[[], None]) -> None:
    """Make a change and tell of it, in one transaction; nothing changed, nothing told."""
    with transaction():
        before = _text(link.contact)
        change()
        fresh = service.find(link.contact.id)
        after = _text(fresh)
        changes = {name: (before.get(name, ""), after.get(name, "")) for name in {**before, **after}}
        differing = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if differing:
            mails.tell_of_change(sender_of(link), queries.name_of(fresh), differing, fresh.id)


def _text(contact: Contact) -> dict[str, str]:
    """The details as lines of words, to be set beside what they were."""
    known = of(contact)
    return {
        **_names(contact),
        "Email": ", ".join(email.address for email in known.emails),
        "Telephone": ", ".join(show_telephone(one.number) for one in known.telephones),
        "Address": "; ".join(_address(one) for one in known.addresses),
    }


def _address(one: Address) -> str:
    country = show_country(one.country) if one.country not in ("", "ZA") else ""
    province = show_province(one.province) if one.province else ""
    return ", ".join(filter(None, [one.line1, one.line2, one.suburb, one.city, one.postal_code, province, country]))
