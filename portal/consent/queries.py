"""The gate's facts, fetched for a whole batch in a fixed number of queries; and what is recorded of contacts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.consent.folding import MISSING, Key, State, fold, of
from portal.consent.grounds import CHANNELS
from portal.consent.models import ConsentEvent, Justification, Purpose, Restriction, Suppression
from portal.consent.rules import IDENTITY, Aim, Facts, PurposeClass, missing_identity
from portal.consent.spacing import is_too_soon
from portal.contacts.child_rules import Standing
from portal.contacts.children import as_the_gate_sees
from portal.contacts.models import Contact, Email
from portal.core.actor import current_actor, seeing_everything
from portal.core.clock import now
from portal.core.keys import address_macs
from portal.core.tenancy import Org

SPOKEN_FOR = frozenset({Standing.CONSENTED, Standing.MARKETING})  # a parent's consent is the ground, for what it allows
EVERYTHING, MARKETING = "everything", "marketing"
TOLD = ("is_asked", "lacks_transfer", "was_asked")


@dataclass(frozen=True)
class Candidate:
    """One message that might be sent: to a contact, at an address (normalised; "" when there is none)."""

    contact_id: int
    normal: str


FactSource = Callable[[Sequence[Candidate], Aim], frozenset[int]]
Leavings = Callable[[Sequence[int], str], dict[int, datetime]]  # (contacts, channel) -> {contact: when he left}
_sources: dict[str, FactSource] = {}
_leavings: list[Leavings] = []
Lately = Callable[[Sequence[int]], dict[int, datetime]]  # when contacts last had direct marketing
_lately: list[Lately] = []


def register_fact(name: str, source: FactSource) -> None:
    """Let a higher feature tell the gate a fact it keeps: one of TOLD. The source answers with the places in the list
    for which it is so, in a fixed number of queries.
    """
    if name not in TOLD:
        raise ValueError(f"the gate asks nobody else for {name}")
    _sources[name] = source


def register_leavings(source: Leavings) -> None:
    """Let whoever keeps what people did with messages tell who unsubscribed or complained, and has not come back."""
    _leavings[:] = [source]


def register_lately(source: Lately) -> None:
    """Let whoever knows of campaigns tell when contacts last had direct marketing. It is asked of those alone who want
    less of it.
    """
    _lately[:] = [source]


def sender_facts() -> tuple[bool, tuple[str, ...]]:
    """Whether the organisation is suspended, and which details of its identity are missing."""
    org = Org.get_by_id(current_actor().org_id)
    return org.suspended_at is not None, _missing(org)


def facts(candidates: Sequence[Candidate], aim: Aim, handled: frozenset[int] = frozenset()) -> list[Facts]:
    """The facts of each candidate, in order; a contact that is not there counts as erased. `handled` are places in the
    list whose address another one has. The gate knows of the addresses what it must, also where the actor is not shown
    them.
    """
    with seeing_everything():
        return _facts(candidates, aim, handled)


def _facts(candidates: Sequence[Candidate], aim: Aim, handled: frozenset[int]) -> list[Facts]:
    org = Org.get_by_id(current_actor().org_id)
    missing = _missing(org)
    purpose_id = aim.purpose_id if aim.purpose_id is not None else first_purpose_id()
    contact_ids = sorted({c.contact_id for c in candidates})
    columns = (Contact.id, Contact.erased_at, Contact.deceased_on, Contact.archived_at, Contact.spacing)
    there = {c.id: c for c in Contact.select(*columns).where(Contact.id.in_(contact_ids))}
    children = as_the_gate_sees(sorted(there))
    states: dict[tuple[int, str], str] = {}
    for email in Email.select(Email.contact_id, Email.normal, Email.state).where(Email.contact_id.in_(contact_ids)):
        states[email.contact_id, email.normal] = email.state
    said = _standings(contact_ids, purpose_id, aim)
    refusing = {i for i, state in said.items() if state.standing == "withheld"}
    grounds = _grounds(contact_ids, purpose_id, refusing)
    restricted = restricted_of(contact_ids)
    stops = suppressions([c.normal for c in candidates if c.normal], aim.channel)
    told = {name: source(candidates, aim) for name, source in _sources.items()}
    left = _leavings[0](contact_ids, aim.channel) if _leavings else {}
    spacings = _spacings(there.values(), aim)
    had = _lately[0](sorted(spacings)) if _lately and spacings else {}
    nobody: frozenset[int] = frozenset()
    return [
        Facts(
            purpose=aim.purpose_class,
            missing=missing,
            is_suspended=org.suspended_at is not None,
            is_erased=c.contact_id not in there or there[c.contact_id].erased_at is not None,
            is_deceased=c.contact_id in there and there[c.contact_id].deceased_on is not None,
            is_archived=c.contact_id in there and there[c.contact_id].archived_at is not None,
            child=children.get(c.contact_id, Standing.NONE),
            has_address=bool(c.normal),
            is_theirs=not c.normal or (c.contact_id, c.normal) in states,
            has_left=_has_left(left.get(c.contact_id), said.get(c.contact_id, MISSING)),
            address_state=states.get((c.contact_id, c.normal), ""),
            suppressed=_reason_of(stops.get(c.normal, {}), purpose_id),
            spacing=spacings.get(c.contact_id, 0),
            had_at=had.get(c.contact_id),
            is_too_soon=is_too_soon(spacings.get(c.contact_id, 0), had.get(c.contact_id), now()),
            is_stopped=EVERYTHING in stops.get(c.normal, {}),
            is_handled=place in handled,
            channel=aim.channel,
            is_restricted=c.contact_id in restricted,
            consent=said.get(c.contact_id, MISSING).standing,
            needs_proof=bool(org.requires_proof),
            is_justified=c.contact_id in grounds or children.get(c.contact_id) in SPOKEN_FOR,
            is_compatible=purpose_id in grounds.get(c.contact_id, set()) or children.get(c.contact_id) in SPOKEN_FOR,
            is_asked=place in told.get("is_asked", nobody) | told.get("was_asked", nobody),
            lacks_transfer=place in told.get("lacks_transfer", nobody),
        )
        for place, c in enumerate(candidates)
    ]


def _spacings(contacts: Iterable[Contact], aim: Aim) -> dict[int, int]:
    """Those who want direct marketing less often, each with in how many days one; for other messages nobody."""
    if aim.purpose_class is not PurposeClass.DIRECT_MARKETING:
        return {}
    return {contact.id: contact.spacing for contact in contacts if contact.spacing}


def first_purpose_id() -> int:
    """The id of purposes.first: which purpose is meant where nobody says."""
    is_other = Purpose.purpose_class != PurposeClass.DIRECT_MARKETING
    query = Purpose.select(Purpose.id).order_by(Purpose.archived_at.is_null(False), is_other, Purpose.id)
    return int(query.limit(1).scalar())


def states(contact_ids: Sequence[int]) -> dict[int, dict[Key, State]]:
    """What everything that these contacts said comes to, for each purpose and channel: the fold of the events."""
    marketing = [
        (row[0], channel)
        for row in Purpose.select(Purpose.id).where(Purpose.purpose_class == PurposeClass.DIRECT_MARKETING).tuples()
        for channel in CHANNELS
    ]
    return {i: fold(events, marketing) for i, events in events_of(contact_ids).items()}


def events_of(contact_ids: Sequence[int]) -> dict[int, list[ConsentEvent]]:
    """Everything these contacts said, in the order in which it was written down."""
    found: dict[int, list[ConsentEvent]] = {}
    query = ConsentEvent.select().where(ConsentEvent.contact_id.in_(list(contact_ids))).order_by(ConsentEvent.id)
    for event in query:
        found.setdefault(event.contact_id, []).append(event)
    return found


def justifications(contact_ids: Sequence[int]) -> dict[int, list[Justification]]:
    """On what grounds these contacts are and were kept, the oldest first."""
    found: dict[int, list[Justification]] = {}
    query = Justification.select().where(Justification.contact_id.in_(list(contact_ids))).order_by(Justification.id)
    for row in query:
        found.setdefault(row.contact_id, []).append(row)
    return found


def justified_for(contact_ids: Sequence[int]) -> dict[int, set[int]]:
    """The purposes for which each of these contacts is kept on some ground; who is kept on none is not in it."""
    found: dict[int, set[int]] = {}
    query = Justification.select(Justification.contact_id, Justification.purpose_id).where(
        Justification.contact_id.in_(list(contact_ids)), Justification.ended_at.is_null()
    )
    for contact_id, purpose_id in query.tuples():
        found.setdefault(contact_id, set()).add(purpose_id)
    return found


def restricted_of(contact_ids: Sequence[int]) -> set[int]:
    query = Restriction.select(Restriction.contact_id).where(
        Restriction.contact_id.in_(list(contact_ids)), Restriction.lifted_at.is_null()
    )
    return {row[0] for row in query.tuples()}


def suppressions(normals: Sequence[str], channel: str = "email") -> dict[str, dict[str, str]]:
    """Of these addresses those that must be left alone: {address: {scope: reason}}."""
    org_id = current_actor().org_id
    macs = {mac: normal for normal in set(normals) for mac in address_macs(org_id, channel, normal)}
    found: dict[str, dict[str, str]] = {}
    wanted = list(macs)
    for start in range(0, len(wanted), 500):
        few = wanted[start : start + 500]
        query = Suppression.select(Suppression.mac, Suppression.scope, Suppression.reason).where(
            Suppression.channel == channel, Suppression.mac.in_(few)
        )
        for mac, scope, reason in query.tuples():
            found.setdefault(macs[mac], {})[scope] = reason
    return found


def suppression_reasons(normals: Sequence[str], channel: str = "email") -> dict[str, str]:
    """Why each of these addresses must not be written to; addresses that may be are not in the answer."""
    return {
        normal: scopes.get(EVERYTHING) or scopes.get(MARKETING) or next(iter(scopes.values()))
        for normal, scopes in suppressions(normals, channel).items()
    }


def _grounds(contact_ids: Sequence[int], purpose_id: int, refusing: set[int]) -> dict[int, set[int]]:
    """As justified_for; but the consent of who has said no since is no ground for this purpose any more."""
    found: dict[int, set[int]] = {}
    query = Justification.select(Justification.contact_id, Justification.purpose_id, Justification.basis).where(
        Justification.contact_id.in_(list(contact_ids)), Justification.ended_at.is_null()
    )
    for contact_id, mine, basis in query.tuples():
        if not (basis == "consent" and mine == purpose_id and contact_id in refusing):
            found.setdefault(contact_id, set()).add(mine)
    return found


def _has_left(at: datetime | None, state: State) -> bool:
    """Whether he left and has not said, provably and since, that he wants this (P-11-5)."""
    return at is not None and not (state.standing == "proven" and state.at is not None and state.at > at)


def _reason_of(scopes: dict[str, str], purpose_id: int) -> str:
    return scopes.get(EVERYTHING) or scopes.get(MARKETING) or scopes.get(f"list:{purpose_id}") or ""


def _standings(contact_ids: Sequence[int], purpose_id: int, aim: Aim) -> dict[int, State]:
    """What each contact's word comes to for this purpose and channel alone: the events of the others are not read."""
    mine: Any = (ConsentEvent.purpose_id == purpose_id) & (ConsentEvent.channel == aim.channel)
    columns = (
        ConsentEvent.id, ConsentEvent.contact_id, ConsentEvent.purpose_id, ConsentEvent.channel, ConsentEvent.kind,
        ConsentEvent.proof, ConsentEvent.given_by, ConsentEvent.at, ConsentEvent.import_id,
    )  # fmt: skip
    said: dict[int, list[ConsentEvent]] = {}
    for event in ConsentEvent.select(*columns).where(
        ConsentEvent.contact_id.in_(list(contact_ids)), mine | (ConsentEvent.kind == "objected")
    ):
        said.setdefault(event.contact_id, []).append(event)
    key = (purpose_id, aim.channel)
    marketing = [key] if aim.purpose_class in (PurposeClass.DIRECT_MARKETING, PurposeClass.CONSENT_REQUEST) else []
    return {i: of(fold(events, marketing), *key) for i, events in said.items()}


def _missing(org: Org) -> tuple[str, ...]:
    return missing_identity({name: getattr(org, name) for name in IDENTITY})
