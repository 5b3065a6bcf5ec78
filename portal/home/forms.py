"""Forms of the organisation's settings."""

from typing import Any
from zoneinfo import available_timezones

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional

from portal.contacts.emails import InvalidEmail, normalise_email
from portal.contacts.forms import plain
from portal.contacts.telephones import InvalidTelephone, normalise_telephone
from portal.core.text import InvalidText, clean_text
from portal.web.colours import BadColour, check_colour
from portal.web.forms import Form

ZONES = [SelectChoice(zone, zone) for zone in sorted(available_timezones()) if zone.startswith(("Africa/", "Europe/"))]


def email_address(form: Any, field: Any) -> None:
    try:
        field.data = normalise_email(field.data).entered
    except InvalidEmail as error:
        raise ValidationError(str(error)) from error


def telephone_number(form: Any, field: Any) -> None:
    try:
        field.data = normalise_telephone(field.data)
    except InvalidTelephone as error:
        raise ValidationError(str(error)) from error


class OrganisationForm(Form):
    name = StringField("Name people know", [DataRequired("Enter the name of your organisation."), plain])
    legal_name = StringField("Legal name", [plain])
    registration = StringField("Registration number", [plain])
    address = TextAreaField("Address", [Length(max=500)])
    town = StringField("Town", [plain])
    telephone = StringField("Telephone", [Optional(), telephone_number])
    email = StringField("Email", [Optional(), email_address])
    website = StringField("Web site", [plain])
    information_officer = StringField("Information officer", [plain])
    complaints_email = StringField("Email for complaints", [Optional(), email_address])
    timezone = SelectField("Time zone", choices=ZONES)

    def validate_address(self, field: Any) -> None:
        lines = [line.strip() for line in (field.data or "").splitlines()]
        try:
            field.data = clean_text(", ".join(filter(None, lines)), max_length=500)
        except InvalidText as error:
            raise ValidationError(str(error)) from error


class BrandForm(Form):
    colour = StringField("Colour", [DataRequired("Enter a colour such as #0f6b57.")])
    sender_name = StringField("Sender's name", [plain])
    reply_to = StringField("Answers go to", [Optional(), email_address])
    logo = FileField("Logo")
    requires_proof = BooleanField("Count a consent to appeals only once it can be proven")
    is_tracking = BooleanField("Note who reads our newsletters and which links are followed")

    def validate_colour(self, field: Any) -> None:
        try:
            field.data = check_colour(field.data)
        except BadColour as error:
            raise ValidationError(str(error)) from error


class SenderForm(Form):
    name = StringField("Name", [DataRequired("Enter the name that people see, such as Hope House shop."), plain])
    email = StringField("Email", [DataRequired("Enter the address it is sent from."), email_address])
    reply_to = StringField("Answers go to", [Optional(), email_address])
