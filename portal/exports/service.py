"""Taking contacts along as a file. Each time is kept in the record, because personal data leaves the portal by it."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import xlsxwriter

from portal.activity import log
from portal.contacts import queries as contacts
from portal.contacts.field_files import Column, is_sensitive
from portal.contacts.queries import Filter
from portal.core.actor import require, require_sight
from portal.core.cells import csv_line, guard_cell, unguard_cell
from portal.core.db import transaction
from portal.core.permissions import DataSet, Permission
from portal.exports.queries import left_out, matching, rows
from portal.exports.rules import headings

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def note(
    wanted: Filter,
    kind: str,
    columns: Sequence[Column] = (),
    with_identity: bool = False,
    *,
    with_sensitive: bool = False,
) -> int:
    """Write into the record that this list is taken along, which classes of sensitive information with it, and how many
    children stay out of it for want of consent; return how many it holds. Raises Denied.
    """
    require(Permission.CONTACT_EXPORT)
    if with_identity:
        require_sight(DataSet.IDENTITY)
    groups = contacts.visible_groups() if with_sensitive else []
    classes = {column.field.sensitivity for column in columns if is_sensitive(column.field)}
    classes |= {group.sensitivity for group in groups if is_sensitive(group)}
    with transaction():
        count = int(matching(wanted).count())
        more: dict[str, Any] = {"children_left_out": left_out(wanted), "id_numbers": with_identity}
        more |= {"classes": sorted(classes)} if classes else {}
        log.write("contacts.exported", rows=count, format=kind, groups=list(wanted.group_ids), **more)
    return count


def as_csv(
    wanted: Filter, columns: Sequence[Column] = (), with_identity: bool = False, *, with_sensitive: bool = False
) -> Iterator[str]:
    """The lines of a CSV file that spreadsheet programs open as it is, no cell taken for a formula."""
    yield "\ufeff" + csv_line(guard_cell(heading) for heading in headings(columns))
    for row in rows(wanted, columns, with_identity, with_sensitive=with_sensitive):
        yield csv_line(guard_cell(cell) for cell in row)


def as_xlsx(
    wanted: Filter,
    into: BinaryIO,
    columns: Sequence[Column] = (),
    with_identity: bool = False,
    *,
    with_sensitive: bool = False,
) -> None:
    """A workbook whose every cell is text. Held on disk while it is made, not in memory."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(into, options) as book:
        sheet = book.add_worksheet("Contacts")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings(columns)):
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows(wanted, columns, with_identity, with_sensitive=with_sensitive), 1):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, _kept(cell))


def _kept(cell: str) -> str:
    """A cell of text needs no guard, but one that looks guarded would lose its apostrophe when it is imported."""
    return cell if unguard_cell(cell) == cell else guard_cell(cell)
