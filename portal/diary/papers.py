"""The activity report as a file: CSV, a workbook, or a PDF to print. No cell is ever taken for a formula."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from peewee import chunked

from portal.activity import log
from portal.core.actor import require
from portal.core.cells import guarded_line
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.core.written import day, moment
from portal.diary.finding import Wanted, every
from portal.diary.lines import Line, lines
from portal.gateways import pdf
from portal.gateways.pdf import Text

HEADINGS = ("When", "Who", "What", "About", "Contact number", "Before and after")
MOST_ROWS = 1_000_000  # of a sheet; of a CSV file as many, so that both say the same
MOST_PRINTED = 2_000
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def note(wanted: Wanted, kind: str) -> None:
    """Write into the record that the report is taken along. Raises Denied."""
    require(Permission.CONTACT_EXPORT)
    asked: dict[str, Any] = {"since": wanted.since, "until": wanted.until, "kind": wanted.kind, "user": wanted.user_id}
    with transaction():
        log.write("report.exported", report="activity", format=kind, group=wanted.group_id, **asked)


def as_csv(wanted: Wanted, zone: ZoneInfo) -> Iterator[str]:
    yield "\ufeff" + guarded_line(HEADINGS)
    for line in _lines(wanted, MOST_ROWS):
        yield guarded_line(_cells(line, zone))


def as_xlsx(wanted: Wanted, zone: ZoneInfo, into: BinaryIO) -> None:
    """A workbook whose every cell is text. Held on disk while it is made, not in memory."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(into, options) as book:
        sheet = book.add_worksheet("Activity")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(0, column, heading, bold)
        for number, line in enumerate(_lines(wanted, MOST_ROWS), 1):
            for column, cell in enumerate(_cells(line, zone)):
                if cell:
                    sheet.write_string(number, column, cell[:32_000])


def as_pdf(wanted: Wanted, zone: ZoneInfo, org: Org, asked: Sequence[str]) -> bytes:
    """The first lines on paper; it says so where there are more. `asked` are the filters in words."""
    found = list(_lines(wanted, MOST_PRINTED + 1))
    head = [
        Text("Activity report", "title"),
        Text(org.legal_name or org.name),
        *[Text(words, "quiet") for words in asked],
    ]
    if len(found) > MOST_PRINTED:
        words = f"These are the newest {MOST_PRINTED:,} lines. There are more: ask for fewer days, or take a CSV file."
        head.append(Text(words))
    elif not found:
        head.append(Text("Nothing was done in these days."))
    parts = [head]
    last = ""
    for line in found[:MOST_PRINTED]:
        here = day(line.entry.at, zone)
        part = [Text(here, "heading")] if here != last else []
        last = here
        about = f" · {line.about}" if line.about else ""
        part.append(Text(f"{moment(line.entry.at, zone)} · {line.who} {line.words}{about}"))
        if line.details:
            part.append(Text(line.details, "quiet"))
        parts.append(part)
    return pdf.write("Activity report", org.name, parts, foot=org.name)


def _lines(wanted: Wanted, most: int) -> Iterator[Line]:
    for few in chunked(every(wanted, most), 500):
        yield from lines(list(few))


def _cells(line: Line, zone: ZoneInfo) -> list[str]:
    when = line.entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return [when, line.who, line.words, line.about, str(line.contact_id or ""), line.details]
