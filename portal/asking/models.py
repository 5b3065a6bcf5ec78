"""Requests for consent, and what people answered to them."""

from typing import Any

from peewee import IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


class ConsentRequest(OrgModel):
    """What a campaign asks for: made once its words are settled, with the very wording that people agree to."""

    campaign_id = IntegerField()
    officer = TextField()  # the designated person who signs
    causes = TextField()  # about what we would write, in plain words
    greeting = TextField(default="")  # a personal sentence
    channels: Any = JSONField(default=list)  # the ways to write that a person may choose: of grounds.CHANNELS
    wording_id = IntegerField()
    created_at = UtcField(default=now)

    class Meta:
        table_name = "consent_request"
        indexes = ((("org", "campaign_id"), True),)
        constraints = [
            belongs_to("campaign", "campaign_id", on_delete="CASCADE"), belongs_to("wording", "wording_id"), own_key(),
        ]  # fmt: skip


class ConsentAnswer(ContactRow):
    """An answer, with what shows that it was the person's own act (POPIA s 69; reg 6). The last one counts."""

    contact_id = IntegerField()
    delivery_id = IntegerField()
    answer = TextField()  # granted | withheld
    channels: Any = JSONField(default=list)
    signed_name = TextField()
    address = TextField(default="")  # the network address
    agent = TextField(default="")  # the program's own name
    wording_id = IntegerField()
    at = UtcField(default=now)

    class Meta:
        table_name = "consent_answer"
        constraints = [
            belongs_to("contact", "contact_id"), belongs_to("delivery", "delivery_id"),
            belongs_to("wording", "wording_id"), own_key(),
        ]  # fmt: skip


ConsentAnswer.add_index(ConsentAnswer.org, ConsentAnswer.contact_id)
ConsentAnswer.add_index(ConsentAnswer.org, ConsentAnswer.delivery_id)
