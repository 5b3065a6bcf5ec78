"""The ledger of messages: one row for each campaign and address, and what came of it.

The row is the truth about a message; the queue only says "look". `address` is emptied when the contact is erased,
`mac` stays: it is what nobody is written to twice by.
"""

from typing import Any

from peewee import SQL, BigIntegerField, BlobField, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import BaseModel, UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key

WAITING, CLAIMED, HANDED, DEFERRED = "waiting", "claimed", "handed", "deferred"
ACCEPTED, REFUSED, UNKNOWN, SUPPRESSED, CANCELLED = "accepted", "refused", "unknown", "suppressed", "cancelled"
FINAL = (ACCEPTED, REFUSED, UNKNOWN, SUPPRESSED, CANCELLED)


class Delivery(ContactRow):
    """One message to one address. See architecture for the states and who may change them."""

    contact_id = IntegerField()
    campaign_id = IntegerField()
    channel = TextField(default="email")
    mac = TextField()  # keyed hash of the normalised address; "none:<contact>" for a contact without one
    address = TextField(default="")
    state = TextField(default=WAITING)
    reason = TextField(default="")  # why suppressed
    reply = TextField(default="")  # the server's own words
    bounce = TextField(default="")  # "" | hard | soft | policy: what was refused, at once or later by a mail
    message_id = TextField(default="")
    worker = TextField(default="")
    token = TextField(default="")
    lease = UtcField(null=True)
    due = UtcField(null=True)
    attempts = IntegerField(default=0)
    handed_at = UtcField(null=True)
    ended_at = UtcField(null=True)
    created_at = UtcField(default=now)
    seal_id = IntegerField(null=True)  # the batch it was sealed into the log with, once it was final

    class Meta:
        indexes = ((("org", "campaign_id", "mac"), True),)
        constraints = [belongs_to("contact", "contact_id"), belongs_to("campaign", "campaign_id"), own_key()]


Delivery.add_index(Delivery.org, Delivery.campaign_id, Delivery.state, Delivery.id)
Delivery.add_index(Delivery.org, Delivery.contact_id, Delivery.handed_at)
Delivery.add_index(Delivery.org, Delivery.mac, Delivery.state)
Delivery.add_index(Delivery.org, Delivery.message_id)
Delivery.add_index(Delivery.state, Delivery.lease)


# The few that were refused; the words must be those of portal.delivery.figures.
Delivery.add_index(
    Delivery.index(
        Delivery.org, Delivery.campaign_id, Delivery.bounce, where=SQL("bounce <> ''"), name="delivery_bounced"
    )
)

# What is not sealed yet: for the sealer, and small once a campaign is over.
Delivery.add_index(
    Delivery.index(
        Delivery.org, Delivery.campaign_id, Delivery.state, Delivery.id,
        where=SQL("seal_id IS NULL"), name="delivery_unsealed",
    )
)  # fmt: skip
Delivery.add_index(
    Delivery.index(Delivery.org, Delivery.seal_id, where=SQL("seal_id IS NOT NULL"), name="delivery_sealed")
)


class DeliverySeal(OrgModel):
    """A batch of final deliveries, digested: `leaves` names each row with its digest, and the root of their tree stands
    in an entry of the log. Nothing in it is a person's: the digests are of keyed hashes.
    """

    campaign_id = IntegerField()
    count = IntegerField()
    root = TextField()
    leaves: Any = BlobField()  # see portal.delivery.seal_rules
    created_at = UtcField(default=now)

    class Meta:
        table_name = "delivery_seal"
        constraints = [belongs_to("campaign", "campaign_id"), own_key()]


DeliverySeal.add_index(DeliverySeal.org, DeliverySeal.campaign_id)

# Kinds of events. Those of people beside those of machines are told apart by `is_machine`.
UNSUBSCRIBED, RESUBSCRIBED, BOUNCED, DELAYED = "unsubscribed", "resubscribed", "bounced", "delayed"
COMPLAINED, REPLIED, SEEN, CLICKED = "complained", "replied", "seen", "clicked"


class DeliveryEvent(ContactRow):
    """What came back later: a bounce, a complaint, a reading, a click. Changes no state of the row."""

    contact_id = IntegerField()
    delivery_id = IntegerField()
    campaign_id = IntegerField()
    kind = TextField()
    detail: Any = JSONField(default=dict)
    link_id = IntegerField(null=True)
    is_machine = IntegerField(default=0)
    source = TextField(default="")  # network address of a reading or click; emptied after 90 days
    agent = TextField(default="")  # the program's own name; emptied with it
    at = UtcField(default=now)

    class Meta:
        table_name = "delivery_event"
        constraints = [
            belongs_to("contact", "contact_id"),
            belongs_to("delivery", "delivery_id"),
            belongs_to("campaign_link", "link_id"),
            own_key(),
        ]


DeliveryEvent.add_index(
    DeliveryEvent.org,
    DeliveryEvent.campaign_id,
    DeliveryEvent.kind,
    DeliveryEvent.is_machine,
    DeliveryEvent.delivery_id,
    DeliveryEvent.at,
)
DeliveryEvent.add_index(DeliveryEvent.org, DeliveryEvent.delivery_id)
DeliveryEvent.add_index(DeliveryEvent.org, DeliveryEvent.contact_id, DeliveryEvent.at)
DeliveryEvent.add_index(DeliveryEvent.org, DeliveryEvent.kind, DeliveryEvent.at)
DeliveryEvent.add_index(
    DeliveryEvent.index(DeliveryEvent.org, DeliveryEvent.at, where=SQL("source <> ''"), name="delivery_event_traced")
)


class Link(OrgModel):
    """A link of a campaign, as it was approved. Followed by its place alone: no address comes from a request."""

    campaign_id = IntegerField()
    place = IntegerField()
    url = TextField()
    words = TextField(default="")

    class Meta:
        table_name = "campaign_link"
        indexes = ((("org", "campaign_id", "place"), True),)
        constraints = [belongs_to("campaign", "campaign_id"), own_key()]


class ReturnedMail(BaseModel):
    """A message that came to the return address: waiting to be read, or kept because nobody could be found to whom it
    belongs. Belongs to the installation, for whose it is shows only when it is read.
    """

    road = TextField()  # lmtp | imap | command
    recipient = TextField(default="")
    state = TextField(default=WAITING)  # waiting | reading | kept
    why = TextField(default="")  # why it was kept
    kind = TextField(default="")
    source: Any = BlobField()
    lease = UtcField(null=True)
    at = UtcField(default=now)

    class Meta:
        table_name = "returned_mail"


ReturnedMail.add_index(ReturnedMail.state, ReturnedMail.id)


class SystemMail(OrgModel):
    """A message to a user, such as a test of a campaign. Same states, same order of hand-over, kept 30 days."""

    user_id = IntegerField(null=True)
    kind = TextField()
    subject_id = IntegerField(null=True)
    recipient = TextField()
    sender = TextField(default="")
    token = TextField(default="")
    state = TextField(default=WAITING)
    reply = TextField(default="")
    message: Any = TextField(default="")  # the finished message, until it is handed over
    lease = UtcField(null=True)
    attempts = IntegerField(default=0)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "system_mail"


SystemMail.add_index(SystemMail.org, SystemMail.state)


class PortalMail(BaseModel):
    """A message of the installation itself to a user or to support, such as the link for a new device: it is written
    before anybody works for an organisation. Same states as SystemMail, kept 30 days.
    """

    user_id = IntegerField(null=True)
    kind = TextField()
    recipient = TextField()
    sender = TextField(default="")
    token = TextField(default="")
    state = TextField(default=WAITING)
    reply = TextField(default="")
    message: Any = TextField(default="")  # emptied once it is handed over: it may hold a link that lets in
    good_until = UtcField(null=True)  # after this nobody is helped by it, and it is not sent any more
    lease = UtcField(null=True)
    attempts = IntegerField(default=0)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "portal_mail"


PortalMail.add_index(PortalMail.state)


class RateWindow(BaseModel):
    """How many messages left in a window of the provider's limit: shared by all workers, surviving restarts."""

    window = BigIntegerField(unique=True)
    used = IntegerField(default=0)

    class Meta:
        table_name = "rate_window"
