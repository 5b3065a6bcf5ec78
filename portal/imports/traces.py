"""What an import did to whom: kept for each contact as the stretch of the log in which it did it."""

from collections.abc import Iterable, Sequence

from peewee import chunked

from portal.activity.models import LogHead
from portal.contacts.models import Contact
from portal.core.db import lock
from portal.imports.models import Import, ImportedContact

BATCH = 400


def hold(contact_ids: Iterable[int]) -> int:
    """How far the log goes. Until the transaction ends nobody else writes into it, so that all after this is ours.

    The contacts are held first: whoever changes one holds it before he writes into the log.
    """
    for few in chunked(sorted(contact_ids), BATCH):
        list(lock(Contact.select(Contact.id).where(Contact.id.in_(list(few))).order_by(Contact.id)).tuples())
    return _position()


def _position() -> int:
    head = lock(LogHead.select()).first()
    return int(head.seq) if head else 0


def keep(the_import: Import, made: Sequence[int], updated: Sequence[int], since: int) -> None:
    """Note that the import added or updated these contacts, in the entries after `since`."""
    until = _position()
    before = _of_this_import(the_import, updated)
    added = {contact_id for contact_id, was_added in before.items() if was_added}
    if before:  # the same person further up in the file
        again = ImportedContact.contact_id.in_(sorted(before)) & (ImportedContact.import_id == the_import.id)
        ImportedContact.update(is_repeated=1).where(again).execute()
    rows = [
        {
            "import_id": the_import.id, "contact_id": contact_id, "was_added": int(was_added),
            "seq_from": since + 1, "seq_to": until,
        }
        for contact_id, was_added in [*((i, True) for i in made), *((i, i in added) for i in dict.fromkeys(updated))]
    ]  # fmt: skip
    for few in chunked(rows, BATCH):
        ImportedContact.insert_many(few).execute()


def erase(contact_ids: list[int]) -> None:
    """For the erasure of contacts: that a row of a file was about somebody tells nothing any more, and is counted."""
    ImportedContact.update(seq_from=0, seq_to=0).where(ImportedContact.contact_id.in_(contact_ids)).execute()


def _of_this_import(the_import: Import, contact_ids: Sequence[int]) -> dict[int, int]:
    if not contact_ids:
        return {}
    mine = (ImportedContact.import_id == the_import.id) & ImportedContact.contact_id.in_(list(contact_ids))
    query = ImportedContact.select(ImportedContact.contact_id, ImportedContact.was_added).where(
        mine, ImportedContact.is_repeated.is_null()
    )
    return dict(query.tuples())
