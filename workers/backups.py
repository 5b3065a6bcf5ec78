"""Backups in the background: made when they are due; the journal of erasures copied beside them."""

from portal.backups import service
from portal.core.db import connected
from workers.base import portal_job


@portal_job
def make_backup() -> None:
    service.make_when_due()


def ring_for_backup() -> None:
    with connected():
        service.ring_when_due()


def ring_for_journal() -> None:
    with connected():
        service.ring_for_journal()


@portal_job
def copy_journal() -> None:
    service.copy_journal()
