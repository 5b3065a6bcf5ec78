"""Files out there until they are destroyed: the list, the mark, the reminder, and what is kept here (R59, P-15-2)."""

from datetime import timedelta

import pytest
import time_machine
from playhouse.test_utils import count_queries

from portal.accounts.models import Membership, User
from portal.activity.models import LogEntry
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db
from portal.core.permissions import Role
from portal.delivery.models import PortalMail
from portal.documents import keeping as documents
from portal.documents import sweeping
from portal.exports import keeping, out_there, queries, running
from portal.exports.models import Export, ExportedContact
from portal.privacy import erasing
from tests.conftest import member
from tests.taken import answers, asked, fetched

pytestmark = pytest.mark.usefixtures("thandi")


@pytest.fixture
def owner(client_of, olivia):
    return client_of(olivia)


@pytest.fixture
def export(owner):
    """Made and fetched by the owner."""
    made = asked(owner)
    fetched(owner, made)
    return made


def stored():
    return list(documents.store().names())


def of(org):
    with acting_as(system(org.id)):
        return Export.select().order_by(Export.id.desc()).first()


def later(org, days):
    """So many days pass, for every export there is."""
    with acting_as(system(org.id)):
        for one in Export.select():
            moved = {"expires_on": one.expires_on - timedelta(days=days)}
            moved |= {"kept_until": one.kept_until - timedelta(days=days)} if one.kept_until else {}
            Export.update(**moved).where(Export.id == one.id).execute()


def test_the_list_tells_who_took_what_for_whom(owner, export):
    page = owner.get("/exports").text

    for words in ("Name tags", "Ubuntu Printers", "Olivia", export.mark, "Out there", "1 row"):
        assert words in page
    assert "Files out there" in owner.get("/contacts").text
    assert "No contacts were taken along yet." not in page


def test_an_empty_list_says_so(owner):
    assert "No contacts were taken along yet." in owner.get("/exports").text
    assert "No file is like that." in owner.get("/exports?show=out").text


@pytest.mark.parametrize("typed", ["{mark}", "contacts-{mark}.csv", "name", "ubuntu", "olivia"])
def test_a_file_is_found_by_its_mark_and_by_people(owner, export, typed):
    found = owner.get("/exports", query_string={"q": typed.format(mark=export.mark)}).text

    assert export.mark in found
    assert export.mark not in owner.get("/exports?q=somebody").text
    assert export.mark not in owner.get("/exports?q=contacts-ABCDEFGHJK.csv").text


def test_those_overdue_stand_first_the_oldest_of_them_first(owner, export, org):
    new = asked(owner, purpose="Second")
    fetched(owner, new)
    with acting_as(system(org.id)):
        day = out_there.today()
        Export.update(expires_on=day - timedelta(days=2)).where(Export.id == export.id).execute()
        last = asked(owner, purpose="Third")
        assert [one.id for one in out_there.page(out_there.Filter(), 1)] == [export.id, last.id, new.id]
        Export.update(expires_on=day - timedelta(days=9)).where(Export.id == new.id).execute()
        assert [one.id for one in out_there.page(out_there.Filter(), 1)] == [new.id, export.id, last.id]
        shows = {show: [one.id for one in out_there.page(out_there.Filter(show), 1)] for show in out_there.SHOWN}
        assert shows["overdue"] == shows["out"] == [new.id, export.id]
        assert (shows["untaken"], shows["destroyed"]) == ([last.id], [])
    assert "2 files should have been destroyed by now" in owner.get("/exports").text


def test_the_queries_of_the_list_do_not_grow(owner, export):
    def number():
        with count_queries() as counted:
            assert owner.get("/exports").status_code == 200
        return counted.count

    before = number()
    for _ in range(3):
        fetched(owner, asked(owner))
    assert number() == before


def test_destroyed_is_what_somebody_says_and_the_kept_file_goes_too(owner, export, org):
    answer = owner.post(f"/exports/{export.id}/destruction")
    page = owner.get(answer.location).text

    assert "as Olivia said" in page
    assert (of(org).is_out, of(org).is_kept, stored()) == (False, False, [])
    assert owner.post(f"/exports/{export.id}/file").status_code == 422
    with acting_as(system(org.id)):
        assert LogEntry.select().where(LogEntry.action == "export.destroyed").count() == 1


def test_one_that_nobody_fetched_is_not_out_there(owner, org):
    export = asked(owner)
    owner.post(f"/exports/{export.id}/destruction")

    assert (of(org).is_out, of(org).destroyed_at) == (False, None)


def test_who_took_it_is_reminded_once_on_its_day(owner, export, org, olivia):
    def reminded():
        with acting_as(system(org.id)):
            out_there.remind()
        return [(m.recipient, export.mark in m.message) for m in PortalMail.select() if m.kind == "export_expired"]

    assert reminded() == []
    later(org, 30)
    assert reminded() == [(olivia.email, True)]
    assert len(reminded()) == 1


def test_of_files_destroyed_or_never_fetched_nobody_is_reminded(owner, export, org):
    owner.post(f"/exports/{export.id}/destruction")
    asked(owner)
    later(org, 31)
    with acting_as(system(org.id)):
        assert out_there.remind() == 0


def test_the_owners_are_reminded_where_the_taker_is_gone(client_of, adam, olivia, org):
    fetched(client_of(adam), asked(client_of(adam)))
    User.update(disabled_at=now()).where(User.id == adam.id).execute()
    later(org, 31)
    with acting_as(system(org.id)):
        out_there.remind()
    assert [m.recipient for m in PortalMail.select() if m.kind == "export_expired"] == [olivia.email]


def test_the_file_goes_when_its_days_here_are_over(owner, export, org):
    with acting_as(system(org.id)):
        keeping.tidy()
    assert len(stored()) == 1
    later(org, 8)
    assert owner.post(f"/exports/{export.id}/file").status_code == 422  # also before the sweep
    with acting_as(system(org.id)):
        keeping.tidy()
    assert (stored(), of(org).removed_why, of(org).is_out) == ([], "expired", True)


def test_a_kept_file_is_not_swept_away_as_nobodys(owner, org):
    asked(owner)
    with time_machine.travel(now() + timedelta(days=30)):
        sweeping.sweep()
    assert len(stored()) == 1
    with acting_as(system(org.id)):
        Export.update(place="").execute()
    with time_machine.travel(now() + timedelta(days=30)):
        sweeping.sweep()
    assert stored() == []


def test_erasing_a_contact_takes_away_each_file_that_names_him(owner, export, thandi, org):
    with acting_as(system(org.id)):
        erasing.erase([thandi.id])
        assert ExportedContact.select().count() == 0
        entry = LogEntry.get(LogEntry.action == "export.removed")
        assert (entry.subject_id, entry.detail["why"]) == (export.id, "erased")
    page = owner.get(f"/exports/{export.id}").text

    assert (stored(), of(org).erased, of(org).is_out) == ([], 1, True)
    assert "1 contact in this file was deleted since it was made" in page
    assert "Thandi" not in page


def test_erasing_somebody_else_leaves_it(owner, export, org):
    with acting_as(system(org.id)):
        erasing.erase([contacts.add(first_name="Nomsa").id])
    assert len(stored()) == 1


def test_an_erasure_that_fails_keeps_the_file(owner, export, thandi, org):
    with acting_as(system(org.id)), db.atomic() as undoing:
        erasing.erase([thandi.id])
        undoing.rollback()
    assert len(stored()) == 1
    assert of(org).is_kept


@pytest.mark.parametrize("when", ["after his row was read", "after it was written"])
def test_erasing_a_contact_while_the_file_is_made_stops_it(owner, thandi, org, monkeypatch, when):
    made = owner.post("/contacts/export", data=answers())
    batches = queries.batches

    def meanwhile(*wanted):
        for batch in batches(*wanted):
            if when == "after his row was read":
                erasing.erase([thandi.id])
                yield batch
            else:
                yield batch
                erasing.erase([thandi.id])

    monkeypatch.setattr(queries, "batches", meanwhile)
    with acting_as(system(org.id)):
        running.run(int(made.location.rsplit("/", 1)[1]))
        assert ExportedContact.select().count() == 0
    assert (of(org).state, stored()) == ("failed", [])
    assert "deleted while the file was being made" in of(org).problem


def test_of_a_file_that_nobody_fetched_nobodys_name_is_kept(owner, org):
    export = asked(owner)
    owner.post(f"/exports/{export.id}/removal")
    with acting_as(system(org.id)):
        assert ExportedContact.select().count() == 0
    assert (stored(), of(org).removed_why) == ([], "asked")


def test_a_colleague_who_has_nothing_to_do_with_it_cannot_say_that_it_is_destroyed(client_of, org, export):
    grace = member(org, "Grace", Role.ADMINISTRATOR)
    Membership.update(denied=["administration"]).where(Membership.user == grace).execute()
    assert client_of(grace).post(f"/exports/{export.id}/destruction").status_code == 403
    assert of(org).is_out
