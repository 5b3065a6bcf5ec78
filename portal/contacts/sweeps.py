"""What the erasure of contacts asks of features above beside the tables of portal.contacts.holders: places that name
somebody without a contact column, such as a file that is kept; and reasons for which somebody may not be erased now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# Given contact ids of the current organisation whose rows are still there, inside the erasure's transaction. Forgets
# what names them (a file by `after_commit`) and returns how many things it emptied.
Forget = Callable[[Sequence[int]], int]


@dataclass(frozen=True)
class Sweep:
    name: str  # what is emptied, in the plural: "rows of files that were brought in"
    forget: Forget


@dataclass(frozen=True)
class Hold:
    """Why contacts are kept for now though they are due to go: the law wants it, or the person has asked something."""

    name: str
    words: str  # "there is an open request of theirs"
    subquery: Callable[[], Any]  # a query of the ids of the contacts it holds
    yields: bool = False  # to the act of the person himself: what is kept for his sake


_sweeps: dict[str, Sweep] = {}
_holds: dict[str, Hold] = {}


def register_sweep(name: str, forget: Forget) -> None:
    _sweeps[name] = Sweep(name, forget)


def sweeps() -> list[Sweep]:
    return list(_sweeps.values())


def register_hold(name: str, words: str, subquery: Callable[[], Any], *, yields: bool = False) -> None:
    """`subquery` makes a query of contact ids: `Request.select(Request.contact_id).where(…)` (P-14-2, P-14-3)."""
    _holds[name] = Hold(name, words, subquery, yields)


def holds(*, own_act: bool = False) -> list[Hold]:
    """All there are; with `own_act` those that hold against the act of the person himself too."""
    return [hold for hold in _holds.values() if not (own_act and hold.yields)]
