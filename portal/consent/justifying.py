"""The one writer of justifications: on what ground a contact is kept for a purpose (POPIA s 11(1), P-11-1)."""

from collections.abc import Sequence
from typing import Any

from peewee import chunked

from portal.activity import log
from portal.activity.log import Entry
from portal.consent.grounds import ALL_BASES, SPECIAL_BASES
from portal.consent.models import Justification, Purpose
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import transaction

BATCH = 400


def justify(
    contact_ids: Sequence[int],
    *,
    purpose_id: int,
    basis: str,
    detail: str = "",
    source: str = "",
    document_id: int | None = None,
    import_id: int | None = None,
) -> None:
    """Append for each contact on what ground it is kept for the purpose. Belongs to the caller's transaction."""
    name = Purpose.get_by_id(purpose_id).name
    _append(contact_ids, purpose_id, basis, detail, source, document_id, import_id)
    told_of = {"purpose": name, "basis": ALL_BASES[basis], "detail": detail}
    changes: dict[str, list[Any]] = {key: [None, value] for key, value in told_of.items() if value}
    more = {"document_id": document_id} if document_id else {}
    log.write_many(Entry(_action("contact.justified", basis), i, purpose_id, changes, more) for i in contact_ids)


def by_consent(
    contact_ids: Sequence[int], *, purpose_id: int, detail: str, source: str, document_id: int | None,
    import_id: int | None,
) -> None:  # fmt: skip
    """The same for those who have just agreed, and are not kept by consent yet. The entry of the consent tells it."""
    mine = (Justification.purpose_id == purpose_id) & (Justification.basis == "consent")
    have: set[int] = set()
    for few in chunked(contact_ids, BATCH):
        query = Justification.select(Justification.contact_id).where(
            Justification.contact_id.in_(list(few)), mine, Justification.ended_at.is_null()
        )
        have |= {row[0] for row in query.tuples()}
    fresh = [i for i in contact_ids if i not in have]
    _append(fresh, purpose_id, "consent", detail, source, document_id, import_id)


def end(justification: Justification, why: str) -> None:
    """It does not hold any more. It stays in the history."""
    with transaction():
        ended = (
            Justification.update(ended_at=now())
            .where(Justification.id == justification.id, Justification.ended_at.is_null())
            .execute()
        )
        if ended:
            purpose = Purpose.get_by_id(justification.purpose_id)
            log.write(
                _action("contact.justification_ended", justification.basis), justification.contact_id,
                subject_id=purpose.id,
                changes={"basis": [ALL_BASES[justification.basis], None], "purpose": [purpose.name, None]}, why=why,
            )  # fmt: skip


def _action(word: str, basis: str) -> str:
    """A ground for special information tells of it: its entries are told to whoever may see such (P-26-1)."""
    return word.replace("contact.", "contact.special_") if basis in SPECIAL_BASES else word


def _append(
    contact_ids: Sequence[int], purpose_id: int, basis: str, detail: str, source: str, document_id: int | None,
    import_id: int | None,
) -> None:  # fmt: skip
    if basis not in ALL_BASES:
        raise ValueError(f"no such basis: {basis}")
    row = {
        "purpose_id": purpose_id, "basis": basis, "detail": detail, "source": source, "document_id": document_id,
        "import_id": import_id, "recorded_by": current_actor().name,
    }  # fmt: skip
    for few in chunked(contact_ids, BATCH):
        Justification.insert_many([{**row, "contact_id": i} for i in few]).execute()
