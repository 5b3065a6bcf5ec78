"""Looks into a packed spreadsheet before anything unpacks it: what it holds, and how large its sheets would be."""

import re
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipInfo

from portal.core.archives import BadArchive, Fault, entries_of, unpacked
from portal.imports.limits import MAX_COLUMNS, UnreadableFile

_MAX_CELLS = 25_000_000  # the reader lays a sheet out whole, so one far-away cell would cost memory for all between
_CELL = re.compile(rb'<(?:\w+:)?c [^>]{0,80}?r="([A-Z]{1,3})(\d{1,7})"[^>]{0,80}[^/]>')
_OVERLAP = 200
_WORDS = {
    Fault.TOO_LARGE: ("The spreadsheet unpacks to far more than its size; save only the sheet that is needed, as CSV."),
    Fault.DAMAGED: "The spreadsheet is damaged; open it and save it again as XLSX or CSV.",
    Fault.LOCKED: "The spreadsheet is locked with a password; save it without one.",
}


def check_archive(path: Path) -> None:
    """Raise UnreadableFile unless the archive is a spreadsheet of a reasonable size."""
    try:
        with path.open("rb") as file:
            entries = entries_of(file)
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names and "content.xml" not in names:
                raise UnreadableFile("The file is an archive, not a spreadsheet; unpack it and choose the spreadsheet.")
            _check_entries(file, entries)
    except BadArchive as error:
        raise UnreadableFile(_WORDS[error.fault]) from None


def _check_entries(file: BinaryIO, entries: list[ZipInfo]) -> None:
    tail, last_row, last_column = b"", 0, 0
    for entry, is_first, piece in unpacked(file, entries):
        if is_first:
            tail, last_row, last_column = b"", 0, 0
            if piece.startswith(b"PK\x03\x04"):
                raise UnreadableFile("The spreadsheet holds another archive; save only the sheet that is needed.")
        if not entry.filename.startswith("xl/worksheets/"):
            continue
        for letters, row in _CELL.findall(tail + piece):
            last_row = max(last_row, int(row))
            last_column = max(last_column, _column(letters))
        tail = piece[-_OVERLAP:]
        if last_column > MAX_COLUMNS:
            raise UnreadableFile(f"A sheet has more than {MAX_COLUMNS} columns; leave out those that are not needed.")
        if last_row * last_column > _MAX_CELLS:
            raise UnreadableFile("A sheet is too large; save it as CSV.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
