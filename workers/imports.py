"""Imports in the background."""

from portal.core import queue
from portal.core.actor import current_actor
from portal.imports import running, service, undoing
from workers.base import each_org, org_job


@org_job
def run_import(import_id: int) -> None:
    running.run(import_id)


@org_job
def undo_import(import_id: int) -> None:
    undoing.run(import_id)


def ring_for_imports() -> None:
    """Ring again for imports, and for undoing them, where nobody is at work."""
    each_org(_ring)


def _ring() -> None:
    for import_id in service.due():
        queue.ring(queue.RUN_IMPORT, org_id=current_actor().org_id, import_id=import_id)
    for import_id in undoing.due():
        queue.ring(queue.UNDO_IMPORT, org_id=current_actor().org_id, import_id=import_id)
