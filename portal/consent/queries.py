"""The gate's facts, fetched for a whole batch in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.consent.models import Justification, Suppression
from portal.consent.rules import IDENTITY, Facts, Purpose, missing_identity, standing_of
from portal.contacts.child_rules import Standing
from portal.contacts.children import as_the_gate_sees
from portal.contacts.models import Contact, Email
from portal.core.actor import current_actor, seeing_everything
from portal.core.keys import address_macs
from portal.core.tenancy import Org


@dataclass(frozen=True)
class Candidate:
    """One message that might be sent: to a contact, at an address (normalised; "" when there is none)."""

    contact_id: int
    normal: str


def sender_facts() -> tuple[bool, tuple[str, ...]]:
    """Whether the organisation is suspended, and which details of its identity are missing."""
    org = Org.get_by_id(current_actor().org_id)
    return org.suspended_at is not None, missing_identity({name: getattr(org, name) for name in IDENTITY})


def facts(candidates: Sequence[Candidate], purpose: Purpose, handled: frozenset[int] = frozenset()) -> list[Facts]:
    """The facts of each candidate, in order; a contact that is not there counts as erased. `handled` are places in the
    list whose address another one has. The gate knows of the addresses what it must, also where the actor is not shown
    them.
    """
    with seeing_everything():
        return _facts(candidates, purpose, handled)


def _facts(candidates: Sequence[Candidate], purpose: Purpose, handled: frozenset[int]) -> list[Facts]:
    suspended, missing = sender_facts()
    contact_ids = sorted({c.contact_id for c in candidates})
    columns = (Contact.id, Contact.erased_at, Contact.deceased_on, Contact.archived_at)
    there = {c.id: c for c in Contact.select(*columns).where(Contact.id.in_(contact_ids))}
    children = as_the_gate_sees(sorted(there))
    states: dict[tuple[int, str], str] = {}
    for email in Email.select(Email.contact_id, Email.normal, Email.state).where(Email.contact_id.in_(contact_ids)):
        states[email.contact_id, email.normal] = email.state
    withheld = {contact_id for contact_id, rows in justifications(contact_ids).items() if standing(rows) == "withheld"}
    reasons = suppression_reasons([c.normal for c in candidates if c.normal])
    return [
        Facts(
            purpose=purpose,
            missing=missing,
            is_suspended=suspended,
            is_erased=c.contact_id not in there or there[c.contact_id].erased_at is not None,
            is_deceased=c.contact_id in there and there[c.contact_id].deceased_on is not None,
            is_archived=c.contact_id in there and there[c.contact_id].archived_at is not None,
            child=children.get(c.contact_id, Standing.NONE),
            has_address=bool(c.normal),
            address_state=states.get((c.contact_id, c.normal), ""),
            suppressed=reasons.get(c.normal, ""),
            is_withheld=c.contact_id in withheld,
            is_handled=place in handled,
        )
        for place, c in enumerate(candidates)
    ]


def suppression_reasons(normals: Sequence[str], channel: str = "email") -> dict[str, str]:
    """Why each of these addresses must not be written to; addresses that may be are not in the answer."""
    org_id = current_actor().org_id
    macs: dict[str, str] = {}
    for normal in set(normals):
        for mac in address_macs(org_id, channel, normal):
            macs[mac] = normal
    found: dict[str, str] = {}
    wanted = list(macs)
    for start in range(0, len(wanted), 500):
        few = wanted[start : start + 500]
        query = Suppression.select(Suppression.mac, Suppression.reason).where(
            Suppression.channel == channel, Suppression.mac.in_(few)
        )
        found |= {macs[mac]: reason for mac, reason in query.tuples()}
    return found


def justifications(contact_ids: Sequence[int], channel: str = "email") -> dict[int, list[Justification]]:
    """What is on record for writing to these contacts by this channel, the oldest first."""
    found: dict[int, list[Justification]] = {}
    mine = Justification.contact_id.in_(list(contact_ids)) & (Justification.channel == channel)
    query = Justification.select().where(mine).order_by(Justification.id)
    for row in query:
        found.setdefault(row.contact_id, []).append(row)
    return found


def standing(rows: Sequence[Justification]) -> str:
    """What a contact's justifications, the oldest first, come to: see rules.standing_of."""
    return standing_of([row.standing for row in rows])
