"""One message to who has unsubscribed by a page: it says so, and how to take it back. Whoever reads a message that was
passed on may press that page, and its owner must learn of it (DM-10, G03; decision 037).
"""

from portal.consent.rules import PurposeClass
from portal.contacts import queries
from portal.contacts.emails import normalise_email
from portal.contacts.models import Contact
from portal.core.clock import now
from portal.core.keys import make_token
from portal.delivery import leaving, own_page, transport
from portal.delivery.models import UNSUBSCRIBED, Delivery, DeliveryEvent
from portal.profile import gate, mails
from portal.profile.links import Link
from portal.profile.rules import DAY, MOST_CONFIRMED


def confirm(row: Delivery) -> None:
    """For who unsubscribed by this message. Belongs to the caller's transaction, after the event was written."""
    mine = (DeliveryEvent.contact_id == row.contact_id) & (DeliveryEvent.kind == UNSUBSCRIBED)
    if DeliveryEvent.select().where(mine, DeliveryEvent.at > now() - DAY).count() <= MOST_CONFIRMED:
        url = f"{transport.base_url()}/u/{make_token('u', row.org_id, row.id)}"
        _write(Contact.get_or_none(Contact.id == row.contact_id), row.address, url)


def confirm_to(link: Link) -> None:
    """For who unsubscribed on his own page, and was never sent a newsletter."""
    _write(link.contact, link.address, own_page.url(transport.base_url(), link.contact.org_id, link.subject))


def _write(contact: Contact | None, address: str, url: str) -> None:
    if contact is None or contact.erased_at is not None or not address:
        return
    if not gate.refusal(contact, normalise_email(address).normal, PurposeClass.TRANSACTIONAL):
        mails.confirm_leaving(address, url, queries.language_of(contact.id))


def register() -> None:
    leaving.register_confirmation(confirm)
