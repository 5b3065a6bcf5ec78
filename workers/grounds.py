"""Writing down for many contacts on what ground they are kept, in the background."""

from portal.consent import recording_many
from portal.core import queue
from portal.core.actor import current_actor
from workers.base import each_org, org_job


@org_job
def record_grounds(run_id: int) -> None:
    recording_many.run(run_id)


def ring_for_grounds() -> None:
    """Ring again for what nobody is at work on."""
    each_org(_ring)


def _ring() -> None:
    for run_id in recording_many.due():
        queue.ring(queue.RECORD_GROUNDS, org_id=current_actor().org_id, run_id=run_id)
