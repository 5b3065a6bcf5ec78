"""What people type about requests. They save nothing."""

from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.accounts.service import today
from portal.contacts.dates import InvalidDate, parse_date
from portal.contacts.forms import plain
from portal.core.text import InvalidText, clean_text
from portal.requests import desk
from portal.requests.models import Request
from portal.requests.rules import ANSWERED_BY, BY_THEMSELVES, CHANNELS, GROUNDS, KINDS, OUTCOMES, Reply
from portal.requests.service import Asked
from portal.web.forms import Form

LONGEST = 8_000


def several_lines(_form: Any, control: Any) -> None:
    try:
        control.data = clean_text(control.data or "", max_length=LONGEST, lines=True)
    except InvalidText as error:
        raise ValidationError(str(error)) from error


def _people(contact_id: int | None) -> list[SelectChoice]:
    mine = [SelectChoice(str(user_id), name) for user_id, name in desk.colleagues(contact_id)]
    return [SelectChoice("", "Nobody in particular"), *mine]


class RequestForm(Form):
    """What came by telephone, by mail or on paper."""

    contact_id = HiddenField()
    who = StringField("Who asks", [plain])
    reach = StringField("Where the answer goes", [plain])
    kind = SelectField("What is asked", choices=[SelectChoice(name, kind.words) for name, kind in KINDS.items()])
    channel = SelectField(
        "How it came", choices=[SelectChoice(*pair) for pair in CHANNELS.items() if pair[0] not in BY_THEMSELVES]
    )
    received_on = StringField("When it came", [plain])
    recording = StringField("Recording of the call", [plain])
    text = TextAreaField("In the person's words", [several_lines])
    user_id = SelectField("Who looks after it", choices=[])

    def __init__(self, contact_id: int | None, **more: Any) -> None:
        super().__init__(**more)
        self.user_id.choices = _people(contact_id)

    def validate_received_on(self, control: Any) -> None:
        try:
            if parse_date(control.data or "", today=today()) is None:
                raise ValidationError("Enter the day on which it came: the time to answer is counted from it.")
        except InvalidDate as error:
            raise ValidationError(str(error)) from error

    def asked(self, contact_id: int | None) -> Asked:
        received: date | None = parse_date(self.received_on.data or "", today=today())
        chosen = self.user_id.data or ""
        return Asked(
            self.kind.data or "", self.channel.data or "", self.text.data or "", received, contact_id,
            self.who.data or "", self.reach.data or "", self.recording.data or "", int(chosen) if chosen else None,
        )  # fmt: skip


class OwnerForm(Form):
    user_id = SelectField("Who looks after it", choices=[])

    def __init__(self, contact_id: int | None, **more: Any) -> None:
        super().__init__(**more)
        self.user_id.choices = _people(contact_id)

    @property
    def chosen(self) -> int | None:
        return int(self.user_id.data) if self.user_id.data else None


class CheckForm(Form):
    how = StringField("How it was checked who asks", [plain])


class ExtensionForm(Form):
    why = TextAreaField("Why, and how and when the person was told", [several_lines])


class AnswerForm(Form):
    outcome = RadioField("How it ends", choices=[], validate_choice=False)
    refused = StringField("Which part is refused", [plain])
    ground = SelectField("On what ground", choices=[], validate_choice=False)
    reasons = TextAreaField("Reasons", [several_lines])
    about = StringField("Which detail the statement is about", [plain])
    statement = TextAreaField("What the person says about it", [several_lines])
    text = TextAreaField("The answer", [several_lines])
    how = SelectField("How the answer reaches the person", choices=[], validate_choice=False)

    def __init__(self, request: Request, address: str, **more: Any) -> None:
        super().__init__(**more)
        self.outcome.choices = [SelectChoice(one, OUTCOMES[one]) for one in KINDS[request.kind].outcomes]
        mine = [SelectChoice(k, f"{g.words} ({g.law})") for k, g in GROUNDS.items() if request.kind in g.kinds]
        self.ground.choices = [SelectChoice("", "Choose the ground"), *mine]
        ways = [pair for pair in ANSWERED_BY.items() if address or pair[0] != "email"]
        self.how.choices = [SelectChoice(*pair) for pair in ways]

    def reply(self) -> Reply:
        return Reply(
            self.outcome.data or "", self.text.data or "", self.how.data or "", self.refused.data or "",
            self.ground.data or "", self.reasons.data or "", self.about.data or "", self.statement.data or "",
        )  # fmt: skip


class TextForm(Form):
    text = TextAreaField("The text", [several_lines])
