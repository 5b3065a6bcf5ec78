"""What a page or a field must be like before it can be saved (domain.md P-10-1). Knows no database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.contacts.field_rules import KINDS, MOST_OPTIONS, InvalidValue, Shape, read
from portal.contacts.names import fold
from portal.contacts.self_service import HIDDEN, refusal
from portal.contacts.sensitive import NoAuthorisation, check_sensitive
from portal.core.permissions import Sensitivity
from portal.core.text import InvalidText, clean_text

MOST_PAGES, MOST_FIELDS, MOST_LISTED = 30, 200, 4
NAME, WORDS = 40, 500  # a letter names a field in at most so many characters
OFFERED = tuple(KINDS)  # the kinds a designer may choose
LIMITED = ("number", "money", "date")
# What files and letters call a contact's own details. A test compares it with imports, exports and letters.
KNOWN_NAMES = frozenset(
    {
        "title", "name", "name (first and last)", "first name", "last name", "known as", "organisation", "email",
        "cell", "telephone", "address", "suburb", "city", "town", "postal code", "province", "country", "language",
        "birth date", "group", "notes", "leave out", "kind", "roles",
        "initials", "trading as", "registration number", "vat number", "id number",
    }
)  # fmt: skip


class Unfit(ValueError):
    """A page or a field cannot be like this. `at` names what is wrong, the message says how it can be."""

    def __init__(self, at: str, message: str) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True)
class TypedOption:
    """An option as it was typed; `id` is "" for a new one, and an empty name takes it away."""

    id: str
    name: str
    is_archived: bool = False


@dataclass(frozen=True)
class Design:
    """A field as somebody wants it."""

    kind: str
    name: str
    purpose: str
    sensitivity: str
    authorisation: str = ""
    authorisation_note: str = ""
    help: str = ""
    options: Sequence[TypedOption] = field(default_factory=tuple)
    least: str = ""
    most: str = ""
    is_required: bool = False
    is_searched: bool = False
    is_listed: bool = False
    self_service: int = HIDDEN


def name_of(text: str, what: str) -> str:
    """A name for a page or a field, cleaned."""
    name = _clean(text, "name", NAME)
    if not fold(name):
        raise Unfit("name", f"Enter a name for the {what}.")
    return name


def field_name_of(text: str) -> str:
    """A name that files and letters can use, and that they do not use for something else."""
    name = name_of(text, "field")
    if set(name) & set("[]|"):
        raise Unfit("name", "Leave out [, ] and |: letters use them around the name of a field.")
    if fold(name) in KNOWN_NAMES:
        raise Unfit("name", f"Every contact has “{name}” already. Choose another name.")
    return name


def columns_of(
    design: Design, today: date, known: Sequence[Mapping[str, Any]] = (), used: Collection[str] = (), made: int = 0
) -> dict[str, Any]:
    """The columns of a Field of this design. `known` are the options there are, `used` those that contacts have, `made`
    how many there ever were. Raises Unfit.
    """
    if design.kind not in OFFERED:
        raise Unfit("kind", "Choose a kind from the list.")
    kind = KINDS[design.kind]
    name = field_name_of(design.name)
    purpose = _clean(design.purpose, "purpose", WORDS)
    if not purpose:
        raise Unfit("purpose", "Say what it is for: what is kept without a purpose may not be kept.")
    if design.sensitivity not in set(Sensitivity):
        raise Unfit("sensitivity", "Choose how sensitive it is.")
    is_special = design.sensitivity == Sensitivity.SPECIAL
    note = _clean(design.authorisation_note, "authorisation_note", WORDS)
    try:
        check_sensitive(design.sensitivity, design.authorisation, note)
    except NoAuthorisation as error:
        raise Unfit("authorisation_note" if design.authorisation else "authorisation", str(error)) from error
    if words := refusal(design.self_service, design.kind, design.sensitivity):
        raise Unfit("self_service", words)
    limits = _limits_of(design, today)
    options: list[dict[str, Any]] = []
    if kind.has_options:
        options, made = merge_options(design.options, known, used, made)
        limits["options_made"] = made
    return {
        "kind": design.kind,
        "name": name,
        "name_key": fold(name),
        "purpose": purpose,
        "sensitivity": str(design.sensitivity),
        "authorisation": design.authorisation if is_special else "",
        "authorisation_note": note if is_special else "",
        "help": _clean(design.help, "help", WORDS),
        "options": options,
        "limits": limits,
        "is_required": int(design.is_required),
        "is_searched": int(design.is_searched and kind.may_search),
        "is_listed": int(design.is_listed),
        "self_service": design.self_service,
    }


def merge_options(
    typed: Sequence[TypedOption], known: Sequence[Mapping[str, Any]], used: Collection[str], made: int
) -> tuple[list[dict[str, Any]], int]:
    """The options in the order typed, and how many were ever made: the id of one that went is never given again. One
    in use does not go: it is no longer offered. What a colleague added meanwhile stays, at the end.
    """
    by_id = {option["id"]: option for option in known}
    merged: list[dict[str, Any]] = []
    for option in typed:
        name = _clean(option.name, "options", 80)
        if option.id and option.id not in by_id:
            raise Unfit("options", "The list was changed in the meantime. Reload the page and try again.")
        if option.id and not name and option.id in used:
            merged.append({**by_id[option.id], "is_archived": True})
        elif option.id and name:
            merged.append({"id": option.id, "name": name, "is_archived": option.is_archived})
        elif name:
            made += 1
            merged.append({"id": f"o{made:03d}", "name": name, "is_archived": option.is_archived})
    seen = {option.id for option in typed}
    merged += [dict(option) for option in known if option["id"] not in seen]
    _check_options(merged)
    return merged, made


def _check_options(options: Sequence[Mapping[str, Any]]) -> None:
    if not any(not option["is_archived"] for option in options):
        raise Unfit("options", "Enter what can be chosen, one on each line.")
    if len(options) > MOST_OPTIONS:
        raise Unfit("options", f"A list has at most {MOST_OPTIONS} options.")
    keys: set[str] = set()
    for option in options:
        key = fold(option["name"])
        if not key or key in keys:
            raise Unfit("options", f"“{option['name']}” stands in the list twice.")
        keys.add(key)


def _limits_of(design: Design, today: date) -> dict[str, Any]:
    if design.kind not in LIMITED:
        return {}
    limits: dict[str, Any] = {}
    keys = {}
    for at, typed in (("least", design.least), ("most", design.most)):
        try:
            entries = read(Shape(design.kind), typed, today=today)
        except InvalidValue as error:
            raise Unfit(at, str(error)) from error
        if entries:
            limits[at], keys[at] = entries[0].text, entries[0].key
    if len(keys) == 2 and keys["least"] > keys["most"]:
        raise Unfit("most", "The most is less than the least.")
    return limits


def _clean(text: str, at: str, most: int) -> str:
    try:
        return clean_text(text, max_length=most)
    except InvalidText as error:
        raise Unfit(at, str(error)) from error
