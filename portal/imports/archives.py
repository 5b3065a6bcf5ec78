"""Looks into a packed spreadsheet before anything unpacks it: a few kilobytes may hold gigabytes.

Sizes told by the archive are not believed: every entry is unpacked piece by piece, counted and thrown away.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from portal.imports.limits import MAX_COLUMNS, UnreadableFile

_MAX_ENTRIES = 2_000
_MAX_UNPACKED = 400 * 2**20
_MAX_RATIO = 120
_RATIO_MATTERS_FROM = 20 * 2**20
_MAX_CELLS = 25_000_000  # the reader lays a sheet out whole, so one far-away cell would cost memory for all between
_PIECE = 1 << 18
_CELL = re.compile(rb'<(?:\w+:)?c [^>]{0,80}?r="([A-Z]{1,3})(\d{1,7})"[^>]{0,80}[^/]>')
_OVERLAP = 200
_TOO_LARGE = "The spreadsheet unpacks to far more than its size; save only the sheet that is needed, as CSV."
_DAMAGED = "The spreadsheet is damaged; open it and save it again as XLSX or CSV."


def check_archive(path: Path) -> None:
    """Raise UnreadableFile unless the archive is a spreadsheet of a reasonable size."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
                raise UnreadableFile(_TOO_LARGE)
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names and "content.xml" not in names:
                raise UnreadableFile("The file is an archive, not a spreadsheet; unpack it and choose the spreadsheet.")
            _check_entries(file, entries)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError):
        raise UnreadableFile(_DAMAGED) from None


def _check_entries(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    total = 0
    for entry in entries:
        unpacked = 0
        is_sheet = entry.filename.startswith("xl/worksheets/")
        tail, last_row, last_column = b"", 0, 0
        for piece in _unpack(file, entry):
            if not unpacked and piece.startswith(b"PK\x03\x04"):
                raise UnreadableFile("The spreadsheet holds another archive; save only the sheet that is needed.")
            unpacked += len(piece)
            total += len(piece)
            is_bomb = unpacked > _RATIO_MATTERS_FROM and unpacked > _MAX_RATIO * max(entry.compress_size, 1)
            if is_bomb or total > _MAX_UNPACKED:
                raise UnreadableFile(_TOO_LARGE)
            if is_sheet:
                for letters, row in _CELL.findall(tail + piece):
                    last_row = max(last_row, int(row))
                    last_column = max(last_column, _column(letters))
                tail = piece[-_OVERLAP:]
        if last_column > MAX_COLUMNS:
            raise UnreadableFile(f"A sheet has more than {MAX_COLUMNS} columns; leave out those that are not needed.")
        if last_row * last_column > _MAX_CELLS:
            raise UnreadableFile("A sheet is too large; save it as CSV.")


def _unpack(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's content in small pieces, however large it claims or turns out to be."""
    if entry.flag_bits & 1:
        raise UnreadableFile("The spreadsheet is locked with a password; save it without one.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile(_DAMAGED)
    file.seek(entry.header_offset)
    header = struct.unpack("<4s5H3L2H", file.read(30))
    file.seek(header[9] + header[10], 1)
    left = entry.compress_size
    inflate = zlib.decompressobj(-15)
    while left > 0 and (packed := file.read(min(left, 1 << 16))):
        left -= len(packed)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
