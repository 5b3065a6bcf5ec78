"""A page of fields that somebody designed, filled in for the contact."""

import io

from portal.contacts import designing, fields, filling
from portal.contacts.design_rules import Design
from portal.contacts.page_blocks import block_of
from portal.contacts.service import find
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    page = designing.add_page("CNRY page")
    field = designing.add_field(
        page, Design("text", "CNRY field", "CNRY purpose", "ordinary", help="CNRY help", is_searched=True)
    )
    paper = designing.add_field(
        page, Design("file", stage.canary("documents", f"CNRY paper {stage.contact_id} x"), "CNRY purpose", "ordinary")
    )
    block = block_of(stage.contact_id, page.id)
    brought = filling.Brought(io.BytesIO(b"CNRY"), "CNRY.txt")
    filling.fill(find(stage.contact_id), block, filling.stamp(block), {field.id: ["CNRY value"]}, {paper.id: brought})
    assert fields.find_field(field.id).name == "CNRY field"
    return {"page_id": page.id, "field_id": field.id}
