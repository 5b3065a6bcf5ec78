"""The lines of a CSV file, and text in its cells that no spreadsheet program may take for a formula, and the way back.

`unguard_cell(guard_cell(text)) == text` for every text, so that an export imported again is unchanged.
"""

import csv
import io
import re
from collections.abc import Iterable

_FORMULA = re.compile("'*[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")


def guard_cell(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet program would calculate."""
    return "'" + text if _FORMULA.match(text) else text


def unguard_cell(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_line(cells: Iterable[str]) -> str:
    """One line of a CSV file. What people typed must have been guarded."""
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def guarded_line(cells: Iterable[str]) -> str:
    return csv_line(guard_cell(cell) for cell in cells)
