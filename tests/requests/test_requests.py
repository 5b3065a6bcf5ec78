"""The desk: what comes in, what happens at once, who looks after it, what the answer needs, and who may see it."""

import re
from datetime import timedelta

import pytest

from portal.accounts.service import today
from portal.activity import log
from portal.activity.models import LogEntry
from portal.consent import restricting
from portal.consent.models import Suppression
from portal.consent.queries import Candidate, facts
from portal.consent.rules import Aim, PurposeClass, Refuse, may_send
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.keys import make_token
from portal.core.permissions import Denied, Role
from portal.delivery import own_page
from portal.delivery.models import ACCEPTED, PortalMail, SystemMail
from portal.diary.models import Task
from portal.exports.models import Export, ExportedContact
from portal.privacy import erasing
from portal.requests import answering, desk, holding, people_views, queries, recipients, service
from portal.requests.answering import BadReply, NotClosed
from portal.requests.models import Request
from portal.requests.queries import Filter
from portal.requests.rules import MOST_OWN, Reply
from portal.requests.service import Asked, BadRequest
from tests.conftest import HX, actor_of
from tests.profile.conftest import sent as sent  # a fixture
from tests.profile.test_profile import enter, form, link
from tests.users.conftest import limited

SECRET = "They sold my number to a neighbour"


def ask(contact, kind="access", channel="paper", **more):
    return service.note(Asked(kind, channel, SECRET, contact_id=contact.id, **more))


def complaint_page(row):
    return f"/complaints/{make_token('complaints', row.org_id, own_page.of_delivery(row.id))}"


def may_we_send(contact, kind):
    answer = may_send(facts([Candidate(contact.id, "thandi@example.org")], Aim(kind))[0], now())
    return "" if not isinstance(answer, Refuse) else answer.reason


def test_a_request_gets_a_number_a_day_and_somebody_who_looks_after_it(thandi, as_olivia):
    desk.set_recipient(as_olivia.user_id)
    made = ask(thandi)

    assert made.reference == f"R{today().year}-0001"
    assert made.due >= today() + timedelta(days=30)
    assert made.user_id == as_olivia.user_id
    assert ask(thandi).reference.endswith("-0002")


def test_a_colleague_reads_in_a_mail_that_there_is_one_and_not_who_asks(thandi, as_olivia):
    ask(thandi)
    mail = PortalMail.get(PortalMail.kind == "request_new")
    assert mail.recipient == "office@hopehouse.example"
    assert "R20" in mail.message
    for word in ("Thandi", "Dube", "neighbour"):
        assert word not in mail.message


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "tea"}, "kind"), ({"channel": "page"}, "channel"), ({"contact_id": None}, "who"),
        ({"received_on": "tomorrow"}, "received_on"), ({"user_id": 10**6}, "user_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_noted(thandi, as_olivia, wrong, field):
    given = {"kind": "access", "channel": "paper", "text": "", "contact_id": thandi.id} | wrong
    if "received_on" in wrong:
        given["received_on"] = today() + timedelta(days=1)
    with pytest.raises(BadRequest) as refusal:
        service.note(Asked(**given))
    assert refusal.value.field == field


def test_who_objects_to_direct_marketing_gets_none_from_that_moment_on(thandi, as_olivia):
    ask(thandi, "marketing", "telephone", recording="Tape 4")
    assert may_we_send(thandi, PurposeClass.DIRECT_MARKETING) in ("objected", "unsubscribed")
    assert not may_we_send(thandi, PurposeClass.RIGHTS)
    assert Suppression.get().reason == "objected"


def test_who_objects_otherwise_is_restricted_until_it_is_decided(thandi, as_olivia):
    ask(thandi, "object")
    assert restricting.of(thandi.id).reason == "contested"


def test_an_answer_that_lacks_something_is_not_given(thandi, as_olivia):
    made = ask(thandi)
    with pytest.raises(BadReply) as refusal:
        answering.answer(made, Reply("given", "Dear Thandi", "email"))
    assert set(refusal.value.errors) == {"outcome"}  # nobody has checked who asks
    with pytest.raises(NotClosed):
        answering.close(made)
    assert service.find(made.id).is_open


def test_a_refused_part_stands_in_the_answer_with_its_ground_its_reasons_and_the_way_on(thandi, as_olivia):
    made = ask(thandi)
    service.verify(made, "Showed the ID card")
    answering.answer(
        made, Reply("part", "Here it is.", "email", refused="A letter", ground="third_party", reasons="It names Sipho")
    )

    found = service.find(made.id)
    assert not found.is_open
    for words in ("Here it is.", "A letter", "PAIA s 63", "It names Sipho", "POPIAComplaints@inforegulator.org.za"):
        assert words in found.answer
    mail = SystemMail.get(SystemMail.kind == "request_answer")
    assert mail.recipient == "thandi@example.org"
    with pytest.raises(BadReply):
        answering.answer(found, Reply("given", "Again", "post"))


def test_a_correction_is_a_task_for_each_who_holds_a_copy(thandi, as_olivia):
    for recipient, taken, destroyed in (
        ("Ubuntu Printers", now(), None),
        ("Shredded", now(), now()),
        ("None", None, None),
    ):
        export = Export.create(
            mark=recipient, purpose="Labels", recipient=recipient, expires_on=today(), format="csv", handing="self",
            taken_at=taken, destroyed_at=destroyed, state="made",
        )  # fmt: skip
        ExportedContact.create(export_id=export.id, contact_id=thandi.id)
    made = ask(thandi, "correct")
    service.verify(made, "Showed the ID card")
    answering.answer(made, Reply("corrected", "Done.", "post"))

    (task,) = Task.select()
    assert "1 of 1" in task.what
    assert "Ubuntu Printers" not in task.what  # not everybody who sees tasks may know of files
    assert [one.name for one in recipients.of(thandi.id) if one.is_out] == ["Ubuntu Printers"]
    assert task.contact_id == thandi.id


def test_a_contested_statement_stands_on_the_contacts_page(client_of, bob, thandi, as_olivia):
    made = ask(thandi, "correct")
    service.verify(made, "Showed the ID card")
    reply = Reply("statement", "Dear", "post", about="Birth date", statement="I was born in 1960")
    answering.answer(made, reply)
    assert "I was born in 1960" in client_of(bob).get(f"/contacts/{thandi.id}").text


def test_deleting_waits_for_the_answer_and_closes_the_request(thandi, as_olivia):
    made = ask(thandi, "delete", who="x")
    service.verify(made, "Showed the ID card")
    with pytest.raises(erasing.Kept, match="not answered"):
        erasing.erase([thandi.id])
    answering.answer(made, Reply("deleted", "Dear Thandi, we delete it.", "email"))
    assert service.find(made.id).is_open
    with pytest.raises(erasing.Kept):  # the answer is still on its way
        erasing.erase([thandi.id])
    SystemMail.update(state=ACCEPTED, message="").execute()

    erasing.erase([thandi.id])

    row = service.find(made.id)
    assert not row.is_open
    assert row.contact_id is None
    assert (row.text, row.answer, row.verified_how) == ("", "", "")
    line = queries.counters(queries.years()[0])["delete"]
    assert (line.received, line.full) == (1, 1)
    assert log.verify().ok


def test_the_words_of_somebody_who_is_no_contact_are_forgotten_after_a_year(thandi, as_olivia):
    made = service.note(Asked("held", "paper", SECRET, who="Sipho", reach="1 Road"))
    service.verify(made, "Showed the ID card")
    answering.answer(made, Reply("nothing", "We keep nothing.", "post"))
    service.tidy()
    assert service.find(made.id).who == "Sipho"
    Request.update(closed_at=now() - timedelta(days=400)).where(Request.id == made.id).execute()
    service.tidy()
    row = service.find(made.id)
    assert (row.who, row.text, row.reach, row.answer) == ("", "", "", "")


def test_a_stranger_who_is_found_among_the_contacts_is_treated_as_one(client_of, olivia, thandi):
    with acting_as(actor_of(olivia)):
        made = service.note(Asked("object", "paper", SECRET, who="Thandi"))
    client = client_of(olivia)
    assert "Thandi Ngcobo" in client.get(f"/requests/{made.id}").text
    assert client.post(f"/requests/{made.id}/contact", data={}).status_code == 422
    assert client.post(f"/requests/{made.id}/contact", data={"contact_id": thandi.id}).status_code == 303
    with acting_as(actor_of(olivia)):
        assert restricting.of(thandi.id) is not None


def test_the_time_is_put_off_once(thandi, as_olivia):
    made = ask(thandi)
    service.extend(made, "Much to look through; told by mail on 3 May")
    later = service.find(made.id)
    assert later.due > made.due
    with pytest.raises(BadRequest):
        service.extend(later, "Again")


def test_late_ones_stand_first_on_home_and_in_the_diary_and_among_the_duties(client_of, olivia, thandi, as_olivia):
    ask(thandi)
    late = ask(thandi, "correct", received_on=today() - timedelta(days=60))
    lines = queries.page(Filter(), 10, 0)
    assert lines[0].request.id == late.id
    assert [line.is_late for line in lines] == [True, False]
    assert holding.reading().is_well is False

    client = client_of(olivia)
    assert "1 request or complaint</a> should have been answered by now." in client.get("/").text
    assert late.reference in client.get(f"/diary/day?on={late.due.isoformat()}").text
    assert "Late by" in client.get("/requests").text


def test_what_is_done_for_it_is_noted_by_itself(client_of, olivia, thandi, as_olivia):
    made = ask(thandi)
    assert client_of(olivia).post(f"/contacts/{thandi.id}/proof").status_code == 200
    assert [one.entry.action for one in queries.time_line(made)] == ["request.received", "contact.proof_made"]


def test_only_who_sees_privacy_cases_and_the_person_learns_of_a_request(client_of, alice, olivia, charlie, thandi):
    with acting_as(actor_of(olivia)):
        made = ask(thandi)
    for user, status in ((alice, 403), (charlie, 404)):
        assert client_of(user).get(f"/requests/{made.id}").status_code == status
    assert made.reference not in client_of(alice).get(f"/contacts/{thandi.id}").text
    assert made.reference not in client_of(alice).get(f"/contacts/{thandi.id}/history").text
    with acting_as(actor_of(alice)), pytest.raises(Denied):
        service.assign(made, None)


def test_who_may_not_see_the_person_is_told_nothing_and_given_nothing(org, olivia, thandi):
    with acting_as(actor_of(olivia)):
        hidden = contacts.add_group("Hidden")
        contacts.group_contacts([thandi.id], hidden.id)
        made = ask(thandi)
        stranger = service.note(Asked("access", "paper", SECRET, who="Somebody"))
    colleague = limited(org, "Adam", Role.ADMINISTRATOR, denied=[f"group:{hidden.id}"])
    with acting_as(actor_of(colleague)):
        assert queries.count(Filter("all")) == 0
        for one in (made, stranger):
            with pytest.raises(service.RequestNotFound):
                service.find(one.id)
    with acting_as(actor_of(olivia)):
        assert colleague.id not in dict(desk.colleagues(thandi.id))


def test_an_answer_is_written_from_a_text_and_given_in_the_browser(client_of, olivia, thandi):
    with acting_as(actor_of(olivia)):
        made = ask(thandi, "marketing")
    client = client_of(olivia)
    page = client.get(f"/requests/{made.id}/answer").text
    assert f"Thank you for your request {made.reference}" in page
    assert "It goes to thandi@example.org." in page
    bad = client.post(f"/requests/{made.id}/answer", data={"outcome": "stopped", "text": "", "how": "post"}, headers=HX)
    assert bad.status_code == 422
    assert "Write the answer" in bad.text
    sent = client.post(f"/requests/{made.id}/answer", data={"outcome": "stopped", "text": "Done.", "how": "email"})
    assert sent.status_code == 303
    assert "Done." in client.get(f"/requests/{made.id}").text


def test_an_organisation_has_its_own_words(client_of, olivia, org):
    client = client_of(olivia)
    url, of = "/requests/settings/text?of=held.nothing", {"of": "held.nothing"}
    assert "keep nothing about you" in client.get(url).text
    wrong = client.post(url, data=of | {"text": "Dear [[nobody]]", "act": "save"})
    assert (wrong.status_code, "There is nothing to put in for [[nobody]]." in wrong.text) == (422, True)
    assert client.post(url, data=of | {"text": "Dear [[name]], nothing.", "act": "save"}).status_code == 303
    assert "Dear [[name]], nothing." in client.get(url).text
    assert client.post(url, data=of | {"text": "", "act": "standard"}).status_code == 303
    assert "keep nothing about you" in client.get(url).text


def test_unwanted_mail_is_stopped_at_once_and_the_words_stay(app, org, sent):
    client = app.test_client()
    page = client.get(complaint_page(sent))
    assert page.status_code == 200
    assert "Nomsa Dube" in page.text
    assert "p0@example.org" not in page.text
    done = form(client, complaint_page(sent), complaint_page(sent), what="complain", kind="spam", text=SECRET)
    assert done.status_code == 303
    assert "The number of your complaint is" in client.get(done.location).text
    assert "The number" not in app.test_client().get(complaint_page(sent)).text

    with acting_as(system(org.id)):
        row = Request.get()
        assert (row.kind, row.text, row.contact_id) == ("spam", SECRET, sent.contact_id)
        assert Suppression.get(Suppression.mac == sent.mac).reason == "complained"
        receipt = SystemMail.get(SystemMail.kind == "request_receipt")
        assert receipt.recipient == "p0@example.org"
        assert "neighbour" not in receipt.message
        assert row.reference in receipt.message


@pytest.mark.parametrize("data", [{}, {"kind": "access"}, {"kind": "complaint", "text": " "}])
def test_a_complaint_that_says_nothing_comes_back_with_a_sentence(app, org, sent, data):
    client = app.test_client()
    again = form(client, complaint_page(sent), complaint_page(sent), what="complain", **data)
    assert again.status_code == 422
    assert 'class="error"' in again.text
    with acting_as(system(org.id)):
        assert Request.select().count() == 0


def test_looking_at_the_complaints_page_writes_nothing_and_nobody_floods_the_desk(app, org, sent):
    client = app.test_client()
    for _ in range(3):
        client.get(complaint_page(sent))
    with acting_as(system(org.id)):
        assert Request.select().count() == SystemMail.select().count() == 0
    for _ in range(MOST_OWN):
        assert (
            form(
                client, complaint_page(sent), complaint_page(sent), what="complain", kind="complaint", text="x"
            ).status_code
            == 303
        )
    assert (
        form(
            client, complaint_page(sent), complaint_page(sent), what="complain", kind="complaint", text="x"
        ).status_code
        == 429
    )


def test_a_person_asks_on_his_own_page_behind_the_code(app, org, sent):
    stranger = app.test_client()
    assert stranger.get(link(sent) + "/requests").status_code == 404
    assert form(stranger, link(sent), link(sent) + "/requests", kind="access").status_code == 404
    client = enter(app, org, sent)
    assert "Ask us something" in client.get(link(sent)).text
    done = form(client, link(sent) + "/requests", link(sent) + "/requests", kind="access", text=SECRET)
    assert done.status_code == 303

    page = client.get(done.location).text
    assert re.search(r"The number of your request is R\d{4}-0001", page)
    with acting_as(system(org.id)):
        row = Request.get()
        assert row.verified_how == service.BY_CODE
        assert row.verified_at is not None


def test_a_person_who_objects_on_his_own_page_can_go_on(app, org, sent):
    client = enter(app, org, sent)
    done = form(client, link(sent) + "/requests", link(sent) + "/requests", kind="object", text="My ground")
    assert client.get(done.location).status_code == 200
    with acting_as(system(org.id)):
        assert restricting.of(sent.contact_id) is not None
        assert LogEntry.select().where(LogEntry.action == "request.received").count() == 1


def test_the_link_of_somebody_who_was_removed_leads_nowhere(app, org, sent, olivia):
    with acting_as(actor_of(olivia)):
        erasing.erase([sent.contact_id])
        assert Contact.get_by_id(sent.contact_id).erased_at is not None
    assert app.test_client().get(complaint_page(sent)).status_code == 404
    assert people_views.resolve(org.id, own_page.of_delivery(sent.id)) is None


def test_what_is_answered_is_not_put_off_and_what_was_checked_not_checked_again(as_olivia, thandi):
    made = service.note(Asked("delete", "paper", "Delete it", contact_id=thandi.id))
    service.verify(made, "Showed her card")
    answering.answer(service.find(made.id), Reply("deleted", "It is done.", "post"))

    with pytest.raises(service.BadRequest, match="answered already"):
        service.extend(service.find(made.id), "Much to look through")
    with pytest.raises(service.BadRequest, match="checked already"):
        service.verify(service.find(made.id), "Again")
