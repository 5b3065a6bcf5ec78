"""The list of contacts and the search, at so many contacts; the reference is /healthz, which reads nothing."""

import statistics

from bench.stage import installation, milliseconds, signed_in, times
from portal.contacts import record
from portal.core.db import db, learn_sizes
from portal.imports import service
from portal.sample.people import people
from portal.sample.service import GROUPS


def run(count: int) -> None:
    with installation() as stage:
        fill(count)
        client = signed_in(stage.app)
        base = statistics.median(times(lambda: client.get("/healthz")))
        for name, url in (
            ("list", "/contacts"),
            ("last page", f"/contacts?page={count // 50}"),
            ("search", "/contacts?q=naud"),
            ("search rare", "/contacts?q=zoe12"),
            ("search none", "/contacts?q=qqzzxx"),
            ("group", "/contacts?group=2"),
            ("contact", "/contacts/77"),
        ):
            client.get(url)
            taken = times(lambda url=url: client.get(url))  # type: ignore[misc]
            told = milliseconds(taken)
            print(
                f"{name:11} p50 {told['p50']:6.1f} ms, p99 {told['p99']:6.1f} ms, {1 / statistics.mean(taken):5.0f}/s,"
                f" {queries(client, url):2} queries, {told['p50'] / 1000 / base:5.1f} x /healthz ({count:,} contacts)"
            )


def fill(count: int) -> None:
    groups = {name: service.group_id(name) for name in GROUPS}
    for start in range(0, count, 20_000):
        made = people(min(20_000, count - start), groups, seed=start)
        record.add_many([person.contact for person in made], "contact.added")
    learn_sizes()  # as the scheduler does every hour


def queries(client, url: str) -> int:  # type: ignore[no-untyped-def]
    """How many statements a page runs."""
    asked = []
    original = db.obj.execute_sql
    db.obj.execute_sql = lambda *args, **kwargs: (asked.append(args[0]), original(*args, **kwargs))[1]
    try:
        client.get(url)
    finally:
        db.obj.execute_sql = original
    return len(asked)
