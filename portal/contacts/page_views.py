"""The blocks of a contact's page that an organisation designed itself: read, edited in place and saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request, url_for

from portal.contacts import filling, queries, service
from portal.contacts.block_views import context_of
from portal.contacts.field_rules import show
from portal.contacts.fields import shape_of
from portal.contacts.models import Contact
from portal.contacts.page_blocks import Block, Cell, block_of
from portal.contacts.pages import bp as bp
from portal.contacts.queries import Filter
from portal.core.permissions import Permission
from portal.documents import uploads
from portal.web.access import needs
from portal.web.bodies import refuse_nul, takes_files
from portal.web.htmx import done, page_or_part, wants_part

MOST_FOUND = 8


@dataclass
class Line:
    """A field in the form: what was typed, what is wrong with it, and for a relation who was found."""

    cell: Cell
    typed: list[str]
    error: str = ""
    looked_for: str = ""
    lost: bool = False  # a file was chosen and not kept, and a browser does not send it again by itself
    found: Sequence[tuple[int, str]] = field(default_factory=tuple)

    @property
    def options(self) -> list[dict[str, Any]]:
        """What may be chosen: what is offered, and what this contact has though it no longer is."""
        had = {value.text for value in self.cell.values}
        return [o for o in self.cell.field.options if not o.get("is_archived") or o["id"] in had]


@bp.get("/<int:contact_id>/pages/<int:page_id>")
@needs(Permission.CONTACT_READ)
def read_page(contact_id: int, page_id: int) -> Response:
    """A block as it is read: what Cancel brings back."""
    contact = service.find(contact_id)
    return _show(contact, block_of(contact.id, page_id))


@bp.get("/<int:contact_id>/pages/<int:page_id>/edit")
@needs(Permission.CONTACT_EDIT)
def edit_page(contact_id: int, page_id: int) -> Response:
    contact = service.find(contact_id)
    block = block_of(contact.id, page_id)
    filling.check_may_fill(block)
    lines = [Line(cell, _as_typed(cell)) for cell in block.cells]
    return _show(contact, block, lines=lines, seen=filling.stamp(block))


@bp.post("/<int:contact_id>/pages/<int:page_id>")
@needs(Permission.CONTACT_EDIT)
@takes_files(uploads.AT_ONCE)
def save_page(contact_id: int, page_id: int) -> Response:
    contact = service.find(contact_id)
    block = block_of(contact.id, page_id)
    filling.check_may_fill(block)
    seen = request.form.get("seen", "")
    if act := request.form.get("act", ""):
        return _show(contact, block, lines=_typed_lines(block, act), seen=seen)
    try:
        filling.fill(contact, block, seen, _typed(block), _files(block))
    except filling.Unfilled as error:
        lines = _typed_lines(block)
        for line in lines:
            line.error = error.sentences.get(line.cell.field.id, "")
        return _show(contact, block, 422, lines=lines, seen=seen)
    except service.Stale:
        fresh = block_of(contact.id, page_id)
        return _show(contact, fresh, 422, lines=_typed_lines(fresh), seen=filling.stamp(fresh), stale=True)
    url = url_for("contacts.show", contact_id=contact.id)
    if not wants_part():
        return done(url)
    context = context_of(service.find(contact.id)) | {"sheet": block_of(contact.id, page_id)}
    return done(url, part="contacts/_page.html", say="Saved.", **context, open_block="")


def _show(contact: Contact, block: Block, status: int = 200, **editing: Any) -> Response:
    """The contact's page with this block open for editing; or the block alone for htmx."""
    part = "contacts/_page_form.html" if editing else "contacts/_page.html"
    if editing:
        editing |= {
            "may_bring": filling.may_bring_files(),
            "takes_files": any(c.field.kind == "file" for c in block.cells),
        }
    opened = f"page-{block.page.id}" if editing else ""
    context = context_of(contact) | {"sheet": block}
    return page_or_part("contacts/show.html", part, status, **context, open_block=opened, **editing)


def _typed(block: Block) -> dict[int, list[str]]:
    """What was typed into those fields that the form had."""
    had = set(request.form.getlist("field"))
    return {
        cell.field.id: request.form.getlist(f"field-{cell.field.id}")
        for cell in block.cells
        if str(cell.field.id) in had
    }


def _files(block: Block) -> dict[int, filling.Brought]:
    """The files that were chosen for fields of the page."""
    found = {}
    for cell in block.cells:
        file = request.files.get(f"file-{cell.field.id}")
        if cell.field.kind == "file" and file is not None and file.filename:
            found[cell.field.id] = filling.Brought(file.stream, file.filename)
    return found


def _typed_lines(block: Block, act: str = "") -> list[Line]:
    typed = _typed(block)
    lines = [Line(cell, typed.get(cell.field.id, _as_typed(cell))) for cell in block.cells]
    chosen = _files(block)
    for line in lines:
        line.lost = line.cell.field.id in chosen
        line.looked_for = request.form.get(f"find-{line.cell.field.id}", "").strip()[:100]
        if line.cell.field.kind == "person":
            line.found = _found(line, act == f"find:{line.cell.field.id}")
    return lines


def _found(line: Line, is_looking: bool) -> list[tuple[int, str]]:
    """The one chosen already, and the first few whom the actor may see with this in their names."""
    refuse_nul(request.form)
    rows = queries.page(Filter(text=line.looked_for), 1, MOST_FOUND) if is_looking and line.looked_for else []
    found = [(row.contact.id, row.name) for row in rows]
    chosen = next((int(text) for text in line.typed if text.isascii() and text.isdigit() and len(text) < 12), None)
    if chosen is not None and chosen not in dict(found):
        found[:0] = [(contact.id, queries.name_of(contact)) for contact in queries.by_ids([chosen])]
    return found


def _as_typed(cell: Cell) -> list[str]:
    """What stands in a field, as one would type it."""
    kind = cell.field.kind
    if kind in ("person", "file"):
        return [filling.SAME] if cell.values else []
    if kind in ("number", "money"):
        return [show(shape_of(cell.field), cell.values).replace("R ", "")] if cell.values else []
    return [value.text for value in cell.values]
