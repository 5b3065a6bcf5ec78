"""The erasure of contacts, and what keeps its promises, in the background."""

from portal.core import queue
from portal.core.actor import current_actor
from portal.core.db import connected
from portal.privacy import clearing, journal, retention, scrubbing
from workers.base import each_org, org_job, portal_job


@org_job
def run_erasure(erasure_id: int) -> None:
    clearing.run(erasure_id)


@portal_job
def scrub() -> None:
    scrubbing.scrub()


def ring_for_erasures() -> None:
    """Ring again for removals nobody is at work on."""
    each_org(_ring)


def _ring() -> None:
    for erasure_id in clearing.due():
        queue.ring(queue.RUN_ERASURE, org_id=current_actor().org_id, erasure_id=erasure_id)


def look_who_is_due() -> None:
    """See who is due by the rules on keeping, and note in the journal what a crash has kept out of it."""
    each_org(_look)


def _look() -> None:
    journal.catch_up()
    retention.look()


def scrub_by_night() -> None:
    """What no worker has heard, or could not do while somebody read."""
    with connected():
        scrubbing.scrub()
