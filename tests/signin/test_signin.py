"""Signing in and out."""

from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import Session, User
from portal.core.clock import now
from portal.core.tenancy import Org
from portal.signin import sessions
from tests.conftest import HX, PASSWORD
from tests.signin.stage import link_in, sign_in


@pytest.fixture
def known(client_of, olivia):
    """Olivia's own browser, signed out."""
    browser = client_of(olivia)
    browser.post("/sign-out")
    return browser


def test_a_stranger_is_sent_to_sign_in_and_back(known, olivia):
    away = known.get("/settings")

    assert (away.status_code, away.location) == (303, "/sign-in?next=/settings")
    assert sign_in(known, olivia, next="/settings").location == "/settings"


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil", "javascript:x"]
)
def test_after_signing_in_nobody_is_led_off_the_site(known, olivia, target):
    assert sign_in(known, olivia, next=target).location == "/"


def test_a_wrong_password_and_an_unknown_account_read_the_same(browser, olivia):
    wrong = sign_in(browser, olivia, "not this one at all")
    unknown = browser.post("/sign-in", data={"email": olivia.email.replace("olivia", "nobody"), "password": "x"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace("olivia@", "nobody@") == unknown.text


def test_the_session_is_another_one_after_signing_in(known, olivia):
    sign_in(known, olivia)
    first = Session.get().token_hash
    sign_in(known, olivia)

    assert Session.select().where(Session.token_hash != first).count() == 1


def test_signing_out_everywhere_ends_every_session(client_of, olivia):
    here, there = client_of(olivia), client_of(olivia)

    here.post("/sign-out", data={"everywhere": "1"})

    assert there.get("/").status_code == 303
    assert Session.select().count() == 0


def test_a_copied_cookie_is_dead_after_signing_out(app, client_of, olivia):
    browser = client_of(olivia)
    cookie = browser.get_cookie("portal").value
    browser.post("/sign-out")

    thief = app.test_client()
    thief.set_cookie("portal", cookie)

    assert thief.get("/").status_code == 303


def test_a_session_left_alone_ends(client_of, olivia):
    browser = client_of(olivia)
    Session.update(seen_at=now() - sessions.IDLE - timedelta(minutes=1)).execute()

    assert browser.get("/").status_code == 303


def test_a_new_password_ends_the_other_sessions(client_of, olivia):
    here, there = client_of(olivia), client_of(olivia)
    new = "nine yellow umbrellas"

    saved = here.post("/account/password", data={"current": PASSWORD, "new": new, "again": new})

    assert saved.status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_htmx_is_told_to_leave_the_page_instead_of_getting_a_sign_in_form(browser, olivia):
    answer = browser.get("/settings", headers=HX)

    assert (answer.status_code, answer.headers["HX-Redirect"], answer.data) == (401, "/sign-in", b"")


def test_a_form_posted_by_another_site_is_refused(browser, olivia):
    answer = browser.post("/sign-in", data={"email": "x"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 422),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 422),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({}, 422),
    ],
)
def test_where_a_form_may_be_posted_from(browser, olivia, headers, status):
    assert browser.post("/sign-in", data={"email": "x"}, headers=headers).status_code == status


NEW = {"name": "Second Chance", "owner_name": "Pieter Botha", "owner_email": "pieter@example.org", "password": PASSWORD}


@pytest.fixture
def sam(app):
    """Supports the installation; belongs to no organisation."""
    return accounts.create_support("sam@example.org", "Sam", PASSWORD)


def test_support_makes_an_organisation_whose_owner_can_sign_in(browser, client_of, sam, app):
    answer = client_of(sam).post("/organisations", data=NEW)

    assert answer.status_code == 303
    assert "Second Chance is ready" in client_of(sam).get(answer.location).text
    owner = User.get(User.email == "pieter@example.org")
    sign_in(browser, owner)
    assert browser.post(link_in("device")).location == "/"
    assert "Before you can send" in browser.get("/").text


def test_somebody_who_signs_in_already_needs_no_other_password(client_of, sam):
    browser = client_of(sam)
    browser.post("/organisations", data=NEW | {"owner_email": "sam@example.org", "password": ""})
    browser.post("/sign-out")

    assert sign_in(browser, sam).status_code == 303
    assert "Second Chance" in browser.get("/").text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"name": ""}, "Enter the name of the organisation"), ({"password": "short"}, "12"), ({"owner_email": "x"}, "@")],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client_of, sam, wrong, words):
    answer = client_of(sam).post("/organisations", data=NEW | wrong)

    assert answer.status_code == 422
    assert words in answer.text
    assert Org.select().count() == 0


def test_an_owner_is_no_support(client_of, olivia):
    client = client_of(olivia)

    assert client.get("/organisations/new").status_code == 403
    assert client.post("/organisations", data=NEW).status_code == 403
    assert "Add an organisation" not in client.get("/account").text
