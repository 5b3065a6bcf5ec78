"""How the installation stands: each feature says it of its own; `portal doctor`, the status page, /metrics and the
alarms ask.

`register_look(look)` is all that a feature needs to be examined by `portal doctor` and, where it is `watched`, to stand
on the status page and to be told of by mail while it is wrong. A watched look is asked every minute: it must be cheap,
change nothing and reach out to nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

GOOD, DOUBTFUL, WRONG = "good", "doubtful", "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, what to do where it is not good, and the command that helps with it."""

    name: str
    level: str
    words: str
    helps: str = ""


@dataclass(frozen=True)
class Figure:
    """One number for who watches the machine by a program, in the words of Prometheus: portal_<name>{labels} value."""

    name: str
    about: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Look = Callable[[], Finding]
Figures = Callable[[], list[Figure]]
Step = Callable[[], str]
_looks: dict[Look, bool] = {}
_figures: list[Figures] = []
_before_upgrade: list[Step] = []


def register_look(look: Look, *, watched: bool = False) -> None:
    """Let a feature say how it stands."""
    _looks[look] = watched


def register_figures(read: Figures) -> None:
    """Let a feature give numbers to /metrics. Numbers of the installation only: no name of anybody stands in them."""
    if read not in _figures:
        _figures.append(read)


def register_before_upgrade(step: Step) -> None:
    """Let a feature do something before an upgrade, such as a backup, and say what it did in a sentence. What it raises
    stops the upgrade before anything is changed.
    """
    if step not in _before_upgrade:
        _before_upgrade.append(step)


def looks(*, watched_only: bool = False) -> list[Look]:
    return [look for look, watched in _looks.items() if watched or not watched_only]


def figures() -> list[Figure]:
    return [figure for read in _figures for figure in read()]


def steps_before_upgrade() -> list[Step]:
    return list(_before_upgrade)
