"""A person who answers to the return address means the organisation: the answer goes on to it, in its words.

It is written anew, so that it comes from an address that may send it, and answering it reaches the person.
"""

import html

from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import message_key
from portal.delivery import system_mail, transport
from portal.delivery.bounce_reading import reply_of
from portal.delivery.kinds import kind_of
from portal.delivery.mime import Message, UnsafeHeader, build
from portal.delivery.models import REPLIED, Delivery, DeliveryEvent


def forward(row: Delivery, source: bytes) -> None:
    """Send a person's answer on to where the campaign wants its answers."""
    to = kind_of(row.channel).answers_to(row.campaign_id)
    sender, subject, words = reply_of(source)
    before = f"{sender or 'Somebody'} answered a message you sent. Answer this mail to write back."
    text = f"{before}\n\n{words}"
    page = f"<p>{html.escape(before)}</p><pre style='white-space:pre-wrap'>{html.escape(words)}</pre>"
    key = message_key(row.org_id, f"reply:{row.id}:{now().timestamp()}")
    made = Message(
        sender_name="Answers",
        sender=to,
        recipient_name="",
        recipient=to,
        subject=f"Answer: {subject}"[:200],
        text=text,
        html=page,
        message_id=f"<{key}@{transport.domain()}>",
        date=now(),
        reply_to=sender,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    try:
        raw = build(made)
    except UnsafeHeader:
        raw = build(Message(**{**vars(made), "reply_to": ""}))
    with transaction():
        system_mail.send(None, "answer", to, to, raw, subject_id=row.campaign_id)
        DeliveryEvent.create(contact_id=row.contact_id, delivery_id=row.id, campaign_id=row.campaign_id, kind=REPLIED)
