"""Whether what is to be done gets done: messages that wait, and how many leave. Numbers over all organisations."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import fn

from portal.campaigns.models import SENDING, Campaign
from portal.config import Settings
from portal.core.clock import now
from portal.core.tenancy import Org, numbers_of_all
from portal.core.watching import GOOD, WRONG, Finding
from portal.delivery.models import CLAIMED, DEFERRED, WAITING, Delivery, PortalMail, SystemMail
from portal.delivery.pace import BadLimit, Limit

PATIENCE = timedelta(minutes=15)
LATELY = timedelta(minutes=5)


@dataclass(frozen=True)
class Mail:
    """Messages of campaigns that are being sent, single messages, and how many were handed over in five minutes."""

    of_campaigns: int
    single: int
    handed_lately: int


def mail() -> Mail:
    ids = _organisations()
    single = PortalMail.select().where(PortalMail.state == WAITING).count()
    single += _sum(numbers_of_all(SystemMail, ids, fn.COUNT(SystemMail.id)).where(SystemMail.state == WAITING))
    open_ = Delivery.state.in_((WAITING, CLAIMED, DEFERRED))
    return Mail(_sum(_of_sending(ids).where(open_)), single, _sum(_handed(ids, LATELY)))


def mail_stands_still(settings: Settings) -> Finding:
    """Messages that could have left a quarter of an hour ago and did not; the provider's limit is not to blame."""
    patience = PATIENCE + _window(settings)
    since, ids = now() - patience, _organisations()
    late = PortalMail.select().where(PortalMail.state == WAITING, PortalMail.created_at < since).count()
    system_mail = numbers_of_all(SystemMail, ids, fn.COUNT(SystemMail.id))
    late += _sum(system_mail.where(SystemMail.state == WAITING, SystemMail.created_at < since))
    due = Delivery.due.is_null() | (Delivery.due < since)
    waiting = _of_sending(ids).where(Delivery.state.in_((WAITING, DEFERRED)), due, Campaign.started_at < since)
    handed = dict(_handed(ids, patience))
    late += sum(int(number) for org_id, number in waiting if not handed.get(org_id))
    if late:
        words = f"{late:,} messages have waited for more than {int(patience.total_seconds() // 60)} minutes."
        return Finding("mail that waits", WRONG, words, "portal doctor")
    return Finding("mail that waits", GOOD, "Nothing waits longer than it should.")


def _organisations() -> list[int]:
    return [org.id for org in Org.select(Org.id)]


def _of_sending(ids: list[int]) -> Any:
    counted = numbers_of_all(Delivery, ids, fn.COUNT(Delivery.id))
    return counted.join(Campaign, on=(Delivery.campaign_id == Campaign.id)).where(Campaign.state == SENDING)


def _handed(ids: list[int], lately: timedelta) -> Any:
    return numbers_of_all(Delivery, ids, fn.COUNT(Delivery.id)).where(Delivery.handed_at > now() - lately)


def _window(settings: Settings) -> timedelta:
    try:
        limit = Limit.from_text(settings.smtp_limit)
    except BadLimit:
        return timedelta()
    return timedelta(seconds=limit.seconds if limit else 0)


def _sum(rows: Any) -> int:
    return sum(int(number or 0) for _, number in rows)
