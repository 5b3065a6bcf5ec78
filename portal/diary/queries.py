"""The diary: how much was done on each day of a month, and by whom on a day. Counted by the filter that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from peewee import fn

from portal.accounts.models import Membership, User
from portal.accounts.service import members
from portal.activity.models import LogEntry
from portal.contacts import seen_entries
from portal.core.actor import current_actor
from portal.core.db import bucket_of, bucket_start
from portal.diary.models import Task
from portal.diary.rules import bounds, counted

PORTAL = "In Contact"


@dataclass(frozen=True)
class Doer:
    """A user, or the portal itself (id 0), and how much he did on a day."""

    id: int
    name: str
    total: int
    words: list[str]


def days(first: date, last: date, zone: ZoneInfo) -> dict[date, int]:
    """How many entries of each day the reader is told of; of a day without any, nothing."""
    since, until = bounds(first, last, zone)
    offsets = {moment.astimezone(zone).utcoffset() for moment in (since, until)}
    is_whole = all(offset is not None and offset % timedelta(hours=1) == timedelta() for offset in offsets)
    bucket = bucket_of(LogEntry.at, "hour" if is_whole else "minute")
    query = LogEntry.select(bucket, fn.COUNT(LogEntry.seq)).where(
        LogEntry.at >= since, LogEntry.at < until, *seen_entries.conditions()
    )
    found: dict[date, int] = {}
    for start, count in query.group_by(bucket).tuples():
        day = bucket_start(start).astimezone(zone).date()
        found[day] = found.get(day, 0) + count
    return found


def doers(day: date, zone: ZoneInfo) -> list[Doer]:
    """Who did something on that day, whoever did most first; the portal itself last."""
    since, until = bounds(day, day, zone)
    query = LogEntry.select(LogEntry.user_id, LogEntry.action, fn.COUNT(LogEntry.seq)).where(
        LogEntry.at >= since, LogEntry.at < until, *seen_entries.conditions()
    )
    by_user: dict[int, dict[str, int]] = {}
    for user_id, action, count in query.group_by(LogEntry.user_id, LogEntry.action).tuples():
        by_user.setdefault(user_id or 0, {})[action] = count
    names = names_of(by_user)
    found = [Doer(i, names.get(i, PORTAL), sum(acts.values()), counted(acts)) for i, acts in by_user.items()]
    return sorted(found, key=lambda doer: (doer.id == 0, -doer.total, doer.name))


def due(first: date, last: date) -> dict[date, int]:
    """How many open tasks are due on each of these days."""
    query = Task.select(Task.due, fn.COUNT(Task.id)).where(Task.done_at.is_null(), Task.due.between(first, last))
    return dict(query.group_by(Task.due).tuples())


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of users, also of those who work here no more."""
    ids = sorted(i for i in user_ids if i)
    return {u.id: u.name for u in User.select(User.id, User.name).where(User.id.in_(ids))} if ids else {}


def users() -> list[tuple[int, str]]:
    """Who may be asked for: those who work here, and those who did."""
    here = {m.user_id: m.user.name for m in members()}
    gone = {row[0] for row in LogEntry.select(LogEntry.subject_id).where(LogEntry.action == "user.removed").tuples()}
    names = names_of(gone - here.keys())
    return [*sorted(here.items(), key=_by_name), *((i, f"{n} (left)") for i, n in sorted(names.items(), key=_by_name))]


def is_known(user_id: int) -> bool:
    """Whether this is a user of the organisation, or was one; 0 is the portal itself."""
    if user_id == 0:
        return True
    here = Membership.select().where(Membership.org == current_actor().org_id, Membership.user == user_id)
    return bool(here.exists() or LogEntry.select().where(LogEntry.user_id == user_id).exists())


def _by_name(pair: tuple[int, str]) -> tuple[str, int]:
    return (pair[1].casefold(), pair[0])
