"""Looks into a packed spreadsheet before anything unpacks it: what it holds, and how large its sheets would be."""

import re
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipInfo

from portal.core.archives import BadArchive, Fault, entries_of, unpacked
from portal.imports.limits import MAX_COLUMNS, UnreadableFile

# The reader lays a sheet out whole, some hundred bytes for each cell up to the last one, and keeps all texts.
_MAX_CELLS = 2_000_000
_MAX_UNPACKED = 200 * 2**20
_LONGEST_TAG = 2_000
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]{0,1999}[^>/]|)>")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]{0,2000})>")
_ROW_PLACE = re.compile(rb"""\br\s*=\s*["'](\d{1,7})["']""")
_OVERLONG = re.compile(rb"<(?:\w+:)?(?:c|row|table:table-cell|table:table-row)\s[^>]{2000}")
_OPEN_TAG = re.compile(rb"<table:(?:covered-)?table-(row|cell)\b([^>]{0,2000})>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,9})["']""")
_WORDS = {
    Fault.TOO_LARGE: ("The spreadsheet unpacks to far more than its size; save only the sheet that is needed, as CSV."),
    Fault.DAMAGED: "The spreadsheet is damaged; open it and save it again as XLSX or CSV.",
    Fault.LOCKED: "The spreadsheet is locked with a password; save it without one.",
}
_TOO_MANY_COLUMNS = f"A sheet has more than {MAX_COLUMNS} columns; leave out those that are not needed."
_TOO_MANY_CELLS = f"A sheet has more than {_MAX_CELLS:,} cells; save it as CSV, which may hold more."


def check_archive(path: Path) -> None:
    """Raise UnreadableFile unless the archive is a spreadsheet of a reasonable size."""
    try:
        with path.open("rb") as file:
            entries = entries_of(file)
            names = {entry.filename for entry in entries}
            if "xl/workbook.bin" in names:
                raise UnreadableFile("The spreadsheet is in Excel's binary form; save it as XLSX or CSV.")
            if "xl/workbook.xml" not in names and "content.xml" not in names:
                raise UnreadableFile("The file is an archive, not a spreadsheet; unpack it and choose the spreadsheet.")
            if sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
                raise BadArchive(Fault.TOO_LARGE)
            _check_entries(file, entries)
    except BadArchive as error:
        raise UnreadableFile(_WORDS[error.fault]) from None


def _check_entries(file: BinaryIO, entries: list[ZipInfo]) -> None:
    """Every entry is looked through: which of them is a sheet, the spreadsheet says, and could say of any."""
    extent, tail, total = _Extent(), b"", 0
    for _, is_first, piece in unpacked(file, entries):
        if is_first:
            extent, tail = _Extent(), b""
            if piece.startswith(b"PK\x03\x04"):
                raise UnreadableFile("The spreadsheet holds another archive; save only the sheet that is needed.")
        total += len(piece)
        if total > _MAX_UNPACKED:
            raise BadArchive(Fault.TOO_LARGE)
        text = tail + piece
        if _OVERLONG.search(text):
            raise BadArchive(Fault.DAMAGED)
        whole = text.rfind(b">") + 1
        extent.add(text[:whole])
        tail = text[whole:][-2 * _LONGEST_TAG :]


class _Extent:
    """How far the cells of one sheet reach."""

    def __init__(self) -> None:
        self.last_row = self.last_column = 0
        self.rows = self.columns = 0  # so far, where only the order of the tags says where a cell stands

    def add(self, text: bytes) -> None:
        is_placed = True
        for attributes in _CELL.findall(text):
            place = _PLACE.search(attributes)
            if place:
                self.last_row = max(self.last_row, int(place[2]))
                self.last_column = max(self.last_column, _column(place[1]))
            else:
                is_placed = False
        if not is_placed:
            self._add_in_order(text)
        if b"<table:" in text:
            self._add_open(text)
        if self.last_column > MAX_COLUMNS:
            raise UnreadableFile(_TOO_MANY_COLUMNS)
        if self.last_row * self.last_column > _MAX_CELLS:
            raise UnreadableFile(_TOO_MANY_CELLS)

    def _add_in_order(self, text: bytes) -> None:
        for kind, attributes in _TAG.findall(text):
            if kind == b"row":
                place = _ROW_PLACE.search(attributes)
                self.rows, self.columns = int(place[1]) if place else self.rows + 1, 0
            else:
                self.columns += 1
                self._reach()

    def _add_open(self, text: bytes) -> None:
        """In the open format a tag says how often it is meant."""
        for kind, attributes in _OPEN_TAG.findall(text):
            said = _REPEATED.search(attributes)
            times = int(said[1]) if said else 1
            if kind == b"row":
                self.rows, self.columns = self.rows + times, 0
            else:
                self.columns += times
                if b"value-type" in attributes:  # empty ones fill every sheet up to its edge
                    self._reach()

    def _reach(self) -> None:
        self.last_row = max(self.last_row, self.rows)
        self.last_column = max(self.last_column, self.columns)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
