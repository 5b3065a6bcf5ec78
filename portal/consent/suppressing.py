"""The one writer of suppressions: an address is left alone until the person's own proven act lifts it (R25)."""

from collections.abc import Sequence
from datetime import datetime

from peewee import IntegrityError

from portal.consent.models import Suppression
from portal.consent.queries import EVERYTHING, suppressions
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import address_mac, address_macs, current_version

# From what the person may take back with one click to what stays for good.
STRENGTH = ("unsubscribed", "staff", "complained", "objected", "erased")
SCOPES = ("marketing", "everything")
SENTENCE = "This address asked not to be contacted."


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
    if reason not in STRENGTH or not (scope in SCOPES or scope.startswith("list:")):
        raise ValueError(f"no such reason or scope: {reason}, {scope}")
    mine = (Suppression.channel == channel) & (Suppression.mac == mac) & (Suppression.scope == scope)
    if Suppression.select().where(mine).exists():
        # What a colleague writes down does not take the place of what the person did: by a paper it could be lifted.
        is_told = reason == "objected" and delivery_id is None
        weaker = ("staff",) if is_told else STRENGTH[: STRENGTH.index(reason)]
        Suppression.update(reason=reason).where(mine, Suppression.reason.in_(weaker)).execute()
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
    return True


def lift_own(channel: str, macs: Sequence[str]) -> bool:
    """The person says that unsubscribing was a mistake: the only thing that is lifted, and only by himself."""
    lifted = Suppression.delete().where(
        Suppression.channel == channel, Suppression.mac.in_(list(macs)), Suppression.reason == STRENGTH[0]
    )
    return bool(lifted.execute())


def lift_by_proof(channel: str, normals: Sequence[str], *, said_at: datetime) -> bool:
    """Somebody who objected agreed later, and it can be proven: his own act lifts what a colleague wrote down for him,
    and nothing that he stopped himself, by whatever name a colleague wrote it down once more.
    """
    org_id = current_actor().org_id
    macs = [mac for normal in normals for mac in address_macs(org_id, channel, normal)]
    lifted = Suppression.delete().where(
        Suppression.channel == channel, Suppression.mac.in_(macs), Suppression.reason.in_(("staff", "objected")),
        Suppression.created_at <= said_at, Suppression.delivery_id.is_null(),
    )  # fmt: skip
    return bool(macs) and bool(lifted.execute())


def check_new(normals: Sequence[str], channel: str = "email") -> dict[str, str]:
    """Of addresses about to be added those that may not be, each with the sentence to show: their people asked to be
    left alone altogether. It does not tell whose they are, nor whether they are known here. Who only asked for no
    more newsletters may be kept; the gate knows him.
    """
    found = suppressions(normals, channel)
    return {normal: SENTENCE for normal, scopes in found.items() if EVERYTHING in scopes or "erased" in scopes.values()}


def guard(channel: str, normal: str) -> str | None:
    """For an address typed by hand."""
    return check_new([normal], channel).get(normal)
