"""The ledger: every change of a delivery's state, each a conditional update by its owner.

    waiting -> claimed -> handed -> accepted | refused | unknown;   handed -> deferred -> claimed
    waiting | claimed | deferred -> suppressed | cancelled
    an expired lease: claimed -> waiting, handed -> unknown

`handed` is committed before DATA, so that whatever dies afterwards, nobody is written to twice.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import chunked, fn

from portal.consent import approaching
from portal.consent.queries import Candidate, facts, sender_facts
from portal.consent.rules import WHOLE_ORGANISATION, WORDS, Aim, Defer, PurposeClass, Refuse, may_send
from portal.contacts.emails import normalise_email
from portal.contacts.models import Contact
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import is_sqlite, lock, share_row, transaction
from portal.core.keys import address_mac, message_key
from portal.core.tenancy import Org
from portal.delivery.kinds import kind_of
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
)
from portal.delivery.owners import is_gone

LEASE = timedelta(minutes=2)
PATIENCE = 10.0  # seconds
HANDED_LEASE = timedelta(minutes=6)  # longer than the gateway waits for the reply after the dot
BATCH = 400
OPEN = (WAITING, CLAIMED, DEFERRED)


class Halted(Exception):
    """Nothing of this campaign may leave now, whoever it is for. The message says why; "" when it was paused."""


@dataclass(frozen=True)
class Addressee:
    """Somebody of the audience: the address as entered and as compared; both "" when there is none."""

    contact_id: int
    address: str
    normal: str


def freeze(campaign_id: int, channel: str, people: Sequence[Addressee], aim: Aim, domain: str) -> int:
    """Write one row for everybody of the audience, refused ones with their reason; return how many. In bulk."""
    org_id = current_actor().org_id
    seen: set[str] = set()
    for batch in chunked(people, BATCH):
        candidates = [Candidate(p.contact_id, p.normal) for p in batch]
        macs = [address_mac(org_id, channel, p.normal) if p.normal else "" for p in batch]
        again = frozenset(i for i, mac in enumerate(macs) if mac and (mac in seen or mac in macs[:i]))
        seen.update(macs)
        rows = []
        for i, (person, known) in enumerate(zip(batch, facts(candidates, aim, again), strict=True)):
            answer = may_send(known, now())
            reason = answer.reason if isinstance(answer, Refuse) else ""
            # A person without an address of his own in this campaign has a row too: the figures must add up.
            own = macs[i] and i not in again
            mac = macs[i] if own else f"{'same' if macs[i] else 'none'}:{person.contact_id}"
            rows.append(
                {
                    "contact_id": person.contact_id,
                    "campaign_id": campaign_id,
                    "channel": channel,
                    "mac": mac,
                    "address": person.address,
                    "state": SUPPRESSED if reason else WAITING,
                    "reason": reason,
                    "message_id": f"<{message_key(org_id, f'{campaign_id}:{mac}')}@{domain}>",
                    "ended_at": now() if reason else None,
                }
            )
        Delivery.insert_many(rows).execute()
    return len(people)


def claim(campaign_id: int, worker: str, count: int) -> list[Delivery]:
    """Take rows that are to be sent now. Each is taken by one worker only."""
    token = secrets.token_hex(8)
    ready = (Delivery.state == WAITING) | (Delivery.state == DEFERRED)
    due = Delivery.due.is_null() | (Delivery.due <= now())
    with transaction():
        query = Delivery.select(Delivery.id).where(Delivery.campaign_id == campaign_id, ready, due)
        query = query.order_by(Delivery.id).limit(count)
        if not is_sqlite():
            query = query.for_update("FOR UPDATE SKIP LOCKED")
        ids = [row.id for row in query]
        if not ids:
            return []
        Delivery.update(
            state=CLAIMED, worker=worker, token=token, lease=now() + LEASE, attempts=Delivery.attempts + 1
        ).where(Delivery.id.in_(ids), ready).execute()
    return list(Delivery.select().where(Delivery.id.in_(ids), Delivery.token == token).order_by(Delivery.id))


def hand(row: Delivery, normal: str, aim: Aim) -> bool:
    """Commit that this message is being handed over, if the gate still allows it. Only then may DATA be sent.

    Raises Halted when the campaign or the whole organisation may not send now; the row waits on. The organisation's
    row is held meanwhile, so that after a suspension is committed nothing is handed over (R07, decision 033).
    """
    with transaction():
        share_row(Org, row.org_id)
        known = facts([Candidate(row.contact_id, normal)], aim)[0]
        if known.spacing:  # who wants fewer messages gets no two at once, from two campaigns
            lock(Contact.select(Contact.id).where(Contact.id == row.contact_id)).first()
            known = facts([Candidate(row.contact_id, normal)], aim)[0]
        answer = may_send(known, now())
        if isinstance(answer, Refuse) and answer.reason in WHOLE_ORGANISATION:
            raise Halted(f"Sending waits: {WORDS[answer.reason]}.")
        if isinstance(answer, Refuse):
            _move(row, CLAIMED, SUPPRESSED, reason=answer.reason, ended_at=now())
            return False
        if isinstance(answer, Defer):
            defer(row, "", answer.until)
            return False
        if not kind_of(row.channel).is_sending(row.campaign_id):
            raise Halted("")
        is_ours = _move(row, CLAIMED, HANDED, handed_at=now(), lease=now() + HANDED_LEASE)
        if is_ours and aim.purpose_class is PurposeClass.CONSENT_REQUEST:
            return _ask(row)
        return is_ours


def halt() -> None:
    """Raise Halted when nothing of the organisation may leave now: before anybody is claimed, or a server is called."""
    is_suspended, missing = sender_facts()
    if is_suspended or missing:
        raise Halted(f"Sending waits: {WORDS['suspended' if is_suspended else 'incomplete']}.")


def _ask(row: Delivery) -> bool:
    """Note that the address is being asked for consent; if another request asked it just now, this one does not."""
    if approaching.note(row.channel, row.mac, campaign_id=row.campaign_id, delivery_id=row.id):
        return True
    _move(row, HANDED, SUPPRESSED, reason="asked", ended_at=now(), handed_at=None)
    return False


def accept(row: Delivery, reply: str) -> bool:
    return _move(row, HANDED, ACCEPTED, reply=reply, ended_at=now())


def refuse(row: Delivery, reply: str, state: str = CLAIMED) -> bool:
    with transaction():
        is_ours = _move(row, state, REFUSED, reply=reply, ended_at=now())
        if is_ours and state == HANDED:
            approaching.not_delivered(row.id)
    return is_ours


def defer(row: Delivery, reply: str, due: datetime, state: str = CLAIMED) -> bool:
    with transaction():
        is_ours = _move(row, state, DEFERRED, reply=reply, due=due, lease=None)
        if is_ours and state == HANDED:
            approaching.forget(row.id)
    return is_ours


def doubt(row: Delivery, reply: str) -> bool:
    """The connection broke after the message was on its way: nobody knows, and nobody sends it again by himself."""
    return _move(row, HANDED, UNKNOWN, reply=reply, ended_at=now())


def put_back(rows: Sequence[Delivery], due: datetime | None = None) -> None:
    """Give up claimed rows: nothing of them has been handed over."""
    ids = [row.id for row in rows]
    for few in chunked(ids, BATCH):
        Delivery.update(state=WAITING, lease=None, due=due, attempts=Delivery.attempts - 1).where(
            Delivery.id.in_(few), Delivery.state == CLAIMED, Delivery.token == rows[0].token
        ).execute()


def renew(rows: Sequence[Delivery]) -> None:
    for few in chunked([row.id for row in rows], BATCH):
        Delivery.update(lease=now() + LEASE).where(
            Delivery.id.in_(few), Delivery.state == CLAIMED, Delivery.token == rows[0].token
        ).execute()


def expire() -> int:
    """What owners who died have left: claimed goes back, handed is uncertain. Returns how many."""
    held = Delivery.state.in_((CLAIMED, HANDED))
    owners = [row[0] for row in Delivery.select(Delivery.worker).where(held).distinct().tuples()]
    late = (Delivery.lease < now()) | Delivery.worker.in_([owner for owner in owners if is_gone(owner)])
    back = Delivery.update(state=WAITING, lease=None).where(Delivery.state == CLAIMED, late).execute()
    lost = (
        Delivery.update(state=UNKNOWN, ended_at=now(), reply="The connection or the machine broke off.")
        .where(Delivery.state == HANDED, late)
        .execute()
    )
    return int(back + lost)


def doubt_what_was_on_its_way() -> int:
    """In a database put back from a backup: what was claimed or handed over then left afterwards, or not."""
    return int(
        Delivery.update(state=UNKNOWN, ended_at=now(), lease=None, reply="The portal was put back from a backup.")
        .where(Delivery.state.in_((CLAIMED, HANDED)))
        .execute()
    )


def cancel(campaign_id: int) -> None:
    Delivery.update(state=CANCELLED, ended_at=now(), lease=None).where(
        Delivery.campaign_id == campaign_id, Delivery.state.in_(OPEN)
    ).execute()


def mac_of(row: Delivery) -> str:
    """The keyed hash of the address that a message went to: also of one that several contacts share, where the row's
    own mark tells the contact.
    """
    if not row.mac.startswith("same:") or not row.address:
        return str(row.mac)
    return address_mac(row.org_id, row.channel, normalise_email(row.address).normal)


def suppress_open(macs: Sequence[str], reason: str) -> None:
    """Take an address out of everything that has not been handed over. Belongs to the suppression's transaction."""
    Delivery.update(state=SUPPRESSED, reason=reason, ended_at=now(), lease=None).where(
        Delivery.mac.in_(list(macs)), Delivery.state.in_(OPEN)
    ).execute()


def on_its_way(macs: Sequence[str]) -> bool:
    """Whether a message to this address is between `handed` and its reply."""
    return bool(Delivery.select().where(Delivery.mac.in_(list(macs)), Delivery.state == HANDED).exists())


def wait_for_what_is_on_its_way(macs: Sequence[str]) -> None:
    """Return once no message to these addresses is between `handed` and its reply, ten seconds at most."""
    until = time.monotonic() + PATIENCE
    while on_its_way(macs) and time.monotonic() < until:
        time.sleep(0.1)


def status(campaign_id: int) -> dict[str, int]:
    """The figures of a campaign; those after `frozen` add up to it."""
    query = Delivery.select(Delivery.state, fn.COUNT(Delivery.id)).where(Delivery.campaign_id == campaign_id)
    counts = dict(query.group_by(Delivery.state).tuples())
    figures = {name: counts.get(name, 0) for name in (ACCEPTED, REFUSED, DEFERRED, UNKNOWN, SUPPRESSED, CANCELLED)}
    pending = sum(counts.get(name, 0) for name in (WAITING, CLAIMED, HANDED))
    return {"frozen": sum(figures.values()) + pending, **figures, "pending": pending}


def reasons(campaign_id: int) -> dict[str, int]:
    """How many were suppressed, by reason."""
    query = Delivery.select(Delivery.reason, fn.COUNT(Delivery.id)).where(
        Delivery.campaign_id == campaign_id, Delivery.state == SUPPRESSED
    )
    return dict(query.group_by(Delivery.reason).tuples())


def rate(campaign_id: int) -> float:
    """Messages a second over the last few hundred; 0 when too few are known."""
    last = Delivery.select(Delivery.ended_at).where(
        Delivery.campaign_id == campaign_id, Delivery.state == ACCEPTED, Delivery.ended_at.is_null(False)
    )
    times = sorted(row[0] for row in last.order_by(Delivery.id.desc()).limit(300).tuples())
    seconds = (times[-1] - times[0]).total_seconds() if len(times) > 5 else 0.0
    return len(times) / seconds if seconds > 0 else 0.0


def has_due(campaign_id: int) -> bool:
    due = Delivery.due.is_null() | (Delivery.due <= now())
    ready = Delivery.state.in_((WAITING, DEFERRED))
    return bool(Delivery.select().where(Delivery.campaign_id == campaign_id, ready, due).exists())


def _move(row: Delivery, old: str, new: str, **values: object) -> bool:
    """One step of a row, by its owner only; False when the row is no longer his."""
    if "reply" in values:
        values["reply"] = str(values["reply"])[:500]
    changed = (
        Delivery.update(state=new, **values)
        .where(Delivery.id == row.id, Delivery.state == old, Delivery.token == row.token)
        .execute()
    )
    return bool(changed)
