"""Somebody who does not exist, to show an organisation what people see on their own pages."""

from types import SimpleNamespace
from typing import Any

from portal.contacts.fields import sheets as designed_sheets
from portal.contacts.models import Field
from portal.contacts.self_service import HIDDEN, is_masked, level_of, may_change
from portal.profile import levels
from portal.profile.designed import Sheet, Shown
from portal.profile.details import Fact, Known

_TEXTS = {
    "text": "An example", "long": "A few sentences, as an example.", "number": "12", "money": "R 45.00",
    "date": "3 Mar 2026", "yes_no": "Yes", "link": "https://www.example.org",
}  # fmt: skip


def known() -> Known:
    shown = {block: may_change(level) for block, level in levels.current().blocks.items() if level != HIDDEN}
    parts: list[Any] = [
        SimpleNamespace(address="thandi@example.org", state=""),
        SimpleNamespace(number="+27825550134"),
        SimpleNamespace(line1="12 Marion Avenue", line2="", suburb="Glenashley", city="Durban", postal_code="4051"),
    ]
    names = [Fact("First name", "Thandi"), Fact("Last name", "Ngcobo"), Fact("Language", "isiZulu")]
    return Known(names, [parts[0]], [parts[1]], [parts[2]], shown)


def sheets() -> list[Sheet]:
    found = []
    for sheet in designed_sheets():
        fields = [field for field in sheet.fields if level_of(field) != HIDDEN]
        if fields:
            shown = [Shown(field.name, _text(field), is_masked(field)) for field in fields]
            found.append(Sheet(sheet.page, shown, any(may_change(level_of(field)) for field in fields)))
    return found


def _text(field: Field) -> str:
    offered = [option["name"] for option in field.options if not option.get("is_archived")]
    return ", ".join(offered[: 2 if field.kind == "choices" else 1]) if offered else _TEXTS.get(field.kind, "")
