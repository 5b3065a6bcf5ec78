"""What support sees of the organisations of the installation: numbers, and nothing of anybody they keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, Case, fn

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.campaigns.models import Campaign
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.tenancy import Org, numbers_of_all
from portal.delivery.models import ACCEPTED, COMPLAINED, REFUSED, UNKNOWN, Delivery, DeliveryEvent
from portal.imports import signs
from portal.imports.declaring import SOURCES
from portal.imports.models import Declaration, Import
from portal.support.rules import MOST_COMPLAINTS, MOST_UNDELIVERABLE, is_too_much

LATELY = timedelta(days=30)
LAST_IMPORTS = 5
MOST_ACTS = 20
_ACTS = {"organisation.suspended": "Suspended", "organisation.resumed": "Lifted"}


@dataclass(frozen=True)
class Line:
    """An organisation in numbers: its people and contacts, the messages of campaigns begun in the last 30 days, and the
    highest score of signs of a bought list among its imports of that time.
    """

    org: Org
    users: int = 0
    contacts: int = 0
    sent: int = 0
    undeliverable: int = 0
    complaints: int = 0
    score: int = 0

    @property
    def refuses_much(self) -> bool:
        return is_too_much(self.undeliverable, self.sent, MOST_UNDELIVERABLE)

    @property
    def complains_much(self) -> bool:
        return is_too_much(self.complaints, self.sent, MOST_COMPLAINTS)

    @property
    def looks_bought(self) -> bool:
        return signs.is_high(self.score)


@dataclass(frozen=True)
class Sign:
    """An import of an organisation, as far as support is concerned: when, how many, said to be what, and its signs."""

    at: datetime
    rows: int
    source: str
    score: int
    sentences: list[tuple[str, int]]

    @property
    def is_high(self) -> bool:
        return signs.is_high(self.score)


@dataclass(frozen=True)
class Act:
    at: datetime
    what: str
    who: str
    why: str


def count(words: str = "") -> int:
    return int(_found(words).count())


def page(words: str, number: int, size: int) -> list[Line]:
    """One page of the organisations, those suspended first, then the newest."""
    order = (Org.suspended_at.is_null(), Org.id.desc())
    return lines(list(_found(words).order_by(*order).paginate(number, size)))


def find(org_id: int) -> Org | None:
    return Org.get_or_none(Org.id == org_id)


def lines(orgs: Sequence[Org]) -> list[Line]:
    """These organisations in numbers, in a fixed number of queries."""
    ids = [org.id for org in orgs]
    since = now() - LATELY
    is_refused = Case(None, [(Delivery.state == REFUSED, 1)], 0)
    begun = Delivery.campaign_id == Campaign.id
    sent = numbers_of_all(Delivery, ids, fn.COUNT(Delivery.id), fn.SUM(is_refused)).join(Campaign, on=begun)
    sent = sent.where(Campaign.started_at > since, Delivery.state.in_((ACCEPTED, REFUSED, UNKNOWN)))
    back = numbers_of_all(Delivery, ids, fn.COUNT(Delivery.id)).join(Campaign, on=begun)
    back = back.where(Campaign.started_at > since, SQL("bounce <> ''"), Delivery.state.in_((ACCEPTED, UNKNOWN)))
    told = numbers_of_all(DeliveryEvent, ids, fn.COUNT(DeliveryEvent.delivery_id.distinct()))
    told = told.where(DeliveryEvent.kind == COMPLAINED, DeliveryEvent.at > since)
    there = numbers_of_all(Contact, ids, fn.COUNT(Contact.id)).where(Contact.erased_at.is_null())
    highest = numbers_of_all(Import, ids, fn.MAX(Import.score)).where(Import.created_at > since)
    users = Membership.select(Membership.org, fn.COUNT(Membership.id)).where(Membership.org.in_(ids or [0]))
    went: dict[int, tuple[int, int]] = {org_id: (int(all_), int(bad or 0)) for org_id, all_, bad in sent}
    returned, complained, contacts, scores = _numbers(back), _numbers(told), _numbers(there), _numbers(highest)
    working = _numbers(users.group_by(Membership.org).tuples())
    return [
        Line(
            org=org,
            users=working.get(org.id, 0),
            contacts=contacts.get(org.id, 0),
            sent=went.get(org.id, (0, 0))[0],
            undeliverable=went.get(org.id, (0, 0))[1] + returned.get(org.id, 0),
            complaints=complained.get(org.id, 0),
            score=scores.get(org.id, 0),
        )
        for org in orgs
    ]


def signs_of(org: Org) -> list[Sign]:
    """The signs of a bought list in an organisation's last imports, the newest first."""
    with acting_as(system(org.id)):
        query = Import.select().where((Import.state != "mapping") | (Import.score > 0)).order_by(Import.id.desc())
        last = list(query.limit(LAST_IMPORTS))
        said = Declaration.select(Declaration.import_id, Declaration.source)
        said = said.where(Declaration.import_id.in_([one.id for one in last] or [0])).order_by(Declaration.id)
        sources = dict(said.tuples())
    return [
        Sign(one.created_at, one.rows, SOURCES.get(sources.get(one.id, one.source), ""), one.score,
             signs.sentences(one.signs))
        for one in last
    ]  # fmt: skip


def acts_of(org: Org) -> list[Act]:
    """When it was suspended and let go on, by whom and why, the newest first."""
    with acting_as(system(org.id)):
        query = LogEntry.select().where(LogEntry.action.in_(list(_ACTS))).order_by(LogEntry.seq.desc())
        found = list(query.limit(MOST_ACTS))
    return [
        Act(one.at, _ACTS[one.action], (one.detail or {}).get("actor", ""), (one.detail or {}).get("reason", ""))
        for one in found
    ]


def _found(words: str) -> Any:
    query = Org.select()
    for word in words.split()[:5]:
        query = query.where(Org.name.contains(word) | Org.slug.contains(word))
    return query


def _numbers(rows: Any) -> dict[int, int]:
    return {org_id: int(number or 0) for org_id, number in rows}
