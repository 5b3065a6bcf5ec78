"""In which language somebody reads his own page, and what stays English."""

import re

import pytest

from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core import shutting, words
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.words import SPOKEN, _, speak, speaking
from portal.profile import sending
from tests.profile.test_profile import enter, form, link, mails

pytestmark = pytest.mark.one_database


def speaks(org, contact_id, language):
    with acting_as(system(org.id)), transaction():
        record.change(contacts.find(contact_id), "contact.details_changed", language=language)


@pytest.mark.parametrize(
    ("own", "kept", "asked", "chosen", "read"),
    [
        ("", "", "", "", "en"),
        ("", "", "fr", "", "en"),
        ("", "", "fr,zu;q=0.5", "", "zu"),
        ("af", "", "zu", "", "af"),
        ("xh", "", "zu", "", "zu"),  # a language that the portal does not speak yet
        ("af", "zu", "en", "", "zu"),
        ("af", "zu", "en", "en", "en"),
        ("af", "xx", "", "xx", "af"),
    ],
)
def test_the_choice_in_this_browser_comes_first_then_the_persons_own_then_what_the_browser_asks_for(
    app,
    org,
    sent,
    own,
    kept,
    asked,
    chosen,
    read,
):
    speaks(org, sent.contact_id, own)
    client = app.test_client()
    if kept:
        client.set_cookie("language", kept)
    address = f"{link(sent)}?language={chosen}" if chosen else link(sent)

    page = client.get(address, headers={"Accept-Language": asked})

    assert f'<html lang="{read}">' in page.text
    assert ("language=" in page.headers.get("Set-Cookie", "")) == (chosen in SPOKEN)


def test_a_choice_lasts_in_that_browser(app, sent):
    client = app.test_client()
    client.get(f"{link(sent)}?language=af")

    assert '<html lang="af">' in client.get(link(sent)).text
    assert '<html lang="en">' in app.test_client().get(link(sent)).text


def test_staff_read_english_whatever_their_browser_asks_for(client_of, alice):
    page = client_of(alice).get("/contacts", headers={"Accept-Language": "af"})
    assert page.status_code == 200
    assert '<html lang="en' in page.text


def test_somebody_who_changes_his_page_in_afrikaans_is_told_of_in_english(app, org, sent):
    client = enter(app, org, sent)
    seen = client.get(f"{link(sent)}/names?language=af")
    assert seen.status_code == 200
    stamp = seen.text.partition('name="seen" value="')[2].partition('"')[0]
    form(client, f"{link(sent)}/names", f"{link(sent)}/names", first_name="Pieta", last_name="Dube", seen=stamp)

    told = mails(org, "profile_changed")[-1].message

    assert "changed details on the page" in told
    assert "First name" in told


def test_the_link_that_a_colleague_sends_speaks_the_persons_language(org, thandi):
    speaks(org, thandi.id, "af")
    with acting_as(system(org.id)):
        sending.send_link(contacts.find(thandi.id), Email.get(Email.contact_id == thandi.id).id, None)
    with speaking("af"):
        said = _("Your details at %(organisation)s", organisation="Hope House")

    assert said != "Your details at Hope House"
    assert said in mails(org, "profile_link")[-1].message


def test_an_unknown_language_is_english():
    speak("xx")
    assert words.language() == "en"


def test_a_link_that_leads_nowhere_says_so_in_the_language_of_the_browser_and_leads_no_person_to_staff_pages(app, sent):
    client = app.test_client()
    client.set_cookie("language", "af")
    nothing = [client.get(path) for path in ("/p/nonsense", f"{link(sent)[:-1]}/names", "/u/x", "/privacy/nobody")]
    mistyped = client.get("/no/such/page")
    lost = app.test_client().get("/p/nonsense", headers={"Accept-Language": "zu"})

    assert {answer.status_code for answer in [*nothing, mistyped, lost]} == {404}
    for answer in nothing:
        assert '<html lang="af">' in answer.text
        assert "Hier is niks nie" in answer.text
        assert 'href="/"' not in answer.text
    assert "Akukho lutho lapha" in lost.text
    assert "Go to the first page" in mistyped.text


def test_what_fails_or_is_refused_is_told_to_people_in_their_language(app, sent, monkeypatch):
    client = app.test_client()
    client.set_cookie("language", "zu")
    foreign = client.post(f"{link(sent)}/names", headers={"Sec-Fetch-Site": "cross-site"})

    def fails(**_named):
        raise RuntimeError

    fails.policy = app.view_functions["profile.show"].policy
    monkeypatch.setitem(app.view_functions, "profile.show", fails)
    failed = client.get(link(sent))

    assert (foreign.status_code, failed.status_code) == (403, 500)
    assert "Akunakwenzeka lapha" in foreign.text
    assert "Your role" not in foreign.text
    assert "Kukhona okungahambanga kahle" in failed.text
    assert re.search("yisho u-[0-9a-f]{8}", failed.text)


def test_what_is_refused_before_anybody_is_known_is_told_in_the_language_of_the_browser(app, sent):
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    client.set_cookie("language", "af")
    old = client.post(f"{link(sent)}/names", data={"first_name": "Thandi"})
    with acting_as(system(sent.org_id)):
        shutting.shut_for(sent.org_id, "an archive")
    shut = client.get(link(sent))

    assert (old.status_code, shut.status_code) == (400, 503)
    assert "Hierdie bladsy was te lank oop" in old.text
    assert "Hierdie bladsy is vir ’n kort rukkie gesluit" in shut.text
    assert 'href="/"' not in old.text + shut.text
    assert shut.headers["Retry-After"] == "300"
