"""The kept file of an export: sealed in the store until it is fetched no more. It goes when its days are over, when
somebody removes it, and when a contact in it is erased.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from peewee import SQL, chunked, fn

from portal.accounts.service import today
from portal.activity import log
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor, system
from portal.core.clock import now
from portal.core.db import after_commit, transaction
from portal.core.sealing import seal
from portal.documents import keeping as documents
from portal.documents import sealed_files, sweeping
from portal.documents.keeping import Lost as Lost
from portal.exports.models import Export, ExportedContact
from portal.exports.rules import MADE, OPEN

ERASED_MEANWHILE = "A contact in it was deleted while the file was being made. Ask for it again."


def register() -> None:
    register_holder("export_contact", forget, Pointer(ExportedContact, beside=("export_id",)))
    sweeping.register_keeper(_places)


def put(pieces: Iterable[bytes]) -> tuple[str, str, int]:
    """Keep the pieces as one file; its place, its sealed key and its size."""
    key, size = sealed_files.new_key(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            size += len(piece)
            yield piece

    place = documents.store().put(sealed_files.sealed(key, counted()))
    return place, seal(documents.PURPOSE, b64encode(key).decode()), size


def pieces_of(export: Export) -> Iterator[bytes]:
    """Raises Lost before the first piece when the file cannot be read."""
    return documents.pieces_of(export.place, export.sealed_key)


def discard(place: str) -> None:
    documents.discard(place)


def remove(export: Export, why: str) -> None:
    """Take the kept file away; the row stays, for the file may be out there. Does nothing when it is gone already."""
    gone = {"place": "", "sealed_key": "", "sealed_password": "", "removed_at": now(), "removed_why": why}
    with transaction():
        mine = (Export.id == export.id) & (Export.place == export.place) & (Export.place != "")
        if Export.update(**gone).where(mine).execute():
            log.write("export.removed", subject_id=export.id, mark=export.mark, why=why)
            if not Export.select().where(Export.id == export.id, Export.taken_at.is_null(False)).exists():
                forget_names(export.id)
            after_commit(partial(discard, export.place))


def forget(contact_ids: Sequence[int]) -> None:
    """For erasing: every kept file that holds one of these contacts goes, and what is being made is stopped. Whom a
    file named is forgotten; that the file is out there is not. Belongs to the caller's transaction.
    """
    with acting_as(system(current_actor().org_id)):
        for some in chunked(contact_ids, 500):
            named = ExportedContact.contact_id.in_(list(some))
            query = ExportedContact.select(ExportedContact.export_id, fn.COUNT(ExportedContact.id)).where(named)
            counts = dict(query.group_by(ExportedContact.export_id).tuples())
            for export in Export.select().where(Export.id.in_(list(counts))):
                Export.update(erased=Export.erased + counts[export.id]).where(Export.id == export.id).execute()
                if stop(export, ERASED_MEANWHILE):
                    forget_names(export.id)
                remove(export, "erased")
            ExportedContact.delete().where(named).execute()


def forget_names(export_id: int) -> None:
    """Whom a file names matters only when there is a file, here or out there."""
    ExportedContact.delete().where(ExportedContact.export_id == export_id).execute()


def stop(export: Export, problem: str) -> bool:
    """End an export that is not made yet as one that failed; whether it was."""
    with transaction():
        ended = (
            Export.update(state="failed", problem=problem, ended_at=now(), lease=None, wanted={}, sealed_password="")
            .where(Export.id == export.id, Export.state.in_(OPEN))
            .execute()
        )
        if ended:
            log.write("export.failed", subject_id=export.id, mark=export.mark, problem=problem)
    return bool(ended)


def holds_erased(export: Export) -> bool:
    """Whether somebody in it was erased since his row was read."""
    erased = Contact.select(Contact.id).where(Contact.erased_at.is_null(False))
    mine = ExportedContact.export_id == export.id
    return bool(ExportedContact.select().where(mine, ExportedContact.contact_id.in_(erased)).exists())


def tidy() -> None:
    """Remove the files whose days are over."""
    for export in Export.select().where(Export.place != SQL("''"), Export.state == MADE, Export.kept_until < today()):
        remove(export, "expired")


def _places() -> list[str]:
    return [place for (place,) in Export.select(Export.place).where(Export.place != SQL("''")).tuples()]
