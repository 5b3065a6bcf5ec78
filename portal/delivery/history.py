"""What became of messages: the lists behind each figure of a campaign, and what a contact was sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from peewee import fn

from portal.consent.rules import WORDS
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.contacts.queries import Filter
from portal.core.actor import current_actor
from portal.core.permissions import DataSet
from portal.delivery.bounce_rules import POLICY, REASONS
from portal.delivery.leaving_rules import WHYS
from portal.delivery.models import (
    ACCEPTED,
    BOUNCED,
    CANCELLED,
    CLAIMED,
    CLICKED,
    COMPLAINED,
    DEFERRED,
    HANDED,
    REFUSED,
    REPLIED,
    SEEN,
    SUPPRESSED,
    UNKNOWN,
    UNSUBSCRIBED,
    WAITING,
    Delivery,
    DeliveryEvent,
)

PAGE = 50
PENDING, DELIVERED, BACK, HELD_BY_RULES, READ = "pending", "delivered", "undeliverable", "policy", "read"
STATES: dict[str, tuple[str, str]] = {
    ACCEPTED: ("sent", "good"), REFUSED: ("refused", "bad"), DEFERRED: ("to be tried again", "warn"),
    UNKNOWN: ("not certain", "warn"), SUPPRESSED: ("not sent to", ""), CANCELLED: ("cancelled", ""),
    PENDING: ("still to go", "info"), DELIVERED: ("delivered so far", "good"), BACK: ("undeliverable", "bad"),
    HELD_BY_RULES: ("refused by a mail server's rules", "warn"), READ: ("read", "good"), CLICKED: ("clicked", "good"),
    UNSUBSCRIBED: ("unsubscribed", "warn"), COMPLAINED: ("called it spam", "bad"), REPLIED: ("answered", "info"),
}  # fmt: skip
# Which events tell it; who follows a link has read the message, though his program loads no pictures.
_KINDS: dict[str, tuple[str, ...]] = {
    READ: (SEEN, CLICKED), CLICKED: (CLICKED,), UNSUBSCRIBED: (UNSUBSCRIBED,), COMPLAINED: (COMPLAINED,),
    REPLIED: (REPLIED,),
}  # fmt: skip
_BEFORE_THE_END = (WAITING, CLAIMED, HANDED)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a campaign: of a state (or pending, unsubscribed), of a reason, of people found by words."""

    campaign_id: int
    state: str = ""
    reason: str = ""
    text: str = ""
    domain: str = ""  # of the mail address
    link_id: int = 0  # those who followed this link


@dataclass(frozen=True)
class Line:
    """One person's row: what became of the message, with the server's own words. `address` is "" where hidden."""

    delivery: Delivery
    name: str
    address: str
    state: str
    words: str
    tone: str
    why: str  # in words for people
    said: str  # the mail server's own


def matching(wanted: Wanted) -> Any:
    query = Delivery.select().where(Delivery.campaign_id == wanted.campaign_id)
    if wanted.state == PENDING:
        query = query.where(Delivery.state.in_(_BEFORE_THE_END))
    elif wanted.state == DELIVERED:
        query = query.where(Delivery.state == ACCEPTED, Delivery.bounce == "")
    elif wanted.state == BACK:
        query = query.where((Delivery.state == REFUSED) | (Delivery.bounce != ""))
    elif wanted.state == HELD_BY_RULES:
        query = query.where(Delivery.bounce == POLICY)
    elif wanted.state == UNKNOWN:
        query = query.where(Delivery.state == UNKNOWN, Delivery.bounce == "")
    elif wanted.state in _KINDS or wanted.link_id:
        query = query.where(Delivery.id.in_(_told(wanted)))
    elif wanted.state:
        query = query.where(Delivery.state == wanted.state)
    if wanted.reason:
        query = query.where(Delivery.reason == wanted.reason)
    if wanted.domain and current_actor().sees(DataSet.EMAIL):
        query = query.where(fn.LOWER(Delivery.address).endswith(f"@{wanted.domain}"))
    if wanted.text:
        people = contacts.matching(Filter(wanted.text, with_archived=True))
        query = query.where(Delivery.contact_id.in_(people.select(Contact.id)))
    return query


def _told(wanted: Wanted) -> Any:
    """The messages of which a person, not a machine, told something later; of one link, if one is wanted."""
    told = DeliveryEvent.select(DeliveryEvent.delivery_id).where(
        DeliveryEvent.campaign_id == wanted.campaign_id,
        DeliveryEvent.kind.in_(_KINDS[wanted.state or CLICKED]),
        DeliveryEvent.is_machine == 0,
    )
    return told.where(DeliveryEvent.link_id == wanted.link_id) if wanted.link_id else told


def count(wanted: Wanted) -> int:
    return int(matching(wanted).count())


def page(wanted: Wanted, number: int, size: int = PAGE) -> list[Line]:
    """One page of the list: three queries however long it is, and one for what who unsubscribed said of it."""
    return _told_why(wanted, lines(list(matching(wanted).order_by(Delivery.id).paginate(number, size))))


def every(wanted: Wanted) -> Iterator[Line]:
    """All of them, a few hundred at a time."""
    last = 0
    while some := list(matching(wanted).where(Delivery.id > last).order_by(Delivery.id).limit(500)):
        yield from _told_why(wanted, lines(some))
        last = some[-1].id


def _told_why(wanted: Wanted, found: list[Line]) -> list[Line]:
    """Among those who unsubscribed, why, where they said so."""
    if wanted.state != UNSUBSCRIBED:
        return found
    ids = [line.delivery.id for line in found]
    told = DeliveryEvent.select(DeliveryEvent.delivery_id, DeliveryEvent.detail).where(
        DeliveryEvent.delivery_id.in_(ids), DeliveryEvent.kind == UNSUBSCRIBED
    )
    whys = {delivery_id: WHYS.get((detail or {}).get("why", "")) for delivery_id, detail in told.tuples()}
    return [replace(line, why=why.read) if (why := whys.get(line.delivery.id)) else line for line in found]


def lines(rows: Sequence[Delivery]) -> list[Line]:
    people = {c.id: c for c in Contact.select().where(Contact.id.in_([row.contact_id for row in rows]))}
    refusals = _refusals([row.id for row in rows if row.bounce])
    sees_email = current_actor().sees(DataSet.EMAIL)
    found = []
    for row in rows:
        state = PENDING if row.state in _BEFORE_THE_END else row.state
        refusal = refusals.get(row.id)
        words, tone = STATES[BACK if refusal and state != REFUSED else state]
        contact = people.get(row.contact_id)
        name = contacts.list_name_of(contact) if contact else "Removed contact"
        said = refusal["words"] if refusal else row.reply
        why = WORDS.get(row.reason, row.reason)
        if refusal and refusal["reason"] in REASONS:
            why = f"{REASONS[refusal['reason']].words}."
        # The server's words often name the address.
        found.append(
            Line(row, name, row.address if sees_email else "", state, words, tone, why, said if sees_email else "")
        )
    return found


def _refusals(delivery_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What was said when these messages were refused: the last word of each."""
    told = DeliveryEvent.select(DeliveryEvent.delivery_id, DeliveryEvent.detail).where(
        DeliveryEvent.delivery_id.in_(list(delivery_ids)), DeliveryEvent.kind == BOUNCED
    )
    blank = {"reason": "", "words": ""}
    return {
        delivery_id: {**blank, **(detail or {})} for delivery_id, detail in told.order_by(DeliveryEvent.id).tuples()
    }


def last_of_contact(contact_id: int, limit: int) -> list[Delivery]:
    """What a contact was sent, the newest first; what the gate held back is among it, with its reason."""
    query = Delivery.select().where(Delivery.contact_id == contact_id)
    return list(query.order_by(Delivery.id.desc()).limit(limit))
