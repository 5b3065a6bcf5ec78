"""Forms of signing in, of one's own account, and of making an organisation."""

from wtforms import DateField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, EqualTo, Length

from portal.contacts.forms import email_address, plain
from portal.gateways.countries import NAMES
from portal.web.forms import Form

LONGEST_TYPED = 1024
COUNTRIES = [SelectChoice(code, name) for code, name in sorted(NAMES.items(), key=lambda pair: pair[1])]


class SignInForm(Form):
    email = StringField("Email", [DataRequired("Enter your email address."), Length(max=254)])
    password = PasswordField("Password", [DataRequired("Enter your password."), Length(max=LONGEST_TYPED)])
    captcha = StringField("Digits of the picture", [Length(max=40)])
    captcha_name = HiddenField()


class NumberForm(Form):
    number = StringField("Number", [Length(max=40)])


class CodeForm(Form):
    code = StringField("Code", [DataRequired("Enter the code your app shows."), Length(max=40)])


class ForgottenForm(Form):
    email = StringField("Email", [DataRequired("Enter your email address."), Length(max=254)])


class NewPasswordForm(Form):
    new = PasswordField("New password", [DataRequired("Enter a new password."), Length(max=LONGEST_TYPED)])
    again = PasswordField("New password again", [EqualTo("new", "The two new passwords are not the same.")])


class PasswordForm(NewPasswordForm):
    current = PasswordField("Password now", [DataRequired("Enter the password you have now.")])


class ConfirmForm(Form):
    password = PasswordField("Password", [DataRequired("Enter your password."), Length(max=LONGEST_TYPED)])
    code = StringField("Code of your app", [Length(max=40)])


class TravellerForm(Form):
    email = StringField("Your email address", [DataRequired("Enter the address you sign in with."), Length(max=254)])
    country = SelectField("Where you are", choices=COUNTRIES)
    until = DateField("Until", [DataRequired("Enter the day until which you are there.")])


class OrganisationForm(Form):
    name = StringField("Name of the organisation", [DataRequired("Enter the name of the organisation."), plain])
    owner_name = StringField("Name of its owner", [DataRequired("Enter the name of the person who owns it."), plain])
    owner_email = StringField("Email of its owner", [DataRequired("Enter the owner's email address."), email_address])
    password = PasswordField("First password")


class FirstRunForm(OrganisationForm):
    code = StringField("Code from the terminal", [DataRequired("Enter the code that the terminal shows.")])
    name = StringField("Name of your organisation", [DataRequired("Enter the name of your organisation."), plain])
    owner_name = StringField("Your name", [DataRequired("Enter your name."), plain])
    owner_email = StringField("Your email", [DataRequired("Enter your email address."), email_address])
    password = PasswordField("Password", [DataRequired("Choose a password."), Length(max=LONGEST_TYPED)])
