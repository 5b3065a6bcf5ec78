"""The last entry of the log, kept where who can write in the database alone cannot rewrite it: noted every hour in a
file, and mailed once a day to whoever answers for privacy.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from peewee import IntegrityError

from portal.accounts.models import Membership, User
from portal.accounts.service import current_org
from portal.activity import anchors, checking, heads
from portal.activity.models import HeadMail
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.delivery import notices


@dataclass(frozen=True)
class Noted:
    """The last entry in the file, and what is wrong with those after it, in a sentence, or ""."""

    seq: int
    hash: str
    trouble: str


def anchor() -> Noted:
    """Note the last entry in the file, unless it is there already. A chain that does not hold is not noted: the last
    entry at which it did stays the last.
    """
    if not anchors.read().is_there:
        heads.adopt()
    head = heads.current()
    verdict = checking.verify(since_anchor=True)
    if verdict.ok and head is not None and head.seq:
        anchors.note(head.seq, head.hash)
        return Noted(head.seq, head.hash, "")
    kept = anchors.read().anchors
    return Noted(kept[-1].seq, kept[-1].hash, verdict.why) if kept else Noted(0, "", verdict.why)


def tell() -> bool:
    """Note the last entry, and mail it once for each day of the organisation on which something was written since the
    last mail, or nothing holds any more; whether one goes out.
    """
    noted = anchor()
    org, last = current_org(), last_mailed()
    recipient = recipient_of(org)
    is_known = last is not None and (last.seq, last.hash) == (noted.seq, noted.hash)
    if not recipient or (not noted.trouble and (is_known or not noted.seq)):
        return False
    zone = ZoneInfo(org.timezone)
    try:
        with transaction():
            HeadMail.create(day=now().astimezone(zone).date(), seq=noted.seq, hash=noted.hash)
            notices.send(
                "log_head", recipient, org=org.name, slug=org.slug, officer=org.information_officer, seq=noted.seq,
                hash=noted.hash, at=now(), zone=zone, since=last.seq if last else 0, trouble=noted.trouble,
            )  # fmt: skip
    except IntegrityError:  # mailed today
        return False
    return True


def last_mailed() -> HeadMail | None:
    return HeadMail.select().order_by(HeadMail.day.desc()).first()


def recipient_of(org: Org) -> str:
    """Where complaints about privacy go, else the organisation's own address, else its first owner's."""
    if org.complaints_email or org.email:
        return org.complaints_email or org.email
    owners = Membership.select(Membership, User).join(User).where(Membership.org == org.id)
    owner = owners.where(Membership.role == Role.OWNER, User.disabled_at.is_null()).order_by(Membership.id).first()
    return owner.user.email if owner else ""
