"""What the portal can read by itself of how a duty stands: each feature says it of its own, the page of duties asks.

`register_reading("backups", read)` is all that a feature needs; the words of duties are those of
portal.compliance.catalogue.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission


@dataclass(frozen=True)
class Reading:
    """One thing read: a sentence, whether it is well (None: nobody can say yet), and the page that shows more."""

    words: str
    is_well: bool | None
    endpoint: str = ""
    args: dict[str, Any] = field(default_factory=dict)


Read = Callable[[], Reading | None]


@dataclass(frozen=True)
class _Source:
    read: Read
    permission: Permission | None
    data_set: DataSet | None


_sources: dict[str, list[_Source]] = {}


def register_reading(
    duty: str, read: Read, permission: Permission | None = None, data_set: DataSet | None = None
) -> None:
    """Let a feature say how a duty stands. Asked only for who has the permission, and from whom the set of data is not
    hidden; None from `read` says nothing.
    """
    source = _Source(read, permission, data_set)
    if source not in _sources.setdefault(duty, []):
        _sources[duty].append(source)


def readings_of(duty: str) -> list[Reading]:
    """What is read of a duty, as far as the actor may know."""
    actor = current_actor()
    asked = [
        source
        for source in _sources.get(duty, [])
        if (source.permission is None or actor.may(source.permission)) and actor.sees(source.data_set)
    ]
    return [reading for source in asked if (reading := source.read()) is not None]
