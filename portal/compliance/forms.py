"""What people type about duties. They save nothing."""

from datetime import date
from typing import Any

from wtforms import FileField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.accounts import service as accounts
from portal.compliance import service
from portal.contacts.dates import InvalidDate, parse_date
from portal.web.forms import Form


def _a_day(_form: Any, control: Any) -> None:
    day_in(control)


def day_in(control: Any) -> date | None:
    """The day that was typed; none for an empty field."""
    try:
        return parse_date(control.data or "", today=accounts.today())
    except InvalidDate as error:
        raise ValidationError(str(error)) from error


class AssignForm(Form):
    user_id = SelectField("Who looks after it", choices=[])
    due = StringField("By when", [_a_day])

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        people = [SelectChoice(str(user_id), name) for user_id, name in service.colleagues()]
        self.user_id.choices = [SelectChoice("", "Nobody yet"), *people]


class DoneForm(Form):
    done_on = StringField("Done on", [_a_day])
    words = TextAreaField("What was done, and what shows it")
    evidence = FileField("Evidence")
    due = StringField("It is due again on", [_a_day])


class MissingForm(Form):
    words = TextAreaField("What is missing")
