"""Rows as the bytes of a file, no cell of which a spreadsheet program takes for a formula (C10): it comes in again as
it left. Knows no database.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from portal.core.cells import csv_line, guard_cell, unguard_cell

PIECE = 1 << 18


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]], mark: str = "") -> Iterator[str]:
    """The lines of a CSV file that spreadsheet programs open as it is, the mark at the end of each."""
    last = [mark] if mark else []
    yield "\ufeff" + csv_line(guard_cell(heading) for heading in headings)
    for row in rows:
        yield csv_line(guard_cell(cell) for cell in [*row, *last])


def as_xlsx(into: BinaryIO, headings: Sequence[str], rows: Iterable[Sequence[str]], mark: str = "") -> None:
    """A workbook whose every cell is text. Held on disk while it is made, not in memory."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    last = [mark] if mark else []
    with xlsxwriter.Workbook(into, options) as book:
        sheet = book.add_worksheet("Contacts")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        if mark:
            book.set_properties({"keywords": mark})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, _kept(heading), bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate([*row, *last]):
                if cell:
                    sheet.write_string(number, column, _kept(cell))


def with_password(plain: BinaryIO, into: BinaryIO, password: str) -> None:
    """The workbook as Excel itself protects one: AES-256, opened by the password alone (ECMA-376, agile encryption)."""
    plain.seek(0)
    OOXMLFile(plain).encrypt(password, into)


def joined(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as pieces that are worth encrypting one by one."""
    held = io.BytesIO()
    for line in lines:
        held.write(line.encode())
        if held.tell() >= PIECE:
            yield held.getvalue()
            held = io.BytesIO()
    yield held.getvalue()


def pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _kept(cell: str) -> str:
    """A cell of text needs no guard, but one that looks guarded would lose its apostrophe when it is imported."""
    return cell if unguard_cell(cell) == cell else guard_cell(cell)
