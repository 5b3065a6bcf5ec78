"""Lists of documents, as far as the actor may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from portal.accounts.service import today
from portal.documents.models import Document
from portal.documents.rules import KEPT

PAGE = 50
SORTS: dict[str, Any] = {
    "title": fn.LOWER(Document.title), "kind": Document.kind, "added": Document.created_at, "size": Document.size,
}  # fmt: skip
OWN, DUE, HELD = "own", "due", "held"


@dataclass(frozen=True)
class Filter:
    """Which documents: the organisation's own, or of everybody those that are due or held back."""

    show: str = OWN
    folder: str | None = None  # "" is no folder
    text: str = ""
    kind: str = ""
    sort: str = "title"
    descending: bool = False


@dataclass(frozen=True)
class Folder:
    name: str
    size: int


def count(wanted: Filter) -> int:
    return int(_found(wanted).count())


def page(wanted: Filter, number: int) -> list[Document]:
    order = SORTS[wanted.sort]
    key = order.desc() if wanted.descending else order.asc()
    return list(_found(wanted).order_by(key, Document.id).paginate(number, PAGE))


def folders() -> list[Folder]:
    """The folders of the organisation's own documents, by name, with how many are in each."""
    query = Document.select(Document.folder, fn.COUNT(Document.id)).where(Document.contact_id.is_null())
    return [Folder(name, size) for name, size in query.group_by(Document.folder).order_by(Document.folder).tuples()]


def of_contacts(contact_ids: Sequence[int]) -> dict[int, list[Document]]:
    """The documents of these contacts, the newest first."""
    found: dict[int, list[Document]] = {}
    query = Document.select().where(Document.contact_id.in_(list(contact_ids)))
    for document in query.order_by(Document.created_at.desc(), Document.id.desc()):
        found.setdefault(document.contact_id, []).append(document)
    return found


def _found(wanted: Filter) -> Any:
    query = Document.select()
    if wanted.show == DUE:
        query = query.where(Document.keep_until < today())
    elif wanted.show == HELD:
        query = query.where(Document.state != KEPT)
    else:
        query = query.where(Document.contact_id.is_null())
    if wanted.folder is not None:
        query = query.where(Document.folder == wanted.folder)
    if wanted.kind:
        query = query.where(Document.kind == wanted.kind)
    for word in wanted.text.split():
        query = query.where(Document.title.contains(word) | Document.filename.contains(word))
    return query
