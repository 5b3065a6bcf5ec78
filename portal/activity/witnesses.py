"""What else the chain vouches for: a feature whose rows are sealed into it says here how they are looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class Row(NamedTuple):
    """An entry as it is read for checking."""

    seq: int
    at: datetime
    action: str
    user_id: int | None
    contact_id: int | None
    subject_id: int | None
    detail: Any
    salt: str | None
    digest: str
    hash: str


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and at which entry it shows; `about` names a row beside the log."""

    seq: int
    why: str
    about: dict[str, Any] = field(default_factory=dict)


class Witness(Protocol):
    """Looks at each entry of one check, in order, and once more at the end."""

    def see(self, entry: Row) -> Trouble | None: ...

    def end(self) -> Trouble | None: ...


_makers: dict[str, Callable[[], Witness]] = {}


def register_witness(name: str, make: Callable[[], Witness]) -> None:
    _makers[name] = make


def witnesses() -> list[Witness]:
    """Fresh ones, for one check."""
    return [make() for make in _makers.values()]
