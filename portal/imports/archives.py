"""Looks into a packed spreadsheet before anything unpacks it: what it holds, and how large its sheets would be."""

import re
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipInfo

from portal.core.archives import BadArchive, Fault, entries_of, unpacked
from portal.imports.limits import MAX_COLUMNS, UnreadableFile

# The reader lays a sheet out whole, some hundred bytes for each cell up to the last one, and keeps all texts.
_MAX_CELLS = 2_000_000
_MAX_UNPACKED = 200 * 2**20
_LONGEST_TAG = 4_000
# A tag as whatever reads the sheet sees it, too: what stands in quotes may hold a >, and names may have any prefix.
_PREFIX = rb"""(?:[^ \t\r\n<>/=:"'!?]{1,100}:)?"""
_ATTRIBUTE = rb"""[ \t\r\n]+([^ \t\r\n<>/="']+)[ \t\r\n]*=[ \t\r\n]*("[^"<]*"|'[^'<]*')"""
_ATTRIBUTES = rb"((?:" + _ATTRIBUTE.replace(b"(", b"(?:") + rb")*+)[ \t\r\n]*(/?>)"
_ENDS = rb"(?=[ \t\r\n/>])"
# Of a tag that is not well made the end is missing: it might be read in another way than it is here.
_TAG = re.compile(rb"<" + _PREFIX + rb"(row|c)" + _ENDS + rb"(?:" + _ATTRIBUTES + rb"|)")
_OPEN_TAG = re.compile(rb"<" + _PREFIX + rb"(?:covered-)?table-(row|cell)" + _ENDS + rb"(?:" + _ATTRIBUTES + rb"|)")
_SHEET = re.compile(rb"<" + _PREFIX + rb"(?:sheetData|table)" + _ENDS)
_EACH = re.compile(_ATTRIBUTE)
_FIRST = re.compile(rb"""[ \t\r\n]+r="([A-Z]{1,3})([1-9]\d{0,6})\"""")
_CELL_PLACE = re.compile(rb"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW_PLACE = re.compile(rb"[1-9]\d{0,6}")
_REPEATED = re.compile(rb"\d{1,9}")
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
    sheet, total = _Sheet(), 0
    for _, is_first, piece in unpacked(file, entries):
        if is_first:
            sheet.end()
            sheet = _Sheet()
            if piece.startswith(b"PK\x03\x04"):
                raise UnreadableFile("The spreadsheet holds another archive; save only the sheet that is needed.")
        total += len(piece)
        if total > _MAX_UNPACKED:
            raise BadArchive(Fault.TOO_LARGE)
        sheet.add(piece)
    sheet.end()


class _Sheet:
    """What may be a sheet, piece by piece. A tag never holds a <, so that what stands before the last one is whole."""

    def __init__(self) -> None:
        self.extent, self.tail, self.is_sheet = _Extent(), b"", False

    def add(self, piece: bytes) -> None:
        text = self.tail + piece
        self.is_sheet = self.is_sheet or _SHEET.search(text) is not None
        whole = max(text.rfind(b"<"), 0)
        if self.is_sheet:
            self.extent.add(text[:whole])
            if len(text) - whole > _LONGEST_TAG:  # what it holds beyond its tag is only words
                _require_whole(text[whole : whole + _LONGEST_TAG])
        self.tail = text[whole : whole + _LONGEST_TAG]

    def end(self) -> None:
        if self.is_sheet:
            self.extent.add(self.tail)


class _Extent:
    """How far the cells of one sheet reach."""

    def __init__(self) -> None:
        self.last_row = self.last_column = 0
        self.rows = self.columns = 0  # where the last tag stands

    def add(self, text: bytes) -> None:
        row, column, last_row, last_column = self.rows, self.columns, self.last_row, self.last_column
        for kind, attributes, end in _TAG.findall(text):
            if not end:
                raise BadArchive(Fault.DAMAGED)
            if kind == b"row":
                said = _read(attributes, b"r", _ROW_PLACE)
                row, column = int(said[0]) if said else row + 1, 0
                continue
            place = _FIRST.match(attributes) or _read(attributes, b"r", _CELL_PLACE)
            column = _column(place[1]) if place else column + 1  # without a place it stands beside the last one
            if end == b">":  # an empty one counts for nothing
                last_row = max(last_row, int(place[2]) if place else row)
                last_column = max(last_column, column)
        self.rows, self.columns, self.last_row, self.last_column = row, column, last_row, last_column
        if b"table-" in text:
            self._add_open(text)
        if self.last_column > MAX_COLUMNS:
            raise UnreadableFile(_TOO_MANY_COLUMNS)
        if self.last_row * self.last_column > _MAX_CELLS:
            raise UnreadableFile(_TOO_MANY_CELLS)

    def _add_open(self, text: bytes) -> None:
        """In the open format a tag says how often it is meant."""
        for kind, attributes, end in _OPEN_TAG.findall(text):
            if not end:
                raise BadArchive(Fault.DAMAGED)
            of = b"rows" if kind == b"row" else b"columns"
            said = (
                _read(attributes, b"table:number-" + of + b"-repeated", _REPEATED) if b"repeat" in attributes else None
            )
            times = int(said[0]) if said else 1
            if kind == b"row":
                self.rows, self.columns = self.rows + times, 0
            else:
                self.columns += times
                if b"value-type" in attributes:  # empty ones fill every sheet up to its edge
                    self._reach()

    def _reach(self) -> None:
        self.last_row = max(self.last_row, self.rows)
        self.last_column = max(self.last_column, self.columns)


def _require_whole(text: bytes) -> None:
    """Raise BadArchive for a cell or row whose tag goes on and on."""
    found = _TAG.match(text) or _OPEN_TAG.match(text)
    if found and not found[3]:
        raise BadArchive(Fault.DAMAGED)


def _read(attributes: bytes, name: bytes, shape: re.Pattern[bytes]) -> re.Match[bytes] | None:
    """The first attribute of this name, as whatever reads the sheet takes it. Raises BadArchive when it is none that
    a spreadsheet program writes, such as a number that begins with noughts.
    """
    for found, quoted in _EACH.findall(attributes):
        if found == name:
            value = shape.fullmatch(quoted[1:-1])
            if value is None:
                raise BadArchive(Fault.DAMAGED)
            return value
    return None


@lru_cache(maxsize=1_000)
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
