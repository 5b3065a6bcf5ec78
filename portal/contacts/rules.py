"""Rules about contacts that need no database: what is told of a change, what is searched, what is hidden together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.contacts.field_rules import Entry
from portal.contacts.identity_rules import Number
from portal.contacts.names import fold, sort_name
from portal.core.permissions import DataSet

ROLES = ("donor", "recipient", "employee", "supplier", "prospect")
LANGUAGES = {
    "en": "English", "af": "Afrikaans", "zu": "isiZulu", "xh": "isiXhosa", "st": "Sesotho", "nso": "Sepedi",
    "tn": "Setswana", "ts": "Xitsonga", "ss": "siSwati", "ve": "Tshivenda", "nr": "isiNdebele",
    "sfs": "South African Sign Language",
}  # fmt: skip
SOURCES = {
    "own": "They gave it to us themselves",
    "signed_up": "They signed up",
    "given": "They gave or bought something",
    "referral": "From someone else",
    "public": "From a public record",
    "third": "From a third party",
    "staff": "Added by a colleague",
}
NAME_FIELDS = ("kind", "title", "first_name", "last_name", "preferred_name", "organisation", "trading_name")
UNTOLD = frozenset({"kind", "sort_name"})  # in the row, but not worth a word in the log
ERASED_FIELDS = (
    "title", "first_name", "last_name", "preferred_name", "organisation", "language", "roles", "source", "obtained",
    "sort_name", "search_names", "search_emails", "search_numbers", "initials", "trading_name", "body_kind",
    "registration", "vat_number", "deceased_note", "archived_note",
)  # fmt: skip
PART_NAME = {"Email": "email", "Telephone": "telephone", "Address": "address", "Note": "note"}
DATA_SET_OF_FIELD = {"email": DataSet.EMAIL, "telephone": DataSet.TELEPHONE, "address": DataSet.ADDRESS}
ADDRESS_FIELDS = ("line1", "line2", "suburb", "city", "postal_code", "province", "country")


@dataclass(frozen=True)
class NewContact:
    """A contact to be added in bulk: its own fields, its parts as rows, what stands in designed fields (by their ids),
    and the groups it joins.
    """

    fields: Mapping[str, Any]
    emails: list[dict[str, Any]] = field(default_factory=list)
    telephones: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    values: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    identity: Number | None = None  # its ID number
    group_ids: list[int] = field(default_factory=list)


def sort_name_of(names: Mapping[str, Any]) -> str:
    """What the list is ordered by: a body's own name, a person's surname first; folded."""
    if names.get("kind") == "body":
        return fold(names.get("organisation") or "")
    person = sort_name(names.get("first_name") or "", names.get("last_name") or "")
    return fold(person or names.get("preferred_name") or names.get("organisation") or "")


def search_columns(names: Mapping[str, Any], emails: Iterable[str], numbers: Iterable[str]) -> dict[str, str]:
    """What is found by typing. Numbers are findable both as +2782… and as 082…."""
    words = [names.get(f) or "" for f in NAME_FIELDS if f not in ("kind", "title")]
    local = [f"{n} 0{n[3:]}" if n.startswith("+27") else n for n in numbers]
    return {
        "search_names": fold(" ".join(filter(None, words))),
        "search_emails": " ".join(emails),
        "search_numbers": " ".join(local),
    }


def search_of(contact: NewContact) -> dict[str, str]:
    return search_columns(
        contact.fields, [e["normal"] for e in contact.emails], [t["number"] for t in contact.telephones]
    )


def told(part: Any) -> str:
    """How a part is named in the log: the address, the number, the lines."""
    return told_values(type(part).__name__, {name: getattr(part, name) for name in part.__data__})


def told_values(kind: str, values: Mapping[str, Any]) -> str:
    if kind == "Email":
        return str(values["address"])
    if kind == "Telephone":
        return str(values["number"])
    if kind == "Note":
        return str(values["text"])
    lines = [values.get(f) or "" for f in ADDRESS_FIELDS if f != "country"]
    return ", ".join(filter(None, lines))


def told_of(contact: NewContact) -> dict[str, list[Any]]:
    """What the log tells of a contact added in bulk."""
    changes: dict[str, list[Any]] = {f: [None, str(v)] for f, v in contact.fields.items() if v and f not in UNTOLD}
    for kind, name in (("Email", "emails"), ("Telephone", "telephones"), ("Address", "addresses"), ("Note", "notes")):
        for number, part in enumerate(getattr(contact, name), start=1):
            key = PART_NAME[kind] if number == 1 else f"{PART_NAME[kind]} {number}"
            changes[key] = [None, told_values(kind, part)]
    if contact.identity is not None:
        changes[contact.identity.kind] = [None, contact.identity.masked]
    return changes


def roles_text(roles: Iterable[str]) -> str:
    """Roles as stored: known ones only, sorted, between commas, so that LIKE '%,donor,%' finds them."""
    kept = sorted(set(roles) & set(ROLES))
    return f",{','.join(kept)}," if kept else ""
