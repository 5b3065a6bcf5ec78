"""What came back, in the background."""

from portal.core import queue
from portal.core.db import connected
from portal.delivery import bouncing, transport
from portal.gateways import imap
from workers.base import log, portal_job


@portal_job
def read_returned(mail_id: int) -> None:
    """Read one returned message."""
    bouncing.read_one(mail_id)


@portal_job
def fetch_returned() -> None:
    """Take what lies in the mailbox of the return address."""
    mailbox = transport.mailbox()
    if mailbox is None:
        return
    try:
        imap.fetch(mailbox, lambda source: bouncing.take_in(source, "", "imap"))
    except imap.NoMailbox as error:
        log.warning("%s", error)
    ring_for_returned()


def ring_for_returned() -> None:
    """Ring for what is to be read."""
    with connected():
        for mail_id in bouncing.waiting():
            queue.ring(queue.READ_RETURNED, mail_id=mail_id)


def ring_for_mailbox() -> None:
    """Ring for a look into the mailbox, if there is one."""
    if transport.mailbox() is not None:
        queue.ring(queue.FETCH_RETURNED)
