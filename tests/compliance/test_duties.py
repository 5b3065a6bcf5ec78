"""The duties of an organisation: read, given to somebody, done with evidence, reminded of, printed (R73, R74)."""

import io
from datetime import date, timedelta
from hashlib import sha256

import pypdfium2
import pytest
from playhouse.test_utils import count_queries

from portal.accounts import service as accounts
from portal.activity.models import LogEntry
from portal.compliance import reminding, service
from portal.compliance.catalogue import DUTIES
from portal.compliance.models import Duty, DutyDone, Fixed
from portal.contacts import service as contacts
from portal.core import readings
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.core.readings import Reading, register_reading
from portal.delivery.models import PortalMail
from portal.documents.models import Document
from tests.conftest import actor_of
from tests.documents import files


@pytest.fixture
def duty(org):
    with acting_as(system(org.id)):
        return Duty.get(Duty.key == "review")


@pytest.fixture
def page(client_of, adam):
    return client_of(adam)


def test_a_new_organisation_has_all_twenty(page, org):
    shown = page.get("/compliance").text

    with acting_as(system(org.id)):
        assert {row.key for row in Duty.select()} == set(DUTIES)
    for told in DUTIES.values():
        assert told.law in shown
    assert shown.count('class="block duty"') == 20
    assert "0 of 20 done, 20 not begun" in shown
    assert "POPI Act compliance of Hope House NPC" in shown


def test_a_duty_is_given_to_somebody_and_done_with_what_shows_it(page, org, adam, duty):
    here = f"/compliance/{duty.id}"
    tomorrow = service_day(org) + timedelta(days=1)

    page.post(f"{here}/assign", data={"user_id": str(adam.id), "due": tomorrow.isoformat()})
    assert "due soon" in page.get(here).text

    evidence = (io.BytesIO(files.pdf()), "review.pdf")
    page.post(
        f"{here}/done",
        data={"done_on": "", "words": "Signed <today>", "due": "", "evidence": evidence},
        content_type="multipart/form-data",
    )
    shown = page.get(here).text
    for words in ("Signed &lt;today&gt;", "noted by Adam", "/documents/", "done"):
        assert words in shown
    with acting_as(system(org.id)):
        paper = Document.get()
        done = DutyDone.get()
        assert (paper.needs, paper.sha256) == ("privacy", done.sha256)
        told = {e.action: e.detail for e in LogEntry.select().where(LogEntry.subject_id == duty.id)}
        assert told["duty.assigned"]["changes"]["owner"] == ["", "Adam"]
        assert told["duty.done"]["words"] == sha256(b"Signed <today>").hexdigest()
        assert "1 of 20 done" in page.get("/compliance").text


def service_day(org):
    with acting_as(system(org.id)):
        return service.today()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"words": ""}, "Say in a few words"),
        ({"words": "x", "done_on": "soon"}, "error"),
        ({"words": "x", "done_on": "2999-01-01"}, "not over yet"),
        ({"words": "x", "done_on": "1950-01-01"}, "long past"),
        ({"words": "x", "done_on": "", "due": "2020-01-01"}, "comes again on a day after"),
        ({"words": "x" * 2_001}, "at most 2,000"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field_and_nothing_is_kept(page, org, duty, data, words):
    answer = page.post(f"/compliance/{duty.id}/done", data=data)

    assert answer.status_code == 422
    assert words in answer.text
    with acting_as(system(org.id)):
        assert DutyDone.select().count() == 0


def test_a_file_that_is_no_document_is_refused_with_the_rest(page, org, duty):
    evidence = (io.BytesIO(b"MZ\x90\x00 program"), "a.exe")
    answer = page.post(
        f"/compliance/{duty.id}/done", data={"words": "x", "evidence": evidence}, content_type="multipart/form-data"
    )

    assert answer.status_code == 422
    with acting_as(system(org.id)):
        assert (DutyDone.select().count(), Document.select().count()) == (0, 0)


@pytest.mark.parametrize("data", [{"user_id": "999999"}, {"user_id": "", "due": "1999-01-01"}])
def test_nobody_else_and_no_odd_day(page, org, duty, data):
    assert page.post(f"/compliance/{duty.id}/assign", data=data).status_code == 422
    with acting_as(system(org.id)):
        assert Duty.get_by_id(duty.id).due is None


def test_only_who_sees_the_page_can_look_after_a_duty(org, adam, bob, duty):
    with acting_as(system(org.id)):
        assert [name for _, name in service.colleagues()] == ["Adam"]
        with pytest.raises(service.BadDuty):
            service.assign(duty, bob.id, None)


def test_another_organisations_duty_is_not_there(client_of, charlie, org, duty):
    stranger = client_of(charlie)

    for method, end in (("get", ""), ("post", "/assign"), ("post", "/done")):
        answer = getattr(stranger, method)(f"/compliance/{duty.id}{end}")
        assert answer.status_code == 404
    with acting_as(actor_of(charlie)), pytest.raises(service.DutyNotFound):
        service.find(duty.id)
    with acting_as(system(org.id)):
        row = Duty.get_by_id(duty.id)
        assert (row.user_id, row.done_on) == (None, None)


@pytest.mark.parametrize("path", ["", "/paper.pdf", "/missing"])
def test_who_may_not_look_after_privacy_sees_nothing(client_of, alice, bob, path):
    for who in (alice, bob):
        assert client_of(who).get(f"/compliance{path}").status_code == 403


def test_without_the_right_the_service_refuses(org, alice, duty):
    with acting_as(actor_of(alice)):
        for act in (service.everything, lambda: service.assign(duty, None, None),
                    lambda: service.done(duty, date(2026, 11, 1), "x", None)):  # fmt: skip
            with pytest.raises(Denied):
                act()


def test_what_was_done_is_never_changed(org):
    with acting_as(system(org.id)), pytest.raises(Fixed):
        DutyDone.update(words="other")


def test_what_is_read_from_the_system_follows_it(page, org):
    shown = page.get("/compliance").text
    for words in (
        "The information officer is Nomsa Dube", "A second factor is left to each user", "The record was never checked",
        "There is no backup yet", "Every contact is kept on some ground",
    ):  # fmt: skip
        assert words in shown

    with acting_as(system(org.id)):
        accounts.set_details(information_officer="", requires_proof=1)
        contacts.add(first_name="Thandi", email="thandi@example.org")
    shown = page.get("/compliance").text
    assert "No information officer is named" in shown or "Not set:" in shown
    assert "1 contact is kept without any ground on record" in shown
    assert "Consents count only once they can be proven" in shown


def test_a_reader_with_fewer_rights_is_told_no_numbers_of_what_he_may_not_see(client_of, adam, org):
    with acting_as(system(org.id)):
        contacts.add(first_name="Thandi", email="thandi@example.org")
        accounts.set_rights(accounts.member_by_email(adam.email).id, ["reports", "email", "administration"], None)
    client = client_of(adam)

    shown = client.get("/compliance").text
    with_pdf = text_of(client.get("/compliance/paper.pdf").data)

    for words in ("without any ground on record", "could be reached", "information officer is", "second factor is"):
        assert words not in shown
        assert words not in with_pdf
    assert "The record was never checked" in shown


def test_a_feature_adds_what_it_reads_in_one_line(page, org, monkeypatch):
    monkeypatch.setattr(readings, "_sources", {})
    register_reading("backups", lambda: Reading("The last backup is 3 hours old.", True))

    shown = page.get("/compliance").text

    assert "The last backup is 3 hours old." in shown
    assert "was never checked" not in shown


def test_the_page_asks_as_often_with_much_done_as_with_nothing(page, org):
    def asked():
        with count_queries() as counted:
            assert page.get("/compliance").status_code == 200
        return counted.count

    few = asked()
    with acting_as(system(org.id)):
        for row in Duty.select():
            service.done(row, service.today(), "Done", None)
            service.done(row, service.today(), "Again", None)
    assert asked() <= few + 1


def test_the_owner_of_late_duties_is_written_to_once_a_week(org, adam, olivia, duty):
    with acting_as(system(org.id)):
        other = Duty.get(Duty.key == "backups")
        for row in (duty, other):
            service.assign(row, adam.id, service.today())
        service.assign(Duty.get(Duty.key == "proof"), olivia.id, service.today() + timedelta(days=1))

        assert [reminding.remind(), reminding.remind()] == [1, 0]
        mail = PortalMail.select().where(PortalMail.kind == "duties").get()
        assert mail.recipient == adam.email
        assert "2 duties of Hope House are due" in mail.message

        Duty.update(reminded_at=now() - timedelta(days=8)).execute()
        assert reminding.remind() == 1


def test_who_left_or_lost_the_right_is_not_written_to(org, adam, olivia, duty):
    with acting_as(system(org.id)):
        service.assign(duty, adam.id, service.today())
        accounts.set_rights(accounts.member_by_email(adam.email).id, ["privacy"], None)
        assert reminding.remind() == 0


def test_late_duties_stand_on_home_for_who_sees_them(client_of, adam, bob, org, duty):
    with acting_as(system(org.id)):
        Duty.update(due=service.today() - timedelta(days=1)).where(Duty.id == duty.id).execute()

    assert "1 duty is</a> overdue" in client_of(adam).get("/").text
    assert "overdue" not in client_of(bob).get("/").text
    shown = client_of(adam).get("/compliance?show=overdue").text
    assert shown.count('class="block duty"') == 1


def text_of(data):
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)).split())


def test_the_paper_holds_every_duty(page, org, duty):
    with acting_as(system(org.id)):
        service.done(duty, service.today(), "Signed by Nomsa", None)

    answer = page.get("/compliance/paper.pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    text = text_of(answer.data)
    assert "POPI Act compliance of Hope House NPC" in text
    assert "1 of 20 duties are done" in text
    assert "Signed by Nomsa" in text
    assert "Tell us what is missing" in text
    assert "http://localhost/compliance/missing" in text
    for told in DUTIES.values():
        assert told.law in text


def test_what_is_missing_reaches_support(page, org, adam):
    assert page.post("/compliance/missing", data={"words": " "}).status_code == 422

    page.post("/compliance/missing", data={"words": "Direct marketing by telephone"})

    mail = PortalMail.select().where(PortalMail.kind == "duties_missing").get()
    assert mail.recipient == "support@example.org"
    assert "Direct marketing by telephone" in mail.message
    assert adam.email in mail.message
    with acting_as(system(org.id)):
        assert LogEntry.select().where(LogEntry.action == "duty.missing_told").count() == 1
