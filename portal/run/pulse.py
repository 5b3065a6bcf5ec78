"""Signs of life: the scheduler notes its own, and rings for the workers', which thereby show that the whole way
from the clock over the queue to a worker and into the database is open.
"""

from datetime import datetime, timedelta

from portal.core.clock import now
from portal.run.models import Pulse

SCHEDULER, WORKERS = "scheduler", "workers"
EVERY = 30  # seconds
LONGEST_SILENCE = timedelta(minutes=5)  # a worker may be busy with a turn of a campaign or an import


def beat(name: str) -> None:
    at = now()
    Pulse.insert(name=name, at=at).on_conflict(conflict_target=[Pulse.name], update={Pulse.at: at}).execute()


def last(name: str) -> datetime | None:
    """When this kind of process last gave a sign of life."""
    found = Pulse.get_or_none(Pulse.name == name)
    return found.at if found else None


def lives(name: str) -> bool:
    at = last(name)
    return at is not None and now() - at < LONGEST_SILENCE
