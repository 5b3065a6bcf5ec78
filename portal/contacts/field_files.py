"""Designed fields in files and letters: which of them can be, and their values as plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from portal.contacts import fields
from portal.contacts.field_rules import KINDS, Entry, show
from portal.contacts.fields import Outline, Sheet
from portal.contacts.models import Field, Group
from portal.core.actor import current_actor
from portal.core.permissions import Sensitivity
from portal.core.written import day


@dataclass(frozen=True)
class Column:
    """A field in a file, with the heading by which it is known there."""

    field: Field
    heading: str


def sheets() -> list[Sheet]:
    """The pages in use with those of their fields whose values are text: for files and letters."""
    found = [Sheet(sheet.page, [f for f in sheet.fields if KINDS[f.kind].may_merge]) for sheet in fields.sheets()]
    return [sheet for sheet in found if sheet.fields]


def writable_sheets() -> list[Sheet]:
    """Those of them that the actor may change."""
    return [sheet for sheet in sheets() if current_actor().may_write_page(sheet.page.id)]


def is_sensitive(one: Field | Outline | Group) -> bool:
    """Whether a field or a group tells more than the ordinary, and so leaves the portal only when somebody says so."""
    return one.sensitivity != Sensitivity.ORDINARY


def shown(field: Field, texts: Sequence[str]) -> str:
    """Values as people read them on a page or in a letter."""
    if field.kind == "date" and texts:
        return day(date.fromisoformat(texts[0]), ZoneInfo("UTC"))
    return show(fields.shape_of(field), [Entry("", text) for text in texts])


def plain(field: Field, texts: Sequence[str]) -> str:
    """Values as a file holds them: what an import reads again as the same."""
    if field.kind in ("choice", "choices"):
        names = {option["id"]: option["name"] for option in field.options}
        return "; ".join(names[text] for text in names if text in texts)
    if field.kind == "yes_no":
        return {"1": "Yes", "0": "No"}.get(texts[0], "") if texts else ""
    return texts[0] if texts else ""
