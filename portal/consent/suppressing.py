"""The one writer of suppressions: an address is left alone until the person's own proven act lifts it (R25)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from peewee import IntegrityError, chunked

from portal.consent.lifting_rules import UNDONE, lifted_by
from portal.consent.models import Suppression
from portal.consent.queries import EVERYTHING, suppressions
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import after_commit, transaction
from portal.core.keys import address_mac, address_macs, current_version

# From what the person may take back with one click to what stays for good.
STRENGTH = ("unsubscribed", "staff", "complained", "objected", "erased")
SCOPES = ("marketing", "everything")
SENTENCE = "This address asked not to be contacted."
_BATCH = 400


@dataclass(frozen=True)
class Wish:
    """What is kept of a wish to be left alone, or that it was taken back: nothing of it says whose it is."""

    channel: str
    mac: str
    key_version: str
    scope: str
    reason: str
    is_lifted: bool = False


Witness = Callable[[Sequence[Wish]], None]
_witnesses: list[Witness] = []


def register_witness(witness: Witness) -> None:
    """Let a higher feature keep wishes outside the database too; it is told once they are committed."""
    if witness not in _witnesses:
        _witnesses.append(witness)


def _tell(wishes: Sequence[Wish]) -> None:
    for witness in _witnesses if wishes else ():
        after_commit(partial(witness, wishes))


def suppress(channel: str, normal: str, reason: str, scope: str = "marketing") -> bool:
    """Leave this address alone from now on: scope `marketing`, `everything`, or `list:ID` of one purpose. Returns
    whether that is news. Belongs to the caller's transaction.
    """
    return suppress_mac(channel, address_mac(current_actor().org_id, channel, normal), reason, scope)


def suppress_mac(
    channel: str, mac: str, reason: str, scope: str = "marketing", *, delivery_id: int | None = None,
    campaign_id: int | None = None,
) -> bool:  # fmt: skip
    """The same for an address of which only the hash is known. A stronger reason takes the place of a weaker one."""
    _check(reason, scope)
    mine = (Suppression.channel == channel) & (Suppression.mac == mac) & (Suppression.scope == scope)
    wish = Wish(channel, mac, current_version(), scope, reason)
    if Suppression.select().where(mine).exists():
        # What a colleague writes down does not take the place of what the person did: by a paper it could be lifted.
        is_told = reason == "objected" and delivery_id is None
        weaker = ("staff",) if is_told else STRENGTH[: STRENGTH.index(reason)]
        if Suppression.update(reason=reason).where(mine, Suppression.reason.in_(weaker)).execute():
            _tell([wish])
        if delivery_id is not None:  # from now on it is the person's own act, whoever wrote it down first
            his = {"delivery_id": delivery_id, "campaign_id": campaign_id}
            Suppression.update(**his).where(mine, Suppression.delivery_id.is_null()).execute()
        # Said again: only what is said after this can take it back.
        Suppression.update(created_at=now()).where(mine, Suppression.reason != "erased").execute()
        return False
    try:
        with transaction():
            Suppression.create(
                channel=channel, mac=mac, key_version=current_version(), scope=scope, reason=reason,
                delivery_id=delivery_id, campaign_id=campaign_id,
            )  # fmt: skip
    except IntegrityError:
        return False  # the same wish came twice at once
    _tell([wish])
    return True


def suppress_many(wishes: Iterable[Wish]) -> int:
    """The same for many at once, of which whoever asks for it tells himself; return how many are news."""
    known = 0
    for few in chunked(dict.fromkeys(wishes), _BATCH):
        for wish in few:
            _check(wish.reason, wish.scope)
        macs = [wish.mac for wish in few]
        with transaction():
            there = {
                (row.channel, row.mac, row.scope): row for row in Suppression.select().where(Suppression.mac.in_(macs))
            }
            fresh = [wish for wish in few if (wish.channel, wish.mac, wish.scope) not in there]
            rows = [
                {
                    "channel": wish.channel, "mac": wish.mac, "key_version": wish.key_version, "scope": wish.scope,
                    "reason": wish.reason,
                }
                for wish in fresh
            ]  # fmt: skip
            if rows:
                Suppression.insert_many(rows).on_conflict_ignore().execute()
            for reason in {wish.reason for wish in few}:
                weaker = STRENGTH[: STRENGTH.index(reason)]
                same = [
                    there[wish.channel, wish.mac, wish.scope].id
                    for wish in few
                    if wish.reason == reason and (wish.channel, wish.mac, wish.scope) in there
                ]
                Suppression.update(reason=reason).where(
                    Suppression.id.in_(same), Suppression.reason.in_(weaker)
                ).execute()
        known += len(fresh)
    return known


def _check(reason: str, scope: str) -> None:
    if reason not in STRENGTH or not (scope in SCOPES or scope.startswith("list:")):
        raise ValueError(f"no such reason or scope: {reason}, {scope}")


def may_lift_own(channel: str, macs: Sequence[str]) -> bool:
    """Whether nothing keeps the address away but what a click on a link of the person's lifts."""
    mine = (Suppression.channel == channel) & Suppression.mac.in_(list(macs))
    reasons = {row.reason for row in Suppression.select(Suppression.reason).where(mine)}
    return reasons <= lifted_by(UNDONE, is_own=True, is_proven=False)


def lift_own(channel: str, macs: Sequence[str]) -> bool:
    """The person says that unsubscribing was a mistake: all that a click on a link of his lifts."""
    reasons = lifted_by(UNDONE, is_own=True, is_proven=False)
    return _lift(
        (Suppression.channel == channel) & Suppression.mac.in_(list(macs)) & Suppression.reason.in_(sorted(reasons))
    )


def lift_proven(channel: str, normal: str, act: str, *, said_at: datetime | None = None) -> bool:
    """The person himself has just shown that he reads the mail of this address, by a code or by the link that a form
    sent there: lift what this act of his lifts, and nothing that was said after it. To be called by who has seen that
    proof, and by nobody on a colleague's word. Returns whether anything was lifted. Belongs to the caller's
    transaction.
    """
    macs = address_macs(current_actor().org_id, channel, normal)
    theirs = (Suppression.channel == channel) & Suppression.mac.in_(macs)
    theirs &= Suppression.reason.in_(sorted(lifted_by(act, is_own=True, is_proven=True)))
    return _lift(theirs & (Suppression.created_at <= (said_at or now())))


def may_return(normal: str, act: str, channel: str = "email") -> bool:
    """Whether nothing keeps this address away but what its owner himself would lift by this act, once he proves that it
    is his: so that he may be asked for the proof.
    """
    reasons = lifted_by(act, is_own=True, is_proven=True)
    scopes = suppressions([normal], channel).get(normal, {})
    return all(reason in reasons for scope, reason in scopes.items() if scope == EVERYTHING or reason == "erased")


def lift_again(wishes: Sequence[Wish]) -> int:
    """What people took back themselves, done again in a database that was put back from before it."""
    lifted = 0
    for wish in wishes:
        mine = (Suppression.channel == wish.channel) & (Suppression.mac == wish.mac) & (Suppression.scope == wish.scope)
        lifted += Suppression.delete().where(mine, Suppression.reason == wish.reason).execute()
    return lifted


def lift_by_proof(channel: str, normals: Sequence[str], *, said_at: datetime) -> bool:
    """Somebody who objected agreed later, and it can be proven: his own act lifts what a colleague wrote down for him,
    and nothing that he stopped himself, by whatever name a colleague wrote it down once more.
    """
    org_id = current_actor().org_id
    macs = [mac for normal in normals for mac in address_macs(org_id, channel, normal)]
    theirs = (Suppression.channel == channel) & Suppression.mac.in_(macs)
    theirs = theirs & Suppression.reason.in_(("staff", "objected")) & (Suppression.created_at <= said_at)
    theirs = theirs & Suppression.delivery_id.is_null()
    return bool(macs) and _lift(theirs)


def _lift(which: Any) -> bool:
    rows = list(Suppression.select().where(which))
    Suppression.delete().where(which).execute()
    _tell([Wish(row.channel, row.mac, row.key_version, row.scope, row.reason, is_lifted=True) for row in rows])
    return bool(rows)


def check_new(normals: Sequence[str], channel: str = "email") -> dict[str, str]:
    """Of addresses about to be added those that may not be, each with the sentence to show: their people asked to be
    left alone altogether. It does not tell whose they are, nor whether they are known here. Who only asked for no
    more newsletters may be kept; the gate knows him.
    """
    found = suppressions(normals, channel)
    words = SENTENCE if channel == "email" else SENTENCE.replace("address", "number")
    return {normal: words for normal, scopes in found.items() if EVERYTHING in scopes or "erased" in scopes.values()}


def guard(channel: str, normal: str) -> str | None:
    """For an address typed by hand."""
    return check_new([normal], channel).get(normal)
