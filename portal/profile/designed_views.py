"""A page of fields that the organisation designed, changed by the person himself in a browser that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from portal.contacts import filling, service
from portal.contacts.field_rules import show
from portal.contacts.fields import shape_of
from portal.contacts.page_blocks import Block, Cell
from portal.contacts.self_service import CONFIRMED, level_of
from portal.profile import asked, block_views, designed, links, pages
from portal.profile.detail_views import STALE
from portal.profile.pages import bp as bp
from portal.profile.pages import link, page_or_block
from portal.web.access import linked
from portal.web.limits import limiter


@dataclass
class Line:
    """A field in the form, with what was typed and what is wrong with it."""

    cell: Cell
    typed: Sequence[str]
    error: str = ""

    @property
    def options(self) -> list[dict[str, str]]:
        """What may be chosen: what is offered, and what the person has though it no longer is."""
        had = {value.text for value in self.cell.values}
        return [o for o in self.cell.field.options if not o.get("is_archived") or o["id"] in had]

    @property
    def waits(self) -> bool:
        return level_of(self.cell.field) == CONFIRMED


@bp.get("/<token>/pages/<int:page_id>")
@linked(links.PURPOSE)
def designed_page(token: str, page_id: int) -> Response:
    pages.require_known()
    contact = link().contact
    block = designed.block_to_change(contact, page_id)
    row = asked.of_contact(contact).get(asked.of_page(page_id))
    waiting: Mapping[str, Sequence[str]] = row.typed if row else {}
    lines = [Line(cell, waiting.get(str(cell.field.id), _as_typed(cell))) for cell in block.cells]
    return _form(block, lines, filling.stamp(block))


@bp.post("/<token>/pages/<int:page_id>")
@linked(links.PURPOSE)
@limiter.limit("60 per hour")
def save_designed_page(token: str, page_id: int) -> Response:
    pages.require_known()
    contact = service.find(link().contact.id)
    block, seen = designed.block_to_change(contact, page_id), request.form.get("seen", "")
    had = set(request.form.getlist("field"))
    ids = [cell.field.id for cell in block.cells if str(cell.field.id) in had]
    typed = {field_id: request.form.getlist(f"field-{field_id}") for field_id in ids}
    lines = [Line(cell, typed.get(cell.field.id, _as_typed(cell))) for cell in block.cells]
    try:
        waits = designed.change(link(), page_id, seen, typed)
    except filling.Unfilled as error:
        for line in lines:
            line.error = error.sentences.get(line.cell.field.id, "")
        return _form(block, lines, seen, 422)
    except service.Stale:
        fresh = designed.block_to_change(contact, page_id)
        return _form(fresh, [Line(cell, _as_typed(cell)) for cell in fresh.cells], filling.stamp(fresh), 422, STALE)
    return block_views.saved_page(token, page_id, waits=waits)


def _form(block: Block, lines: Sequence[Line], seen: str, status: int = 200, error: str = "") -> Response:
    return page_or_block(
        "profile/designed.html", "profile/_designed_form.html", status, block=block, lines=lines, seen=seen, error=error
    )  # fmt: skip


def _as_typed(cell: Cell) -> list[str]:
    """What stands in a field, as one would type it."""
    if cell.field.kind in ("number", "money"):
        return [show(shape_of(cell.field), cell.values).replace("R ", "")] if cell.values else []
    return [value.text for value in cell.values]
