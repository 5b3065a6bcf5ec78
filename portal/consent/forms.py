"""The shapes of what people type about lawful basis. They call the rules; they save nothing."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.service import today
from portal.consent import purposes
from portal.consent.grounds import (
    ALL_BASES,
    BASES,
    CHANNELS,
    CHILD_BASES,
    GIVEN_BY,
    METHODS,
    RESTRICTIONS,
    SPECIAL_BASES,
)
from portal.consent.purposes import Line
from portal.consent.rules import CLASSES
from portal.consent.telling import Paper, Word, is_shown
from portal.contacts.dates import InvalidDate, parse_date
from portal.contacts.forms import plain
from portal.core.text import InvalidText, clean_text
from portal.web.forms import Form

BY_HAND = ("paper", "in_person", "email", "web", "telephone", "sms")
SAID = {
    "granted": "Agreed: we may write",
    "withheld": "Was asked, and said no",
    "withdrawn": "Takes a consent back",
    "objected": "Objects to all direct marketing",
}


def a_number(text: Any) -> int:
    """The id that a choice stands for; 0, nobody's, for what is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def some_lines(_form: Any, control: Any) -> None:
    try:
        control.data = clean_text(control.data or "", max_length=500, lines=True)
    except InvalidText as error:
        raise ValidationError(str(error)) from error


def a_past_day(_form: Any, control: Any) -> None:
    try:
        parse_date(control.data or "", today=today())
    except InvalidDate as error:
        raise ValidationError(str(error)) from error


def _choices(words: dict[str, str], first: str = "") -> list[Any]:
    return [*([SelectChoice("", first)] if first else []), *(SelectChoice(key, text) for key, text in words.items())]


class Ticks(SelectMultipleField):
    """Several of a list, each a tick of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _WithPurpose(Form):
    purpose_id = SelectField("For what", coerce=a_number, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose_id.choices = [SelectChoice(str(one.id), one.name) for one in purposes.current()]


def paper_of(control: Any) -> Paper | None:
    """The file that came in the field, if one was chosen."""
    file = control.data
    return Paper(file.stream, file.filename) if file and getattr(file, "filename", "") else None


class WordForm(_WithPurpose):
    """What somebody said, written down by a colleague."""

    kind = SelectField("What was said", choices=_choices(SAID))
    channels = Ticks("By which ways we may reach the person", choices=_choices(CHANNELS), default=["email"])
    method = SelectField("How it was said", choices=_choices({key: METHODS[key] for key in BY_HAND}))
    said_on = StringField("On which day", [plain, a_past_day])
    given_by = SelectField("Who said it", choices=_choices(GIVEN_BY))
    detail = StringField("Where and how, in a sentence", [plain])
    recording = StringField("Where the recording of the call is found", [plain])
    paper = FileField("The paper, recording or mail that proves it")

    def word(self) -> Word:
        return Word(
            purpose_id=self.purpose_id.data,
            kind=self.kind.data or "",
            channels=list(self.channels.data or []),
            method=self.method.data or "",
            said_on=parse_date(self.said_on.data or "", today=today()),
            given_by=self.given_by.data or "self",
            detail=self.detail.data or "",
            recording=self.recording.data or "",
            paper=paper_of(self.paper),
        )


class GroundForm(_WithPurpose):
    """Another ground than consent."""

    basis = SelectField("On what ground", choices=_choices({k: v for k, v in ALL_BASES.items() if k != "consent"}))
    detail = StringField("How it is met, in a sentence", [plain])
    paper = FileField("A paper that shows it")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ordinary = {key: words for key, words in BASES.items() if key != "consent"}
        kinds = {"For everybody": ordinary, "For special information": SPECIAL_BASES, "For children": CHILD_BASES}
        self.basis.choices = [
            SelectChoice(key, text, optgroup=kind)
            for kind, words in kinds.items()
            for key, text in words.items()
            if is_shown(key)
        ]


class RestrictionForm(Form):
    reason = SelectField("Why", choices=_choices(RESTRICTIONS))
    detail = StringField("In a sentence", [plain])


class LiftForm(Form):
    notified = StringField("How and when the person was told", [plain])


class PurposeForm(Form):
    """A line of the register."""

    name = StringField("Name", [DataRequired("Enter a name, such as News and appeals."), plain])
    description = TextAreaField("For what, in plain words", [DataRequired("Say for what you keep people."), some_lines])
    purpose_class = SelectField(
        "Kind of messages", choices=_choices({key: words for key, (words, _) in CLASSES.items()})
    )
    basis = SelectField("On what ground, mostly", choices=_choices(BASES))
    categories = TextAreaField("What you keep for it", [some_lines])
    recipients = TextAreaField("Who else gets it", [some_lines])
    keeping = TextAreaField("How long you keep it", [some_lines])

    def line(self) -> Line:
        names = ("name", "description", "purpose_class", "basis", "categories", "recipients", "keeping")
        return Line(**{name: self[name].data or "" for name in names})


SOURCES = {
    "own": "They gave us their details themselves",
    "signed_up": "They signed up",
    "given": "They gave or bought something",
    "referral": "Somebody else gave us their details",
    "staff": "They belong to our work",
}


class ManyForm(_WithPurpose):
    """One ground for many."""

    group = SelectField("For whom", coerce=a_number, validate_choice=False)
    basis = SelectField("On what ground", choices=_choices(BASES))
    channels = Ticks("Agreed to be reached by", choices=_choices(CHANNELS))
    source = SelectField("Where we have them from", choices=_choices(SOURCES))
    detail = TextAreaField("How and when you came to know this", [some_lines])
    is_true = BooleanField("This is so for each of them, as far as we know", [DataRequired("Confirm that it is so.")])
