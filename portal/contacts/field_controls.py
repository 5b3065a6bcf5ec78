"""The controls on the list of contacts by which it is limited to what stands in designed fields, and their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.contacts import field_filters, fields
from portal.contacts.field_filters import CHOICES, RANGES, FieldWish
from portal.contacts.fields import Outline
from portal.contacts.models import Field


@dataclass(frozen=True)
class Control:
    """One field to filter by, with what was typed and what is wrong with it."""

    field: Field
    wish: FieldWish
    problem: str = ""

    def is_wrong(self, text: str) -> bool:
        """Whether what was typed into one of the two places cannot be read."""
        return bool(self.problem and text and field_filters.problem_of(self.field, FieldWish(self.field.id, (), text)))

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
    """What can be filtered by: fields to choose from by their pages, and the controls of those chosen."""

    choices: Sequence[tuple[str, Sequence[Outline]]]
    open: Sequence[Control]
    problems: Sequence[str]
    asked: Sequence[Asked]


def controls(outlines: Sequence[Outline], wishes: Sequence[FieldWish], chosen: str = "") -> Controls:
    """The controls for these fields: one query, none when nothing is asked. `chosen` is the id of a field that is to
    have one though nothing is asked of it.
    """
    may = [outline for outline in outlines if field_filters.may_filter(outline)]
    by_id = {wish.field_id: wish for wish in wishes}
    open_ids = [outline.id for outline in may if outline.id in by_id or str(outline.id) == chosen]
    shown, problems, asked = [], [], []
    for field in sorted(fields.in_use_among(open_ids), key=lambda field: open_ids.index(field.id)):
        wish = by_id.get(field.id, FieldWish(field.id))
        problem, words = field_filters.problem_of(field, wish), field_filters.words_of(field, wish)
        problems += [f"{field.name}: {problem}"] if problem else []
        asked += [Asked(words, wish.names)] if words else []
        shown.append(Control(field, wish, problem))
    left: dict[str, list[Outline]] = {}
    for outline in may:
        if outline.id not in open_ids:
            left.setdefault(outline.page, []).append(outline)
    return Controls(list(left.items()), shown, problems, asked)
