"""Unsubscribing: the wish is kept under the address's hash, and nothing to that address starts after it was granted."""

from collections.abc import Callable, Sequence
from datetime import datetime

from portal.activity import log
from portal.consent import sayings, suppressing
from portal.consent.models import Suppression
from portal.consent.more_models import Approach
from portal.consent.queries import Candidate, register_fact, register_leavings
from portal.consent.rules import Aim, PurposeClass
from portal.core.db import transaction
from portal.delivery import ledger
from portal.delivery.leaving_rules import WHYS, is_confirmed
from portal.delivery.models import COMPLAINED, RESUBSCRIBED, UNSUBSCRIBED, Delivery, DeliveryEvent

Confirm = Callable[[Delivery], None]
_confirmations: list[Confirm] = []


def register_confirmation(confirm: Confirm) -> None:
    """Let a higher feature, which knows how letters to people look, write to who has unsubscribed: once."""
    if confirm not in _confirmations:
        _confirmations.append(confirm)


def unsubscribe(row: Delivery, *, how: str) -> None:
    """Keep that this delivery's address must not be written to, and take it out of what is waiting.

    One transaction writes the suppression and changes the open rows, so that the row lock orders it with a worker's
    hand-over. If a message is on its way just then, the answer waits until it is not, ten seconds at most.
    """
    macs = [ledger.mac_of(row)]
    with transaction():
        is_new = _suppress(row, UNSUBSCRIBED)
        ledger.suppress_open(macs, UNSUBSCRIBED)
        if is_new or row.contact_id not in since([row.contact_id], row.channel):
            DeliveryEvent.create(
                contact_id=row.contact_id,
                delivery_id=row.id,
                campaign_id=row.campaign_id,
                kind=UNSUBSCRIBED,
                detail={"how": how},
            )
            log.write("contact.unsubscribed", row.contact_id, subject_id=row.campaign_id, how=how)
            sayings.take_back(row.contact_id, row.channel)
            for confirm in _confirmations if is_confirmed(how) else ():
                confirm(row)
    ledger.wait_for_what_is_on_its_way(macs)


def complain(row: Delivery) -> bool:
    """The person called the message spam: never written to again. Returns whether that is news (RFC 5965)."""
    told = DeliveryEvent.select().where(DeliveryEvent.delivery_id == row.id, DeliveryEvent.kind == COMPLAINED)
    with transaction():
        if told.exists():
            return False
        _suppress(row, "complained")
        ledger.suppress_open([ledger.mac_of(row)], "complained")
        DeliveryEvent.create(
            contact_id=row.contact_id, delivery_id=row.id, campaign_id=row.campaign_id, kind=COMPLAINED
        )
        log.write("contact.complained", row.contact_id, subject_id=row.campaign_id)
        sayings.take_back(row.contact_id, row.channel)
    return True


def resubscribe(row: Delivery) -> None:
    """The person says that unsubscribing was a mistake. What happened stays in the history."""
    with transaction():
        if come_back(row.contact_id, row.channel, ledger.mac_of(row)):
            sayings.give_again(row.contact_id, row.channel)


def may_undo(row: Delivery) -> bool:
    """Whether the person may take it back with one click: what is graver stays."""
    is_his = row.contact_id not in since([row.contact_id], row.channel) or bool(_said_last(row.contact_id, row.channel))
    return is_his and suppressing.may_lift_own(row.channel, [ledger.mac_of(row)])


def say_why(row: Delivery, why: str) -> bool:
    """Keep why somebody unsubscribed, with the unsubscribing that holds; return whether there is one."""
    last = _said_last(row.contact_id, row.channel)
    if why not in WHYS or last is None:
        return False
    DeliveryEvent.update(detail={**(last.detail or {}), "why": why}).where(DeliveryEvent.id == last.id).execute()
    return True


def why_of(row: Delivery) -> str:
    """What was ticked of WHYS; "" for nothing yet."""
    last = _said_last(row.contact_id, row.channel)
    return str((last.detail or {}).get("why", "")) if last else ""


def come_back(contact_id: int, channel: str, mac: str) -> bool:
    """The person takes back, himself, that he unsubscribed, be it at another address; return whether he had. What is
    graver stays. Belongs to the caller's transaction.
    """
    is_lifted = suppressing.lift_own(channel, [mac])
    if _is_stopped(channel, mac):
        return False
    last = _said_last(contact_id, channel)
    if last is not None:
        DeliveryEvent.create(
            contact_id=contact_id, delivery_id=last.delivery_id, campaign_id=last.campaign_id, kind=RESUBSCRIBED
        )
    if is_lifted or last is not None:
        log.write("contact.resubscribed", contact_id, subject_id=last.campaign_id if last else None)
    return is_lifted or last is not None


def _said_last(contact_id: int, channel: str) -> DeliveryEvent | None:
    """The unsubscribing that holds; None when he came back since, never left, or ever complained."""
    messages = Delivery.select(Delivery.id).where(Delivery.contact_id == contact_id, Delivery.channel == channel)
    mine = DeliveryEvent.select().where(DeliveryEvent.delivery_id.in_(messages))
    if mine.where(DeliveryEvent.kind == COMPLAINED).exists():
        return None
    kinds = DeliveryEvent.kind.in_((UNSUBSCRIBED, RESUBSCRIBED))
    last = mine.where(kinds).order_by(DeliveryEvent.id.desc()).first()
    return last if last is not None and last.kind == UNSUBSCRIBED else None


def since(contact_ids: Sequence[int], channel: str) -> dict[int, datetime]:
    """Since when each of these contacts does not want to be written to any more, at whichever address he said so; who
    came back is not in it.
    """
    mine = Delivery.contact_id.in_(list(contact_ids))
    messages = Delivery.select(Delivery.id).where(mine, Delivery.channel == channel)
    query = DeliveryEvent.select(DeliveryEvent.contact_id, DeliveryEvent.kind, DeliveryEvent.at).where(
        DeliveryEvent.delivery_id.in_(messages),
        DeliveryEvent.kind.in_((UNSUBSCRIBED, COMPLAINED, RESUBSCRIBED)),
    )
    found: dict[int, datetime] = {}
    for contact_id, kind, at in query.order_by(DeliveryEvent.id).tuples():
        if kind == RESUBSCRIBED:
            found.pop(contact_id, None)
        else:
            found[contact_id] = at
    return found


def asked(candidates: Sequence[Candidate], aim: Aim) -> frozenset[int]:
    """The places in the list whose contact was asked for consent before, be it at another address (s 69(2)). What did
    not reach him asked him nothing.
    """
    if aim.purpose_class is not PurposeClass.CONSENT_REQUEST:
        return frozenset()
    reached = Approach.select(Approach.delivery_id).where(
        Approach.delivery_id.is_null(False), Approach.outcome != "not_delivered"
    )
    ids = sorted({candidate.contact_id for candidate in candidates})
    query = Delivery.select(Delivery.contact_id).where(
        Delivery.contact_id.in_(ids), Delivery.channel == aim.channel, Delivery.id.in_(reached)
    )
    known = {row[0] for row in query.tuples()}
    return frozenset(place for place, candidate in enumerate(candidates) if candidate.contact_id in known)


def register() -> None:
    register_leavings(since)
    register_fact("was_asked", asked)


def is_suppressed(row: Delivery) -> bool:
    return _is_stopped(row.channel, ledger.mac_of(row)) or row.contact_id in since([row.contact_id], row.channel)


def _is_stopped(channel: str, mac: str) -> bool:
    return bool(Suppression.select().where(Suppression.channel == channel, Suppression.mac == mac).exists())


def _suppress(row: Delivery, reason: str) -> bool:
    """Write the suppression unless it is there; return whether it is new."""
    return suppressing.suppress_mac(
        row.channel, ledger.mac_of(row), reason, delivery_id=row.id, campaign_id=row.campaign_id
    )
