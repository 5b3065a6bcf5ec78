"""The columns of an export, in the headings the import understands by itself."""

from collections.abc import Sequence

from portal.contacts.field_files import Column, is_sensitive
from portal.contacts.fields import Sheet
from portal.contacts.names import fold

HEADINGS = (
    "First name", "Last name", "Organisation", "Email", "Cell", "Telephone", "Address", "Suburb", "City",
    "Postal code", "Province", "Country", "Language", "Birth date", "Group", "Initials", "Trading as",
    "Registration number", "VAT number", "ID number",
)  # fmt: skip


def headings(columns: Sequence[Column]) -> list[str]:
    """The portal's own headings and those of designed fields."""
    return [*HEADINGS, *(column.heading for column in columns)]


def columns_of(sheets: Sequence[Sheet], *, with_sensitive: bool) -> list[Column]:
    """A column for each designed field of these pages; of sensitive classes only when that is asked for.

    A field whose name is a heading of the portal's own is told by its page too, as the import understands it.
    """
    taken = {fold(heading) for heading in HEADINGS}
    return [
        Column(field, f"{sheet.page.name}: {field.name}" if field.name_key in taken else field.name)
        for sheet in sheets
        for field in sheet.fields
        if with_sensitive or not is_sensitive(field)
    ]
