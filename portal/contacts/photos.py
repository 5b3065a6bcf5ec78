"""The photo of a contact, which is one of the contact's documents; and what becomes of documents when contacts are
erased.
"""

from typing import IO

from portal.contacts import record
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.models import Contact
from portal.core.actor import require
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.documents import service as documents
from portal.documents.models import Document

TITLE = "Photo"


def of(contact: Contact) -> Document | None:
    """The photo, if there is one that the actor may see and that may be shown."""
    found = _kept(contact)
    return found if found is not None and found.is_open and found.type.is_picture else None


def change(contact: Contact, stream: IO[bytes], filename: str) -> None:
    """Make this picture, cropped to a square, the contact's photo; the one before is destroyed. Raises BadDocument."""
    require(Permission.CONTACT_EDIT)
    require(Permission.DOCUMENT_EDIT)
    before = _kept(contact)
    photo = documents.add(stream, filename, contact_id=contact.id, title=TITLE, kind="photo", portrait=True)
    with transaction():
        record.change(contact, "contact.photo_changed", photo_id=photo.id)
        if before is not None:
            documents.remove(before)


def remove(contact: Contact) -> None:
    """Destroy the photo. Not for whom documents are hidden from: he would only make it out of reach."""
    require(Permission.CONTACT_EDIT)
    require(Permission.DOCUMENT_EDIT)
    before = _kept(contact)
    with transaction():
        if before is not None:
            documents.remove(before)
        record.change(contact, "contact.photo_removed", photo_id=None)


def _kept(contact: Contact) -> Document | None:
    if contact.photo_id is None:
        return None
    return Document.get_or_none(Document.id == contact.photo_id, Document.contact_id == contact.id)


def _erase(contact_ids: list[int]) -> None:
    documents.erase_of(contact_ids)
    Contact.update(photo_id=None).where(Contact.id.in_(contact_ids)).execute()


def register() -> None:
    register_holder("document", _erase, Pointer(Document))
