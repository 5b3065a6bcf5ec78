"""Taking contacts along; the reference is the same number of cells written by the bare csv and xlsxwriter modules.

Each file is made by a fresh process, so that its peak of memory is its own.
"""

import csv
import multiprocessing
import resource
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import xlsxwriter

from bench.contacts import fill
from bench.stage import installation, seconds
from portal.config import Settings
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.exports import running, service
from portal.exports.rules import HEADINGS
from portal.exports.service import Wish
from portal.features import prepare

WAYS = {"csv": ("csv", "self"), "xlsx": ("xlsx", "self"), "xlsx with a password": ("xlsx", "protected")}
COLUMNS = len(HEADINGS) + 3


def run(count: int) -> None:
    with installation() as stage:
        fill(count)
        references = {
            "csv": seconds(lambda: bare_csv(stage.folder / "bare.csv", count)),
            "xlsx": seconds(lambda: bare_xlsx(stage.folder / "bare.xlsx", count)),
        }
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
            for words, (kind, handing) in WAYS.items():
                took, before, peak, rows = fresh.apply(make, (str(stage.folder), stage.org_id, kind, handing))
                print(f"export      {words}: {rows:,} rows in {took:.1f} s, {rows / took:,.0f} rows/s, peak {peak} MB")
                print(
                    f"            {peak - before} MB more than before; {took / references[kind]:.1f} x the bare library"
                )


def make(folder: str, org_id: int, kind: str, handing: str) -> tuple[float, int, int, int]:
    """In a process of its own: seconds, megabytes before and at most, rows."""
    prepare(Settings.from_environment({"PORTAL_DATA_DIR": folder}))
    with db.connection_context(), acting_as(system(org_id)):
        wish = Wish("bench", "bench", service.today() + timedelta(days=9), kind, handing, with_consents=True)
        made = service.ask(Filter(), wish)
        before = _peak()
        took = seconds(lambda: running.run(made.id))
        return took, before, _peak(), service.find(made.id).done


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _rows(count: int) -> Iterator[list[str]]:
    return ([f"cell {number % 97} of {column}" for column in range(COLUMNS)] for number in range(count))


def bare_csv(path: Path, count: int) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(_rows(count))


def bare_xlsx(path: Path, count: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows(count)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
