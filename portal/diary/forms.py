"""What people type about tasks, and the filters of the activity report. They save nothing."""

from datetime import date, timedelta
from typing import Any

from wtforms import HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.contacts.dates import InvalidDate, parse_date
from portal.contacts.forms import plain
from portal.diary import tasks
from portal.diary.rules import REPEATS
from portal.web.forms import Form

LONG_PAST = timedelta(days=400)


def a_due_day(_form: Any, control: Any) -> None:
    today = tasks.today()
    try:
        due = parse_date(control.data or "", today=today)
    except InvalidDate as error:
        raise ValidationError(str(error)) from error
    if due is None or due.year > today.year + 50:
        raise ValidationError("Enter the day by which it is to be done, such as 2026-11-24.")
    if due < today - LONG_PAST:
        raise ValidationError("This day is long past. Enter the year with four digits.")


class TaskForm(Form):
    what = StringField("What is to be done", [DataRequired("Enter what is to be done."), plain])
    due = StringField("By when", [a_due_day])
    repeat = SelectField("How often", choices=[SelectChoice(key, words) for key, words in REPEATS.items()])
    user_id = SelectField("Who", choices=[])
    contact_id = HiddenField()

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        people = [SelectChoice(str(user_id), name) for user_id, name in tasks.colleagues()]
        self.user_id.choices = [SelectChoice("", "Anybody"), *people]

    @property
    def due_day(self) -> date:
        found = parse_date(self.due.data or "", today=tasks.today())
        if found is None:
            raise InvalidDate
        return found
