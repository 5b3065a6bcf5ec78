"""The blocks of a contact's page that an organisation designed itself, ready to be shown: a fixed number of queries
however many fields there are. What is hidden from the actor is not in them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.contacts import queries
from portal.contacts.field_rules import Shape, show
from portal.contacts.fields import TO_SHOW, PageNotFound, Sheet, Values, sheets
from portal.contacts.models import Field, Page, Value
from portal.core.actor import current_actor
from portal.core.permissions import Sensitivity
from portal.documents.models import Document

MANY = 12  # a page with more fields than this folds the empty ones, and so does one with nothing in it
UNSEEN = "A contact you may not see"
GONE = "The file is not there any more"
HELD = "The file holds malware and is held back"
WAITS = "The file is not scanned for malware yet"


@dataclass(frozen=True)
class Named:
    """What values name, as far as the actor may see it."""

    people: dict[int, str]
    documents: dict[int, Document]


@dataclass
class Cell:
    """A field with what stands in it, as people read it."""

    field: Field
    values: Sequence[Value] = ()
    text: str = ""
    person_id: int | None = None  # a contact whom the actor may see
    document_id: int | None = None  # a file that can be opened

    @property
    def is_special(self) -> bool:
        return bool(self.field.sensitivity == Sensitivity.SPECIAL)

    @property
    def day(self) -> date:
        """What stands in a field of days."""
        return date.fromisoformat(self.text)


@dataclass
class Block:
    page: Page
    cells: list[Cell] = field(default_factory=list)

    @property
    def may_write(self) -> bool:
        return current_actor().may_write_page(self.page.id)

    @property
    def shown(self) -> list[Cell]:
        filled = [cell for cell in self.cells if cell.values]
        return self.cells if filled and len(self.cells) <= MANY else filled

    @property
    def folded(self) -> list[Cell]:
        shown = {cell.field.id for cell in self.shown}
        return [cell for cell in self.cells if cell.field.id not in shown]


def blocks_of(contact_id: int) -> list[Block]:
    """The blocks of all pages in use."""
    return _blocks(contact_id, sheets(*TO_SHOW))


def block_of(contact_id: int, page_id: int) -> Block:
    """The block of one page in use. Raises PageNotFound."""
    found = [sheet for sheet in sheets() if sheet.page.id == page_id]
    if not found:
        raise PageNotFound("There is no such page.")
    return _blocks(contact_id, found)[0]


def preview_of(page: Page) -> Block | None:
    """How the block of a page looks while nothing stands in it; None while it has no field in use."""
    found = [sheet for sheet in sheets() if sheet.page.id == page.id]
    return Block(page, [Cell(field) for field in found[0].fields]) if found else None


def _blocks(contact_id: int, wanted: Sequence[Sheet]) -> list[Block]:
    if not wanted:
        return []
    standing: Values = {}
    query = Value.select(Value.id, Value.field_id, Value.key, Value.text, Value.person_id, Value.document_id)
    for value in query.where(Value.contact_id == contact_id).order_by(Value.id).namedtuples():
        standing.setdefault(value.field_id, []).append(value)
    named = Named(
        names_of(value.person_id for values in standing.values() for value in values),
        documents_of(value.document_id for values in standing.values() for value in values),
    )
    return [Block(sheet.page, [_cell(f, standing, named) for f in sheet.fields]) for sheet in wanted]


def names_of(person_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of those contacts whom the actor may see."""
    wanted = sorted({person_id for person_id in person_ids if person_id})
    return {contact.id: queries.name_of(contact) for contact in queries.by_ids(wanted)} if wanted else {}


def documents_of(document_ids: Iterable[int | None]) -> dict[int, Document]:
    """Those documents that are still there and for the actor's eyes, with enough to name them."""
    wanted = sorted({document_id for document_id in document_ids if document_id})
    query = Document.select(Document.id, Document.title, Document.state).where(Document.id.in_(wanted))
    return {document.id: document for document in query} if wanted else {}


def words_of(document: Document | None) -> str:
    """What stands for a file: its title, as far as it can be opened."""
    if document is None:
        return GONE
    return str(document.title) if document.is_open else HELD if document.is_quarantined else WAITS


def _cell(field: Field, standing: Values, named: Named) -> Cell:
    values = standing.get(field.id, [])
    if field.kind == "person" and values:
        person_id = values[0].person_id or 0
        is_seen = person_id in named.people
        return Cell(field, values, named.people.get(person_id, UNSEEN), person_id if is_seen else None)
    if field.kind == "file" and values:
        document = named.documents.get(values[0].document_id or 0)
        is_open = document is not None and document.is_open
        return Cell(field, values, words_of(document), document_id=document.id if document and is_open else None)
    return Cell(field, values, show(Shape(field.kind, field.options), values))
