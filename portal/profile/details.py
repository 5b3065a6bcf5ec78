"""Seeing and changing one's own details, and telling the organisation what was changed (R21, R22; P-24-4)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
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
from portal.contacts.self_service import CHANGED, HIDDEN, may_change
from portal.contacts.service import AddressLine, Line
from portal.contacts.telephones import show_telephone
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.words import later
from portal.profile import asked, codes, levels, mails
from portal.profile.links import Link, sender_of
from portal.profile.models import ProfileCode

NAMES = ("title", "first_name", "last_name", "preferred_name", "organisation")
MOST_EMAILS = 10
Changes = dict[str, tuple[str, str]]  # in words, what was and what is
Text = Callable[[Contact], dict[str, str]]


class BadDetail(Misfit):
    """It cannot be kept so. `field` is where it is mended."""


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True)
class Known:
    """What stands on the page: an address, number or name, block by block. `shown` are the blocks that the organisation
    shows, each with whether it is changed here.
    """

    names: list[Fact]
    emails: list[Email]
    telephones: list[Telephone]
    addresses: list[Address]
    shown: Mapping[str, bool] = field(default_factory=dict)


def of(contact: Contact) -> Known:
    """Names and how to reach the person, as far as it is shown; nothing that is more than ordinary (P-23-2)."""
    chosen = levels.current().blocks
    return Known(
        shown={block: may_change(level) for block, level in chosen.items() if level != HIDDEN},
        names=[Fact(words, value) for words, value in _names(contact).items() if value] if chosen["names"] else [],
        emails=_parts(Email, contact) if chosen["emails"] else [],
        telephones=_parts(Telephone, contact) if chosen["telephones"] else [],
        addresses=_parts(Address, contact) if chosen["addresses"] else [],
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


def change_names(link: Link, seen: str, **values: str) -> bool:
    """Change the names, or ask a colleague to; return whether it waits. Raises service.Nameless, service.Stale and
    levels.NotOffered, as those below do.
    """
    typed = {name: value for name, value in values.items() if value != getattr(link.contact, name)}
    return _change_or_ask(link, "names", typed, lambda: apply_names(link.contact, seen, typed))


def change_telephones(link: Link, seen: str, lines: Sequence[Line]) -> bool:
    typed = [asdict(line) for line in lines]
    return _change_or_ask(link, "telephones", typed, lambda: apply_telephones(link.contact, seen, typed))


def change_addresses(link: Link, seen: str, lines: Sequence[AddressLine]) -> bool:
    typed = [asdict(line) for line in lines]
    return _change_or_ask(link, "addresses", typed, lambda: apply_addresses(link.contact, seen, typed))


def apply_names(contact: Contact, seen: str, typed: Mapping[str, str]) -> None:
    names = {name: getattr(contact, name) for name in NAMES} | dict(typed)
    service.change_details(contact, seen, kind=contact.kind, **names)


def apply_telephones(contact: Contact, seen: str, typed: Sequence[Mapping[str, Any]]) -> None:
    service.change_telephones(contact, seen, [Line(**line) for line in typed])


def apply_addresses(contact: Contact, seen: str, typed: Sequence[Mapping[str, Any]]) -> None:
    service.change_addresses(contact, seen, [AddressLine(**line) for line in typed])


def _change_or_ask(link: Link, block: str, typed: Any, change: Callable[[], None]) -> bool:
    """Make the change, or keep it for a colleague to confirm, as the organisation chose; return whether it waits."""
    if levels.level_to_change(block) == CHANGED:
        told(link, change)
        return False
    with transaction():
        lock(Contact.select().where(Contact.id == link.contact.id)).get()
        changes = tried(link.contact, change)
        if not changes:
            asked.withdraw(link.contact, block)
            return False
        asked.ask(link, block, typed, changes)
    return True


class _NotMade(Exception):
    """A change was tried, and is taken back."""


def tried(contact: Contact, change: Callable[[], None], text: Text | None = None) -> Changes:
    """What a change would make of the contact, in words, without making it. Raises what the change raises."""
    text = text or texts
    with suppress(_NotMade), transaction():
        before = text(contact)
        change()
        made = _differing(before, text(service.find(contact.id)))
        raise _NotMade
    return made


def ask_for_email(link: Link, typed: str, browser: str) -> None:
    """Send a code to an address that the person wants to add: it is added once he shows that he reads it. Raises
    InvalidEmail, BadDetail, AddressRefused, codes.NoCode and levels.NotOffered.
    """
    levels.level_to_change("emails")
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
    back by this act of its owner's. Raises codes.BadCode, levels.NotOffered, and AddressRefused for one that must still
    be left alone.
    """
    levels.level_to_change("emails")
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

    told(link, add)


def remove_email(link: Link, email_id: int) -> None:
    """Raises ContactNotFound, levels.NotOffered, and BadDetail for the last one."""
    levels.level_to_change("emails")
    part = service.find_email(email_id)
    if len(_parts(Email, link.contact)) == 1:
        raise BadDetail("This is your only address here. Add another one first, or unsubscribe.", "address")
    told(link, lambda: service.remove_email(part))


def told(link: Link, change: Callable[[], None], text: Text | None = None) -> None:
    """Make a change and tell of it, in one transaction; nothing changed, nothing told."""
    text = text or texts
    with transaction():
        before = text(link.contact)
        change()
        fresh = service.find(link.contact.id)
        if differing := _differing(before, text(fresh)):
            mails.tell_of_change(sender_of(link), queries.name_of(fresh), differing, fresh.id)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    changes = {name: (before.get(name, ""), after.get(name, "")) for name in {**before, **after}}
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}


def texts(contact: Contact) -> dict[str, str]:
    """The details as lines of words, to be set beside what they were."""
    return {
        **_names(contact),
        "Email": ", ".join(email.address for email in _parts(Email, contact)),
        "Telephone": ", ".join(show_telephone(one.number) for one in _parts(Telephone, contact)),
        "Address": "; ".join(address_in_words(one) for one in _parts(Address, contact)),
    }


def address_in_words(one: Address) -> str:
    country = show_country(one.country) if one.country not in ("", "ZA") else ""
    province = show_province(one.province) if one.province else ""
    return ", ".join(filter(None, [one.line1, one.line2, one.suburb, one.city, one.postal_code, province, country]))
