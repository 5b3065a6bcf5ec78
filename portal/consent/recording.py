"""The one writer of what contacts said: appended, with an entry in the log, in the caller's transaction."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from peewee import IntegrityError, chunked

from portal.accounts.service import day_of
from portal.activity import log
from portal.activity.log import Entry
from portal.consent import justifying
from portal.consent.grounds import CHANNELS, GIVEN_BY, GRANTS, KINDS, METHODS, REFUSALS, is_evidence
from portal.consent.models import ConsentEvent, Purpose, Wording
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import after_commit, transaction

BATCH = 400
Witness = Callable[["Refused"], None]
_witnesses: list[Witness] = []


@dataclass(frozen=True)
class Refused:
    """That contacts said no to something: what must not be forgotten with a database that is put back."""

    contact_ids: tuple[int, ...]
    purpose_id: int
    channels: tuple[str, ...]
    kind: str
    at: datetime


def register_witness(witness: Witness) -> None:
    """Let a higher feature keep refusals outside the database too; it is told once they are committed."""
    if witness not in _witnesses:
        _witnesses.append(witness)


class Unproven(ValueError):
    """A consent was to be kept as proven without anything that proves it."""


def record(
    contact_ids: Sequence[int],
    *,
    purpose_id: int,
    channels: Iterable[str],
    kind: str,
    proof: str = "asserted",
    method: str = "",
    source: str = "",
    detail: str = "",
    document_id: int | None = None,
    wording_id: int | None = None,
    recording: str = "",
    import_id: int | None = None,
    at: datetime | None = None,
    given_by: str = "self",
    told: Collection[int] = (),
) -> None:
    """Append that these contacts said this, for each channel; who agrees has a justification by that. Belongs to the
    caller's transaction. `told` are contacts whose own entry of the log says it already, such as that of their import.
    Raises Unproven.
    """
    channels = sorted(set(channels))
    if kind not in KINDS or not set(channels) <= set(CHANNELS):
        raise ValueError(f"no such kind or channel: {kind}, {channels}")
    if proof == "proven" and not is_evidence(
        method, document_id=document_id, recording=recording, wording_id=wording_id
    ):
        raise Unproven("Add the paper, the recording or the wording that proves it, or keep it as told only.")
    name = Purpose.get_by_id(purpose_id).name
    said_at = at or now()
    values = {
        "purpose_id": purpose_id, "kind": kind, "proof": proof, "method": method, "source": source, "detail": detail,
        "document_id": document_id, "wording_id": wording_id, "recording": recording, "import_id": import_id,
        "at": said_at, "given_by": given_by, "recorded_by": current_actor().name,
    }  # fmt: skip
    rows = [{**values, "contact_id": i, "channel": channel} for i in contact_ids for channel in channels]
    for few in chunked(rows, BATCH):
        ConsentEvent.insert_many(few).execute()
    if not channels:
        return
    told_of = {"purpose": name, "channels": ", ".join(CHANNELS[channel] for channel in channels)}
    told_of |= {
        "proof": proof,
        "said_on": day_of(said_at).isoformat(),
        "method": METHODS.get(method, method),
    }
    told_of |= {"given_by": "" if given_by == "self" else GIVEN_BY[given_by], "detail": detail, "recording": recording}
    changes: dict[str, list[Any]] = {key: [None, value] for key, value in told_of.items() if value}
    more = {key: values[key] for key in ("document_id", "wording_id") if values[key]}
    log.write_many(Entry(action_of(kind), i, purpose_id, changes, more) for i in contact_ids if i not in told)
    if kind in REFUSALS and contact_ids:
        refused = Refused(tuple(contact_ids), purpose_id, tuple(channels), kind, said_at)
        for witness in _witnesses:
            after_commit(partial(witness, refused))
    if kind in GRANTS:
        justifying.by_consent(
            contact_ids, purpose_id=purpose_id, detail=detail, source=source, document_id=document_id,
            import_id=import_id,
        )  # fmt: skip


def action_of(kind: str) -> str:
    """How the log names that a contact said this."""
    return "contact.objected" if kind == "objected" else f"contact.consent_{kind}"


def keep_wording(text: str) -> Wording:
    """The very words somebody is shown, kept once: the same words are the same row."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    found = Wording.get_or_none(Wording.digest == digest)
    if found is None:
        try:
            with transaction():
                found = Wording.create(text=text, digest=digest)
        except IntegrityError:
            found = Wording.get(Wording.digest == digest)  # another transaction kept them first
    return found
