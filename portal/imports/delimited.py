"""CSV as it comes: the encoding, delimiter and quotation mark are found out, and memory stays bounded.

The encoding is by mark, then strict UTF-8, then Windows-1252: detectors are wrong on short Western files.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from portal.imports.limits import MAX_LINE, UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20


def read_delimited(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows with the number of the row (not the line), read as they are asked for."""
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            sample = [line for line, _ in zip(_lines(file), range(_SAMPLE_LINES), strict=False)]
            delimiter, quotechar, skipped = _dialect(sample)
            file.seek(0)
            lines = _lines(file)
            for _ in range(skipped):
                next(lines)
            yield from _rows(lines, delimiter, quotechar, skipped)
    except UnicodeError:
        raise UnreadableFile("The file's letters cannot be read; save it as CSV UTF-8.") from None


def _rows(lines: Iterator[str], delimiter: str, quotechar: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_LINE)  # the same for the whole program, so setting it again is harmless
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quotechar)
    number = skipped
    try:
        for cells in reader:
            number += 1
            yield number, cells
    except csv.Error:
        raise UnreadableFile(
            f"Row {number + 1} has a cell that does not end; perhaps a quotation mark is not closed."
        ) from None


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(MAX_LINE):
        if len(line) >= MAX_LINE:
            raise UnreadableFile("The file has a line that is too long to be a row of a table.")
        yield line


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                return encoding
        if start.count(0) > len(start) // 4:
            return "utf-16-be" if start[0] == 0 else "utf-16-le"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while start:
                decoder.decode(start)
                start = file.read(1 << 20)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            file.seek(0)
            # five bytes have no letter in Windows-1252; Latin-1 knows them, and the preview shows them
            return "cp1252" if _has_only_letters(file.read(1 << 20)) else "latin-1"
    return "utf-8"


def _has_only_letters(start: bytes) -> bool:
    return not set(start) & {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def _dialect(sample: list[str]) -> tuple[str, str, int]:
    """Delimiter, quotation mark, and how many lines to skip (Excel's own `sep=;`)."""
    declared = re.fullmatch(r'"?sep=(.)"?\s*', sample[0].lstrip("\ufeff"), re.IGNORECASE) if sample else None
    skipped = 1 if declared else 0
    lines = sample[skipped:]
    delimiter = declared[1] if declared else max(_DELIMITERS, key=lambda mark: _fitness(lines, mark))
    single = re.compile(rf"(?:^|{re.escape(delimiter)})'[^']*'(?={re.escape(delimiter)}|\s*$)")
    uses_single = not any('"' in line for line in lines) and sum(map(bool, map(single.search, lines))) * 2 > len(lines)
    return delimiter, "'" if uses_single else '"', skipped


def _fitness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many rows have as many cells as the first, and how many cells that is."""
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells)]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])
