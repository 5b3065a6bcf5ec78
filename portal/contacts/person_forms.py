"""What people type about numbers, relations and states of a contact. The shapes call the rules; they save nothing."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.accounts.service import today
from portal.contacts.dates import InvalidDate, parse_date
from portal.contacts.forms import plain
from portal.contacts.identity_rules import ID_NUMBER, KINDS, PASSPORT, TAX_NUMBER, InvalidIdentity, Number, read
from portal.contacts.models import Contact
from portal.contacts.relation_rules import Entered, choices
from portal.web.forms import Form


def a_day(_form: Any, control: Any) -> None:
    try:
        parse_date(control.data or "", today=today())
    except InvalidDate as error:
        raise ValidationError(str(error)) from error


def day_of(control: Any) -> date | None:
    return parse_date(control.data or "", today=today())


class NumbersForm(Form):
    """A number left empty stays as it is: what is kept is never in the page."""

    seen = HiddenField()
    id_number = StringField("ID number", [plain])
    passport = StringField("Passport", [plain])
    passport_country = StringField("Country of the passport", [plain])
    tax_number = StringField("Tax number", [plain])

    def numbers(self, contact: Contact) -> list[Number]:
        """The numbers typed. One that cannot be right leaves its sentence at its field."""
        found = []
        country, born = self.passport_country.data or "", contact.birth_date
        for kind in KINDS if contact.kind == "person" else (TAX_NUMBER,):
            control = self[kind]
            if not (control.data or "").strip():
                continue
            try:
                found.append(read(kind, control.data, today=today(), country=country, known_birth=born))
            except InvalidIdentity as error:
                is_country = kind == PASSPORT and "country" in str(error)
                (self.passport_country if is_country else control).errors = [str(error)]
        return found

    @property
    def is_right(self) -> bool:
        return not any(self[name].errors for name in (ID_NUMBER, PASSPORT, "passport_country", TAX_NUMBER))


class RelationForm(Form):
    seen = HiddenField()
    since = StringField("Since", [plain, a_day])
    until = StringField("Until", [plain, a_day])
    consented_on = StringField("Consent given on", [plain, a_day])
    consent_note = StringField("How it was given", [plain])
    is_marketing_too = BooleanField("The consent is also for appeals and other marketing")

    def entered(self) -> Entered:
        return Entered(
            day_of(self.since),
            day_of(self.until),
            day_of(self.consented_on),
            self.consent_note.data or "",
            bool(self.is_marketing_too.data),
        )


class NewRelationForm(RelationForm):
    choice = SelectField("This contact is", validate_choice=False)
    other = HiddenField()

    def offer(self, kind_of_contact: str) -> None:
        self.choice.choices = [SelectChoice(*pair) for pair in choices(kind_of_contact).items()]

    @property
    def other_id(self) -> int:
        text = self.other.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


class DeathForm(Form):
    deceased_on = StringField("Died on", [plain, a_day])
    deceased_note = StringField("From whom do you know?", [plain])


class ArchiveForm(Form):
    archived_note = StringField("Why is this contact archived?", [plain])


@dataclass
class StateForms:
    """The two forms of the block that says whether a contact has died or is archived."""

    death: DeathForm = field(default_factory=lambda: DeathForm(formdata=None))
    archive: ArchiveForm = field(default_factory=lambda: ArchiveForm(formdata=None))
