"""The shapes of what people type about pages and fields. They call the rules; they save nothing."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.contacts.design_rules import LIMITED, NAME, OFFERED, WORDS, Design, TypedOption
from portal.contacts.field_rules import KINDS, Shape, show
from portal.contacts.forms import plain
from portal.contacts.models import Field, Page
from portal.contacts.self_service import HIDDEN, LEVELS
from portal.contacts.sensitive import CLASSES, GROUNDS
from portal.web.forms import Form

SPARE_LINES = 3
EXAMPLES = {
    "text": "Nickname: Gogo",
    "long": "How they came to us: a few sentences",
    "number": "Hours in a month: 12",
    "money": "Taxi fare: R 45.00",
    "date": "First day: 3 Mar 2026",
    "yes_no": "Driver's licence: Yes",
    "choice": "Shirt size: Medium",
    "choices": "Can help with: Kitchen, Garden",
    "link": "Web page: https://hopehouse.example",
    "file": "Signed agreement: a PDF",
    "person": "Mentor: Thandi Ngcobo",
}
DECIDED = ("is_required", "is_searched", "is_listed")


class PageForm(Form):
    name = StringField("Name of the page", [DataRequired("Enter a name for the page."), plain])


class FieldForm(Form):
    """A field of any kind; the template leaves out what a kind does not have."""

    kind = HiddenField()
    name = StringField("Name", [DataRequired("Enter a name for the field."), plain], render_kw={"maxlength": NAME})
    page = SelectField("On the page", coerce=int)
    purpose = StringField(
        "What is it for?", [DataRequired("Say what it is for: what is kept without a purpose may not be kept.")],
        render_kw={"maxlength": WORDS},
    )  # fmt: skip
    sensitivity = RadioField(
        "How sensitive is it?", [DataRequired("Choose how sensitive it is.")],
        choices=[SelectChoice(str(one), f"{words}: {meant}") for one, (words, meant) in CLASSES.items()],
        validate_choice=False,
    )  # fmt: skip
    authorisation = SelectField(
        "If special: on what ground is it kept?",
        default="",
        choices=[SelectChoice("", "Not special"), *(SelectChoice(key, words) for key, words in GROUNDS.items())],
    )
    authorisation_note = StringField("Which law, project or decision?")
    help = StringField("A hint for whoever fills it in")
    least = StringField("Least")
    most = StringField("Most")
    options = TextAreaField()  # only carries the sentence about the lines of options
    is_required = BooleanField("Always needed")
    is_searched = BooleanField("Found by typing a part of it")
    is_listed = BooleanField("A column in the list of contacts")
    self_service = SelectField(
        "On people's own pages", coerce=int, default=HIDDEN, validate_choice=False,
        choices=[SelectChoice(level, words) for level, words in LEVELS.items()],
    )  # fmt: skip

    def offer(self, pages: Sequence[Page], page_id: int) -> None:
        """Say which pages there are, and on which the field stands."""
        self.page.choices = [SelectChoice(page.id, page.name) for page in pages]
        if self.page.data is None:
            self.page.data = page_id

    def fill(self, field: Field) -> None:
        """What is typed at first: the field as it is."""
        for name in ("kind", "name", "purpose", "sensitivity", "authorisation", "authorisation_note", "help"):
            self[name].data = getattr(field, name)
        for name in DECIDED:
            self[name].data = bool(getattr(field, name))
        self.self_service.data = field.self_service
        if field.kind in LIMITED:
            self.least.data, self.most.data = (_limit(field, name) for name in ("least", "most"))

    def design(self, options: Sequence[TypedOption]) -> Design:
        words = ("name", "purpose", "sensitivity", "authorisation", "authorisation_note", "help", "least", "most")
        typed: dict[str, Any] = {name: self[name].data or "" for name in words}
        decided: dict[str, Any] = {name: bool(self[name].data) for name in DECIDED}
        level = self.self_service.data or HIDDEN
        return Design(kind=self.kind.data or "", options=options, self_service=level, **typed, **decided)


def read_options(form: MultiDict[str, str]) -> list[TypedOption]:
    """The lines of options as typed, in their order."""
    ids, names = form.getlist("option_id"), form.getlist("option_name")
    archived = set(form.getlist("option_archived"))
    return [TypedOption(i, name.strip(), bool(i) and i in archived) for i, name in zip(ids, names, strict=False)][:200]


def moved(options: Sequence[TypedOption], act: str) -> list[TypedOption]:
    """The lines after a button of theirs: "up:2", "down:0"; any other word leaves them as they are."""
    lines = list(options)
    word, _, place = act.partition(":")
    if word not in ("up", "down") or not (place.isascii() and place.isdigit() and len(place) < 4):
        return lines
    one, other = int(place), int(place) + (1 if word == "down" else -1)
    if 0 <= other < len(lines) and one < len(lines):
        lines[one], lines[other] = lines[other], lines[one]
    return lines


def option_lines(options: Sequence[TypedOption]) -> list[TypedOption]:
    """The lines to show: what is there, and some to type into."""
    typed = [option for option in options if option.id or option.name]
    return [*typed, *(TypedOption("", "") for _ in range(SPARE_LINES))]


def options_of(field: Field) -> list[TypedOption]:
    return [TypedOption(o["id"], o["name"], bool(o.get("is_archived"))) for o in field.options]


def kinds() -> list[tuple[str, str, str]]:
    """The kinds to choose from: key, words, example."""
    return [(kind, KINDS[kind].words, EXAMPLES[kind]) for kind in OFFERED]


def _limit(field: Field, name: str) -> str:
    text = field.limits.get(name)
    return show(Shape(field.kind), [_Kept(text)]) if text else ""


class _Kept:
    def __init__(self, text: str) -> None:
        self.text = text
