"""What a contact's page says of lawful basis: may we write, because of what, and everything that was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from portal.accounts.service import current_org
from portal.consent import purposes, restricting
from portal.consent.folding import State, of
from portal.consent.grounds import ALL_BASES, CHANNELS, GRANTS, KINDS, METHODS, RESTRICTIONS, UNRECORDED
from portal.consent.models import ConsentEvent, Justification, Purpose, Restriction, Wording
from portal.consent.queries import Candidate, events_of, facts, justifications, states
from portal.consent.rules import SPACED, WHOLE_ORGANISATION, WORDS, Aim, PurposeClass, Refuse, may_send
from portal.consent.telling import is_shown
from portal.contacts.models import Email
from portal.contacts.rules import SOURCES
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.permissions import DataSet
from portal.core.written import day
from portal.documents.models import Document


@dataclass(frozen=True)
class Answer:
    """May we write by email for one purpose? `why` follows "because"; `reason` is that of the gate."""

    purpose: Purpose
    is_yes: bool
    why: str
    proof: str = ""  # asserted | proven, where it rests on a consent
    reason: str = ""


@dataclass(frozen=True)
class Stopped:
    """Another address than the first, and why it is not written to."""

    address: str
    why: str


@dataclass(frozen=True)
class Said:
    """One thing that was said, in words."""

    event: ConsentEvent
    words: str
    document: Document | None
    wording: str
    trouble: str  # why it is no evidence


@dataclass(frozen=True)
class Ground:
    justification: Justification
    words: str
    document: Document | None


@dataclass
class Basis:
    answers: list[Answer] = field(default_factory=list)
    stopped: list[Stopped] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    restriction: Restriction | None = None
    address: str = ""  # the first one, where it is not hidden
    is_justified: bool = False  # by any ground, also one that is hidden from the reader

    @property
    def restricted_because(self) -> str:
        return RESTRICTIONS.get(self.restriction.reason, "") if self.restriction else ""

    @property
    def is_unjustified(self) -> bool:
        return not self.is_justified


def load(contact_ids: Sequence[int]) -> dict[int, Basis]:
    """A fixed number of queries for each purpose in use."""
    emails: dict[int, list[Email]] = {}
    if current_actor().sees(DataSet.EMAIL):
        rows = Email.select().where(Email.contact_id.in_(list(contact_ids)))
        for email in rows.order_by(Email.is_primary.desc(), Email.id):
            emails.setdefault(email.contact_id, []).append(email)
    used = purposes.current()
    names = purposes.names()
    events, grounds, held = events_of(contact_ids), justifications(contact_ids), states(contact_ids)
    papers = _papers([*(e for rows in events.values() for e in rows), *(j for rows in grounds.values() for j in rows)])
    wordings = _wordings([event for rows in events.values() for event in rows])
    found = {i: Basis() for i in contact_ids}
    for i, basis in found.items():
        basis.restriction = restricting.of(i)
        basis.said = [_said(e, names, papers, wordings) for e in reversed(events.get(i, []))]
        basis.grounds = [
            Ground(j, f"{names.get(j.purpose_id, '')}: {ALL_BASES.get(j.basis, j.basis)}", papers.get(j.document_id))
            for j in reversed(grounds.get(i, []))
            if is_shown(j.basis)
        ]
        basis.is_justified = any(j.ended_at is None for j in grounds.get(i, []))
        basis.address = emails[i][0].address if i in emails else ""
    for purpose in used:
        _answer(purpose, found, emails, grounds, held)
    for i, rows in emails.items():
        found[i].stopped = _stopped(i, rows[1:])
    return found


def _answer(
    purpose: Purpose,
    found: dict[int, Basis],
    emails: dict[int, list[Email]],
    grounds: dict[int, list[Justification]],
    held: dict[int, dict[tuple[int, str], State]],
) -> None:
    kind, zone = PurposeClass(purpose.purpose_class), ZoneInfo(current_org().timezone)
    candidates = [Candidate(i, emails[i][0].normal if i in emails else "") for i in found]
    is_hidden = not current_actor().sees(DataSet.EMAIL)
    for candidate, fact in zip(candidates, facts(candidates, Aim(kind, purpose.id)), strict=True):
        i = candidate.contact_id
        outcome = may_send(replace(fact, has_address=True) if is_hidden else fact, now())
        reason = outcome.reason if isinstance(outcome, Refuse) else ""
        if reason in WHOLE_ORGANISATION:
            reason = ""  # of the organisation: nothing that could be said of this contact here
        if is_hidden and not reason:
            continue  # it may be the address, which is hidden, that must not be written to
        state = of(held.get(i, {}), purpose.id, "email")
        if reason:
            since = f" on {day(fact.had_at, zone)}" if fact.is_too_soon and fact.had_at else ""
            words = f"{WORDS[reason]}{since if reason in SPACED else ''}"
            found[i].answers.append(Answer(purpose, False, words, reason=reason))
            continue
        mine = [j for j in grounds.get(i, []) if j.purpose_id == purpose.id and j.ended_at is None]
        why = _because(kind, state, mine, zone)
        found[i].answers.append(Answer(purpose, True, why, state.standing if state.is_given else ""))


def _because(kind: PurposeClass, state: State, grounds: Sequence[Justification], zone: ZoneInfo) -> str:
    if state.is_given and (kind is PurposeClass.DIRECT_MARKETING or not grounds):
        who = "a parent or guardian" if state.given_by == "competent" else "the person"
        return f"{who} agreed on {day(state.at, zone)}" if state.at else f"{who} agreed"
    if grounds and not any(is_shown(one.basis) for one in grounds):
        return "it rests on a ground that you may not see"
    if grounds:
        grounds = [one for one in grounds if is_shown(one.basis)]
        words = ALL_BASES.get(grounds[-1].basis, "").split(" (")[0]
        return f"{words[:1].lower()}{words[1:]}"
    if kind is PurposeClass.DIRECT_MARKETING:
        return "a parent or guardian agreed, also to appeals"
    return "it answers what the person did"


def _said(
    event: ConsentEvent, names: dict[int, str], papers: dict[int | None, Document], wordings: dict[int, str]
) -> Said:
    channels = CHANNELS.get(event.channel, event.channel)
    name = names.get(event.purpose_id, "")
    words = KINDS.get(event.kind, event.kind)
    if event.kind != "objected":
        words = f"{words}: {name}, by {channels}"
    how = [METHODS.get(event.method, ""), "a parent or guardian" if event.given_by == "competent" else ""]
    how.append(SOURCES.get(event.source, "").lower())
    is_unrecorded = event.kind in GRANTS and event.method == "telephone" and event.proof != "proven"
    return Said(
        event,
        ", ".join([words, *filter(None, how)]),
        papers.get(event.document_id),
        wordings.get(event.wording_id or 0, ""),
        UNRECORDED if is_unrecorded else "",
    )


def _stopped(contact_id: int, others: Sequence[Email]) -> list[Stopped]:
    candidates = [Candidate(contact_id, email.normal) for email in others]
    if not candidates:
        return []
    known = facts(candidates, Aim(PurposeClass.INFORMATION))
    found = []
    for email, fact in zip(others, known, strict=True):
        outcome = may_send(fact, now())
        if isinstance(outcome, Refuse) and outcome.reason in ("undeliverable", "complained", "unsubscribed"):
            found.append(Stopped(email.address, WORDS[outcome.reason]))
    return found


def _papers(rows: Sequence[ConsentEvent | Justification]) -> dict[int | None, Document]:
    """The documents that prove something, as far as the actor may read documents and they are still there."""
    ids = {row.document_id for row in rows if row.document_id}
    if not ids:
        return {}
    return {document.id: document for document in Document.select().where(Document.id.in_(ids))}


def _wordings(events: Sequence[ConsentEvent]) -> dict[int, str]:
    ids = {event.wording_id for event in events if event.wording_id}
    return dict(Wording.select(Wording.id, Wording.text).where(Wording.id.in_(ids)).tuples()) if ids else {}
