"""The log in the background: deliveries sealed into it, its head noted and mailed, its whole chain checked."""

from portal.activity import check_service
from portal.core import queue
from portal.core.actor import current_actor
from portal.core.db import connected
from portal.delivery import seals
from portal.privacy import anchoring
from portal.signin import refusals
from workers.base import each_org, org_job


@org_job
def seal_deliveries(campaign_id: int) -> None:
    seals.seal(campaign_id)


@org_job
def check_log(check_id: int) -> None:
    check_service.run(check_id)


@org_job
def anchor_log() -> None:
    anchoring.tell()


def ring_for_seals() -> None:
    """Ring for campaigns whose final deliveries are not sealed yet."""
    each_org(_ring_for_seals)


def _ring_for_seals() -> None:
    for campaign_id in seals.due():
        queue.ring(queue.SEAL_DELIVERIES, org_id=current_actor().org_id, campaign_id=campaign_id)


def ring_for_checks() -> None:
    """Ring again for checks nobody is at work on."""
    each_org(_ring_for_checks)


def _ring_for_checks() -> None:
    for check_id in check_service.due():
        queue.ring(queue.CHECK_LOG, org_id=current_actor().org_id, check_id=check_id)


def tell_of_refusals() -> None:
    """Write refused sign-ins into the records of the organisations they concern."""
    with connected():
        refusals.tell()


def anchor() -> None:
    """Note each organisation's last entry outside the database, and mail it once a day. A worker does it, because what
    was written since the last mark is checked first, and sending must not wait for that; without Redis it is done here.
    """
    each_org(_anchor)


def _anchor() -> None:
    if not queue.ring(queue.ANCHOR_LOG, org_id=current_actor().org_id):
        anchoring.tell()
