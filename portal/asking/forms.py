"""The shapes of what people type about requests for consent. They save nothing."""

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.asking.service import Wish
from portal.consent import purposes
from portal.consent.forms import Ticks, a_number, some_lines
from portal.consent.grounds import CHANNELS
from portal.contacts.forms import plain
from portal.web.forms import Form

# SMS joins when the portal can send one.
_WAYS = [SelectChoice(*pair) for pair in CHANNELS.items() if pair[0] != "sms"]


class RequestForm(Form):
    name = StringField("Name, for yourself", [DataRequired("Give it a name, such as Consent of the old list."), plain])
    groups = Ticks("Whom to ask", coerce=a_number, validate_choice=False)
    purpose_id = SelectField("What it is for", coerce=a_number, validate_choice=False)
    causes = TextAreaField(
        "What you would write about", [DataRequired("Say what you would write about, in plain words."), some_lines]
    )
    channels = Ticks(
        "By which ways they may choose", choices=[SelectChoice(*pair) for pair in CHANNELS.items()], default=["email"]
    )
    officer = StringField("Who signs", [DataRequired("Give the name of the person who signs this request."), plain])
    greeting = TextAreaField("A sentence of your own, if you like", [some_lines])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose_id.choices = [SelectChoice(str(one.id), one.name) for one in purposes.current()]

    def wish(self) -> Wish:
        return Wish(
            self.purpose_id.data, self.causes.data or "", self.officer.data or "", self.channels.data or [],
            self.greeting.data or "",
        )  # fmt: skip
