"""Forms of users and of reviews."""

from typing import Any

from wtforms import PasswordField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.contacts.emails import InvalidEmail, normalise_email
from portal.contacts.forms import plain
from portal.users.rules import ROLE_WORDS
from portal.web.forms import Form


def email_address(_form: Any, field: Any) -> None:
    try:
        field.data = normalise_email(field.data).entered
    except InvalidEmail as error:
        raise ValidationError(str(error)) from error


class UserForm(Form):
    name = StringField("Name", [DataRequired("Enter the person's name."), plain])
    email = StringField("Email", [DataRequired("Enter the person's email address."), email_address])
    role = SelectField("Role", choices=[SelectChoice(str(role), words) for role, words in ROLE_WORDS.items()])
    password = PasswordField("First password", [DataRequired("Enter a first password, to be handed over in person.")])


class SignatureForm(Form):
    name = StringField("Your name", [DataRequired("Type your name to sign."), plain])
