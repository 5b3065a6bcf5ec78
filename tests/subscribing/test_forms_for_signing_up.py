"""Designing a form, publishing its versions, and putting it on a web site."""

import html
import re
from dataclasses import replace

import pytest

from portal.activity.models import LogEntry
from portal.consent.models import Fixed, Purpose, Wording
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied
from portal.subscribing import service
from portal.subscribing.models import FormVersion, SubscribeForm
from portal.subscribing.rules import Design
from tests.conftest import actor_of
from tests.subscribing.stage import URL, confirm, fill_in, first_id, mails, publish, rows

ELSEWHERE = {"Origin": "https://hopehouse.example", "Sec-Fetch-Site": "cross-site"}
TYPED = {"name": "Newsletter", "title": "Letters", "intro": "Four a year.", "thanks": "Thanks", "field_town": "must"}


@pytest.fixture
def form(org):
    return publish(org)


def state_of(org, form):
    with acting_as(system(org.id)):
        fresh = service.find(form.id)
        return fresh, service.versions(fresh)


def test_only_who_may_change_settings_designs_forms(org, client_of, bob, alice, adam, form):
    for user, expected in ((bob, 403), (alice, 403), (adam, 200)):
        client = client_of(user)
        for path in ("", "/new", "/1", "/1/preview", "/1/embedding", "/1/versions/1"):
            assert client.get(f"/settings/forms{path}").status_code == expected, (user.name, path)
    for act in (lambda: service.add("x"), lambda: service.publish(form), lambda: service.close(form)):
        with acting_as(actor_of(alice)), pytest.raises(Denied):
            act()


def test_a_form_is_begun_drafted_and_published(app, org, client_of, adam):
    client = client_of(adam)
    assert "There is no form yet" in client.get("/settings/forms").text
    begun = client.post("/settings/forms", data={"name": "Open day"})
    assert begun.location == "/settings/forms/1"
    assert app.test_client().get("/s/hope-house/open-day").status_code == 404

    data = {**TYPED, "revision": 1, "topics": first_id(org)}
    assert client.post("/settings/forms/1", data=data).status_code == 303
    assert app.test_client().get("/s/hope-house/open-day").status_code == 404
    assert client.post("/settings/forms/1", data={**data, "revision": 2, "act": "publish"}).status_code == 303

    page = app.test_client().get("/s/hope-house/open-day").text
    for words in ("Letters", "Four a year.", "Town", "News and appeals"):
        assert words in page
    assert " checked" not in page
    assert "not published yet" not in client.get("/settings/forms").text
    with acting_as(system(org.id)):
        told = [entry.action for entry in LogEntry.select() if entry.action.startswith("form.")]
    assert told == ["form.added", "form.changed", "form.published"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Give it a name"),
        ({"title": " "}, "Write what stands at its top"),
        ({"topics": "", "act": "publish"}, "Choose at least one purpose"),
        ({"has_welcome": "1"}, "A message needs a subject"),
        ({"has_welcome": "1", "welcome_subject": "x"}, "Write what the welcome says"),
        ({"intro": "x" * 1001}, "at most 1,000 characters"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_at_its_place(org, client_of, adam, form, typed, sentence):
    data = {**TYPED, "revision": 2, "topics": first_id(org), **typed}
    page = client_of(adam).post("/settings/forms/1", data=data)

    assert page.status_code == 422
    assert sentence in page.text
    assert "Thanks" in page.text
    assert len(state_of(org, form)[1]) == 1


@pytest.mark.parametrize(("typed", "sentence"), [("", "Give it a name"), ("Newsletter", "has this address already")])
def test_two_forms_have_two_addresses(client_of, adam, form, typed, sentence):
    page = client_of(adam).post("/settings/forms", data={"name": typed})
    assert (page.status_code, sentence in page.text) == (422, True)
    bad = client_of(adam).post("/settings/forms", data={"name": "Other", "address": "a b"})
    assert (bad.status_code, "Use small letters" in bad.text) == (422, True)


def test_two_who_write_at_once_are_told_apart(org, client_of, adam, form):
    client, data = client_of(adam), {**TYPED, "topics": first_id(org)}
    client.post("/settings/forms/1", data={**data, "revision": 2})

    late = client.post("/settings/forms/1", data={**data, "title": "Mine", "revision": 2})

    assert late.status_code == 422
    assert "Somebody else changed this form meanwhile" in late.text
    assert "Mine" in late.text
    assert state_of(org, form)[0].design["title"] == "Letters"


def test_a_version_stays_as_it_was_and_nothing_new_is_no_version(org, client_of, adam, form):
    client, data = client_of(adam), {**TYPED, "topics": first_id(org), "act": "publish"}
    client.post("/settings/forms/1", data={**data, "revision": 2})
    again = client.post("/settings/forms/1", data={**data, "revision": 3})

    assert (again.status_code, "This is what people see already" in again.text) == (422, True)
    assert [one.design["title"] for one in state_of(org, form)[1]] == ["Letters", "News from us"]
    assert "News from us" in client.get("/settings/forms/1/versions/1").text
    with acting_as(system(org.id)), pytest.raises(Fixed):
        FormVersion.update(design={}).execute()


def test_a_purpose_is_shown_in_the_words_of_its_version_and_not_once_it_is_put_away(app, org, form):
    with acting_as(system(org.id)):
        Purpose.update(name="Renamed").where(Purpose.id == int(first_id(org))).execute()
        assert "News and appeals" in app.test_client().get(URL).text
        purpose = Purpose.get_by_id(int(first_id(org)))
        service.purposes.archive(purpose)
    assert "News and appeals" not in app.test_client().get(URL).text
    assert fill_in(app, org).status_code == 422


def test_groups_hidden_from_who_designs_stay_chosen(org, client_of, adam):
    with acting_as(system(org.id)):
        open_group = contacts.add_group("Readers")
        secret = contacts.add_group("Faith")
    form = publish(org, group_ids=(open_group.id, secret.id))
    with acting_as(replace(actor_of(adam), denied_groups=frozenset({secret.id}))):
        assert [one.name for one in service.open_groups()] == ["Readers"]
        service.save(form, form.name, Design(title="Letters", group_ids=()), form.revision)

    assert state_of(org, form)[0].design["group_ids"] == [secret.id]


def test_a_closed_form_takes_nobody_in_but_whoever_asked_before_confirms(app, org, client_of, adam, form):
    fill_in(app, org)
    client = client_of(adam)
    client.post("/settings/forms/1/closing")
    assert fill_in(app, org, email="late@example.org").status_code == 403
    assert "closed" in client.get("/settings/forms").text
    assert "You are signed up." in confirm(app, org).text

    client.post("/settings/forms/1/reopening")
    assert fill_in(app, org, email="late@example.org").status_code == 200


def test_the_list_says_how_many_came_in_and_confirmed(app, org, client_of, adam, form):
    for address in ("a@example.org", "b@example.org", "c@example.org"):
        fill_in(app, org, email=address)
    confirm(app, org)

    page = " ".join(re.sub(r"<[^>]+>", " ", client_of(adam).get("/settings/forms").text).split())
    assert "3 filled it in" in page
    assert "1 confirmed" in page


def test_the_picture_beside_the_draft_follows_what_is_typed_and_saves_nothing(org, client_of, adam, form):
    client = client_of(adam)
    shown = client.post("/settings/forms/1/preview", data={**TYPED, "title": "As typed now"})

    assert "As typed now" in shown.text
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "As typed now" not in client.get("/settings/forms/1/preview").text
    assert state_of(org, form)[0].revision == 2


@pytest.mark.one_database
def test_the_frame_alone_may_stand_in_others_pages(app, org, form):
    client = app.test_client()
    data = {"email": "a@example.org", "purpose": first_id(org)}
    for answer in (
        client.get(f"{URL}/frame"), client.post(f"{URL}/frame", data=data), client.post(f"{URL}/frame", data={}),
    ):  # fmt: skip
        assert "frame-ancestors *;" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for path in (URL, "/privacy/hope-house", "/sign-in", f"{URL}/frame/nothing"):
        answer = client.get(path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.one_database
@pytest.mark.parametrize("path", [URL, f"{URL}/frame"])
def test_a_form_on_another_site_may_post_here_and_nothing_else_may(app, org, form, path):
    app.config["WTF_CSRF_ENABLED"] = True
    data = {"email": "a@example.org", "purpose": first_id(org)}
    assert app.test_client().post(path, data=data, headers=ELSEWHERE).status_code == 200

    link = re.search(r"http://localhost(/s/[\w-]+)", mails(org)[0].message.replace("=\n", ""))[1]
    assert app.test_client().post(link, headers=ELSEWHERE).status_code in (400, 403)
    assert rows(org)[0].state == "waiting"


def test_a_snippet_of_an_older_version_goes_on_working_and_is_kept_as_it_was_shown(app, org, client_of, adam, form):
    page = client_of(adam).get("/settings/forms/1/embedding").text
    plain = html.unescape(re.search(r'<textarea id="plain"[^>]*>(.*?)</textarea>', page, re.S)[1])
    assert 'action="http://localhost/s/hope-house/newsletter?language=en"' in plain
    assert "checked" not in plain
    data = {**TYPED, "title": "Second", "topics": first_id(org), "revision": 2, "act": "publish"}
    assert client_of(adam).post("/settings/forms/1", data=data).status_code == 303

    sent = dict(re.findall(r'name="(\w+)" value="(\d+)"', plain))
    answer = app.test_client().post(f"{URL}?language=en", data={**sent, "email": "a@example.org"})

    assert answer.status_code == 200  # the newest wants a town
    with acting_as(system(org.id)):
        assert FormVersion.get_by_id(rows(org)[0].version_id).version == 1
        assert SubscribeForm.get().design["title"] == "Second"


@pytest.mark.one_database
def test_what_is_kept_is_in_the_language_that_was_read(app, org, form):
    page = app.test_client().get(f"{URL}?language=af").text
    assert "per e-pos aan my skryf" in page
    assert "newsletter?language=af" in page
    fill_in(app, org, f"{URL}?language=af")

    with acting_as(system(org.id)):
        words = Wording.get_by_id(rows(org)[0].said[0][1]).text
    assert words.startswith("Hope House mag per e-pos aan my skryf oor: News and appeals.")
    assert "bevestig" in mails(org)[0].message.lower()


@pytest.mark.one_database
def test_the_public_page_is_small_and_needs_no_style_and_no_program(app, form):
    page = app.test_client().get(URL)
    assert len(page.data) < 8_000
    assert "<script" not in page.text
    labels = set(re.findall(r'<label for="(\w+)"', page.text))
    assert labels >= {"email", "first_name", "last_name"}
    assert labels <= set(re.findall(r' id="(\w+)"', page.text))
