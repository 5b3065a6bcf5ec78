"""What became of messages: the lists behind each figure of a campaign, and what a contact was sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.consent.rules import WORDS
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.contacts.queries import Filter
from portal.core.actor import current_actor
from portal.core.permissions import DataSet
from portal.delivery.models import (
    ACCEPTED,
    CANCELLED,
    CLAIMED,
    DEFERRED,
    HANDED,
    REFUSED,
    SUPPRESSED,
    UNKNOWN,
    WAITING,
    Delivery,
    DeliveryEvent,
)

PAGE = 50
PENDING, UNSUBSCRIBED = "pending", "unsubscribed"
STATES: dict[str, tuple[str, str]] = {
    ACCEPTED: ("sent", "good"), REFUSED: ("refused", "bad"), DEFERRED: ("to be tried again", "warn"),
    UNKNOWN: ("not certain", "warn"), SUPPRESSED: ("not sent to", ""), CANCELLED: ("cancelled", ""),
    PENDING: ("still to go", "info"), UNSUBSCRIBED: ("unsubscribed", "warn"),
}  # fmt: skip
_BEFORE_THE_END = (WAITING, CLAIMED, HANDED)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a campaign: of a state (or pending, unsubscribed), of a reason, of people found by words."""

    campaign_id: int
    state: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class Line:
    """One person's row: what became of the message, with the server's own words. `address` is "" where hidden."""

    delivery: Delivery
    name: str
    address: str
    state: str
    words: str
    tone: str
    why: str


def matching(wanted: Wanted) -> Any:
    query = Delivery.select().where(Delivery.campaign_id == wanted.campaign_id)
    if wanted.state == PENDING:
        query = query.where(Delivery.state.in_(_BEFORE_THE_END))
    elif wanted.state == UNSUBSCRIBED:
        left = DeliveryEvent.select(DeliveryEvent.delivery_id).where(
            DeliveryEvent.campaign_id == wanted.campaign_id, DeliveryEvent.kind == UNSUBSCRIBED
        )
        query = query.where(Delivery.id.in_(left))
    elif wanted.state:
        query = query.where(Delivery.state == wanted.state)
    if wanted.reason:
        query = query.where(Delivery.reason == wanted.reason)
    if wanted.text:
        query = query.where(Delivery.contact_id.in_(contacts.matching(Filter(text=wanted.text)).select(Contact.id)))
    return query


def count(wanted: Wanted) -> int:
    return int(matching(wanted).count())


def page(wanted: Wanted, number: int, size: int = PAGE) -> list[Line]:
    """One page of the list: three queries however long it is."""
    return lines(list(matching(wanted).order_by(Delivery.id).paginate(number, size)))


def every(wanted: Wanted) -> Iterator[Line]:
    """All of them, a few hundred at a time."""
    last = 0
    while some := list(matching(wanted).where(Delivery.id > last).order_by(Delivery.id).limit(500)):
        yield from lines(some)
        last = some[-1].id


def lines(rows: Sequence[Delivery]) -> list[Line]:
    people = {c.id: c for c in Contact.select().where(Contact.id.in_([row.contact_id for row in rows]))}
    sees_email = current_actor().sees(DataSet.EMAIL)
    found = []
    for row in rows:
        state = PENDING if row.state in _BEFORE_THE_END else row.state
        words, tone = STATES[state]
        contact = people.get(row.contact_id)
        name = contacts.list_name_of(contact) if contact else "Removed contact"
        reply = row.reply if sees_email else ""  # the server's words often name the address
        why = WORDS.get(row.reason, row.reason) if row.reason else reply
        found.append(Line(row, name, row.address if sees_email else "", state, words, tone, why))
    return found


def unsubscribed(campaign_id: int) -> int:
    """How many people left because of this campaign."""
    return count(Wanted(campaign_id, UNSUBSCRIBED))


def last_of_contact(contact_id: int, limit: int) -> list[Delivery]:
    """What a contact was sent, the newest first; what the gate held back is among it, with its reason."""
    query = Delivery.select().where(Delivery.contact_id == contact_id)
    return list(query.order_by(Delivery.id.desc()).limit(limit))
