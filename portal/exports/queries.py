"""Contacts as rows of a table: what an import of the same file would take in again. Hidden sets are left empty."""

from collections.abc import Iterator, Sequence

from portal.consent import purposes
from portal.consent import queries as consents
from portal.consent.grounds import CHANNELS, SUPPRESSED
from portal.contacts import field_files, fields, membership
from portal.contacts import queries as contacts
from portal.contacts.field_files import is_sensitive
from portal.contacts.identities import opened
from portal.contacts.identity_rules import ID_NUMBER
from portal.contacts.models import Address, Contact, Email, Group, Telephone
from portal.contacts.queries import Filter
from portal.contacts.rules import LANGUAGES
from portal.contacts.telephones import show_telephone
from portal.exports.leaving import agreed, is_chosen_by_special, matching
from portal.exports.rules import Choice, is_held

BATCH = 500
PLAIN = Choice()
_STATES = {"undeliverable": "could not be reached", "complained": "complained about a message"}
Row = tuple[int, list[str]]


class Batch:
    """Some rows by the ids of their contacts, and how many people's special information is not in them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.special_out = 0


def rows(wanted: Filter, choice: Choice = PLAIN) -> Iterator[list[str]]:
    """One row for each contact of the filter, by id."""
    for batch in batches(wanted, choice):
        yield from (row for _, row in batch.rows)


def batches(wanted: Filter, choice: Choice = PLAIN) -> Iterator[Batch]:
    """The rows a few hundred at a time: a fixed number of queries for each.

    Identity numbers are opened only when asked for, and groups whose name tells more than the ordinary, such as "HIV
    support", are named only then (P-26-1). What is special is told only of those who agreed; the cells of the others
    are empty (P-28-2).
    """
    chosen_by_special = is_chosen_by_special(wanted)
    ordinary, free, held = _groups(choice)
    last = 0
    while True:
        some = list(matching(wanted).where(Contact.id > last).order_by(Contact.id).limit(BATCH))
        if not some:
            return
        last = some[-1].id
        batch = Batch()
        mine = agreed([contact.id for contact in some]) if choice.with_sensitive or chosen_by_special else set()
        if chosen_by_special:
            batch.special_out = sum(contact.id not in mine for contact in some)
            some = [contact for contact in some if contact.id in mine]
        _fill(batch, some, choice, mine, (ordinary + free, held))
        yield batch


def _groups(choice: Choice) -> tuple[list[Group], list[Group], list[Group]]:
    """The groups that are named in any file, those where it was asked for, and those for who agreed to it."""
    known = contacts.visible_groups()
    held = [group for group in known if is_held(group)]
    free = [group for group in known if is_sensitive(group) and group not in held]
    ordinary = [group for group in known if group not in held and group not in free]
    return (ordinary, free, held) if choice.with_sensitive else (ordinary, [], [])


def _fill(
    batch: Batch, some: Sequence[Contact], choice: Choice, mine: set[int], groups: tuple[list[Group], list[Group]]
) -> None:
    ids = [contact.id for contact in some]
    emails, telephones = contacts.parts_of(Email, ids), contacts.parts_of(Telephone, ids)
    addresses, inside = contacts.parts_of(Address, ids), membership.groups_by_contact(ids)
    texts = fields.texts_of(ids, [column.field.id for column in choice.columns])
    numbers = opened(ids, ID_NUMBER) if choice.with_identity else {}
    more = _standings(ids, emails) if choice.with_consents else {}
    held_fields = {column.field.id for column in choice.columns if is_held(column.field)}
    for contact in some:
        told, member = texts.get(contact.id, {}), inside.get(contact.id, set())
        named, special = groups
        if contact.id not in mine:
            is_less = bool(held_fields & told.keys()) or any(group.id in member for group in special)
            batch.special_out += is_less
            told = {field_id: text for field_id, text in told.items() if field_id not in held_fields}
        else:
            named = named + special
        own = _row(
            contact,
            emails.get(contact.id, []),
            telephones.get(contact.id, []),
            addresses.get(contact.id, []),
            sorted((group.name for group in named if group.id in member), key=str.lower),
            numbers.get(contact.id, ""),
        )
        designed = [field_files.plain(c.field, told.get(c.field.id, [])) for c in choice.columns]
        batch.rows.append((contact.id, own + designed + more.get(contact.id, [])))


def _standings(contact_ids: Sequence[int], emails: dict[int, list[Email]]) -> dict[int, list[str]]:
    """The first address as it stands, and what each person said: {contact: [standing, consents]}."""
    firsts = {i: found[0] for i, found in emails.items() if found}
    stops = consents.suppression_reasons([email.normal for email in firsts.values() if email.normal])
    names, said = purposes.names(), consents.states(contact_ids)
    found = {}
    for contact_id in contact_ids:
        email = firsts.get(contact_id)
        words = [_STATES.get(email.state, email.state)] if email and email.state else []
        if email and email.normal in stops:
            words.append(SUPPRESSED.get(stops[email.normal], stops[email.normal]))
        keys = sorted(said.get(contact_id, {}).items())
        told = [
            f"{names.get(purpose_id, '')} by {CHANNELS.get(channel, channel)}: {state.standing}"
            for (purpose_id, channel), state in keys
            if state.is_given or state.is_refused
        ]
        found[contact_id] = ["; ".join(words), "; ".join(told)]
    return found


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
