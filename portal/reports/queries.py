"""Reports: the addresses that could not be reached, with the reason, the day and the newsletter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import SQL

from portal.campaigns.audience import secret
from portal.campaigns.models import Campaign
from portal.contacts import queries as contacts
from portal.contacts.models import Contact, Email
from portal.contacts.queries import Filter
from portal.core.clock import now
from portal.delivery.bounce_rules import REASONS
from portal.delivery.models import Delivery

PAGE = 50
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """Which of them: found by words, of one reason (a key of REASONS), new this week."""

    text: str = ""
    reason: str = ""
    this_week: bool = False


@dataclass(frozen=True)
class Unreached:
    """One address that could not be reached, and whose it is."""

    email: Email
    contact_id: int
    name: str
    campaign_id: int
    campaign: str


def matching(wanted: Wanted) -> Any:
    query = Email.select().where(SQL("state <> ''"), Email.state == "undeliverable")
    if wanted.reason in REASONS:
        query = query.where(Email.state_reason.startswith(REASONS[wanted.reason].words))
    if wanted.this_week:
        query = query.where(Email.state_at > now() - WEEK)
    if wanted.text:
        query = query.where(
            Email.contact_id.in_(contacts.matching(Filter(wanted.text, with_archived=True)).select(Contact.id))
        )
    return query


def count(wanted: Wanted) -> int:
    return int(matching(wanted).count())


def page(wanted: Wanted, number: int) -> list[Unreached]:
    """One page, the newest first: four queries however long it is."""
    return unreached(list(matching(wanted).order_by(Email.state_at.desc(), Email.id.desc()).paginate(number, PAGE)))


def every(wanted: Wanted) -> Iterator[Unreached]:
    """All of them, a few hundred at a time."""
    last = 0
    while some := list(matching(wanted).where(Email.id > last).order_by(Email.id).limit(500)):
        yield from unreached(some)
        last = some[-1].id


def unreached(emails: Sequence[Email]) -> list[Unreached]:
    people = {c.id: c for c in Contact.select().where(Contact.id.in_([e.contact_id for e in emails]))}
    ids = [e.state_delivery_id for e in emails if e.state_delivery_id]
    campaigns = dict(Delivery.select(Delivery.id, Delivery.campaign_id).where(Delivery.id.in_(ids)).tuples())
    told = set(campaigns.values()) - secret(campaigns.values())
    names = dict(Campaign.select(Campaign.id, Campaign.name).where(Campaign.id.in_(told)).tuples())
    found = []
    for email in emails:
        campaign_id = campaigns.get(email.state_delivery_id, 0)
        name = contacts.list_name_of(people[email.contact_id])
        known = campaign_id if campaign_id in names else 0
        found.append(Unreached(email, email.contact_id, name, known, names.get(campaign_id, "")))
    return found


def reasons() -> dict[str, str]:
    """The reasons an address can have, for the filter: key -> words."""
    return {key: reason.words for key, reason in REASONS.items() if reason.kind in ("hard", "soft")}
