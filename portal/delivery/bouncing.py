"""What comes back is believed only when it names a message we sent in the last 30 days; the rest is kept apart (F01).

A message that comes in is on the database before its sender is told that we have it. It is read by a worker, changes
what it may, and is gone; whatever cannot be matched lies in quarantine for support to look at, and changes nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import OperationalError

from portal.consent import approaching
from portal.contacts import record
from portal.contacts.emails import InvalidEmail, normalise_email
from portal.core import queue, shutting
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.shutting import Shut
from portal.core.tenancy import Org
from portal.delivery import leaving, replies, return_path
from portal.delivery.bounce_limits import read_within
from portal.delivery.bounce_reading import AUTO_REPLY, COMPLAINT, DELAYED, REPLY, UNREADABLE, Finding, searchable
from portal.delivery.bounce_rules import BOUNCES, HARD, REASONS, SOFT, classify, is_given_up, kind_of
from portal.delivery.models import (
    ACCEPTED,
    BOUNCED,
    HANDED,
    REPLIED,
    UNKNOWN,
    WAITING,
    Delivery,
    DeliveryEvent,
    ReturnedMail,
)
from portal.gateways.smtp_wire import Reply

log = logging.getLogger("portal.returned")
BELIEVED_FOR = timedelta(days=30)
MAY_STILL_COME = timedelta(days=5)
LEASE = timedelta(minutes=2)
KEPT_FOR = timedelta(days=30)
MOST_KEPT = 5_000
LARGEST = 10 * 1024 * 1024
LARGEST_KEPT = 64 * 1024  # of what lies in quarantine, so that nobody fills the disk
MOST_REPLIES = 10  # passed on for one message
READING, KEPT = "reading", "kept"

UNREAD = "It could not be read."
NOBODYS = "It names no message that was sent from here."
TOO_OLD = "The message it names was sent more than 30 days ago."
NEVER_LEFT = "The message it names never left."
KNOWN = "It came before, or tells nothing new."
TOO_MANY = "So many answers to one message are not passed on."


@dataclass(frozen=True)
class Answer:
    """What was made of a returned message. `kept` says why it lies in quarantine; "" when it does not."""

    finding: Finding
    matched: bool
    kept: str = ""


def take_in(source: bytes, recipient: str, road: str) -> int:
    """Keep a message that came in until it is read; return its id. It is safe when this returns."""
    return int(ReturnedMail.create(road=road, recipient=recipient[:320], source=source[:LARGEST]).id)


def waiting() -> list[int]:
    """What is to be read; what a worker that died had begun is taken up again."""
    ReturnedMail.update(state=WAITING, lease=None).where(
        ReturnedMail.state == READING, ReturnedMail.lease < now()
    ).execute()
    query = ReturnedMail.select(ReturnedMail.id).where(ReturnedMail.state == WAITING)
    return [row.id for row in query.order_by(ReturnedMail.id).limit(200)]


def read_one(mail_id: int) -> Answer | None:
    """Read one message that came in, if nobody else does; afterwards it is gone, or kept with the reason."""
    claimed = ReturnedMail.update(state=READING, lease=now() + LEASE).where(
        ReturnedMail.id == mail_id, ReturnedMail.state == WAITING
    )
    if not claimed.execute():
        return None
    row = ReturnedMail.get_by_id(mail_id)
    source = bytes(row.source)
    mine = (ReturnedMail.id == mail_id) & (ReturnedMail.state == READING)
    try:
        answer = settle(source, row.recipient)
    except (OperationalError, Shut):
        raise  # the database is away, or rows of it: the message is read when they are back
    except Exception:
        log.exception("a returned message could not be dealt with")
        answer = Answer(Finding(UNREADABLE), False, UNREAD)
    if answer.kept:
        kept = _kept(answer, source)
        ReturnedMail.update(**kept, lease=None).where(mine).execute()
    else:
        ReturnedMail.delete().where(mine).execute()
    return answer


def read_now(source: bytes, recipient: str, road: str) -> Answer:
    """Read a message at once, for somebody who waits for the answer; it is kept only when it is not believed."""
    answer = settle(source, recipient)
    if answer.kept:
        ReturnedMail.create(road=road, recipient=recipient[:320], **_kept(answer, source))
    return answer


def _kept(answer: Answer, source: bytes) -> dict[str, object]:
    values = {"state": KEPT, "why": answer.kept, "kind": answer.finding.kind}
    return {**values, "source": source[:LARGEST_KEPT]}


def settle(source: bytes, recipient: str = "") -> Answer:
    """Read a message and let it change what it may."""
    finding = read_within(source)
    if finding.kind == UNREADABLE:
        return Answer(finding, False, UNREAD)
    row = _named(f"+{recipient.partition('+')[2]}\n{searchable(source)}")
    if finding.kind in (AUTO_REPLY, DELAYED):
        return Answer(finding, row is not None)
    if row is None:
        return Answer(finding, False, NOBODYS)
    with acting_as(system(row.org_id)):
        return Answer(finding, True, _apply(row, finding, source))


def refused(row: Delivery, reply: Reply) -> None:
    """A mail server would not take the message: the same rules as for a refusal that comes back later."""
    reason = classify(reply.enhanced, str(reply))
    _note(row, Finding(kind_of(reason), row.address, reply.enhanced, str(reply), reason))


def read_again(row: ReturnedMail) -> None:
    """Let a quarantined message be read once more by a worker."""
    ReturnedMail.update(state=WAITING, why="").where(ReturnedMail.id == row.id, ReturnedMail.state == KEPT).execute()
    queue.ring(queue.READ_RETURNED, mail_id=row.id)


def forget(row: ReturnedMail) -> None:
    ReturnedMail.delete().where(ReturnedMail.id == row.id, ReturnedMail.state == KEPT).execute()


def tidy() -> None:
    """Forget quarantined messages after 30 days, and the oldest when somebody floods us."""
    kept = ReturnedMail.state == KEPT
    ReturnedMail.delete().where(kept, ReturnedMail.at < now() - KEPT_FOR).execute()
    newest = ReturnedMail.select(ReturnedMail.id).where(kept).order_by(ReturnedMail.id.desc())
    border = newest.offset(MOST_KEPT).limit(1).scalar()
    if border is not None:
        ReturnedMail.delete().where(kept, ReturnedMail.id <= border).execute()


def _apply(row: Delivery, finding: Finding, source: bytes) -> str:
    """Let a message that names one of ours do what it may; return why it did nothing, or ""."""
    if row.state not in (HANDED, ACCEPTED, UNKNOWN):
        return KNOWN if row.bounce else NEVER_LEFT
    if row.handed_at is None or row.handed_at < now() - BELIEVED_FOR:
        return TOO_OLD
    if finding.kind == REPLY:
        told = DeliveryEvent.select().where(DeliveryEvent.delivery_id == row.id, DeliveryEvent.kind == REPLIED)
        if told.count() >= MOST_REPLIES:
            return TOO_MANY
        replies.forward(row, source)
        return ""
    done = leaving.complain(row) if finding.kind == COMPLAINT else _note(row, finding)
    return "" if done else KNOWN


def _note(row: Delivery, finding: Finding) -> bool:
    """Write down a refusal once, with what it means for the address; return whether it told anything new."""
    with transaction():
        known = lock(Delivery.select().where(Delivery.id == row.id)).get().bounce
        if finding.kind not in BOUNCES or known in (HARD, finding.kind):
            return False
        Delivery.update(bounce=finding.kind).where(Delivery.id == row.id).execute()
        DeliveryEvent.create(
            contact_id=row.contact_id,
            delivery_id=row.id,
            campaign_id=row.campaign_id,
            kind=BOUNCED,
            detail={
                "kind": finding.kind,
                "reason": finding.reason,
                "status": finding.status,
                "words": finding.words[:500] if row.address else "",  # an erased contact is not named again
            },
        )
        if finding.kind == HARD:
            approaching.not_delivered(row.id)
            _give_up(row, finding, "")
        elif finding.kind == SOFT:
            times = _soft_times(row)
            if is_given_up(times):
                span = (max(times) - min(times)).days
                _give_up(row, finding, f", {len(times)} times in {span} days")
    return True


def _give_up(row: Delivery, finding: Finding, how_often: str) -> None:
    try:
        normal = normalise_email(row.address).normal
    except InvalidEmail:
        return  # the contact was erased meanwhile
    words = f"{REASONS[finding.reason].words}{how_often}."
    record.mark_email(normal, "undeliverable", words, words=finding.words[:500], delivery_id=row.id)


def _soft_times(row: Delivery) -> list[datetime]:
    """When messages to this address came back for a passing reason, since one last got through."""
    times: list[datetime] = []
    query = Delivery.select().where(Delivery.mac == row.mac, Delivery.handed_at.is_null(False))
    for one in query.order_by(Delivery.handed_at.desc()).limit(50):
        if one.bounce == SOFT:
            times.append(one.handed_at)
        elif not one.bounce and one.state == ACCEPTED and one.handed_at < now() - MAY_STILL_COME:
            break
    return times


def _named(text: str) -> Delivery | None:
    """The message that a text names by our mark, else by the name we gave it."""
    mark = return_path.marked(text)
    if mark is not None:
        found = _find(mark.org_id, Delivery.id == mark.delivery_id)
        if found is not None:
            return found
    ids = return_path.message_ids(text)
    return _by_message_id(ids) if ids else None


def _by_message_id(ids: Sequence[str]) -> Delivery | None:
    for org in Org.select(Org.id).order_by(Org.restoring):
        found = _find(org.id, Delivery.message_id.in_(list(ids)))
        if found is not None:
            return found
    return None


def _find(org_id: int, where: object) -> Delivery | None:
    shutting.refuse(org_id)
    with acting_as(system(org_id)):
        return Delivery.get_or_none(where)
