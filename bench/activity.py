"""The first pages of the activity report and of the diary over so many entries; the reference is the same of 10,000."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

from bench.contacts import fill
from bench.stage import Stage, installation, milliseconds, signed_in, times
from portal.activity.models import LogEntry
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import Actor, acting_as, current_actor
from portal.core.clock import now
from portal.core.db import db, is_sqlite, learn_sizes, transaction
from portal.core.permissions import HIDDEN_OF, PERMISSIONS_OF, DataSet, Role
from portal.diary import finding, queries
from portal.diary.finding import Wanted
from portal.diary.rules import bounds, month_of
from tests.databases import KEYS, cluster, execute

FEW, PEOPLE, A_DAY, BATCH = 10_000, 20_000, 9_000, 500_000
ZONE = ZoneInfo("Africa/Johannesburg")
# What was done, of twenty entries; the last two are about no contact. Who did it: eight users, or the portal itself.
DONE = """CASE MOD(i, 20) WHEN 0 THEN 'contact.telephone_changed' WHEN 1 THEN 'contact.email_changed'
 WHEN 2 THEN 'contact.note_added' WHEN 3 THEN 'contact.grouped' WHEN 4 THEN 'contact.fields_changed'
 WHEN 5 THEN 'contact.fields_changed' WHEN 6 THEN 'contact.added' WHEN 7 THEN 'document.opened'
 WHEN 18 THEN 'campaign.changed' WHEN 19 THEN 'user.signed_in' ELSE 'contact.details_changed' END"""
TOLD = """CASE MOD(i, 20) WHEN 0 THEN '{"actor":"A","changes":{"telephone":["+27825550100","+27825550101"]}}'
 WHEN 4 THEN '{"actor":"A","changes":{"field:1":["a","b"]}}' WHEN 5 THEN '{"actor":"A","changes":{"field:2":["a","b"]}}'
 ELSE '{"actor":"A","changes":{"first_name":["Thandi","Thando"]}}' END"""
COLUMNS = "org_id, seq, at, action, user_id, contact_id, subject_id, detail, salt, digest, hash"


def run(count: int, *, is_postgresql: bool = False) -> None:
    with _stage(is_postgresql) as stage:
        fill(PEOPLE)
        small = contacts.add_group("Board")
        contacts.group_contacts([row[0] for row in Contact.select(Contact.id).limit(40).tuples()], small.id)
        few = _figures(stage, FEW, small.id)
        many = _figures(stage, count, small.id)
        for name, figures in many.items():
            ratio = figures["p50"] / few[name]["p50"]
            print(
                f"{name:34} {few[name]['p50']:7.1f} ms over {FEW:,} entries, {figures['p50']:7.1f} ms over {count:,}"
                f" (slowest {figures['max']:.1f}): {ratio:5.2f} x"
            )


@contextmanager
def _stage(is_postgresql: bool) -> Iterator[Stage]:
    if not is_postgresql:
        with installation() as stage:
            yield stage
        return
    with cluster() as url:
        execute(url, "CREATE DATABASE bench")
        with installation({"DATABASE_URL": url.format(name="bench"), **KEYS}) as stage:
            stage.app.testing = True  # requests leave the connection open, on which the stage itself stands
            yield stage
        db.close_all()


def _figures(stage: Stage, count: int, small: int) -> dict[str, dict[str, float]]:
    _write(stage.org_id, count)
    client = signed_in(stage.app)
    today = now().astimezone(ZONE).date()
    long_ago = today - timedelta(days=count // A_DAY + 2)
    whole, big = f"/reports/activity?since={long_ago}", contacts.queries.visible_groups()[-1].id
    pages = {
        "report, all": whole,
        "report, thirty days": "/reports/activity",
        "report, of one user": f"{whole}&user=3",
        "report, one kind": f"{whole}&kind=notes",
        "report, one user and kind": f"{whole}&user=3&kind=changes",
        "report, a kind of which is nothing": f"{whole}&kind=settings",
        "report, a large group": f"{whole}&group={big}",
        "report, a small group": f"{whole}&group={small}",
        "diary, the month": "/diary",
        "diary, a day": f"/diary/day?on={today - timedelta(days=1)}",
        "diary, a user of a day": f"/diary/day/users/3?on={today - timedelta(days=1)}",
    }
    found = {name: _timed(lambda url=url: client.get(url)) for name, url in pages.items()}  # type: ignore[misc]
    since, until = bounds(long_ago, today, ZONE)
    wanted = Wanted(since, until)
    first, last = month_of(today)
    for name, actor in _readers(small, big).items():
        with acting_as(actor):
            found[f"{name}: report"] = _timed(lambda: finding.page(wanted, counted=True))
            found[f"{name}: month"] = _timed(lambda: queries.days(first, last, ZONE))
            found[f"{name}: day"] = _timed(lambda: queries.doers(today - timedelta(days=1), ZONE))
    return found


def _timed(action: Callable[[], object]) -> dict[str, float]:
    action()
    return dict(milliseconds(times(action, 7)))


def _readers(small: int, big: int) -> dict[str, Actor]:
    org_id = current_actor().org_id
    may, hidden = PERMISSIONS_OF[Role.READER], HIDDEN_OF[Role.READER]
    return {
        "without telephones": Actor(org_id, "R", 3, may, hidden | {DataSet.TELEPHONE}),
        "a small group only": Actor(org_id, "R", 3, may, hidden, only_group=small),
        "a large group only": Actor(org_id, "R", 3, may, hidden, only_group=big),
    }


def _write(org_id: int, count: int) -> None:
    """Fill the log anew by SQL, so many entries a day up to now, chained to nothing."""
    db.execute_sql("DELETE FROM log_entry")
    first = Contact.select(Contact.id).order_by(Contact.id).scalar()
    start = now().timestamp() - count * 86_400 / A_DAY
    at = "strftime('%Y-%m-%d %H:%M:%f000', {0}, 'unixepoch')" if is_sqlite() else "to_timestamp({0})"
    moment = at.format(f"{start} + i * {86_400 / A_DAY}")
    person = f"CASE WHEN MOD(i, 20) < 18 THEN {first} + MOD(MOD(i, 9973) * 7, {PEOPLE}) END"
    as_json = "" if is_sqlite() else "::jsonb"
    for low in range(0, count, BATCH):
        high = min(count, low + BATCH)
        numbers = (
            f"WITH RECURSIVE n(i) AS (SELECT {low + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {high})"
            if is_sqlite()
            else f"WITH n AS (SELECT generate_series({low + 1}, {high}) AS i)"
        )
        with transaction():
            db.execute_sql(
                f"INSERT INTO log_entry ({COLUMNS}) {numbers} SELECT {org_id}, i, {moment}, {DONE},"
                f" NULLIF(MOD(i * 7, 9), 0), {person}, CASE WHEN MOD(i, 20) = 3 THEN 1 END,"
                f" ({TOLD}){as_json}, '', '', '' FROM n"
            )
    learn_sizes()
    if not is_sqlite():
        db.execute_sql("ANALYZE")
    assert LogEntry.select().count() == count
