"""Every 90 days somebody should look through who may see what (R17): when that is due, and who is told."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import IntegrityError, fn

from portal.accounts.models import Membership, User
from portal.accounts.service import current_org
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.delivery import notices, transport
from portal.users.models import AccessReview, ReviewReminder

EVERY = timedelta(days=90)


def counted_from() -> tuple[datetime, bool] | None:
    """From when on the days are counted, and whether that is a review: the last one signed, else the day a second
    person came to work here. None where somebody works alone.
    """
    last = AccessReview.select(fn.MAX(AccessReview.finished_at)).scalar()
    if last is not None:
        return _moment(last), True
    query = Membership.select().where(Membership.org == current_actor().org_id).order_by(Membership.id)
    second = query.offset(1).limit(1).first()
    return (second.created_at, False) if second else None


def _moment(value: Any) -> datetime:
    """What the database says of the greatest of several moments, as one."""
    found = AccessReview.finished_at.python_value(value)
    if found is None:
        raise TypeError("no moment")
    return found


def is_due() -> bool:
    found = counted_from()
    return found is not None and now() - found[0] >= EVERY


def remind() -> int:
    """Tell the owners and whoever answers for privacy that a review is due, once in each period; how many mails."""
    found = counted_from()
    if found is None or now() - found[0] < EVERY:
        return 0
    since, is_review = found
    try:
        with transaction():
            ReviewReminder.create(since=since, period=(now() - since) // EVERY)
            recipients = _recipients()
            org = current_org()
            for address in recipients:
                notices.send(
                    "review", address, org=org.name, since=since, is_review=is_review,
                    zone=ZoneInfo(org.timezone), link=transport.base_url() + "/settings/users/review",
                )  # fmt: skip
    except IntegrityError:  # told in this period already
        return 0
    return len(recipients)


def _recipients() -> list[str]:
    org = current_org()
    owners = Membership.select(Membership, User).join(User)
    owners = owners.where(Membership.org == org.id, Membership.role == Role.OWNER, User.disabled_at.is_null())
    addresses = [membership.user.email for membership in owners.order_by(Membership.id)]
    return list(dict.fromkeys([*addresses, *([org.complaints_email.lower()] if org.complaints_email else [])]))
