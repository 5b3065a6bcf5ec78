"""Links that lead to a person's own page. A link is never dead; it shows a first name and nothing more."""

from dataclasses import dataclass

from portal.campaigns import senders
from portal.campaigns.letter import Mailbox
from portal.campaigns.models import Campaign
from portal.contacts import queries as contacts
from portal.contacts.models import Contact, Email
from portal.core.actor import current_actor, seeing_everything
from portal.core.keys import address_macs, make_token
from portal.delivery import ledger, own_page, transport
from portal.delivery.models import Delivery
from portal.profile.models import ProfileLink

PURPOSE = own_page.PURPOSE


@dataclass(frozen=True)
class Link:
    """Whose page it is, the address it went to, and the message of a campaign that carried it, if one did."""

    subject: int  # of its token
    contact: Contact
    mac: str
    delivery: Delivery | None = None
    user_id: int | None = None

    @property
    def address(self) -> str:
        """The address, while it still is one of the person's; "" otherwise."""
        return address_of(self.contact.id, self.mac)


def of_link(link_id: int) -> int:
    return 2 * link_id + 1


def read(subject: int) -> Link | None:
    """What a token's subject stands for (own_page.of_delivery, of_link); None when the person was removed."""
    table = ProfileLink if subject % 2 else Delivery
    row = table.get_or_none(table.id == subject // 2)
    contact = Contact.get_or_none(Contact.id == row.contact_id, Contact.erased_at.is_null()) if row else None
    if row is None or contact is None:
        return None
    if isinstance(row, Delivery):
        mac = ledger.mac_of(row)
        return Link(subject, contact, mac, row) if mac and ":" not in mac else None
    return Link(subject, contact, row.mac, None, row.user_id)


def token(org_id: int, subject: int) -> str:
    return make_token(PURPOSE, org_id, subject)


def make(contact: Contact, email: Email, user_id: int | None) -> str:
    """A new link for this address of the contact's; return where it leads. Belongs to the caller's transaction."""
    org_id = current_actor().org_id
    row = ProfileLink.create(contact_id=contact.id, mac=address_macs(org_id, "email", email.normal)[0], user_id=user_id)
    return own_page.url(transport.base_url(), org_id, of_link(row.id))


def address_of(contact_id: int, mac: str) -> str:
    """The address of the contact that has this hash, under whichever key; "" when none has."""
    org_id = current_actor().org_id
    with seeing_everything():
        for email in contacts.parts_of(Email, [contact_id]).get(contact_id, []):
            if mac in address_macs(org_id, "email", email.normal):
                return str(email.address)
    return ""


def sender_of(link: Link) -> Mailbox:
    """Who sent the message that carried the link: told of what its reader changes (R22)."""
    campaign = Campaign.get_or_none(Campaign.id == link.delivery.campaign_id) if link.delivery else None
    return senders.mailbox_of(campaign.sender_id) if campaign else senders.own()
