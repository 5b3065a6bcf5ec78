"""What features above have due on a day, beside the tasks: the diary shows it on that day, with a link to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Due:
    """One thing that is due: `words` lead to its page."""

    day: date
    words: str
    endpoint: str
    args: dict[str, Any] = field(default_factory=dict)
    is_late: bool = False


# What is due from the first to the last of two days, as far as the actor may know.
Source = Callable[[date, date], list[Due]]
_sources: dict[str, tuple[str, Source]] = {}


def register_due(one: str, many: str, source: Source) -> None:
    """Let a higher feature say what it has due; `one` and `many` is how the calendar calls it: 1 request."""
    _sources[one] = (many, source)


def between(first: date, last: date) -> list[Due]:
    """What is due on these days, in the order of the days."""
    found = [due for _, source in _sources.values() for due in source(first, last)]
    return sorted(found, key=lambda due: due.day)


def counted(first: date, last: date) -> dict[date, list[str]]:
    """How much of each kind is due on a day, in words: {day: ["1 request"]}."""
    found: dict[date, list[str]] = {}
    for one, (many, source) in _sources.items():
        numbers: dict[date, int] = {}
        for due in source(first, last):
            numbers[due.day] = numbers.get(due.day, 0) + 1
        for day, number in numbers.items():
            found.setdefault(day, []).append(f"{number:,} {one if number == 1 else many}")
    return found
