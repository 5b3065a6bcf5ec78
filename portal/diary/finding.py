"""The activity report: which entries of the log are wanted, page by page, however long the log is.

Each page looks through a bounded number of entries. What can be found by an index (a day, a user, an action) is; what
cannot (a group, whatever hides from the reader) is looked for among the next entries in line, and where those held too
little, the reader is told up to which moment was looked, and goes on from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, Value, fn

from portal.activity.models import LogEntry
from portal.contacts import seen_entries
from portal.contacts.membership import is_member
from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor, system
from portal.core.clock import as_micros, from_micros
from portal.diary.rules import OTHER, actions_of

PAGE = 50
LOOK = 10_000  # how many entries one page looks through at most
MOST = 10_000  # up to here they are counted
SMALL = 200  # contacts of a group that are asked for by their ids
ANYBODY, NOBODY = -1, 0  # users: all of them; the portal itself and people of no organisation


@dataclass(frozen=True)
class Place:
    """A place in the order of the log, the newest first: just before the entry of this moment and number."""

    at: datetime
    seq: int

    def __str__(self) -> str:
        return f"{as_micros(self.at)}.{self.seq}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that stands in an address; None for anything else."""
        micros, _, seq = text.partition(".")
        at = from_micros(micros)
        is_number = seq.isascii() and seq.isdigit() and len(seq) < 10
        return cls(at, int(seq)) if at is not None and is_number else None


@dataclass(frozen=True)
class Wanted:
    """Which entries: of the days between two moments, of a user, of a kind of action, of the contacts of a group."""

    since: datetime
    until: datetime
    user_id: int = ANYBODY
    kind: str = ""
    group_id: int = 0


@dataclass(frozen=True)
class Count:
    number: int
    is_more: bool  # at least so many, and not counted on


@dataclass(frozen=True)
class Found:
    """Some entries, the newest first, and where to go on; `looked_to` where the looking ended too soon. The first page
    says how many there are.
    """

    entries: list[LogEntry]
    next: Place | None
    looked_to: datetime | None = None
    count: Count | None = None


@dataclass(frozen=True)
class _Branch:
    """What one index answers, and the rest that is asked of each entry."""

    indexed: list[Any]
    rest: list[Any]
    is_small: bool = False


def page(wanted: Wanted, after: Place | None = None, size: int = PAGE, *, counted: bool = False) -> Found:
    rows: list[LogEntry] = []
    ends: list[Place] = []
    number, is_more = 0, False
    for branch in _branches(wanted):
        floor = _floor(branch, wanted, after) if branch.rest and not branch.is_small else None
        some = _some(branch, wanted, after, floor, size + 1)
        rows += some
        if floor is not None and len(some) <= size:
            ends.append(floor)
        if counted:
            number += len(some) if len(some) <= size else _count(branch, wanted, floor)
            is_more = is_more or floor is not None
    rows.sort(key=lambda row: (row.at, row.seq), reverse=True)
    count = Count(min(number, MOST), is_more or number > MOST) if counted else None
    if ends:  # below the highest of these nobody knows yet what another branch holds
        end = max(ends, key=lambda place: (place.at, place.seq))
        rows = [row for row in rows if (row.at, row.seq) >= (end.at, end.seq)]
        if len(rows) <= size:
            return Found(rows, end, end.at, count)
    if len(rows) <= size:
        return Found(rows, None, None, count)
    last = rows[size - 1]
    return Found(rows[:size], Place(last.at, last.seq), None, count)


def every(wanted: Wanted, most: int) -> Iterator[LogEntry]:
    """All of them, the newest first, some hundreds at a time; no more than `most`."""
    place: Place | None = None
    left = most
    while left > 0:
        found = page(wanted, place, min(500, left))
        yield from found.entries
        left -= len(found.entries)
        place = found.next
        if place is None:
            return


def _branches(wanted: Wanted) -> list[_Branch]:
    users = [] if wanted.user_id == ANYBODY else [LogEntry.user_id == (wanted.user_id or None)]
    rest = seen_entries.conditions()
    actions = actions_of(wanted.kind) if wanted.kind else []
    if wanted.group_id:
        members = Contact.select(Contact.id).where(is_member([wanted.group_id]))
        few = [row[0] for row in members.limit(SMALL + 1).tuples()]
        if len(few) <= SMALL:
            chosen = [LogEntry.action.in_(actions)] if wanted.kind else []
            return [_Branch([], [LogEntry.contact_id.in_(few or [0]), *users, *chosen, *rest], is_small=True)]
        rest = [*rest, LogEntry.contact_id.in_(members)]
    if not wanted.kind:
        return [_Branch(users, rest)]
    if wanted.kind == OTHER:  # of which there is most, so that it is soon found among the rest
        return [_Branch(users, [*rest, LogEntry.action.in_(actions)])]
    return [_Branch([*users, LogEntry.action == action], rest) for action in actions]


def _floor(branch: _Branch, wanted: Wanted, after: Place | None) -> Place | None:
    """The place of the last entry that is looked at, whoever sees it; None where there are fewer."""
    with acting_as(system(current_actor().org_id)):
        query = LogEntry.select(LogEntry.at, LogEntry.seq).where(*branch.indexed, *_range(LogEntry.at, wanted, after))
    row = query.order_by(LogEntry.at.desc(), LogEntry.seq.desc()).offset(LOOK).limit(1).tuples().first()
    return Place(row[0], row[1]) if row else None


def _some(branch: _Branch, wanted: Wanted, after: Place | None, floor: Place | None, size: int) -> list[LogEntry]:
    query = _query(branch, wanted, after, floor)
    order = (_plain(LogEntry.seq),) if branch.is_small else (LogEntry.at, LogEntry.seq)
    return list(query.order_by(*[column.desc() for column in order]).limit(size))


def _count(branch: _Branch, wanted: Wanted, floor: Place | None) -> int:
    query = _query(branch, wanted, None, floor)
    if branch.is_small:  # by the order of the page, for which both databases begin with the contacts
        return len(query.select(LogEntry.salt).order_by(_plain(LogEntry.seq)).limit(MOST + 1).tuples())
    return int(query.select(SQL("1")).limit(MOST + 1).count())


def _query(branch: _Branch, wanted: Wanted, after: Place | None, floor: Place | None) -> Any:
    at = _plain(LogEntry.at) if branch.is_small else LogEntry.at
    return LogEntry.select().where(*branch.indexed, *branch.rest, *_range(at, wanted, after, floor))


def _plain(column: Any) -> Any:
    """The column, so that no index of it is used: neither database may look for the few of a small group in all that
    was done in the range.
    """
    return fn.COALESCE(column, column)


def _range(at: Any, wanted: Wanted, after: Place | None, floor: Place | None = None) -> list[Any]:
    """From one moment to another: one bound to each side, for SQLite takes no more of them from an index."""
    lowest = wanted.since if floor is None else max(floor.at, wanted.since)
    if after is None or after.at >= wanted.until:
        conditions = [at >= _kept(lowest), at < _kept(wanted.until)]
    else:
        beyond = (at < _kept(after.at)) | (LogEntry.seq < after.seq)
        conditions = [at >= _kept(lowest), at <= _kept(after.at), beyond]
    if floor is not None:
        conditions.append((at > _kept(floor.at)) | (LogEntry.seq >= floor.seq))
    return conditions


def _kept(moment: datetime) -> Any:
    """A moment as the column holds it, also where it is compared with more than the column."""
    return Value(moment, converter=LogEntry.at.db_value)
