"""Forms of signing in and of one's own account."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from portal.contacts.forms import email_address, plain


class SignInForm(FlaskForm):
    email = StringField("Email", [DataRequired("Enter your email address."), Length(max=254)])
    password = PasswordField("Password", [DataRequired("Enter your password."), Length(max=1024)])


class PasswordForm(FlaskForm):
    current = PasswordField("Password now", [DataRequired("Enter the password you have now.")])
    new = PasswordField("New password", [DataRequired("Enter a new password.")])
    again = PasswordField("New password again", [EqualTo("new", "The two new passwords are not the same.")])


class OrganisationForm(FlaskForm):
    name = StringField("Name of the organisation", [DataRequired("Enter the name of the organisation."), plain])
    owner_name = StringField("Name of its owner", [DataRequired("Enter the name of the person who owns it."), plain])
    owner_email = StringField("Email of its owner", [DataRequired("Enter the owner's email address."), email_address])
    password = PasswordField("First password")
