"""The shapes of what people type about contacts and groups. They call the rules; they save nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Optional

from portal.accounts.service import today
from portal.contacts.addresses import (
    PROVINCES,
    InvalidCountry,
    InvalidPostalCode,
    normalise_country,
    normalise_postal_code,
)
from portal.contacts.dates import InvalidDate, parse_birth_date
from portal.contacts.emails import InvalidEmail, normalise_email
from portal.contacts.identity_rules import BODY_KINDS, InvalidRegistration, normalise_registration, normalise_vat
from portal.contacts.models import Email, Telephone
from portal.contacts.rules import ADDRESS_FIELDS, LANGUAGES
from portal.contacts.service import AddressLine, Line
from portal.contacts.telephones import InvalidTelephone, normalise_telephone
from portal.core.text import InvalidText, clean_text
from portal.web.forms import Form

LONGEST = 200
LABELS = ("", "Cell", "Home", "Work", "Other")
ADDRESS_LABELS = ("", "Home", "Work", "Postal", "Other")
_NAMES = (
    "kind", "title", "initials", "first_name", "last_name", "preferred_name", "organisation", "language",
    "trading_name", "body_kind",
)  # fmt: skip


def plain(_form: Any, control: Any) -> None:
    """One line of text without control characters."""
    try:
        control.data = clean_text(control.data or "", max_length=LONGEST)
    except InvalidText as error:
        raise ValidationError(str(error)) from error


def _checked(normalise: Callable[[str], Any], refusal: type[Exception]) -> Callable[[Any, Any], None]:
    def check(_form: Any, control: Any) -> None:
        try:
            normalise(control.data)
        except refusal as error:
            raise ValidationError(str(error)) from error

    return check


email_address = _checked(normalise_email, InvalidEmail)
telephone_number = _checked(normalise_telephone, InvalidTelephone)


class DetailsForm(Form):
    seen = HiddenField()
    kind = SelectField("Kind", choices=[SelectChoice("person", "A person"), SelectChoice("body", "An organisation")])
    title = StringField("Title", [plain])
    initials = StringField("Initials", [plain])
    first_name = StringField("First name", [plain])
    last_name = StringField("Last name", [plain])
    preferred_name = StringField("Known as", [plain])
    organisation = StringField("Organisation", [plain])
    trading_name = StringField("Trading as", [plain])
    body_kind = SelectField(
        "Kind of organisation",
        default="",
        choices=[SelectChoice("", "Not known"), *(SelectChoice(code, name) for code, name in BODY_KINDS.items())],
    )
    registration = StringField("Registration number", [plain])
    vat_number = StringField("VAT number", [plain])
    language = SelectField(
        "Language",
        choices=[SelectChoice("", "Not known"), *(SelectChoice(code, name) for code, name in LANGUAGES.items())],
    )
    birth_date = StringField("Birth date", [plain])
    is_untracked = BooleanField("Do not note whether this person reads or clicks")

    def validate_birth_date(self, control: Any) -> None:
        try:
            parse_birth_date(control.data or "", today=today())
        except InvalidDate as error:
            raise ValidationError(str(error)) from error

    def validate_registration(self, control: Any) -> None:
        try:
            normalise_registration(self.body_kind.data or "", control.data or "")
        except InvalidRegistration as error:
            raise ValidationError(str(error)) from error

    def validate_vat_number(self, control: Any) -> None:
        try:
            normalise_vat(control.data or "")
        except InvalidRegistration as error:
            raise ValidationError(str(error)) from error

    def values(self) -> dict[str, Any]:
        """What was typed. A field that was not in the form stays as it is: it is not emptied."""
        found = {name: self[name].data for name in _NAMES if self[name].raw_data}
        if self.registration.raw_data:
            found["registration"] = normalise_registration(self.body_kind.data or "", self.registration.data or "")
            found["vat_number"] = normalise_vat(self.vat_number.data or "")
        if self.birth_date.raw_data:
            found["birth_date"] = parse_birth_date(self.birth_date.data or "", today=today())
        return found | {"is_untracked": int(self.is_untracked.data)}


class NewContactForm(DetailsForm):
    email = StringField("Email", [Optional(), email_address])
    telephone = StringField("Telephone", [Optional(), telephone_number])
    obtained = StringField("How did this person come to be on your list?", [plain])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in (("email", Email), ("telephone", Telephone)):
            if not kind.is_shown():
                del self[name]  # what is hidden from the user is not asked of him either

    def typed(self, name: str) -> str:
        """What was typed into a field; "" where the user has none."""
        return str(self[name].data or "") if name in self else ""


class NoteForm(Form):
    text = TextAreaField("Note", [DataRequired("Write something first.")])

    def validate_text(self, control: Any) -> None:
        try:
            control.data = clean_text(control.data, max_length=10_000, lines=True)
        except InvalidText as error:
            raise ValidationError(str(error)) from error


@dataclass
class TypedLine:
    """A line of a block as it was typed, with the sentence that says what is wrong with it."""

    id: int | None
    label: str
    text: str
    is_primary: bool
    error: str = ""
    error_field: str = "postal_code"  # of an address: where the error is shown
    values: dict[str, str] = field(default_factory=dict)


def read_lines(form: Mapping[str, str], normalise: Callable[[str], Any]) -> list[TypedLine]:
    """The lines of a block of emails or telephones; a line left empty is no line."""
    lines = []
    for number in range(_count(form)):
        text = form.get(f"text-{number}", "").strip()
        if not text:
            continue
        line = TypedLine(_id(form, number), _label(form, number), text, form.get("primary") == str(number))
        try:
            normalise(text)
        except (InvalidEmail, InvalidTelephone) as error:
            line.error = str(error)
        lines.append(line)
    return lines


def read_addresses(form: Mapping[str, str]) -> list[TypedLine]:
    """The lines of the block of addresses."""
    lines = []
    for number in range(_count(form)):
        values = {name: form.get(f"{name}-{number}", "").strip() for name in ADDRESS_FIELDS}
        if not any(value for name, value in values.items() if name not in ("country", "province")):
            continue
        line = TypedLine(_id(form, number), _label(form, number), "", form.get("primary") == str(number), values=values)
        line.error_field, line.error = _address_error(values)
        lines.append(line)
    return lines


def as_lines(lines: list[TypedLine]) -> list[Line]:
    return [Line(line.id, line.label, line.text, line.is_primary) for line in lines]


def as_addresses(lines: list[TypedLine]) -> list[AddressLine]:
    return [AddressLine(line.id, line.label, line.is_primary, line.values) for line in lines]


def _address_error(values: dict[str, str]) -> tuple[str, str]:
    """The field that is wrong, and the sentence. Values are tidied, and a short code is filled up, to be confirmed."""
    try:
        for name, value in values.items():
            values[name] = clean_text(value, max_length=LONGEST)
    except InvalidText as error:
        return "line1", str(error)
    try:
        values["country"] = normalise_country(values["country"])
        code = normalise_postal_code(values["postal_code"], values["country"])
    except InvalidCountry as error:
        return "country", str(error)
    except InvalidPostalCode as error:
        return "postal_code", str(error)
    values["postal_code"] = code.code
    if code.is_repaired:
        return "postal_code", f"A postal code has four digits. Is {code.code} meant? Save again if it is."
    if values["country"] != "ZA":
        values["province"] = ""
    elif not values["suburb"] and not values["city"]:
        return "suburb", "Enter the suburb or the town."
    if values["province"] and values["province"] not in PROVINCES:
        return "province", "Choose one of the provinces."
    return "postal_code", ""


def _count(form: Mapping[str, str]) -> int:
    text = form.get("lines", "0")
    return min(int(text), 50) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _id(form: Mapping[str, str], number: int) -> int | None:
    text = form.get(f"id-{number}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _label(form: Mapping[str, str], number: int) -> str:
    label = form.get(f"label-{number}", "")
    return label if label in (*LABELS, *ADDRESS_LABELS) else ""
