"""Reads the tables people bring: CSV in any dress, XLSX, XLS and ODS. Every cell comes out as text.

What cannot be read is refused with a sentence that says what to do; nothing here trusts a size it is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from portal.core.cells import unguard_cell
from portal.imports.archives import check_archive
from portal.imports.delimited import read_delimited
from portal.imports.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, UnreadableFile

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNSEEN = dict.fromkeys([*range(32), *range(127, 160), 0xFEFF], " ")
_WRONG_KIND = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")

Row = tuple[int, list[str]]  # the row's number as the spreadsheet shows it, and its cells


@dataclass
class Table:
    """A table being read. `rows` runs once, skips empty rows, and may raise UnreadableFile on its way."""

    headings: list[str]
    rows: Iterator[Row]
    sheet_names: list[str] = field(default_factory=list)


def open_table(path: Path, filename: str, *, sheet: str | None = None) -> Table:
    """Open the file by what it holds, not by what it is called."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError as error:
        raise UnreadableFile("The file is not here any more. Bring it in again.") from error
    if not start.strip():
        raise UnreadableFile("The file is empty.")
    if start.startswith(_ZIP):
        check_archive(path)
        return _open_workbook(path, sheet)
    if start.startswith(_OLE):
        return _open_workbook(path, sheet)
    if start.startswith(_WRONG_KIND):
        raise UnreadableFile(f"{filename[:100]} is not a table; save the spreadsheet as XLSX or CSV.")
    return _table(read_delimited(path), [])


def _open_workbook(path: Path, sheet: str | None) -> Table:
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
        if not names:
            raise UnreadableFile("The spreadsheet has no sheets.")
        if sheet is not None and sheet not in names:
            raise UnreadableFile("The spreadsheet has no sheet of that name.")
        page = book.get_sheet_by_name(sheet or names[0])
        if page.total_height > MAX_ROWS + 1:
            raise UnreadableFile(f"The sheet has more than {MAX_ROWS:,} rows; divide it into several files.")
        rows = enumerate(page.iter_rows(), start=1)  # a row at a time: all at once they are larger still
    except PasswordError:
        raise UnreadableFile("The spreadsheet is locked with a password; save it without one.") from None
    except CalamineError:
        raise UnreadableFile("The spreadsheet is damaged; open it and save it again as XLSX or CSV.") from None
    return _table(((number, [_as_text(cell) for cell in cells]) for number, cells in rows), names)


def _table(rows: Iterator[Row], sheet_names: list[str]) -> Table:
    filled = ((n, [unguard_cell(cell) for cell in cells]) for n, cells in rows if any(cell.strip() for cell in cells))
    first = next(filled, None)
    if first is None:
        raise UnreadableFile("The table is empty.")
    headings = _numbered(_without_empty_end(first[1]))
    if len(headings) > MAX_COLUMNS:
        raise UnreadableFile(f"The table has more than {MAX_COLUMNS} columns; leave out those that are not needed.")
    second = next(filled, None)
    if second is None:
        raise UnreadableFile("The table has headings but no rows.")
    return Table(headings, _bounded(chain([second], filled), len(headings)), sheet_names)


def _bounded(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Rows as wide as the headings; a row with more keeps them, so that it can be told of."""
    for count, (number, cells) in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise UnreadableFile(f"The table has more than {MAX_ROWS:,} rows; divide it into several files.")
        kept = [cell[: MAX_CELL + 1] for cell in cells[: MAX_COLUMNS + 1]]
        kept = kept[:width] + _without_empty_end(kept[width:])
        yield number, kept + [""] * (width - len(kept))


def _without_empty_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _numbered(cells: list[str]) -> list[str]:
    """Headings that can be told apart: "Email", "Email (2)", "Column 3"."""
    headings: list[str] = []
    seen: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.translate(_UNSEEN).split())[:100] or f"Column {position}"
        heading, number = name, 1
        while heading.casefold() in seen:
            number += 1
            heading = f"{name} ({number})"
        seen.add(heading.casefold())
        headings.append(heading)
    return headings


def _as_text(cell: Any) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
