"""What a colleague writes down for a contact: what was said, or another ground, with the paper that proves it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import IO

from portal.accounts.service import today
from portal.consent import justifying, purposes, suppressing
from portal.consent.grounds import ALL_BASES, CHANNELS, GRANTS, KINDS, METHODS, SPECIAL_BASES, is_evidence
from portal.consent.models import Justification
from portal.consent.queries import states
from portal.consent.recording import record
from portal.contacts.models import Contact, Email
from portal.core.actor import current_actor, require, seeing_everything
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.permissions import DataSet, Permission
from portal.documents import service as documents
from portal.documents.rules import BadDocument

TOLD = ("granted", "withheld", "withdrawn", "objected")  # what one can write down for others


class BadWord(Misfit):
    """This cannot be recorded so. `field` is where it is mended."""


@dataclass(frozen=True)
class Paper:
    """An uploaded paper, recording or mail."""

    stream: IO[bytes]
    filename: str


@dataclass(frozen=True)
class Word:
    """What somebody said, as it is typed."""

    purpose_id: int
    kind: str
    channels: list[str] = field(default_factory=list)
    method: str = ""
    said_on: date | None = None
    given_by: str = "self"
    detail: str = ""
    recording: str = ""
    paper: Paper | None = None


def tell(contact: Contact, word: Word) -> None:
    """Record what was said. With a paper or a recording it counts as proven. Raises BadWord and PurposeNotFound."""
    require(Permission.CONTACT_EDIT)
    purpose = purposes.find(word.purpose_id)
    channels = list(CHANNELS) if word.kind == "objected" else word.channels
    _check(word, channels)
    day = word.said_on or today()
    said_at = now() if day >= today() else datetime.combine(day, time(10), UTC)
    with transaction():
        document_id = _keep(contact, word.paper, f"{KINDS[word.kind]}: {purpose.name}")
        proven = is_evidence(word.method, document_id=document_id, recording=word.recording, wording_id=None)
        record(
            [contact.id], purpose_id=purpose.id, channels=channels, kind=word.kind,
            proof="proven" if proven else "asserted", method=word.method, detail=word.detail,
            document_id=document_id, recording=word.recording, at=said_at, given_by=word.given_by, source="staff",
        )  # fmt: skip
        _leave_alone(contact, word, channels, said_at, is_proven=proven)


def ground(contact: Contact, purpose_id: int, basis: str, detail: str, paper: Paper | None = None) -> None:
    """Record another ground than consent. Raises BadWord and PurposeNotFound."""
    require(Permission.CONTACT_EDIT)
    purpose = purposes.find(purpose_id)
    if basis not in ALL_BASES or basis == "consent" or not is_shown(basis):
        raise BadWord("Choose on what ground.", "basis")
    if not detail.strip():
        raise BadWord("Say how this ground is met, such as: member since 2019.", "detail")
    with transaction():
        document_id = _keep(contact, paper, f"{purpose.name}: ground")
        justifying.justify(
            [contact.id], purpose_id=purpose.id, basis=basis, detail=detail.strip(), document_id=document_id,
            source="staff",
        )  # fmt: skip


def is_shown(basis: str) -> bool:
    """Whether the actor may know of it: a ground for special information tells that there is some (P-26-1)."""
    return basis not in SPECIAL_BASES or current_actor().sees(DataSet.SPECIAL)


def find_ground(contact: Contact, justification_id: int) -> Justification:
    mine = (Justification.contact_id == contact.id) & (Justification.id == justification_id)
    found = Justification.get_or_none(mine)
    if found is None or not is_shown(found.basis):
        raise purposes.PurposeNotFound("There is no such ground.")
    return found


def end_ground(contact: Contact, justification_id: int) -> None:
    require(Permission.CONTACT_EDIT)
    justifying.end(find_ground(contact, justification_id), "")


def _check(word: Word, channels: list[str]) -> None:
    if word.kind not in TOLD:
        raise BadWord("Choose what was said.", "kind")
    if not channels or not set(channels) <= set(CHANNELS):
        raise BadWord("Choose at least one way of reaching the person.", "channels")
    if word.method not in METHODS:
        raise BadWord("Choose how it was said.", "method")
    if word.said_on is not None and word.said_on > today():
        raise BadWord("This day lies in the future.", "said_on")
    if not word.detail.strip() and word.kind in GRANTS and word.paper is None:
        raise BadWord("Say where and how, such as: ticked the form at the open day.", "detail")


def _keep(contact: Contact, paper: Paper | None, title: str) -> int | None:
    if paper is None:
        return None
    try:
        return int(documents.add(paper.stream, paper.filename, contact_id=contact.id, title=title, kind="consent").id)
    except BadDocument as error:
        raise BadWord(str(error), "paper") from error


def _leave_alone(contact: Contact, word: Word, channels: list[str], at: datetime, *, is_proven: bool) -> None:
    """An objection holds for the address too, and so outlives the contact; a later proven consent of the person lifts
    what a colleague had written down so. What the person himself stopped by a click, he alone takes back.
    """
    if "email" not in channels:
        return
    with seeing_everything():
        normals = [row.normal for row in Email.select(Email.normal).where(Email.contact_id == contact.id)]
    if word.kind == "objected":
        for normal in normals:
            suppressing.suppress("email", normal, "objected")
    elif word.kind in GRANTS and is_proven and word.given_by == "self":
        suppressing.lift_by_proof("email", _own(contact.id, normals), said_at=at)


def _own(contact_id: int, normals: list[str]) -> list[str]:
    """Those of these addresses at which nobody else who has them objects: his word is not theirs."""
    with seeing_everything():
        query = Email.select(Email.contact_id, Email.normal).where(Email.normal.in_(normals))
        shared = [(i, normal) for i, normal in query.tuples() if i != contact_id]
    objecting = {
        i for i, held in states(sorted({i for i, _ in shared})).items()
        if any(state.standing == "objected" for (_, channel), state in held.items() if channel == "email")
    }  # fmt: skip
    theirs = {normal for i, normal in shared if i in objecting}
    return [normal for normal in normals if normal not in theirs]
