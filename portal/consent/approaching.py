"""The ledger of approaches: a person is asked for consent once, ever, by each organisation and channel (DM-2)."""

from collections.abc import Sequence

from peewee import IntegrityError, fn

from portal.consent.more_models import Approach
from portal.consent.queries import Candidate, register_fact
from portal.consent.rules import Aim, PurposeClass
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import address_macs, current_version

OUTCOMES = {
    "no_answer": "No answer yet",
    "granted": "Said yes",
    "withheld": "Said no",
    "not_delivered": "Could not be delivered",
}


def note(channel: str, mac: str, *, campaign_id: int, delivery_id: int) -> bool:
    """Note that this address is being asked now; False when it was asked before. Belongs to the transaction of the
    hand-over, so that nobody is asked without a note, and none is kept of a message that did not leave.
    """
    try:
        with transaction():
            Approach.create(
                channel=channel, mac=mac, key_version=current_version(), campaign_id=campaign_id,
                delivery_id=delivery_id,
            )  # fmt: skip
    except IntegrityError:
        return False
    return True


def forget(delivery_id: int) -> None:
    """The message did not leave after all, and will be tried again: the address has not been asked yet."""
    Approach.delete().where(Approach.delivery_id == delivery_id, Approach.outcome == "no_answer").execute()


def not_delivered(delivery_id: int) -> None:
    """The message came back. The address is not asked again; a corrected one is another address (DM-3)."""
    _settle((Approach.delivery_id == delivery_id) & (Approach.outcome == "no_answer"), "not_delivered")


def answered(channel: str, mac: str, outcome: str) -> None:
    """The person said yes or no."""
    _settle((Approach.channel == channel) & (Approach.mac == mac), outcome)


def asked(candidates: Sequence[Candidate], aim: Aim) -> frozenset[int]:
    """The places in the list whose address was asked before; nobody is, for what asks nobody for consent."""
    if aim.purpose_class is not PurposeClass.CONSENT_REQUEST:
        return frozenset()
    org_id = current_actor().org_id
    macs: dict[str, str] = {}
    for candidate in candidates:
        if candidate.normal:
            macs |= dict.fromkeys(address_macs(org_id, aim.channel, candidate.normal), candidate.normal)
    known: set[str] = set()
    wanted = sorted(macs)
    for start in range(0, len(wanted), 500):
        query = Approach.select(Approach.mac).where(
            Approach.channel == aim.channel, Approach.mac.in_(wanted[start : start + 500])
        )
        known |= {macs[row[0]] for row in query.tuples()}
    return frozenset(place for place, candidate in enumerate(candidates) if candidate.normal in known)


def outcomes_of(campaign_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """{campaign: {outcome: how many of those whom it asked}}."""
    counts = {campaign_id: dict.fromkeys(OUTCOMES, 0) for campaign_id in campaign_ids}
    query = Approach.select(Approach.campaign_id, Approach.outcome, fn.COUNT(Approach.id))
    query = query.where(Approach.campaign_id.in_(list(campaign_ids))).group_by(Approach.campaign_id, Approach.outcome)
    for campaign_id, outcome, count in query.tuples():
        counts[campaign_id][outcome] = count
    return counts


def register() -> None:
    register_fact("is_asked", asked)


def _settle(which: object, outcome: str) -> None:
    Approach.update(outcome=outcome, answered_at=now()).where(which).execute()
