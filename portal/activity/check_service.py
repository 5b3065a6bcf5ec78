"""A check of the whole chain that somebody asks for on a page: a row, done by a worker, with its progress."""

from datetime import timedelta

from portal.activity import checking, heads
from portal.activity.models import LogCheck
from portal.core import queue
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock_table, transaction
from portal.core.permissions import Permission

LEASE = timedelta(minutes=2)
KEPT = 20  # checks that stay to be seen
OPEN = ("waiting", "running")


def ask() -> LogCheck:
    """Begin a check, or return the one under way."""
    require(Permission.PRIVACY)
    with transaction():
        lock_table(LogCheck)
        under_way: LogCheck | None = LogCheck.select().where(LogCheck.state.in_(OPEN)).first()
        if under_way is not None:
            return under_way
        made = LogCheck.create(asked_by=current_actor().name)
        queue.enqueue(queue.CHECK_LOG, check_id=made.id)
    return made


def last() -> LogCheck | None:
    """The last one asked for, whether it is over or not."""
    require(Permission.PRIVACY)
    return LogCheck.select().order_by(LogCheck.id.desc()).first()


def due() -> list[int]:
    """Checks nobody is at work on."""
    return [row.id for row in LogCheck.select(LogCheck.id).where(_idle())]


def run(check_id: int) -> None:
    """Do a check. One that was broken off begins again; one that somebody is at, or that is over, is left."""
    head = heads.current()
    begun = LogCheck.update(state="running", lease=now() + LEASE, checked=0, entries=head.seq if head else 0)
    if not begun.where(LogCheck.id == check_id, _idle()).execute():
        return

    def progress(entries: int) -> None:
        LogCheck.update(checked=entries, lease=now() + LEASE).where(LogCheck.id == check_id).execute()

    verdict = checking.verify(progress=progress)
    LogCheck.update(
        state="done",
        is_ok=int(verdict.ok),
        first_bad=verdict.first_bad,
        why=verdict.why,
        warnings=verdict.warnings,
        checked=verdict.entries,
        ended_at=now(),
    ).where(LogCheck.id == check_id).execute()
    old = [row.id for row in LogCheck.select(LogCheck.id).order_by(LogCheck.id.desc()).offset(KEPT)]
    if old:
        LogCheck.delete().where(LogCheck.id.in_(old)).execute()


def _idle() -> object:
    return (LogCheck.state == "waiting") | ((LogCheck.state == "running") & (LogCheck.lease < now()))
