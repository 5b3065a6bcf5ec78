"""What an import has to do with consent, in one place: for what purpose people are written to, who must not be, what is
asserted of those who may, and what is taken back when an import is undone.
"""

from collections.abc import Collection, Mapping, Sequence

from peewee import chunked

from portal.consent import justifying, queries
from portal.consent import purposes as register
from portal.consent.asserting import assert_consents
from portal.consent.models import ConsentEvent, Justification
from portal.consent.recording import record
from portal.imports.models import Declaration, Import

CHANNELS = ("email",)
ERASED = "erased"  # the reason under which the address of somebody who was removed is kept, as a keyed hash


def purposes() -> dict[int, str]:
    """The purposes that an import may be for, by name, the organisation's first one first."""
    first = queries.first_purpose_id()
    return {one.id: one.name for one in sorted(register.current(), key=lambda one: (one.id != first, one.id))}


def held_back(normals: Collection[str], channel: str = "email") -> Mapping[str, str]:
    """Those of these addresses that must not be written to, with the reason, whatever its scope."""
    return queries.suppression_reasons(sorted(normals), channel) if normals else {}


def refusing(contact_ids: Collection[int]) -> set[int]:
    """Those of these contacts who said no to anything. The word of whoever brings a list does not change that."""
    held = queries.states(sorted(contact_ids)) if contact_ids else {}
    return {contact_id for contact_id, said in held.items() if any(state.is_refused for state in said.values())}


def assert_for(contact_ids: Sequence[int], the_import: Import, told: Collection[int] = ()) -> None:
    """Append what was declared for these contacts, within the batch's transaction. `told` are those whose entry of the
    import says it.
    """
    assert_consents(
        contact_ids, the_import.channels, source=the_import.source, detail=the_import.obtained,
        import_id=the_import.id, purpose_id=_purpose_id(the_import), told=told,
    )  # fmt: skip


def carry_refusal(contact_ids: Sequence[int], the_import: Import) -> None:
    """Append that these contacts were asked and said no: each is somebody who is here already and did."""
    if contact_ids:
        record(
            contact_ids, purpose_id=_purpose_id(the_import), channels=CHANNELS, kind="withheld", method="import",
            detail="Said no before, and was brought in once more.", import_id=the_import.id,
        )  # fmt: skip


def withdraw(contact_ids: Sequence[int], the_import: Import) -> None:
    """Append that what the import asserted of these contacts holds no more, where nothing else says that they agreed.

    Who also agreed by other ways keeps that; nobody is made to have refused.
    """
    for few in chunked(contact_ids, 400):
        ids = list(few)
        mine = {
            row[0]
            for row in ConsentEvent.select(ConsentEvent.id)
            .where(ConsentEvent.contact_id.in_(ids), ConsentEvent.import_id == the_import.id)
            .tuples()
        }
        running_out: dict[tuple[int, str], list[int]] = {}
        for contact_id, said in queries.states(ids).items():
            for (purpose_id, channel), state in said.items():
                if state.standing == "asserted" and state.event_id in mine:
                    running_out.setdefault((purpose_id, channel), []).append(contact_id)
        for (purpose_id, channel), some in running_out.items():
            record(
                some, purpose_id=purpose_id, channels=[channel], kind="expired", method="import",
                detail="The import was undone.", import_id=the_import.id,
            )  # fmt: skip
        theirs = Justification.contact_id.in_(ids) & (Justification.import_id == the_import.id)
        for ground in list(Justification.select().where(theirs, Justification.ended_at.is_null())):
            justifying.end(ground, "The import was undone.")


def _purpose_id(the_import: Import) -> int:
    """The purpose that was declared, else the organisation's first."""
    said = Declaration.select(Declaration.purpose_id).where(Declaration.import_id == the_import.id)
    return int(said.order_by(Declaration.id.desc()).limit(1).scalar() or queries.first_purpose_id())
