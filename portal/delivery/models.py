"""The ledger of messages: one row for each campaign and address, and what came of it.

The row is the truth about a message; the queue only says "look". `address` is emptied when the contact is erased,
`mac` stays: it is what nobody is written to twice by.
"""

from typing import Any

from peewee import BigIntegerField, IntegerField, JSONField, TextField

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
    message_id = TextField(default="")
    worker = TextField(default="")
    token = TextField(default="")
    lease = UtcField(null=True)
    due = UtcField(null=True)
    attempts = IntegerField(default=0)
    handed_at = UtcField(null=True)
    ended_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "campaign_id", "mac"), True),)
        constraints = [belongs_to("contact", "contact_id"), belongs_to("campaign", "campaign_id"), own_key()]


Delivery.add_index(Delivery.org, Delivery.campaign_id, Delivery.state, Delivery.id)
Delivery.add_index(Delivery.org, Delivery.contact_id)
Delivery.add_index(Delivery.org, Delivery.mac, Delivery.state)
Delivery.add_index(Delivery.state, Delivery.lease)


class DeliveryEvent(ContactRow):
    """What came back later: an unsubscribing, later a bounce, a reading, a click. Changes no state of the row."""

    contact_id = IntegerField()
    delivery_id = IntegerField()
    campaign_id = IntegerField()
    kind = TextField()
    detail: Any = JSONField(default=dict)
    at = UtcField(default=now)

    class Meta:
        table_name = "delivery_event"
        constraints = [belongs_to("contact", "contact_id"), belongs_to("delivery", "delivery_id"), own_key()]


DeliveryEvent.add_index(DeliveryEvent.org, DeliveryEvent.campaign_id, DeliveryEvent.kind)
DeliveryEvent.add_index(DeliveryEvent.org, DeliveryEvent.delivery_id)


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


class RateWindow(BaseModel):
    """How many messages left in a window of the provider's limit: shared by all workers, surviving restarts."""

    window = BigIntegerField(unique=True)
    used = IntegerField(default=0)

    class Meta:
        table_name = "rate_window"
