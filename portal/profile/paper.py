"""What a person reads of himself, to be taken along: as a paper, as data, or by a mail to an address that he proved to
be his (s 23, P-24-4). What is more than ordinary is named, and not told.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from portal.accounts.service import current_org
from portal.activity import log
from portal.consent.rules import PurposeClass
from portal.contacts import queries
from portal.contacts.emails import normalise_email
from portal.contacts.models import Contact
from portal.contacts.telephones import show_telephone
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.words import _
from portal.core.written import moment
from portal.gateways import pdf
from portal.gateways.pdf import Text
from portal.profile import codes, designed, details, gate, levels, mails
from portal.profile.levels import NotOffered
from portal.profile.links import Link


@dataclass(frozen=True)
class Part:
    """A heading with names and values."""

    heading: str
    lines: Sequence[tuple[str, str]]


def parts_of(contact: Contact) -> list[Part]:
    """What stands on the page, in the language that is spoken."""
    known = details.of(contact)
    parts = [
        Part(_("Your name"), [(_(fact.name), fact.value) for fact in known.names]),
        Part(_("Email"), [("", email.address) for email in known.emails]),
        Part(_("Telephone"), [("", show_telephone(one.number)) for one in known.telephones]),
        Part(_("Address"), [("", details.address_in_words(one)) for one in known.addresses]),
    ]
    masked = _("kept, and not shown here: ask us")
    for sheet in designed.sheets(contact):
        lines = [(one.name, masked if one.is_masked else one.text) for one in sheet.fields]
        parts.append(Part(sheet.page.name, [line for line in lines if line[1]]))
    return [part for part in parts if part.lines]


def as_json(contact: Contact) -> bytes:
    org = current_org()
    told = [
        {"heading": part.heading, "details": [{"name": name, "value": value} for name, value in part.lines]}
        for part in parts_of(contact)
    ]
    whole = {"organisation": org.name, "at": now().isoformat(timespec="seconds"), "kept": told}
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def as_pdf(contact: Contact) -> bytes:
    org = current_org()
    title = _("What %(organisation)s keeps of you", organisation=org.name)
    head = [
        Text(title, "title"),
        Text(queries.name_of(contact)),
        Text(moment(now(), ZoneInfo(org.timezone)), "quiet"),
    ]
    parts = [
        [Text(part.heading, "heading"), *(Text(f"{name}: {value}" if name else value) for name, value in part.lines)]
        for part in parts_of(contact)
    ]
    return pdf.write(title, org.name, [head, *parts], foot=org.name)


def may_mail(link: Link, browser: str) -> bool:
    """Whether the details are mailed to the address of this link: the organisation wants it, and a code that was sent
    there was typed in this browser.
    """
    return levels.current().mails_details and bool(link.address) and codes.has_shown(link, browser)


def mail(link: Link, browser: str) -> None:
    """Mail the details in full. Raises NotOffered."""
    address = link.address
    if not may_mail(link, browser) or gate.refusal(link.contact, normalise_email(address).normal, PurposeClass.RIGHTS):
        raise NotOffered("Details are not mailed. Write to us, and we will help.")
    with transaction():
        mails.send_details(address, queries.familiar_name(link.contact), parts_of(link.contact))
        log.write("contact.details_mailed", link.contact.id)
