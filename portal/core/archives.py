"""Looks into a ZIP archive without believing it: a few kilobytes may hold gigabytes.

Sizes told by the archive do not count: every entry is unpacked piece by piece, counted and thrown away.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import BinaryIO

MOST_ENTRIES = 2_000
MOST_UNPACKED = 400 * 2**20
_MOST_RATIO = 120
_RATIO_MATTERS_FROM = 20 * 2**20
_PIECE = 1 << 18
_LONGEST_END = 22 + 65_535 + 76  # the end of the list with its comment, and the longer one before it
_SEE_64, _SEE_64_LONG = 0xFFFF, 0xFFFFFFFF
_MOST_FOR_ENTRY = 1_000  # bytes in the list of entries
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError)


class Fault(StrEnum):
    TOO_LARGE = "too large"
    DAMAGED = "damaged"
    LOCKED = "locked"


class BadArchive(ValueError):
    """The archive is not to be unpacked. `fault` says why; whoever asked finds the words for people."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def entries_of(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """What the archive says it holds. Raises BadArchive when that is too much, or cannot be read."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (*_DAMAGED, OSError, ValueError):
        raise BadArchive(Fault.DAMAGED) from None
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadArchive(Fault.TOO_LARGE)
    return entries


def _check_directory(file: BinaryIO) -> None:
    """The list of entries is read whole, and may itself be what costs: its size is looked at before it is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    end = file.read()
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or len(end) < place + 22:
        raise BadArchive(Fault.DAMAGED)
    entries, listed = struct.unpack("<HL", end[place + 10 : place + 16])
    if (entries == _SEE_64 or listed == _SEE_64_LONG) and (long_end := end.rfind(b"PK\x06\x06")) >= 0:
        entries, listed = struct.unpack("<2Q", (end[long_end + 32 : long_end + 48]).ljust(16, b"\xff"))
    file.seek(0)
    if entries > MOST_ENTRIES or listed > MOST_ENTRIES * _MOST_FOR_ENTRY:
        raise BadArchive(Fault.TOO_LARGE)


def unpacked(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, bool, bytes]]:
    """Each entry's content in small pieces: (entry, whether it is its first piece, piece). Raises BadArchive as soon
    as it unpacks to more than is reasonable.
    """
    total = 0
    try:
        for entry in entries:
            size = 0
            for piece in _unpack(file, entry):
                yield entry, not size, piece
                size += len(piece)
                total += len(piece)
                is_bomb = size > _RATIO_MATTERS_FROM and size > _MOST_RATIO * max(entry.compress_size, 1)
                if is_bomb or total > MOST_UNPACKED:
                    raise BadArchive(Fault.TOO_LARGE)
    except _DAMAGED:
        raise BadArchive(Fault.DAMAGED) from None


def _unpack(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's content in small pieces, however large it claims or turns out to be."""
    if entry.flag_bits & 1:
        raise BadArchive(Fault.LOCKED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive(Fault.DAMAGED)
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
