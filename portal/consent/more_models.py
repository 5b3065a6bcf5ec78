"""Who was asked whether he may be written to: once, ever."""

from peewee import SQL, IntegerField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, own_key


class Approach(OrgModel):
    """An address that was asked for consent (POPIA s 69(2)). Kept under its keyed hash, so that deleting, merging or
    erasing a contact, and bringing him in again, do not let anybody ask a second time.
    """

    channel = TextField()  # email
    mac = TextField()
    key_version = TextField()
    outcome = TextField(default="no_answer")  # no_answer | granted | withheld | not_delivered
    campaign_id = IntegerField(null=True)
    delivery_id = IntegerField(null=True)
    asked_at = UtcField(default=now)
    answered_at = UtcField(null=True)

    class Meta:
        indexes = ((("org", "channel", "mac"), True),)
        constraints = [own_key()]


Approach.add_index(
    Approach.index(Approach.org, Approach.delivery_id, where=SQL("delivery_id IS NOT NULL"), name="approach_delivery")
)
Approach.add_index(Approach.org, Approach.campaign_id, Approach.outcome)
