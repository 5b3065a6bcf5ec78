"""The controls on the list of contacts by which it is limited to what stands in designed fields, and their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.contacts import field_filters
from portal.contacts.field_filters import CHOICES, RANGES, FieldWish
from portal.contacts.fields import Sheet
from portal.contacts.models import Field


@dataclass(frozen=True)
class Control:
    """One field to filter by, with what was typed and what is wrong with it."""

    field: Field
    wish: FieldWish
    problem: str = ""

    @property
    def kind(self) -> str:
        return "choice" if self.field.kind in CHOICES else "range" if self.field.kind in RANGES else "text"

    @property
    def options(self) -> list[tuple[str, str]]:
        return field_filters.options_of(self.field)


@dataclass(frozen=True)
class Asked:
    """A wish in words, with the words of the address that hold it."""

    words: str
    names: Sequence[str]


@dataclass(frozen=True)
class Controls:
    """What can be filtered by: pages of fields to choose from, and the controls of those chosen."""

    choices: Sequence[tuple[str, Sequence[Field]]]
    open: Sequence[Control]
    problems: Sequence[str]
    asked: Sequence[Asked]


def controls(sheets: Sequence[Sheet], wishes: Sequence[FieldWish], chosen: str = "") -> Controls:
    """The controls for these pages. `chosen` is the id of a field that is to have one though nothing is asked of it."""
    may = [(sheet.page.name, [f for f in sheet.fields if field_filters.may_filter(f)]) for sheet in sheets]
    by_id = {wish.field_id: wish for wish in wishes}
    shown, problems, asked = [], [], []
    for field in (field for _, fields in may for field in fields):
        wish = by_id.get(field.id)
        if wish is not None:
            problem = field_filters.problem_of(field, wish)
            words = field_filters.words_of(field, wish)
            problems += [f"{field.name}: {problem}"] if problem else []
            asked += [Asked(words, wish.names)] if words else []
            shown.append(Control(field, wish, problem))
        elif str(field.id) == chosen:
            shown.append(Control(field, FieldWish(field.id)))
    open_ids = {control.field.id for control in shown}
    left = [(page, [field for field in fields if field.id not in open_ids]) for page, fields in may]
    return Controls([pair for pair in left if pair[1]], shown, problems, asked)
