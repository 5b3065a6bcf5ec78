"""The shape of what people type about a group, and the lines in which they put its rule together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.contacts.conditions import today
from portal.contacts.facts import Fact
from portal.contacts.forms import plain
from portal.contacts.group_rules import (
    GONE,
    MOST_CONDITIONS,
    OPERATORS,
    InvalidCondition,
    InvalidRule,
    Operator,
    check,
    operator_of,
    parse,
    typed_of,
)
from portal.contacts.groups import Details
from portal.contacts.models import Group
from portal.contacts.sensitive import CLASSES, GROUNDS
from portal.core.actor import current_actor
from portal.core.permissions import DATA_SET_OF_CLASS, Sensitivity
from portal.core.text import InvalidText, clean_text
from portal.web.forms import Form

HOW = [
    SelectChoice("hand", "Contacts who are put into it by hand"),
    SelectChoice("rule", "Contacts whom a rule finds"),
]


class GroupForm(Form):
    name = StringField("Name", [DataRequired("Enter a name for the group."), plain])
    description = StringField("What is it for?", [plain])
    category = StringField("Category", [plain])
    purpose = TextAreaField("Why is this list kept?")
    sensitivity = SelectField("What does it tell about people?", default=str(Sensitivity.ORDINARY))
    authorisation = SelectField(
        "On what ground may this be kept?",
        default="",
        choices=[SelectChoice("", "Choose a ground"), *(SelectChoice(*pair) for pair in GROUNDS.items())],
    )
    authorisation_note = StringField("How is the ground met?", [plain])
    is_children = BooleanField("The people in this group are children")
    is_open = BooleanField("People may join and leave it by themselves")
    public_name = StringField("What it is called there", [plain])
    public_description = StringField("What people get who join", [plain])
    how = RadioField("Who is in it?", choices=HOW, default="hand")

    def validate_purpose(self, control: Any) -> None:
        try:
            control.data = clean_text(control.data or "", max_length=1_000, lines=True)
        except InvalidText as error:
            raise ValidationError(str(error)) from error

    def details(self) -> Details:
        ticks = ("is_children", "is_open")
        values: dict[str, Any] = {n: self[n].data or "" for n in Details.__dataclass_fields__ if n not in ticks}
        return Details(**values | {name: int(self[name].data) for name in ticks})


def group_form(group: Group | None = None, **options: Any) -> GroupForm:
    """A form with the classes of sensitivity the actor may give, and the one there is."""
    form = GroupForm(obj=group, **options)
    actor, now = current_actor(), group.sensitivity if group else ""
    form.sensitivity.choices = [
        SelectChoice(str(value), f"{words}: {meant}")
        for value, (words, meant) in CLASSES.items()
        if actor.sees(DATA_SET_OF_CLASS.get(value)) or value == now
    ]
    return form


@dataclass
class RuleLine:
    """One condition as it was typed, with the sentence that says what is wrong with it."""

    fact: Fact | None = None
    operator: Operator | None = None
    texts: Sequence[str] = ()
    error: str = ""

    @property
    def operators(self) -> Sequence[Operator]:
        return OPERATORS[self.fact.kind] if self.fact else ()

    def text(self, place: int) -> str:
        return self.texts[place] if place < len(self.texts) else ""


@dataclass
class RuleDraft:
    """A rule being put together. `rule` is None while something is wrong: `error`, or the `error` of a line."""

    match: str = "all"
    lines: list[RuleLine] = field(default_factory=list)
    rule: dict[str, Any] | None = None
    error: str = ""

    @property
    def sentence(self) -> str:
        return self.error or next((line.error for line in self.lines if line.error), "")


def draft_of(rule: Mapping[str, Any] | None, facts: Mapping[str, Fact]) -> RuleDraft:
    """A kept rule as it stands in the form again; one empty line when there is none."""
    if rule is None:
        return RuleDraft(lines=[RuleLine()])
    lines = []
    for asked in rule["conditions"]:
        fact = facts.get(asked["fact"])
        operator = operator_of(fact.kind, asked["operator"]) if fact else None
        if operator is None:
            lines.append(RuleLine(error=f"Here the rule asked about {GONE}. Choose something else."))
        else:
            lines.append(RuleLine(fact, operator, typed_of(operator, asked["value"])))
    return RuleDraft(rule["match"], lines, dict(rule) if _is_whole(rule, facts) else None)


def read_rule(form: MultiDict[str, str], facts: Mapping[str, Fact]) -> RuleDraft:
    """The rule as typed, after the button that adds or removes a line. A line that asks nothing yet is no condition."""
    draft = RuleDraft("any" if form.get("match") == "any" else "all")
    removed = form.get("act", "").removeprefix("remove-")
    conditions = []
    for number in range(_count(form.get("lines", ""))):
        if str(number) == removed:
            continue
        name = form.get(f"fact-{number}", "")
        line = _read_line(facts.get(name), form.get(f"operator-{number}", ""), form.getlist(f"value-{number}"))
        draft.lines.append(line)
        if line.fact is None or line.operator is None:
            line.error = "This cannot be asked. Choose something else." if name else ""
            continue
        try:
            value = parse(line.fact, line.operator, line.texts, today=today())
        except InvalidCondition as error:
            line.error = str(error)
        else:
            conditions.append({"fact": line.fact.name, "operator": line.operator.name, "value": value})
    if form.get("act") == "add" and len(draft.lines) < MOST_CONDITIONS:
        draft.lines.append(RuleLine())
    if not any(line.error for line in draft.lines):
        rule = {"match": draft.match, "conditions": conditions}
        try:
            check(rule, facts)
        except InvalidRule as error:
            draft.error = str(error)
        else:
            draft.rule = rule
    draft.lines = draft.lines or [RuleLine()]
    return draft


def _is_whole(rule: Mapping[str, Any], facts: Mapping[str, Fact]) -> bool:
    try:
        check(rule, facts)
    except InvalidRule:
        return False
    return True


def _read_line(fact: Fact | None, name: str, texts: Sequence[str]) -> RuleLine:
    """What was typed for a fact of another kind is forgotten when another fact is chosen."""
    if fact is None:
        return RuleLine()
    operator = operator_of(fact.kind, name)
    if operator is None:
        return RuleLine(fact, OPERATORS[fact.kind][0])
    return RuleLine(fact, operator, [text[:1_000] for text in texts][:1_000])


def _count(text: str) -> int:
    return min(int(text), MOST_CONDITIONS + 1) if text.isascii() and text.isdigit() and len(text) < 4 else 0
