"""What a campaign's figures are: those that add up to everybody, and beside them what people did with the message."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import SQL, fn

from portal.core.db import domain_of, hour_of
from portal.delivery.bounce_rules import REASONS
from portal.delivery.history import BACK, Wanted, matching
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
    Link,
)

HOURS = 48
MOST_DOMAINS = 10


@dataclass(frozen=True)
class Figures:
    """Everybody a campaign was for, each counted once.

    sent = delivered + undeliverable + unknown; frozen = sent + deferred + pending + suppressed + cancelled.
    """

    delivered: int  # the mail server took it, and nothing came back so far
    undeliverable: int  # refused at once, or came back later
    unknown: int
    deferred: int
    pending: int
    suppressed: int
    cancelled: int

    @property
    def sent(self) -> int:
        return self.delivered + self.undeliverable + self.unknown

    @property
    def left(self) -> int:
        return self.deferred + self.pending

    @property
    def frozen(self) -> int:
        return self.sent + self.left + self.suppressed + self.cancelled


@dataclass(frozen=True)
class Doings:
    """What people did, as far as can be known; machines are counted apart."""

    read: int
    clicked: int
    unsubscribed: int
    complained: int
    replied: int
    machines: int  # messages that only a machine opened or followed


@dataclass(frozen=True)
class Followed:
    link: Link
    people: int


@dataclass(frozen=True)
class MailDomain:
    """The part after @ of some recipients: how many were sent to, how many refused, and why mostly."""

    name: str
    sent: int
    refused: int
    why: str


@dataclass(frozen=True)
class Hour:
    begins: datetime  # UTC
    read: int
    clicked: int


def of_campaign(campaign_id: int) -> Figures:
    mine = Delivery.select(Delivery.state, fn.COUNT(Delivery.id)).where(Delivery.campaign_id == campaign_id)
    counts = Counter(dict(mine.group_by(Delivery.state).tuples()))
    # The few that came back have an index of their own; taken out of the state that the hand-over gave them.
    back = Counter(dict(mine.where(SQL("bounce <> ''")).group_by(Delivery.state).tuples()))
    counts.subtract(back)
    return Figures(
        delivered=counts[ACCEPTED],
        undeliverable=back.total() + counts[REFUSED],
        unknown=counts[UNKNOWN],
        deferred=counts[DEFERRED],
        pending=counts[WAITING] + counts[CLAIMED] + counts[HANDED],
        suppressed=counts[SUPPRESSED],
        cancelled=counts[CANCELLED],
    )


def doings(campaign_id: int) -> Doings:
    mine = DeliveryEvent.campaign_id == campaign_id
    people = fn.COUNT(DeliveryEvent.delivery_id.distinct())
    kinds = DeliveryEvent.select(DeliveryEvent.kind, people).where(mine, DeliveryEvent.is_machine == 0)
    told = dict(kinds.group_by(DeliveryEvent.kind).tuples())
    seen = DeliveryEvent.kind.in_((SEEN, CLICKED))
    read = DeliveryEvent.select(people).where(mine, seen, DeliveryEvent.is_machine == 0).scalar()
    anybody = DeliveryEvent.select(people).where(mine, seen).scalar()
    return Doings(
        read=read,
        clicked=told.get(CLICKED, 0),
        unsubscribed=told.get(UNSUBSCRIBED, 0),
        complained=told.get(COMPLAINED, 0),
        replied=told.get(REPLIED, 0),
        machines=anybody - read,
    )


def links(campaign_id: int) -> list[Followed]:
    """The links of a campaign in their order, with how many people followed each."""
    people = fn.COUNT(DeliveryEvent.delivery_id.distinct())
    query = DeliveryEvent.select(DeliveryEvent.link_id, people).where(
        DeliveryEvent.campaign_id == campaign_id, DeliveryEvent.kind == CLICKED, DeliveryEvent.is_machine == 0
    )
    counts = dict(query.group_by(DeliveryEvent.link_id).tuples())
    rows = Link.select().where(Link.campaign_id == campaign_id).order_by(Link.place).limit(100)
    return [Followed(link, counts.get(link.id, 0)) for link in rows]


def hours(campaign_id: int, began: datetime) -> list[Hour]:
    """How many people read and followed links in each of the first hours; empty while nobody has."""
    mine = (DeliveryEvent.campaign_id == campaign_id) & DeliveryEvent.kind.in_((SEEN, CLICKED))
    first = began.replace(minute=0, second=0, microsecond=0)
    within = (DeliveryEvent.is_machine == 0) & (DeliveryEvent.at < first + timedelta(hours=HOURS))
    hour = hour_of(DeliveryEvent.at)
    query = DeliveryEvent.select(hour, DeliveryEvent.kind, fn.COUNT(DeliveryEvent.delivery_id.distinct()))
    counts = {
        (text, kind): number
        for text, kind, number in query.where(mine, within).group_by(hour, DeliveryEvent.kind).tuples()
    }
    if not counts:
        return []
    found = []
    for number in range(HOURS):
        at = first + timedelta(hours=number)
        text = f"{at:%Y-%m-%dT%H}"
        found.append(Hour(at, counts.get((text, SEEN), 0), counts.get((text, CLICKED), 0)))
    return found


def mail_domains(campaign_id: int) -> list[MailDomain]:
    """The mail domains that refused most."""
    refused: Counter[str] = Counter()
    whose: dict[int, str] = {}
    for row in matching(Wanted(campaign_id, BACK)).select(Delivery.id, Delivery.address).limit(20_000):
        name = row.address.rpartition("@")[2].lower()
        if name:
            refused[name] += 1
            whose[row.id] = name
    worst = refused.most_common(MOST_DOMAINS)
    if not worst:
        return []
    domain = domain_of(Delivery.address)
    went = Delivery.state.in_((ACCEPTED, REFUSED, UNKNOWN))
    all_sent = Delivery.select(domain, fn.COUNT(Delivery.id)).where(Delivery.campaign_id == campaign_id, went)
    sent = dict(all_sent.group_by(domain).tuples())
    why = _why(campaign_id, whose)
    return [MailDomain(name, sent.get(name, 0), number, why.get(name, "")) for name, number in worst]


def _why(campaign_id: int, whose: dict[int, str]) -> dict[str, str]:
    """The most frequent reason of each domain, in words."""
    reasons: dict[str, Counter[str]] = {}
    query = DeliveryEvent.select(DeliveryEvent.delivery_id, DeliveryEvent.detail).where(
        DeliveryEvent.campaign_id == campaign_id, DeliveryEvent.kind == BOUNCED
    )
    for delivery_id, detail in query.tuples():
        if delivery_id in whose:
            reasons.setdefault(whose[delivery_id], Counter())[(detail or {}).get("reason", "")] += 1
    most = {name: counts.most_common(1)[0][0] for name, counts in reasons.items()}
    return {name: REASONS[reason].words for name, reason in most.items() if reason in REASONS}
