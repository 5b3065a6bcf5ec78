"""Messages in the background."""

from portal.campaigns import sending
from portal.core import queue
from portal.core.actor import current_actor
from portal.core.db import connected
from portal.delivery import ledger, system_mail
from portal.delivery.models import PortalMail
from workers.base import each_org, org_job, portal_job


@org_job
def send_mail(mail_id: int) -> None:
    system_mail.deliver(mail_id)


@portal_job
def send_portal_mail(mail_id: int) -> None:
    system_mail.deliver(mail_id, PortalMail)


@org_job
def send_campaign(campaign_id: int) -> None:
    """A turn at a campaign; rings for the next turn itself while something is due and nothing is in the way."""
    outcome = sending.work(campaign_id)
    if ledger.has_due(campaign_id) and not outcome.trouble and not outcome.is_limited:
        queue.ring(queue.SEND_CAMPAIGN, org_id=current_actor().org_id, campaign_id=campaign_id)


def ring_for_campaigns() -> None:
    """Ring again for campaigns that can go on: after a crash, a pause of the server, or at their time."""
    each_org(_ring_for_campaigns)


def _ring_for_campaigns() -> None:
    for campaign_id in sending.sweep():
        for _ in range(2):  # two workers may share a campaign
            queue.ring(queue.SEND_CAMPAIGN, org_id=current_actor().org_id, campaign_id=campaign_id)


def ring_for_mail() -> None:
    """Ring again for messages nobody is at work on."""
    each_org(_ring)
    with connected():
        for mail_id in system_mail.due(PortalMail):
            queue.ring(queue.SEND_PORTAL_MAIL, mail_id=mail_id)


def _ring() -> None:
    for mail_id in system_mail.due():
        queue.ring(queue.SEND_MAIL, org_id=current_actor().org_id, mail_id=mail_id)
