"""What became of the sample's newsletters afterwards: some came back, people read, followed links, complained."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import chunked

from portal.contacts import record
from portal.contacts.emails import normalise_email
from portal.core.clock import now
from portal.delivery.bounce_rules import HARD, REASONS, kind_of
from portal.delivery.models import BOUNCED, CLICKED, SEEN, Delivery, DeliveryEvent, Link

# What mail servers said, and how they are understood.
SAID = (
    ("no_mailbox", "5.1.1", "550 5.1.1 The email account that you tried to reach does not exist"),
    ("closed", "5.2.1", "550 5.2.1 This mailbox has been closed"),
    ("full", "5.2.2", "552 5.2.2 The mailbox is full"),
    ("no_mailbox", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied"),
    ("no_domain", "5.4.4", "Host or domain name not found"),
    ("policy", "5.7.1", "550 5.7.1 Message refused by local policy"),
)
FIRST_READ = timedelta(minutes=4)


def fill(campaign_id: int, at: datetime, refused: Sequence[int], rest: Sequence[int]) -> None:
    """Let some of the messages come back, be read and be followed. `refused` were refused at hand-over."""
    came_back = list(rest[1::70])
    for number, delivery_id in enumerate([*refused, *came_back]):
        _refuse(delivery_id, SAID[number % len(SAID)], at + timedelta(minutes=7 * number))
    back = set(came_back)
    whose = {
        row.id: row.contact_id
        for few in chunked(rest, 400)
        for row in Delivery.select(Delivery.id, Delivery.contact_id).where(Delivery.id.in_(list(few)))
    }
    links = [link.id for link in Link.select().where(Link.campaign_id == campaign_id).order_by(Link.place)]
    events: list[dict[str, Any]] = []
    for place, delivery_id in enumerate(rest):
        if delivery_id in back or place % 9 > 4:
            continue
        # Most read in the first evening, the others over the next two days.
        read = at + FIRST_READ + timedelta(minutes=(place * 37) % 600 if place % 3 else (place * 101) % 2_700)
        row = {"contact_id": whose[delivery_id], "delivery_id": delivery_id, "campaign_id": campaign_id}
        is_machine = int(place % 41 == 0)
        events.append({**row, "kind": SEEN, "at": read, "is_machine": is_machine, "link_id": None})
        if links and place % 5 == 0 and not is_machine:
            link = links[0] if place % 3 else links[-1]
            clicked = read + timedelta(minutes=1)
            events.append({**row, "kind": CLICKED, "at": clicked, "is_machine": 0, "link_id": link})
    for few in chunked([event for event in events if event["at"] <= now()], 400):
        DeliveryEvent.insert_many(few).execute()


def _refuse(delivery_id: int, said: tuple[str, str, str], at: datetime) -> None:
    reason, status, words = said
    row = Delivery.get_by_id(delivery_id)
    kind = kind_of(reason)
    Delivery.update(bounce=kind).where(Delivery.id == delivery_id).execute()
    DeliveryEvent.create(
        contact_id=row.contact_id, delivery_id=row.id, campaign_id=row.campaign_id, kind=BOUNCED, at=at,
        detail={"kind": kind, "reason": reason, "status": status, "words": words},
    )  # fmt: skip
    if kind == HARD:
        normal = normalise_email(row.address).normal
        record.mark_email(normal, "undeliverable", f"{REASONS[reason].words}.", words=words, delivery_id=row.id)
