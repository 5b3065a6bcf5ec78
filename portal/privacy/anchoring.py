"""The last entry of the log, kept where who can write in the database alone cannot rewrite it: noted every hour in a
file, and mailed once a day to whoever answers for privacy.
"""

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


def anchor() -> str:
    """Note the last entry in the file, unless it is there already; what is wrong with the entries since the one noted
    before, in a sentence, or "". A chain that does not hold is not noted: the last one that did stays the last.
    """
    if not anchors.read().is_there:
        heads.adopt()
    head = heads.current()
    verdict = checking.verify(since_anchor=True)
    if verdict.ok and head is not None and head.seq:
        anchors.note(head.seq, head.hash)
    return verdict.why


def tell() -> bool:
    """Note the last entry, and mail it once for each day of the organisation on which something was written since the
    last mail; whether one goes out.
    """
    trouble = anchor()
    head, org, last = heads.current(), current_org(), last_mailed()
    recipient = recipient_of(org)
    if head is None or not head.seq or not recipient:
        return False
    if last is not None and (last.seq, last.hash) == (head.seq, head.hash):
        return False
    zone = ZoneInfo(org.timezone)
    try:
        with transaction():
            HeadMail.create(day=now().astimezone(zone).date(), seq=head.seq, hash=head.hash)
            notices.send(
                "log_head", recipient, org=org.name, slug=org.slug, officer=org.information_officer, seq=head.seq,
                hash=head.hash, at=now(), zone=zone, since=last.seq if last else 0, trouble=trouble,
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
