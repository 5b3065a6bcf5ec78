"""The one time line of a contact: what the log tells, and what other features add to it, such as messages; the newest
first, paged by the place of the last line, so that what happens meanwhile moves nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from portal.activity.models import LogEntry
from portal.activity.sentences import Change
from portal.contacts import history, seen_entries
from portal.contacts.merged import with_merged
from portal.core.clock import as_micros, from_micros

LOG = 0  # the rank of the log among the sources


@dataclass(frozen=True)
class Event:
    """One line. `link` is the words that lead to a page of another feature, `chip` what became of it, with its tone."""

    at: datetime
    id: int  # that no other line of its source has
    icon: str
    actor: str = ""
    words: str = ""
    changes: list[Change] = field(default_factory=list)
    link: str = ""
    endpoint: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    chip: tuple[str, str] | None = None
    quiet: str = ""
    rank: int = LOG  # set by the time line


@dataclass(frozen=True)
class Place:
    """A place in the order of the time line: just before the line of this moment, source and id."""

    at: datetime
    rank: int
    id: int

    def __str__(self) -> str:
        return f"{as_micros(self.at)}.{self.rank}.{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that stands in an address; None for anything else."""
        parts = text.split(".")
        at = from_micros(parts[0])
        if at is None or len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts[1:]):
            return None
        return cls(at, int(parts[1]), int(parts[2]))


@dataclass(frozen=True)
class Page:
    events: list[Event]
    next: Place | None


# Every line of a contact that the reader may see; there are few beside those of the log.
Source = Callable[[int], list[Event]]
_sources: dict[int, Source] = {}
_told: set[str] = set()  # actions that a source tells better than the log does


def register_source(rank: int, source: Source, in_place_of: Iterable[str] = ()) -> None:
    """Let a higher feature add lines; of those of one moment the higher rank stands first. The entries of the log of
    the actions that it tells of itself are left out.
    """
    _sources[rank] = source
    _told.update(in_place_of)


def of_contact(contact_id: int, before: Place | None, count: int) -> Page:
    """Some lines before a place, or the first ones."""
    found = _of_log(contact_id, before, count + 1)
    for rank, source in _sources.items():
        ranked = [replace(event, rank=rank) for event in source(contact_id)]
        found += [event for event in ranked if before is None or _key(event) < (before.at, before.rank, before.id)]
    found.sort(key=_key, reverse=True)
    if len(found) <= count:
        return Page(found, None)
    return Page(found[:count], Place(*_key(found[count - 1])))


def _of_log(contact_id: int, before: Place | None, count: int) -> list[Event]:
    query = LogEntry.select().where(LogEntry.contact_id.in_(with_merged([contact_id])), *seen_entries.conditions())
    if _told:
        query = query.where(LogEntry.action.not_in(sorted(_told)))
    if before is not None:
        beyond = LogEntry.at < before.at
        if before.rank >= LOG:
            same = LogEntry.at == before.at
            beyond = beyond | (same if before.rank > LOG else same & (LogEntry.seq < before.id))
        query = query.where(beyond)
    entries = list(query.order_by(LogEntry.seq.desc()).limit(count))
    return [
        Event(told.entry.at, told.entry.seq, told.icon, told.actor, told.words, told.changes)
        for told in history.sentences(entries)
    ]


def _key(event: Event) -> tuple[datetime, int, int]:
    return (event.at, event.rank, event.id)
