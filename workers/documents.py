"""Documents in the background."""

from portal.core import queue
from portal.core.actor import current_actor
from portal.documents import keeping, service
from workers.base import each_org, log, org_job


@org_job
def scan_document(document_id: int) -> None:
    service.scan(document_id)


def ring_for_documents() -> None:
    """Ring for what the scanner has yet to look at, once it can."""
    if not keeping.has_scanner():
        return
    if trouble := keeping.scanner_trouble():
        log.warning("%s", trouble)
        return
    each_org(_ring)


def _ring() -> None:
    for document_id in service.waiting():
        queue.ring(queue.SCAN_DOCUMENT, org_id=current_actor().org_id, document_id=document_id)
