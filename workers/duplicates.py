"""Looking for duplicates, and merging many of them, in the background."""

from portal.core import queue
from portal.core.actor import current_actor
from portal.duplicates import finding, merging_many
from workers.base import each_org, org_job


@org_job
def find_duplicates(search_id: int) -> None:
    finding.run(search_id)


@org_job
def merge_many(run_id: int) -> None:
    merging_many.run(run_id)


def ring_for_duplicates() -> None:
    """Ring again for what nobody is at work on."""
    each_org(_ring)


def _ring() -> None:
    for search_id in finding.due():
        queue.ring(queue.FIND_DUPLICATES, org_id=current_actor().org_id, search_id=search_id)
    for run_id in merging_many.due():
        queue.ring(queue.MERGE_MANY, org_id=current_actor().org_id, run_id=run_id)
