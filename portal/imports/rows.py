"""One row of a table becomes a contact as it would be stored, or problems that say which cell is wrong and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.contacts.addresses import (
    InvalidCountry,
    InvalidPostalCode,
    InvalidProvince,
    normalise_country,
    normalise_postal_code,
    normalise_province,
)
from portal.contacts.dates import InvalidDate, parse_birth_date
from portal.contacts.emails import InvalidEmail, normalise_email
from portal.contacts.field_files import plain
from portal.contacts.field_rules import Entry, InvalidValue, read
from portal.contacts.fields import shape_of
from portal.contacts.identity_rules import (
    InvalidIdentity,
    InvalidRegistration,
    Number,
    id_number,
    normalise_registration,
    normalise_vat,
)
from portal.contacts.names import display_name, fold, mend_capitals, split_name
from portal.contacts.rules import LANGUAGES, NewContact
from portal.contacts.telephones import InvalidTelephone, normalise_telephone
from portal.core.text import InvalidText, clean_text
from portal.imports.headings import EXPORT_MARK, IGNORE
from portal.imports.targets import PREFIX, Targets

_SEVERAL = re.compile(r"[;,\n|]+")
_REFUSALS = (
    InvalidEmail,
    InvalidTelephone,
    InvalidPostalCode,
    InvalidProvince,
    InvalidCountry,
    InvalidDate,
    InvalidText,
    InvalidValue,
    InvalidIdentity,
    InvalidRegistration,
)
_LANGUAGE_WORDS = {fold(name): code for code, name in LANGUAGES.items()} | {code: code for code in LANGUAGES} | {
    "zulu": "zu", "xhosa": "xh", "sotho": "st", "southern sotho": "st", "northern sotho": "nso", "pedi": "nso",
    "tswana": "tn", "tsonga": "ts", "swati": "ss", "swazi": "ss", "venda": "ve", "ndebele": "nr", "engels": "en", "eng": "en",
    "afr": "af",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    message: str


@dataclass
class Draft:
    """A row read: the contact, the names of its groups, and what was repaired on the way."""

    row: int
    contact: NewContact
    groups: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)  # of designed fields, as they are told: "Shirt size: Large"

    @property
    def name(self) -> str:
        fields = self.contact.fields
        person = display_name(fields.get("first_name", ""), fields.get("last_name", ""))
        return person or fields.get("organisation", "")


def interpret(
    number: int,
    cells: Sequence[str],
    headings: Sequence[str],
    mapping: Mapping[str, str],
    *,
    today: date,
    fields: Targets,
) -> tuple[Draft | None, list[Problem]]:
    """The draft of a row, or its problems; never both. A row without name, address or number is a problem too.

    `fields` are the designed ones that may be filled; a column of another one is left out.
    """
    reader = _Reader(number, today, fields, is_ours=EXPORT_MARK in headings)
    for heading, cell in zip(headings, cells, strict=False):
        name = mapping.get(heading, IGNORE)
        if name != IGNORE and cell.strip():
            reader.take(name, heading, cell)
    if len(cells) > len(headings):
        reader.problems.append(Problem(number, "", "This row has more cells than there are headings."))
    return reader.result()


class _Reader:
    def __init__(self, number: int, today: date, designed: Targets, *, is_ours: bool) -> None:
        self.number, self.today, self.designed, self.is_ours = number, today, designed, is_ours
        self.values: dict[int, list[Entry]] = {}
        self.told: list[str] = []
        self.fields: dict[str, Any] = {}
        self.address: dict[str, str] = {}
        self.identity: Number | None = None
        self.emails: list[dict[str, Any]] = []
        self.telephones: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.groups: list[str] = []
        self.repairs: list[str] = []
        self.problems: list[Problem] = []

    def take(self, name: str, heading: str, cell: str) -> None:
        try:
            if name.startswith(PREFIX):
                self._designed(name, cell)
            else:
                getattr(self, f"_{name}", lambda text: self._plain(name, text))(cell)
        except _REFUSALS as error:
            self.problems.append(Problem(self.number, heading, str(error)))

    def result(self) -> tuple[Draft | None, list[Problem]]:
        has_name = any(self.fields.get(f) for f in ("first_name", "last_name", "organisation"))
        if not self.problems and not (has_name or self.emails or self.telephones):
            self.problems.append(Problem(self.number, "", "This row has no name, email or telephone."))
        if self.identity and self.fields.get("birth_date"):  # whichever of the columns came first
            born = self.fields["birth_date"]
            self.identity = id_number(self.identity.normal, today=self.today, known_birth=born)
        if self.identity and self.fields.get("organisation") and not self.fields.keys() & {"first_name", "last_name"}:
            self.problems.append(Problem(self.number, "", "An organisation has no ID number."))
        if self.problems:
            return None, self.problems
        is_body = self.fields.get("organisation") and not (
            self.fields.get("first_name") or self.fields.get("last_name")
        )
        fields = {"kind": "body" if is_body else "person", **self.fields}
        for parts in (self.emails, self.telephones):
            for place, part in enumerate(parts):
                part["is_primary"] = int(place == 0)
        addresses = [{**_EMPTY_ADDRESS, **self.address, "is_primary": 1}] if self.address else []
        notes = [{"text": text, "author": ""} for text in self.notes]
        contact = NewContact(fields, self.emails, self.telephones, addresses, notes, self.values, self.identity)
        return Draft(self.number, contact, self.groups, self.repairs, self.told), []

    def _designed(self, word: str, text: str) -> None:
        field = self.designed.get(word)
        if field is not None:
            entries = read(shape_of(field), text, today=self.today)
            self.values[field.id] = entries
            self.told.append(f"{field.name}: {plain(field, [entry.text for entry in entries])}")

    def _plain(self, name: str, text: str) -> None:
        self.fields[name] = clean_text(text, max_length=200)

    def _first_name(self, text: str) -> None:
        self._mended("first_name", text)

    def _last_name(self, text: str) -> None:
        self._mended("last_name", text)

    def _mended(self, name: str, text: str) -> None:
        plain = clean_text(text, max_length=200)
        self.fields[name] = plain if self.is_ours else mend_capitals(plain)  # ours comes back as it left (C10)
        if self.fields[name] != plain:
            self.repairs.append(f"{plain} is written as {self.fields[name]}")

    def _name(self, text: str) -> None:
        parts = split_name(clean_text(text, max_length=200))
        self.fields.setdefault("title", parts.title)
        for name, value in (("first_name", parts.first_name), ("last_name", parts.last_name)):
            if value:
                self._mended(name, value)

    def _email(self, text: str) -> None:
        for one in re.split(r"[;,\s|]+", text.strip()):
            if one:
                entered = normalise_email(one)
                if entered.normal not in [e["normal"] for e in self.emails]:
                    self.emails.append({"address": entered.entered, "normal": entered.normal, "label": ""})

    def _mobile(self, text: str) -> None:
        self._numbers(text, "Cell")

    def _telephone(self, text: str) -> None:
        self._numbers(text, "")

    def _numbers(self, text: str, label: str) -> None:
        for one in re.split(r"[;,/|\n]+", text):
            number = normalise_telephone(one)
            if number and number not in [t["number"] for t in self.telephones]:
                self.telephones.append({"number": number, "label": label})
                if one.strip().isdigit() and len(one.strip()) == 9:
                    self.repairs.append(f"{one.strip()} had lost its first 0")

    def _address(self, text: str) -> None:
        self.address["line1"] = ", ".join(
            clean_text(line, max_length=200) for line in text.splitlines() if line.strip()
        )

    def _suburb(self, text: str) -> None:
        self.address["suburb"] = clean_text(text, max_length=200)

    def _city(self, text: str) -> None:
        self.address["city"] = clean_text(text, max_length=200)

    def _postal_code(self, text: str) -> None:
        code = normalise_postal_code(text)
        self.address["postal_code"] = code.code
        if code.is_repaired:
            self.repairs.append(f"Postal code {text.strip()} is written as {code.code}")

    def _province(self, text: str) -> None:
        self.address["province"] = normalise_province(text)

    def _country(self, text: str) -> None:
        self.address["country"] = normalise_country(text)

    def _language(self, text: str) -> None:
        code = _LANGUAGE_WORDS.get(fold(text).strip())
        if code is None:
            self.problems.append(
                Problem(self.number, "Language", "Enter a language such as English, isiZulu or Afrikaans.")
            )
        else:
            self.fields["language"] = code

    def _birth_date(self, text: str) -> None:
        self.fields["birth_date"] = parse_birth_date(text, today=self.today)

    def _id_number(self, text: str) -> None:
        self.identity = id_number(text, today=self.today, known_birth=self.fields.get("birth_date"))

    def _registration(self, text: str) -> None:
        self.fields["registration"] = normalise_registration("", clean_text(text, max_length=200))

    def _vat_number(self, text: str) -> None:
        self.fields["vat_number"] = normalise_vat(text)

    def _group(self, text: str) -> None:
        names = [clean_text(name, max_length=200) for name in _SEVERAL.split(text) if name.strip()]
        self.groups += [name for name in names if name not in self.groups]

    def _notes(self, text: str) -> None:
        self.notes.append(clean_text(text, max_length=10_000, lines=True))


_EMPTY_ADDRESS = {
    "line1": "", "line2": "", "suburb": "", "city": "", "postal_code": "", "province": "", "country": "ZA", "label": "",
}  # fmt: skip
