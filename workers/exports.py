"""Exports in the background."""

from portal.core import queue
from portal.core.actor import current_actor
from portal.exports import running, service
from workers.base import each_org, org_job


@org_job
def run_export(export_id: int) -> None:
    running.run(export_id)


def ring_for_exports() -> None:
    """Ring again for exports where nobody is at work."""
    each_org(_ring)


def _ring() -> None:
    for export_id in service.due():
        queue.ring(queue.RUN_EXPORT, org_id=current_actor().org_id, export_id=export_id)
