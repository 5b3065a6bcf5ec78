"""Messages in the background."""

from portal.core import queue
from portal.core.actor import current_actor
from portal.delivery import system_mail
from workers.base import each_org, org_job


@org_job
def send_mail(mail_id: int) -> None:
    system_mail.deliver(mail_id)


def ring_for_mail() -> None:
    """Ring again for messages nobody is at work on."""
    each_org(_ring)


def _ring() -> None:
    for mail_id in system_mail.due():
        queue.ring(queue.SEND_MAIL, org_id=current_actor().org_id, mail_id=mail_id)
