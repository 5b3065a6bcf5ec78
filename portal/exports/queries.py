"""Contacts as rows of a table: what an import of the same file would take in again. Hidden sets are left empty."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.contacts import field_files, fields
from portal.contacts import queries as contacts
from portal.contacts.children import are_pending
from portal.contacts.field_files import Column
from portal.contacts.identities import opened
from portal.contacts.identity_rules import ID_NUMBER
from portal.contacts.models import Address, Contact, Email, Telephone
from portal.contacts.queries import Filter
from portal.contacts.rules import LANGUAGES
from portal.contacts.telephones import show_telephone
from portal.exports.rules import columns_of

BATCH = 500


def columns(*, with_sensitive: bool) -> list[Column]:
    """The designed fields an export of the actor's holds: those he sees; those of sensitive classes only if asked."""
    return columns_of(field_files.sheets(), with_sensitive=with_sensitive)


def matching(wanted: Filter) -> Any:
    """The contacts that may leave: not the children for whom nobody competent has consented (POPIA s 35)."""
    return contacts.matching(wanted).where(~are_pending())


def left_out(wanted: Filter) -> int:
    """How many children stay out of the file."""
    return contacts.pending(wanted)


def rows(
    wanted: Filter, columns: Sequence[Column] = (), with_identity: bool = False, *, with_sensitive: bool = False
) -> Iterator[list[str]]:
    """One row for each contact of the filter, by id, a few hundred at a time: a fixed number of queries for each.
    Identity numbers are opened only when asked for, and groups whose name tells more than the ordinary, such as "HIV
    support", are named only then (P-26-1); the cells are empty otherwise.
    """
    last = 0
    while True:
        some = list(matching(wanted).where(Contact.id > last).order_by(Contact.id).limit(BATCH))
        if not some:
            return
        ids = [contact.id for contact in some]
        emails, telephones = contacts.parts_of(Email, ids), contacts.parts_of(Telephone, ids)
        addresses, groups = contacts.parts_of(Address, ids), contacts.group_names(ids, only_ordinary=not with_sensitive)
        texts = fields.texts_of(ids, [column.field.id for column in columns])
        numbers = opened(ids, ID_NUMBER) if with_identity else {}
        for contact in some:
            mine = texts.get(contact.id, {})
            own = _row(
                contact,
                emails.get(contact.id, []),
                telephones.get(contact.id, []),
                addresses.get(contact.id, []),
                groups.get(contact.id, []),
                numbers.get(contact.id, ""),
            )
            yield own + [field_files.plain(c.field, mine.get(c.field.id, [])) for c in columns]
        last = ids[-1]


def _row(
    contact: Contact,
    emails: list[Email],
    telephones: list[Telephone],
    addresses: list[Address],
    groups: list[str],
    number: str,
) -> list[str]:
    cells = [t.number for t in telephones if t.label == "Cell"] or [t.number for t in telephones[:1]]
    others = [t.number for t in telephones if t.number not in cells[:1]]
    home = addresses[0] if addresses else None
    place = (
        [", ".join(filter(None, (home.line1, home.line2))), home.suburb, home.city, home.postal_code, home.province]
        if home
        else [""] * 5
    )
    return [
        contact.first_name,
        contact.last_name,
        contact.organisation,
        emails[0].address if emails else "",
        show_telephone(cells[0]) if cells else "",  # with spaces, so that no spreadsheet takes it for a number
        show_telephone(others[0]) if others else "",
        *place,
        home.country if home else "",
        LANGUAGES.get(contact.language, contact.language),
        contact.birth_date.isoformat() if contact.birth_date else "",
        "; ".join(groups),
        contact.initials,
        contact.trading_name,
        contact.registration,
        contact.vat_number and f"{contact.vat_number[:3]} {contact.vat_number[3:]}",  # no spreadsheet's number
        number and f"{number[:6]} {number[6:10]} {number[10:]}",
    ]
