"""Whom somebody about to be added looks like: a higher feature finds them, and the form asks before it adds anybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LookAlike:
    """A contact that is there already, and why it may be the same, as far as the reader may know."""

    id: int
    name: str
    reasons: list[str]


Looker = Callable[[Mapping[str, Any], str, str], list[LookAlike]]
_lookers: list[Looker] = []


def register_looker(looker: Looker) -> None:
    _lookers[:] = [looker]


def look(names: Mapping[str, Any], email: str, telephone: str) -> list[LookAlike]:
    """The contacts that look like one with these names, this email and telephone."""
    return [one for looker in _lookers for one in looker(names, email, telephone)]
