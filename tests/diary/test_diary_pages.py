"""The diary, the time line and the activity report: who is told what, of which day, on screen and in files."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pypdfium2
import pytest

from portal.accounts.models import Membership
from portal.activity import log
from portal.activity.models import LogEntry
from portal.contacts import groups, time_line
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, learn_sizes, transaction
from portal.core.tenancy import Org
from portal.diary import finding, queries
from portal.diary.finding import Wanted
from portal.web import filters
from tests.conftest import HX, actor_of

pytestmark = pytest.mark.one_database

NUMBER = "825550134"
NUMBERS = "825550134|835550199"
EVER = Wanted(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))


def limit(user, **rights):
    Membership.update(**rights).where(Membership.user == user).execute()


def tight(text):
    return re.sub(r"[\s\u00a0().+-]", "", text)


def write(at, action="contact.details_changed", contact_id=None, **more):
    """An entry of another moment."""
    with transaction():
        log.write(action, contact_id, **more)
    last = LogEntry.select().order_by(LogEntry.seq.desc()).first()
    LogEntry.update(at=at).where(LogEntry.id == last.id).execute()


@pytest.fixture
def known(org, alice, thandi):
    """Thandi, to whom Alice did several things."""
    with acting_as(actor_of(alice)):
        line = contacts.Line(None, "Cell", "083 555 0199")
        contacts.change_telephones(thandi, contacts.stamp(thandi, "telephones"), [line])
        contacts.add_note(thandi, "Likes rooibos")
    return thandi


PAGES = ("/diary", "/diary/day", "/diary/day/users/{alice}", "/diary/day/users/0", "/reports/activity",
         "/reports/activity?kind=changes", "/contacts/{thandi}/history", "/contacts/{thandi}")  # fmt: skip


def test_a_telephone_that_is_hidden_stands_in_no_page_and_no_file(client_of, known, alice, adam):
    paths = [path.format(alice=alice.id, thandi=known.id) for path in PAGES]
    client = client_of(adam)
    shown = [tight(client.get(path).text) for path in paths]
    assert any(NUMBER in text for text in shown)
    assert any("0835550199" in text for text in shown)

    limit(adam, denied=["telephone"])

    for path in paths:
        for headers in ({}, HX):
            text = tight(client.get(path, headers=headers).text)
            assert not re.search(NUMBERS, text), path
            assert "telephone" not in text.lower() or path.startswith("/contacts/"), path
    for kind in ("csv", "xlsx", "pdf"):
        with client.post("/reports/activity", data={"format": kind}) as taken:
            assert taken.status_code == 200
            words = tight(words_of(taken, kind))
        assert "addedthiscontact" in words
        assert not re.search(NUMBERS, words), kind


def words_of(taken, kind):
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(taken.data)).active
        return " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    if kind == "pdf":
        return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(taken.data))
    return taken.text


def test_what_is_hidden_is_not_counted_either(known, alice, adam, org):
    zone = filters.ZoneInfo(org.timezone)
    today = now().astimezone(zone).date()
    limit(adam, denied=["telephone", "notes"])

    with acting_as(actor_of(adam)):
        told = [entry.action for entry in finding.page(EVER).entries]
        assert queries.days(today, today, zone) == {today: len(told)}
        assert sum(doer.total for doer in queries.doers(today, zone)) == len(told)
        assert finding.page(EVER, counted=True).count.number == len(told)

    assert "contact.added" in told
    assert not [action for action in told if "telephone" in action or "note" in action]


def test_of_contacts_out_of_sight_nothing_is_told_or_counted(known, alice, adam, org, client_of):
    with acting_as(system(org.id)):
        group = contacts.add_group("Board")
        inside = contacts.add(first_name="Sipho")
        contacts.group_contacts([inside.id], group.id)
    limit(adam, only_group=group.id)
    zone = filters.ZoneInfo(org.timezone)
    today = now().astimezone(zone).date()

    with acting_as(actor_of(adam)):
        entries = finding.page(EVER).entries
        assert {entry.contact_id for entry in entries} == {inside.id, None}
        assert queries.days(today, today, zone) == {today: len(entries)}
    client = client_of(adam)
    assert "Sipho" in client.get("/reports/activity").text
    for path in ("/reports/activity", "/diary/day", f"/diary/day/users/{alice.id}", "/diary/day/users/0"):
        assert "Thandi" not in client.get(path).text, path
    assert client.get(f"/contacts/{known.id}/history").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("denied", ["notes", "telephone"])
def test_a_group_that_tells_what_is_hidden_is_not_named(org, adam, client_of, denied):
    asked = {"notes": "note", "telephone": "telephone"}[denied]
    with acting_as(system(org.id)):
        rule = {"match": "all", "conditions": [{"fact": asked, "operator": "yes", "value": None}]}
        groups.add_group("Spoken to lately", rule=rule)
    client = client_of(adam)
    assert "Spoken to lately" in client.get("/diary/day/users/0").text
    limit(adam, denied=[denied])

    for path in ("/diary/day/users/0", "/reports/activity"):
        assert "Spoken to lately" not in client.get(path).text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("action", "denied"),
    [("campaign.started", None), ("user.rights_changed", "administration"), ("organisation.changed", "administration")],
)
def test_affairs_of_others_are_told_to_who_looks_after_them(org, adam, bob, action, denied):
    with acting_as(system(org.id)), transaction():
        log.write(action, subject_id=1)
    for user, sees in ((adam, True), (bob, action.startswith("campaign"))):
        with acting_as(actor_of(user)):
            assert (action in [e.action for e in finding.page(EVER).entries]) is sees, user.name
    if denied:
        limit(adam, denied=[denied])
        with acting_as(actor_of(adam)):
            assert action not in [e.action for e in finding.page(EVER).entries]


@pytest.mark.one_database
def test_what_nobody_has_spoken_of_is_told_only_to_whom_nothing_is_hidden(org, olivia, alice):
    with acting_as(system(org.id)), transaction():
        log.write("elephant.washed")
    for user, sees in ((olivia, True), (alice, False)):
        with acting_as(actor_of(user)):
            assert ("elephant.washed" in [e.action for e in finding.page(EVER).entries]) is sees


@pytest.mark.parametrize("zone", ["Africa/Johannesburg", "Asia/Kolkata"])
def test_a_day_is_the_organisations_own(org, olivia, zone):
    Org.update(timezone=zone).where(Org.id == org.id).execute()
    local = filters.ZoneInfo(zone)
    midnight = datetime(2026, 3, 10, tzinfo=local)
    second = timedelta(seconds=1)
    with acting_as(actor_of(olivia)):
        for at in (midnight - second, midnight, midnight + second, midnight + timedelta(days=1)):
            write(at.astimezone(UTC))
        days = queries.days(midnight.date() - timedelta(days=2), midnight.date() + timedelta(days=2), local)

    assert [days.get(midnight.date() + timedelta(days=n), 0) for n in (-2, -1, 0, 1, 2)] == [0, 1, 2, 1, 0]


@pytest.mark.parametrize("size", [3, 8])
@pytest.mark.parametrize(
    ("more", "begins"),
    [({}, ("contact.details", "task.")), ({"kind": "changes"}, ("contact.details",)), ({"kind": "tasks"}, ("task.",))],
)
def test_the_pages_of_the_report_hold_each_entry_once_though_more_is_written(
    thandi, adam, monkeypatch, more, begins, size
):
    limit(adam, denied=["telephone", "notes"])  # so that he is not told of all
    monkeypatch.setattr(finding, "LOOK", 5)  # fewer than a page may need
    wanted = Wanted(EVER.since, EVER.until, user_id=adam.id, **more)
    with acting_as(actor_of(adam)):
        at = now() - timedelta(days=3)
        actions = ("contact.details_changed", "task.added", "task.done", "contact.telephone_added", "task.added")
        for number in range(40):
            write(at, actions[number % 5], thandi.id if number % 10 > 4 else None, number=number)
            at += timedelta(seconds=number % 2)  # two at each moment
        query = LogEntry.select().order_by(LogEntry.at.desc(), LogEntry.seq.desc())
        told = [entry for entry in query if not (entry.contact_id and entry.action.startswith("task."))]
        expected = [entry.seq for entry in told if entry.action.startswith(begins)]
        seen, place = [], None
        while True:
            found = finding.page(wanted, place, size)
            seen += [entry.seq for entry in found.entries]
            place = finding.Place.read(str(found.next)) if found.next else None
            if place is None:
                break
            with transaction():
                log.write("contact.details_changed")

    assert seen == expected


def test_small_and_large_groups_find_the_same(org, monkeypatch, thandi):
    with acting_as(system(org.id)):
        group = contacts.add_group("Board")
        contacts.group_contacts([thandi.id], group.id)
        wanted = Wanted(EVER.since, EVER.until, group_id=group.id)
        small = finding.page(wanted, size=2, counted=True)
        monkeypatch.setattr(finding, "SMALL", 0)
        large = finding.page(wanted, size=2, counted=True)

    assert {e.contact_id for e in small.entries} == {thandi.id}
    assert [e.seq for e in small.entries] == [e.seq for e in large.entries]
    assert small.count == large.count
    assert small.count.number > 2


@pytest.mark.one_database
def test_filters_find_a_user_a_kind_and_days(org, client_of, olivia, alice, known):
    client = client_of(olivia)
    whole = client.get(f"/reports/activity?user={alice.id}").text
    assert "changed the telephone" in whole or "added a telephone" in whole
    assert "added this contact" not in whole  # by the portal itself
    page = client.get(f"/reports/activity?user={alice.id}&kind=notes").text
    assert "Likes rooibos" in page
    assert not re.search("(a|the) telephone", page)
    assert "Nothing was done in these days" in client.get("/reports/activity?since=2020-01-01&until=2020-02-01").text
    assert client.get("/reports/activity?since=x&until=99999-01-01&user=x&kind=x&group=x&before=x").status_code == 200


@pytest.mark.one_database
def test_a_file_holds_no_formula_and_all_lines(client_of, olivia, org, adam):
    with acting_as(actor_of(olivia)):
        nasty = contacts.add(first_name="=cmd|'/c calc'!A1", last_name="@SUM(1)")
        contacts.add_note(nasty, '=HYPERLINK("http://x","y")')
    client = client_of(olivia)

    rows = list(csv.reader(io.StringIO(client.post("/reports/activity", data={"format": "csv"}).text.lstrip("\ufeff"))))
    with client.post("/reports/activity", data={"format": "xlsx"}) as taken:
        sheet = openpyxl.load_workbook(io.BytesIO(taken.data)).active

    assert rows[0][0] == "When"
    assert any(row[3].startswith("'=cmd") for row in rows)
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    with acting_as(system(org.id)):
        told = [e.detail for e in LogEntry.select().where(LogEntry.action == "report.exported").order_by(LogEntry.seq)]
    assert [(d["report"], d["format"]) for d in told] == [("activity", "csv"), ("activity", "xlsx")]


@pytest.mark.one_database
def test_who_may_not_export_takes_no_file_and_who_may_not_read_the_diary_gets_no_report(client_of, alice, adam, olivia):
    assert client_of(alice).post("/reports/activity", data={"format": "csv"}).status_code == 403
    limit(adam, denied=["audit"])
    client = client_of(adam)
    for path in ("/diary", "/diary/day", f"/diary/day/users/{alice.id}", "/reports/activity"):
        assert client.get(path).status_code == 403, path
    assert client.post("/reports/activity", data={"format": "csv"}).status_code == 403
    assert 'href="/diary"' not in client.get("/").text


@pytest.mark.one_database
def test_a_day_opens_to_its_users_a_user_to_the_changes_a_change_to_the_contact(
    client_of, olivia, alice, known, charlie
):
    client = client_of(olivia)

    assert 'href="/diary/day?on=' in client.get("/diary").text
    assert re.search(
        rf"/diary/day/users/{alice.id}\?on=[^>]*>Alice</a>: 2 changes, 1 note", client.get("/diary/day").text
    )
    assert f'href="/contacts/{known.id}"' in client.get(f"/diary/day/users/{alice.id}").text
    part = client.get(f"/diary/day/users/{alice.id}", headers=HX).text
    assert part.lstrip().startswith(f'<div class="unfolded" id="done-by-{alice.id}">')
    assert client.get(f"/diary/day/users/{charlie.id}").status_code == 404


def test_the_time_line_is_one_and_its_pages_hold_each_line_once(org, olivia, known, monkeypatch):
    when = now()
    extra = [time_line.Event(when - timedelta(days=n % 2), n, "mail", words=f"message {n}") for n in range(1, 6)]
    monkeypatch.setitem(time_line._sources, 9, lambda _contact_id: extra)
    with acting_as(actor_of(olivia)):
        LogEntry.update(at=when).where(LogEntry.contact_id == known.id).execute()  # all at one moment
        whole = time_line.of_contact(known.id, None, 100).events
        seen, place = [], None
        while True:
            page = time_line.of_contact(known.id, place, 2)
            seen += page.events
            if page.next is None:
                break
            place = time_line.Place.read(str(page.next))
            with transaction():
                log.write("contact.details_changed", known.id)

    assert [(e.rank, e.id) for e in seen] == [(e.rank, e.id) for e in whole]
    assert [e.at for e in whole] == sorted((e.at for e in whole), reverse=True)
    assert {e.rank for e in whole} == {0, 2, 9}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("more", "index"),
    [
        ({}, "org_id_at_seq_action_user_id_contact_id (org_id=? AND at>? AND at<?)"),
        ({"user_id": 3}, "org_id_user_id_at_seq (org_id=? AND user_id=? AND at>? AND at<?)"),
        ({"kind": "notes"}, "org_id_action_at_seq (org_id=? AND action=? AND at>? AND at<?)"),
        ({"user_id": 3, "kind": "notes"}, "(org_id=? AND user_id=? AND action=? AND at>? AND at<?)"),
    ],
)
def test_each_filter_of_the_report_is_led_by_its_index_and_sorts_nothing(org, more, index):
    with acting_as(system(org.id)), transaction():
        log.write_many(log.Entry("contact.details_changed") for _ in range(3000))
        learn_sizes()
        wanted = Wanted(EVER.since, EVER.until, **more)
        branch = finding._branches(wanted)[0]
        query = finding._query(branch, wanted, finding.Place(now(), 2000), None)
        statement, values = query.order_by(LogEntry.at.desc(), LogEntry.seq.desc()).limit(50).sql()
        plan = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values)]

    assert len(plan) == 1
    assert index in plan[0]
