"""Must show 3: somebody removes himself. Two pages and a code; then nothing names him but the lawful remainder."""

import io
import re

import pytest
from pypdfium2 import PdfDocument

from portal.accounts import service as accounts
from portal.activity import log
from portal.activity.models import LogEntry
from portal.campaigns import sending, sending_views
from portal.campaigns import service as campaigns
from portal.consent.models import Suppression
from portal.contacts.models import Contact, Email
from portal.contacts.sweeps import _holds, register_hold
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.keys import address_mac, make_token
from portal.delivery import own_page, removal
from portal.delivery.kinds import kind_of
from portal.delivery.models import Delivery
from portal.diary.models import Task
from portal.imports import running
from portal.imports import service as imports
from portal.imports.models import Import, ImportProblem
from portal.privacy import certificate, erasing, scrubbing
from portal.privacy.models import Erasure
from portal.profile.models import ProfileCode
from portal.removal import rules
from portal.requests import queries, service
from portal.requests.models import Request
from tests.privacy.test_erased_places import files_naming, needles_of, tables_naming
from tests.profile.test_profile import code_in, form, link, mails


def path_of(row):
    return removal.url("", row.org_id, own_page.of_delivery(row.id))


def ask(client, path):
    return form(client, path, f"{path}/codes")


def press(client, path, code, sure="1"):
    return form(client, f"{path}/code", f"{path}/code", code=code, sure=sure)


def remove(client, org, row):
    path = path_of(row)
    ask(client, path)
    return press(client, path, code_in(mails(org, "profile_code")[-1]))


def is_there(org, row):
    with acting_as(system(org.id)):
        return Email.select().where(Email.contact_id == row.contact_id).exists()


def test_the_page_says_what_goes_and_what_stays_and_changes_nothing(app, org, sent):
    page = app.test_client().get(path_of(sent))

    assert page.status_code == 200
    assert "What stays, and why" in page.text
    assert "P0" not in page.text
    assert len(page.data) < 8_000
    assert path_of(sent) in app.test_client().get(link(sent)).text


def test_two_pages_and_a_code_remove_at_once_and_the_certificate_is_there(app, org, sent):
    client = app.test_client()
    done = remove(client, org, sent)

    assert done.status_code == 303
    assert not is_there(org, sent)
    with acting_as(system(org.id)):
        made = Erasure.get()
        assert (made.reason, made.total, made.user_id, made.user_name) == ("own_act", 1, None, "The contact")
        number = certificate.number_of(made)
        mac = address_mac(org.id, "email", "p0@example.org")
        assert Suppression.get(Suppression.mac == mac, Suppression.scope == "everything").reason == "erased"
        assert Delivery.get_by_id(sent.id).state == "suppressed"
    page = client.get(done.headers["Location"])
    assert number in page.text
    paper = client.get(re.search(r'href="(/r/done/[^"]+/certificate)"', page.text)[1])
    assert (paper.headers["Content-Type"], paper.data[:5]) == ("application/pdf", b"%PDF-")
    words = PdfDocument(paper.data)[0].get_textpage().get_text_range()
    assert number in words
    assert "P0" not in words


def test_the_code_comes_without_a_button_and_opens_nothing_else(app, org, sent):
    client = app.test_client()
    ask(client, path_of(sent))
    mail = mails(org, "profile_code")[-1]

    assert "removed for good" in mail.message.replace("=\n", "")
    assert "/p/" not in mail.message
    with acting_as(system(org.id)):
        row = ProfileCode.get()
    assert client.get(f"/p/code/{make_token('me', org.id, row.id)}").status_code == 404
    assert form(client, link(sent) + "/code", link(sent) + "/code", code=code_in(mail)).status_code == 422


@pytest.mark.parametrize("sure", ["", "0"])
def test_without_the_tick_nothing_is_removed_and_the_code_still_counts(app, org, sent, sure):
    client = app.test_client()
    ask(client, path_of(sent))
    code = code_in(mails(org, "profile_code")[-1])

    page = press(client, path_of(sent), code, sure=sure)

    assert page.status_code == 422
    assert 'id="sure-error"' in page.text
    assert is_there(org, sent)
    assert press(client, path_of(sent), code).status_code == 303


def test_neither_a_wrong_code_nor_one_of_another_browser_or_purpose_removes(app, org, sent):
    asking, other = app.test_client(), app.test_client()
    ask(asking, path_of(sent))
    code = code_in(mails(org, "profile_code")[-1])
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    form(other, link(sent), link(sent) + "/codes")
    entering = code_in(mails(org, "profile_code")[-1])

    for client, typed in ((asking, wrong), (asking, ""), (asking, entering), (other, code), (other, entering)):
        assert press(client, path_of(sent), typed).status_code == 422
    assert is_there(org, sent)


def test_a_known_browser_needs_a_code_too(app, org, sent):
    client = app.test_client()
    form(client, link(sent), link(sent) + "/codes")
    entering = code_in(mails(org, "profile_code")[-1])
    form(client, link(sent) + "/code", link(sent) + "/code", code=entering, remember="1")

    assert press(client, path_of(sent), entering).status_code == 422
    assert is_there(org, sent)


def test_the_information_officer_is_told_without_a_name(app, client_of, alice, org, sent):
    remove(app.test_client(), org, sent)

    with acting_as(system(org.id)):
        task = Task.get()
        assert task.what == rules.told_words(certificate.number_of(Erasure.get()))
        assert task.contact_id is None
        assert log.verify().ok
        assert not LogEntry.select().where(LogEntry.detail.cast("text").contains("p0@example")).exists()
    assert "Removal" in client_of(alice).get("/").text


def test_who_must_stay_stays_and_the_officer_is_told_whom_to_answer(app, org, sent):
    try:
        register_hold("test", "there is an open request", lambda: Contact.select(Contact.id))
        client = app.test_client()
        page = remove(client, org, sent)
        remove(client, org, sent)
    finally:
        _holds.pop("test")

    assert page.status_code == 409
    assert "must be kept for now" in page.text
    assert is_there(org, sent)
    with acting_as(system(org.id)):
        assert [(task.contact_id, Erasure.select().count()) for task in Task.select()] == [(sent.contact_id, 0)]


@pytest.mark.parametrize(
    ("kind", "outcome"), [("delete", "deleted"), ("access", "taken_back"), ("complaint", "taken_back")]
)
def test_a_question_of_his_does_not_keep_him_from_removing_himself_and_is_closed_by_it(app, org, sent, kind, outcome):
    with acting_as(system(org.id)):
        service.receive(service.Asked(kind, "page", "Please", contact_id=sent.contact_id))
        with pytest.raises(erasing.Kept):
            erasing.erase([sent.contact_id])

    page = remove(app.test_client(), org, sent)

    assert page.status_code == 303
    assert not is_there(org, sent)
    with acting_as(system(org.id)):
        row = Request.get()
        assert (row.outcome, row.contact_id, row.text, row.is_open) == (outcome, None, "", False)
        assert queries.counters(queries.years()[0])[kind].waiting == 0


def test_the_links_of_who_was_removed_lead_nowhere_but_to_unsubscribing(app, org, sent):
    client = app.test_client()
    remove(client, org, sent)

    assert client.get(path_of(sent)).status_code == client.get(link(sent)).status_code == 404
    page = client.get(f"/u/{make_token('u', org.id, sent.id)}").text
    assert "You are unsubscribed" in page
    assert "That was a mistake" not in page


def test_an_import_refuses_who_removed_himself_without_saying_who(app, org, sent, tmp_path):
    remove(app.test_client(), org, sent)
    with acting_as(system(org.id)):
        made = imports.take_in(tmp_path, "list.csv", io.BytesIO(b"First name,Email\nP0,P0@example.org\n"))
        Import.update(source="own", state="waiting").where(Import.id == made.id).execute()
        running.run(made.id)

        told = ImportProblem.get()
        assert told.message == "This address asked not to be contacted."
        assert not any(told.cells)


def test_after_it_nothing_names_the_person_in_any_table_file_or_log(app, org, planted, settings, caplog):
    contact_id = planted.ids["contact_id"]
    needles = needles_of(planted)
    with acting_as(system(org.id)), transaction():
        row = Delivery.get(Delivery.contact_id == contact_id)
    assert len(needles) > 20

    assert remove(app.test_client(), org, row).status_code == 303

    with acting_as(system(org.id)):
        scrubbing.scrub()
        assert tables_naming(needles) == set()
        assert files_naming(settings.data_dir, needles) == set()
        assert files_naming(planted.folder, needles) == set()
        assert not any(needle in caplog.text.lower() for needle in needles)
        assert log.verify().ok


@pytest.mark.parametrize(("always", "this_time", "expected"), [(0, False, False), (1, False, True), (0, True, True)])
def test_a_newsletter_leads_there_where_it_is_wanted(org, sent, always, this_time, expected):
    with acting_as(system(org.id)):
        accounts.set_details(offers_removal=always)
        made = campaigns.change(campaigns.create("Second"), 1, subject="Second", body="<p>Dear</p>")
        sending.choose_audience(made, campaigns.find(sent.campaign_id).groups, [])
        sending.start(campaigns.find(made.id), offers_removal=this_time)
        row = Delivery.get(Delivery.campaign_id == made.id)
        text = kind_of("email").render(made.id, [row])[row.id].message.decode().replace("=\r\n", "")

    assert (path_of(row) in text) is expected


def test_above_a_thousand_the_page_that_sends_offers_it(client_of, olivia, org, sent, monkeypatch):
    with acting_as(system(org.id)):
        made = campaigns.change(campaigns.create("Second"), 1, subject="Second", body="<p>Dear</p>")
        sending.choose_audience(made, campaigns.find(sent.campaign_id).groups, [])
    client, path = client_of(olivia), f"/campaigns/{made.id}"
    assert "Remove my details" not in client.get(f"{path}/audience").text

    monkeypatch.setattr(sending_views, "MANY", 1)
    assert 'name="removal"' in client.get(f"{path}/audience").text
    client.post(f"{path}/dispatch", data={"seen": "2", "when": "now", "removal": "1"})

    with acting_as(system(org.id)):
        assert ["Remove my details", "removal"] in campaigns.find(made.id).letter["links"]
