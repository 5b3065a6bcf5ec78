"""What can be done with documents. Each verb asks for the right itself, and leaves an entry in the log.

A file comes into the store before its row and leaves it after: what a killed program leaves behind is a file that no
row names and no key opens, which the sweep removes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import IO, Any

from peewee import IntegrityError, chunked, fn

from portal.activity import log
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import after_commit, lock, transaction
from portal.core.permissions import Permission
from portal.core.tenancy import Org, visible_contacts
from portal.core.text import InvalidText, clean_text
from portal.documents import keeping
from portal.documents.keeping import Lost
from portal.documents.models import Document
from portal.documents.rules import (
    KINDS,
    LONGEST_TITLE,
    QUARANTINED,
    WAITING,
    BadDocument,
    DocumentNotFound,
    NotOpened,
    in_words,
    title_of,
)

NOT_SCANNED = "This document is not scanned for malware yet, and cannot be opened until it is."
HELD = "This document holds malware, and is not handed out. Remove it, and ask for a clean copy."
FACTS = ("title", "kind", "folder", "keep_until")


@dataclass(frozen=True)
class Usage:
    used: int  # bytes
    quota: int

    @property
    def words(self) -> str:
        return f"{in_words(self.used)} of {in_words(self.quota)}"

    @property
    def is_nearly_full(self) -> bool:
        return self.used > self.quota * 0.9


def add(
    stream: IO[bytes],
    filename: str,
    *,
    contact_id: int | None = None,
    title: str = "",
    kind: str = "other",
    folder: str = "",
    keep_until: date | None = None,
    needs: Permission | None = None,
    tells: str = "",
    portrait: bool = False,
) -> Document:
    """Keep a file as a document of a contact, or of the organisation. Raises BadDocument with a sentence, and
    DocumentNotFound for a contact whom the actor may not see. Who lacks the permission that it `needs` sees nothing of
    it, nor does he from whom a word of what it `tells` is hidden ("page:7,special"). A portrait is a picture cropped
    to a small square.
    """
    require(Permission.DOCUMENT_EDIT)
    _require_sight_of(contact_id)
    facts = _facts(title, kind, folder, keep_until)
    _require_room(_size_of(stream))
    content = keeping.take_in(stream, filename, portrait=portrait)
    actor = current_actor()
    try:
        with transaction():
            _require_room(content.size, hold=True)
            document = Document.create(
                contact_id=contact_id,
                needs=needs or "",
                tells=f",{tells}," if tells else "",
                added_by=actor.user_id,
                added_by_name=actor.name,
                **facts | {"title": facts["title"] or title_of(content.filename)},
                **asdict(content),
            )
            _tell("document.added", document, {"document": [None, document.title]})
            _tell_of_malware(document)
    except BaseException as error:
        keeping.discard(content.place)
        if isinstance(error, IntegrityError):
            raise DocumentNotFound("There is no such contact.") from error
        raise
    return document


def retell(document_ids: Sequence[int], tells: str) -> None:
    """Hide these documents with other words than before: the field they stand in is another now."""
    for some in chunked(document_ids, 500):
        Document.update(tells=f",{tells}," if tells else "").where(Document.id.in_(list(some))).execute()


def find(document_id: int) -> Document:
    found = Document.get_or_none(Document.id == document_id)
    if found is None:
        raise DocumentNotFound("There is no such document.")
    return found


def change(document: Document, **facts: Any) -> bool:
    """Change the title, kind, folder or the day until which it is kept; return whether anything differed."""
    require(Permission.DOCUMENT_EDIT)
    wanted = {name: facts.get(name, getattr(document, name)) for name in FACTS}
    new = _facts(**wanted)
    if not new["title"]:
        raise BadDocument("Enter a title.")
    changes = {name: [getattr(document, name), new[name]] for name in FACTS if getattr(document, name) != new[name]}
    if not changes:
        return False
    with transaction():
        Document.update(**{name: value for name, (_, value) in changes.items()}).where(
            Document.id == document.id
        ).execute()
        _tell("document.changed", document, {f"document {name}": pair for name, pair in changes.items()})
    return True


def replace(document: Document, stream: IO[bytes], filename: str, *, portrait: bool = False) -> Document:
    """Put another content in place of the present one, which is destroyed with its key. Whatever names the document
    goes on naming it. Raises BadDocument.
    """
    require(Permission.DOCUMENT_EDIT)
    _require_room(_size_of(stream) - document.size)
    content = keeping.take_in(stream, filename, portrait=portrait)
    try:
        with transaction():
            present = lock(Document.select().where(Document.id == document.id)).first()
            if present is None:
                raise DocumentNotFound("There is no such document.")
            _require_room(content.size - present.size, hold=True)
            Document.update(**asdict(content), replaced_at=now()).where(Document.id == document.id).execute()
            fresh = find(document.id)
            _tell("document.replaced", fresh, {"document": [present.filename, fresh.filename]})
            _tell_of_malware(fresh)
            after_commit(partial(keeping.discard, present.place))
    except BaseException:
        keeping.discard(content.place)
        raise
    return fresh


def remove(document: Document) -> None:
    """Destroy the document: its row with its key at once, its file when that is certain."""
    require(Permission.DOCUMENT_EDIT)
    with transaction():
        present = lock(Document.select().where(Document.id == document.id)).first()
        if present is None:
            return
        _destroy([present])
        _tell("document.removed", present, {"document": [present.title, None]})


def erase_of(contact_ids: Sequence[int]) -> None:
    """Destroy every document of these contacts, seen or not; to be called within the erasure's transaction, which tells
    of it.
    """
    with acting_as(system(current_actor().org_id)):
        _destroy(list(Document.select().where(Document.contact_id.in_(list(contact_ids)))))


def open_(document: Document, *, how: str = "whole") -> Iterator[bytes]:
    """The content in pieces, of which nothing is handed out before the entry in the log is written. Raises NotOpened
    while it is not scanned, or when it holds malware or is lost.
    """
    require(Permission.DOCUMENT_READ)
    pieces = peek(document)
    with transaction():
        log.write("document.opened", document.contact_id, subject_id=document.id, title=document.title, how=how)
    return pieces


def peek(document: Document) -> Iterator[bytes]:
    """The content without an entry in the log: for what is shown in passing, such as the face beside a name."""
    if not document.is_open:
        raise NotOpened(HELD if document.is_quarantined else NOT_SCANNED)
    try:
        return keeping.pieces_of(document.place, document.sealed_key)
    except Lost as error:
        raise NotOpened(str(error)) from error


def usage() -> Usage:
    """How much the organisation keeps and may keep. Counted as the portal itself: the room is everybody's."""
    return _usage(Org.select().where(Org.id == current_actor().org_id))


def waiting() -> list[int]:
    """The documents that the scanner has yet to look at, the oldest first."""
    query = Document.select(Document.id).where(Document.state == WAITING).order_by(Document.id).limit(100)
    return [document.id for document in query]


def scan(document_id: int) -> None:
    """Show a waiting document to the scanner. One that is away, or a document that is gone, changes nothing."""
    document = Document.get_or_none(Document.id == document_id, Document.state == WAITING)
    if document is None or not keeping.has_scanner():
        return
    try:
        verdict = keeping.look(keeping.pieces_of(document.place, document.sealed_key))
    except Lost:
        return
    if verdict.state == WAITING:
        return
    same = (Document.id == document.id) & (Document.place == document.place) & (Document.state == WAITING)
    with transaction():
        if Document.update(state=verdict.state, state_words=verdict.words).where(same).execute():
            _tell_of_malware(find(document.id))


def _facts(title: str, kind: str, folder: str, keep_until: date | None) -> dict[str, Any]:
    try:
        title = clean_text(title, max_length=LONGEST_TITLE)
        folder = " / ".join(filter(None, (part.strip() for part in clean_text(folder, max_length=100).split("/"))))
    except InvalidText as error:
        raise BadDocument(str(error)) from None
    if kind not in KINDS:
        raise BadDocument("Choose one of the kinds.")
    return {"title": title, "kind": kind, "folder": folder, "keep_until": keep_until}


def _require_sight_of(contact_id: int | None) -> None:
    """That a contact is there, its foreign key says; that he is for this actor's eyes, the one filter."""
    actor = current_actor()
    if contact_id is None or not actor.is_limited:
        return
    query = visible_contacts(actor)
    if not query.where(query.model.id == contact_id).exists():
        raise DocumentNotFound("There is no such contact.")


def _require_room(more: int, *, hold: bool = False) -> None:
    """Raise BadDocument when so many more bytes are too many. With `hold` nobody else adds until this is committed."""
    query = Org.select().where(Org.id == current_actor().org_id)
    room = _usage(lock(query) if hold else query)
    if more > 0 and room.used + more > room.quota:
        raise BadDocument(
            f"There is no room for this file: {room.words} are used. Remove documents that are not needed any more."
        )


def _usage(query: Any) -> Usage:
    org = query.get()
    with acting_as(system(org.id)):
        used = Document.select(fn.COALESCE(fn.SUM(Document.size), 0)).scalar()
    return Usage(int(used), org.document_quota)


def _size_of(stream: IO[bytes]) -> int:
    return stream.seek(0, 2) if stream.seekable() else 0


def _destroy(documents: Sequence[Document]) -> None:
    Document.delete().where(Document.id.in_([document.id for document in documents])).execute()
    for document in documents:
        after_commit(partial(keeping.discard, document.place))


def _tell(action: str, document: Document, changes: dict[str, list[Any]]) -> None:
    log.write(action, document.contact_id, subject_id=document.id, changes=changes)


def _tell_of_malware(document: Document) -> None:
    if document.state == QUARANTINED:
        _tell("document.quarantined", document, {"document": [document.title, document.state_words]})
