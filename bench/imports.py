"""Bringing in a spreadsheet; the reference is the same rows put into a bare table."""

import io
import resource
import sqlite3
from pathlib import Path

from bench.stage import installation, seconds
from portal.imports import running, service


def run(count: int) -> None:
    with installation() as stage:
        rows = "".join(f"P{n},van der Merwe,p{n}@example.org,08{n % 90_000_000 + 10_000_000}\n" for n in range(count))
        body = f"First name,Last name,Email,Cell\n{rows}".encode()
        reference = seconds(lambda: plain_insert(stage.folder, count))
        made = service.take_in(stage.folder / "imports", "bench.csv", io.BytesIO(body))
        service.declare(made, made.mapping, "own", "bench", ["email"])
        service.start(service.find(made.id), "update", [])
        took = seconds(lambda: running.run(made.id))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        added = service.find(made.id).added
        print(f"import      {added:,} rows in {took:.1f} s, {added / took:,.0f} rows/s, peak {peak} MB")
        print(f"            {took / reference:.1f} x the same rows put into a bare table")


def plain_insert(folder: Path, count: int) -> None:
    with sqlite3.connect(folder / "bare.sqlite3") as bare:
        bare.execute("CREATE TABLE contact (id INTEGER PRIMARY KEY, first TEXT, last TEXT, email TEXT, cell TEXT)")
        rows = ((f"P{n}", "van der Merwe", f"p{n}@example.org", f"08{n}") for n in range(count))
        bare.executemany("INSERT INTO contact (first, last, email, cell) VALUES (?, ?, ?, ?)", rows)
