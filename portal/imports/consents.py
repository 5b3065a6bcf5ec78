"""What an import has to do with consent, in one place: for what purpose people are written to, who must not be, what is
asserted of those who may, and what is taken back when an import is undone.
"""

from collections.abc import Collection, Mapping, Sequence

from peewee import chunked

from portal.consent import queries
from portal.consent.asserting import assert_consents
from portal.consent.models import Justification
from portal.imports.models import Import

CHANNELS = ("email",)
ERASED = "erased"  # the reason under which the address of somebody who was removed is kept, as a keyed hash


def purposes() -> dict[int, str]:
    """The organisation's purposes that an import may be for, by name; none while it keeps no register of them."""
    return {}


def held_back(normals: Collection[str]) -> Mapping[str, str]:
    """Those of these addresses that must not be written to, with the reason, whatever its scope."""
    return queries.suppression_reasons(sorted(normals)) if normals else {}


def refusing(contact_ids: Collection[int]) -> set[int]:
    """Those of these contacts who were asked and said no. The word of whoever brings a list does not change that."""
    found = queries.justifications(sorted(contact_ids)) if contact_ids else {}
    return {contact_id for contact_id, rows in found.items() if queries.standing(rows) == "withheld"}


def assert_for(contact_ids: Sequence[int], the_import: Import) -> None:
    """Append what was declared for these contacts, within the batch's transaction."""
    assert_consents(
        contact_ids, the_import.channels, source=the_import.source, detail=the_import.obtained, import_id=the_import.id
    )


def carry_refusal(contact_ids: Sequence[int], the_import: Import) -> None:
    """Append that these contacts were asked and said no: each is somebody who is here already and did."""
    _append(contact_ids, the_import, "withheld", "Said no before, and was brought in once more.", CHANNELS)


def withdraw(contact_ids: Sequence[int], the_import: Import) -> None:
    """Append that what the import asserted of these contacts is taken back, where nothing else says that they agreed.

    Who also agreed by other ways keeps that; nobody is made to have refused.
    """
    for few in chunked(contact_ids, 400):
        grounds: dict[int, set[int | None]] = {}
        said = Justification.contact_id.in_(list(few)) & Justification.standing.in_(["asserted", "proven"])
        query = Justification.select(Justification.contact_id, Justification.import_id)
        for contact_id, import_id in query.where(said).tuples():
            grounds.setdefault(contact_id, set()).add(import_id)
        only_here = [contact_id for contact_id, ids in grounds.items() if ids == {the_import.id}]
        _append(only_here, the_import, "taken_back", "The import was undone.")


def _append(
    contact_ids: Sequence[int], the_import: Import, standing: str, detail: str, channels: Sequence[str] | None = None
) -> None:
    said = {"standing": standing, "source": the_import.source, "detail": detail, "import_id": the_import.id}
    rows = [
        {"contact_id": contact_id, "channel": channel, **said}
        for contact_id in contact_ids
        for channel in channels or the_import.channels
    ]
    for few in chunked(rows, 400):
        Justification.insert_many(few).execute()
