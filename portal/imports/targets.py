"""Designed fields that a column of a file may become: those on pages that whoever imports may change."""

from collections.abc import Mapping, Sequence

from portal.contacts import field_files, fields
from portal.contacts.fields import Sheet
from portal.contacts.models import Field
from portal.contacts.names import fold

PREFIX = "field:"
Targets = Mapping[str, Field]  # "field:12" -> the field


def targets(sheets: Sequence[Sheet] | None = None) -> Targets:
    known = field_files.writable_sheets() if sheets is None else sheets
    return {word_of(field): field for sheet in known for field in sheet.fields}


def word_of(field: Field) -> str:
    return f"{PREFIX}{field.id}"


def by_heading(sheets: Sequence[Sheet]) -> dict[str, str]:
    """What a heading names, folded: a field, also with its page before it, as an export writes it."""
    found = {fold(f"{sheet.page.name}: {field.name}"): word_of(field) for sheet in sheets for field in sheet.fields}
    return found | {field.name_key: word_of(field) for sheet in sheets for field in sheet.fields}


def word_of_name(name: str) -> str:
    """The word of the field with this name, or nothing if there is none that may be filled from a file."""
    field = fields.find_field_by_name(name)
    word = word_of(field) if field is not None else ""
    return word if word in targets() else ""
