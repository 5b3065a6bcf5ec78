"""The signed word of whoever brings a file: how these people came to be on it, and what they agreed to (DM-11)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from portal.accounts.service import today
from portal.activity import log
from portal.contacts.names import fold
from portal.core.actor import Actor, current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text
from portal.documents import service as documents
from portal.documents.models import Document
from portal.imports import signs
from portal.imports.consents import CHANNELS, purposes
from portal.imports.headings import FIELDS, IGNORE
from portal.imports.models import Declaration, Import
from portal.imports.sight import check_mapping, check_right
from portal.imports.sighting import look_through
from portal.imports.states import Bought, NotReady, end, require_state
from portal.imports.targets import targets

SOURCES = {
    "own": "They gave it to us themselves",
    "signed_up": "They signed up",
    "given": "They gave or bought something",
    "referral": "Somebody who knows them told us",
    "public": "It stands in a public record",
    "third": "Another organisation passed it on to us",
    "bought": "We bought it",
}
REFUSED = "Lists that were bought are not taken in: the people on them never agreed to hear from you."
FOLDER = "Imports"


class NotSigned(NotReady):
    """The name that was typed is not the name of whoever typed it."""


class NeedsEvidence(NotReady):
    """Of such a list a paper is asked for that proves what is said."""


class BadDeclaration(NotReady):
    """Something of what was declared cannot be kept; the message says what."""


@dataclass(frozen=True)
class Evidence:
    stream: IO[bytes]
    filename: str


@dataclass(frozen=True)
class Further:
    """What is declared beside the source. A command or a job signs by the name it acts under: `signature` None."""

    obtained_on: date | None = None
    wording: str = ""
    purpose_id: int | None = None
    evidence: Evidence | None = None
    signature: str | None = None


def declare(
    the_import: Import,
    mapping: Mapping[str, str],
    source: str,
    obtained: str,
    channels: Sequence[str],
    further: Further | None = None,
) -> Declaration:
    """Say which column is what, and sign how these people came to be on the list. A bought list ends here.

    Raises NotSigned, NeedsEvidence, BadDeclaration or NotReady, and BadDocument for evidence that cannot be kept.
    """
    further = further or Further()
    check_right()
    require_state(the_import, "mapping")
    if source == "bought":
        end(the_import, "failed", REFUSED)
        raise Bought("A list that was bought cannot be taken in: the people on it never agreed to hear from you.")
    if source not in SOURCES:
        raise NotReady("Say how these people came to be on your list.")
    known = _known(mapping)
    said = _said(the_import, source, obtained, channels, further)
    found = signs.signs_in(look_through(the_import, known))
    score = signs.score_of(found)
    if further.evidence is None:
        _require_no_evidence(source, score)
    with transaction():
        paper = _keep(further.evidence)
        if paper is not None:
            said |= {"evidence_id": paper.id, "evidence_sha256": paper.sha256}
        made = Declaration.create(**said, digest=digest_of(said))
        facts: dict[str, Any] = {"source": source, "obtained": said["obtained"], "channels": said["channels"]}
        is_open = (Import.id == the_import.id) & (Import.state == "mapping")  # it may have begun in another window
        if not Import.update(**facts, mapping=known, signs=found, score=score).where(is_open).execute():
            raise NotReady("This import has begun already.")
        log.write(
            "import.declared", subject_id=the_import.id, **facts, digest=made.digest, score=score,
            signs=[name for name, _, _ in found],
        )  # fmt: skip
    return made


def digest_of(said: Mapping[str, Any]) -> str:
    """The digest of all that was signed. It stands in the log too: who changes one must change both."""
    plain = json.dumps({name: said[name] for name in sorted(said)}, default=str, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def latest(import_id: int) -> Declaration | None:
    """What was signed of an import, or nothing of one from before anything was signed."""
    return Declaration.select().where(Declaration.import_id == import_id).order_by(Declaration.id.desc()).first()


def is_whole(declaration: Declaration) -> bool:
    """Whether it still says what was signed."""
    said = {name: getattr(declaration, name) for name in SIGNED}
    return bool(digest_of(said) == declaration.digest)


SIGNED = (
    "import_id", "source", "obtained_on", "obtained", "wording", "channels", "purpose_id", "evidence_id",
    "evidence_sha256", "user_id", "name", "address", "file_sha256", "at",
)  # fmt: skip


def _known(mapping: Mapping[str, str]) -> dict[str, str]:
    designed = targets()
    known = {heading: name for heading, name in mapping.items() if name in FIELDS or name in designed}
    check_mapping(known)
    if not any(name != IGNORE for name in known.values()):
        raise NotReady("Choose at least one column to take in.")
    return known


def _said(the_import: Import, source: str, obtained: str, channels: Sequence[str], further: Further) -> dict[str, Any]:
    actor = current_actor()
    try:
        how = clean_text(obtained, max_length=500)
        wording = clean_text(further.wording, max_length=5_000, lines=True)
    except InvalidText as error:
        raise BadDeclaration(str(error)) from None
    if further.obtained_on is not None and further.obtained_on > today():
        raise BadDeclaration("This day is yet to come. Enter the day on which they gave it to you.")
    known = purposes()
    if further.purpose_id is not None and further.purpose_id not in known:
        raise BadDeclaration("Choose one of your purposes.")
    return {
        "import_id": the_import.id, "source": source, "obtained_on": further.obtained_on, "obtained": how,
        "wording": wording, "channels": [channel for channel in CHANNELS if channel in channels],
        "purpose_id": further.purpose_id or next(iter(known), None), "evidence_id": None, "evidence_sha256": "",
        "user_id": actor.user_id, "name": _signature(actor, further.signature), "address": actor.address,
        "file_sha256": the_import.sha256, "at": now(),
    }  # fmt: skip


def _signature(actor: Actor, typed: str | None) -> str:
    if typed is None:
        return actor.name
    if fold(typed).split() != fold(actor.name).split():
        raise NotSigned(f"Sign with your name as it stands in your account: {actor.name}.")
    return " ".join(typed.split())


def _require_no_evidence(source: str, score: int) -> None:
    if source == "third":
        raise NeedsEvidence("Add the paper that says they agreed to be passed on to you, such as a letter or a form.")
    if signs.is_high(score):
        raise NeedsEvidence(
            "This file looks like a list that is sold. Add a paper that shows how these people agreed, such as the "
            "form they filled in."
        )


def _keep(evidence: Evidence | None) -> Document | None:
    if evidence is None:
        return None
    return documents.add(
        evidence.stream, evidence.filename, kind="evidence", folder=FOLDER, needs=Permission.CONTACT_IMPORT
    )
