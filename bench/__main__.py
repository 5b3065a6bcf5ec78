"""`make bench`: reproducible figures, each beside a reference measured in the same run.

`python -m bench [contacts|import] [--contacts N]`. Numbers are of this machine and this moment; read the ratios.
"""

import argparse
import io
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from portal.accounts import service as accounts
from portal.app import create_app
from portal.config import Settings
from portal.contacts import record
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.permissions import Role
from portal.imports import running, service
from portal.run.migrate import migrate
from portal.sample.people import people
from portal.sample.service import GROUPS
from portal.signin import service as signin

PASSWORD = "seven green buses"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="?", default="all", choices=("all", "contacts", "import"))
    parser.add_argument("--contacts", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({"PORTAL_DATA_DIR": folder})
        migrate(settings.database_url)
        app = create_app(settings)
        with db.connection_context():
            org = accounts.create_org("Bench")
            with acting_as(system(org.id)):
                accounts.create_user("bench@example.org", "Bench", Role.OWNER, PASSWORD)
                if chosen.what in ("all", "import"):
                    bench_import(Path(folder), chosen.contacts)
                if chosen.what in ("all", "contacts"):
                    fill(chosen.contacts)
            if chosen.what in ("all", "contacts"):
                bench_pages(app.test_client(), chosen.contacts)


def fill(count: int) -> None:
    groups = {name: service.group_id(name) for name in GROUPS}
    for start in range(0, count, 20_000):
        made = people(min(20_000, count - start), groups, seed=start)
        record.add_many([person.contact for person in made], "contact.added")


def bench_import(folder: Path, count: int) -> None:
    rows = "".join(f"P{n},van der Merwe,p{n}@example.org,08{n % 90_000_000 + 10_000_000}\n" for n in range(count))
    body = f"First name,Last name,Email,Cell\n{rows}".encode()
    # The same rows put into a bare table: what the database alone would take.
    reference = seconds(lambda: plain_insert(folder, count))
    made = service.take_in(folder / "imports", "bench.csv", io.BytesIO(body))
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


def bench_pages(client, count: int) -> None:  # type: ignore[no-untyped-def]
    secret = signin.sign_in("bench@example.org", PASSWORD, "bench", "127.0.0.1")
    with client.session_transaction() as session:
        session["_user_id"] = secret
    reference = times(lambda: client.get("/healthz"))
    base = statistics.median(reference)
    for name, url in (
        ("list", "/contacts"),
        ("last page", f"/contacts?page={count // 50}"),
        ("search", "/contacts?q=naud"),
        ("search rare", "/contacts?q=zoe12"),
        ("group", "/contacts?group=2"),
        ("contact", "/contacts/77"),
    ):
        taken = sorted(times(lambda url=url: client.get(url)))  # type: ignore[misc]
        p50, p99 = statistics.median(taken) * 1000, taken[int(len(taken) * 0.99)] * 1000
        print(
            f"{name:11} p50 {p50:6.1f} ms, p99 {p99:6.1f} ms, {p50 / 1000 / base:5.1f} x /healthz ({count:,} contacts)"
        )


def times(action: Callable[[], object], rounds: int = 40) -> list[float]:
    return [seconds(action) for _ in range(rounds)]


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
