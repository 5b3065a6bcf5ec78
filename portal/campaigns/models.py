"""Campaigns: what is written, to whom, when, and how far it has got."""

from typing import Any

from peewee import BlobField, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, belongs_to, own_key

DRAFT, SCHEDULED, SENDING, PAUSED, CANCELLED, FINISHED = (
    "draft", "scheduled", "sending", "paused", "cancelled", "finished",
)  # fmt: skip


class SenderIdentity(OrgModel):
    """A name and address that campaigns may be sent from, beside the organisation's own."""

    name = TextField()
    email = TextField()
    reply_to = TextField(default="")
    created_at = UtcField(default=now)

    class Meta:
        table_name = "sender_identity"
        constraints = [own_key()]


SenderIdentity.add_index(SenderIdentity.org, SenderIdentity.email, SenderIdentity.name, unique=True)


class Campaign(OrgModel):
    name = TextField()
    channel = TextField(default="email")
    purpose = TextField(default="direct_marketing")  # the class: the purpose's, unless purpose_reason
    purpose_reason = TextField(default="")
    purpose_id = IntegerField(null=True)  # of the register; none: the organisation's first
    subject = TextField(default="")
    preheader = TextField(default="")
    body = TextField(default="")  # cleaned HTML with merge tokens
    text = TextField(default="")
    sender_id = IntegerField(null=True)  # none: the organisation itself
    groups: Any = JSONField(default=list)
    excluded: Any = JSONField(default=list)
    state = TextField(default=DRAFT)
    scheduled_at = UtcField(null=True)
    started_at = UtcField(null=True)
    ended_at = UtcField(null=True)
    frozen = IntegerField(default=0)
    letter: Any = JSONField(null=True)  # what was approved when sending began: see campaigns.letter
    is_tracked = IntegerField(default=1)  # readings and clicks are noted, where the organisation does so
    is_sensitive = IntegerField(default=0)  # its author says that it may show more than ordinary information
    is_caught = IntegerField(default=0)  # sent while mail went to the catcher only
    trouble = TextField(default="")  # what is in the way just now, in words
    author_id = IntegerField(null=True)
    started_by = IntegerField(null=True)  # the user who let it go, with whose rights it is begun; none: a command
    version = IntegerField(default=1)
    created_at = UtcField(default=now)
    updated_at = UtcField(default=now)

    class Meta:
        constraints = [own_key(), belongs_to("sender_identity", "sender_id")]


Campaign.add_index(Campaign.org, Campaign.state)
Campaign.add_index(Campaign.org, Campaign.created_at)


class Picture(OrgModel):
    """A picture of the organisation's: its logo, or one in a newsletter. Re-encoded when it comes in."""

    campaign_id = IntegerField(null=True)
    name = TextField(default="")
    kind = TextField()  # image/png | image/jpeg | image/gif
    body = BlobField()
    width = IntegerField()
    height = IntegerField()
    created_at = UtcField(default=now)

    class Meta:
        constraints = [belongs_to("campaign", "campaign_id", on_delete="CASCADE"), own_key()]


class Attachment(OrgModel):
    campaign_id = IntegerField()
    name = TextField()
    kind = TextField()
    body = BlobField()
    size = IntegerField()
    created_at = UtcField(default=now)

    class Meta:
        constraints = [belongs_to("campaign", "campaign_id", on_delete="CASCADE"), own_key()]


Attachment.add_index(Attachment.org, Attachment.campaign_id)


class MessageFoot(OrgModel):
    """How an organisation arranged the foot of its messages. One row; where there is none, it is foot_rules.Foot()."""

    order: Any = JSONField()  # keys of foot_rules.LINKS
    left_out: Any = JSONField()  # keys of foot_rules.LINKS and LINES
    closing = TextField(default="")

    class Meta:
        table_name = "message_foot"
        indexes = ((("org",), True),)
