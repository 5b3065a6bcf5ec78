"""Sessions: what they prove, how they end, and what asks who one is once more (A10; ASVS 7.4, 7.5)."""

from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import Membership, Session
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Role
from portal.signin import counting, sessions
from tests.conftest import HX, PASSWORD, actor_of

# A way that may not be gone in passing, and where the confirmation leads back to.
FRESH = [
    ("GET", "/settings/users", "/settings/users"),
    ("POST", "/settings/users", "/settings/users"),
    ("GET", "/contacts/export?q=x", "/contacts/export?q=x"),
    ("POST", "/contacts/export", "/contacts/export?q=x"),
    ("POST", "/exports/1/file", "/exports/1"),
    ("POST", "/exports/1/password", "/exports/1"),
    ("POST", "/contacts/chosen/removal/ask", "/contacts?q=x"),
    ("GET", "/groups/1/removal", "/groups/1/removal"),
    ("POST", "/reports/undeliverable/export", "/reports/undeliverable"),
    ("POST", "/campaigns/1/people/export", "/campaigns/1/people"),
    ("GET", "/settings/sign-in", "/settings/sign-in"),
    ("GET", "/account/second-factor", "/account/second-factor"),
    ("POST", "/account/second-factor/removal", "/account/second-factor"),
    ("POST", "/account/recovery-codes", "/account/second-factor"),
]


@pytest.fixture
def stale(client_of, olivia):
    """A browser whose last proof is an hour old."""
    browser = client_of(olivia)
    Session.update(confirmed_at=now() - timedelta(hours=1)).execute()
    return browser


@pytest.mark.parametrize(("method", "path", "back"), FRESH)
def test_what_reaches_far_asks_who_one_is_once_more(stale, method, path, back):
    headers = {"Referer": f"http://localhost{back}"}

    away = stale.open(path, method=method, headers=headers)
    part = stale.open(path, method=method, headers=HX | {"HX-Current-URL": f"http://localhost{back}"})

    assert away.status_code == 303
    assert away.location.startswith("/account/confirmation?next=")
    assert part.headers["HX-Redirect"].startswith("/account/confirmation?next=")
    after = stale.post("/account/confirmation", data={"next": back, "password": PASSWORD})
    assert after.location == back


@pytest.mark.parametrize("path", ["/", "/contacts", "/campaigns", "/account", "/settings", "/settings/organisation"])
def test_what_is_done_every_day_does_not(stale, path):
    assert stale.get(path).status_code == 200


def test_a_form_opened_in_time_may_be_sent_a_while_later(client_of, olivia):
    browser = client_of(olivia)
    Session.update(confirmed_at=now() - timedelta(minutes=20)).execute()

    assert browser.get("/settings/users").status_code == 303
    assert browser.post("/settings/users", data={"name": ""}).status_code == 422


def test_a_wrong_password_confirms_nothing_and_is_counted(stale, olivia):
    answer = stale.post("/account/confirmation", data={"next": "/settings/users", "password": "not it"})

    assert (answer.status_code, "The password is not right." in answer.text) == (422, True)
    assert stale.get("/settings/users").status_code == 303
    assert counting.standing_of(olivia.email) == 1


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", ""])
def test_confirming_leads_nobody_off_the_site(stale, target):
    assert stale.post("/account/confirmation", data={"next": target, "password": PASSWORD}).location == "/"


def test_confirming_gives_the_session_another_secret(app, stale):
    thief = app.test_client()
    thief.set_cookie("portal", stale.get_cookie("portal").value)

    stale.post("/account/confirmation", data={"next": "/", "password": PASSWORD})

    assert stale.get("/account").status_code == 200
    assert thief.get("/account").status_code == 303


def test_choosing_an_organisation_gives_the_session_another_secret(app, client_of, olivia, other_org):
    with acting_as(system(other_org.id)):
        accounts.create_user(olivia.email, "Olivia", Role.READER, "")
    browser, thief = client_of(olivia), app.test_client()
    thief.set_cookie("portal", browser.get_cookie("portal").value)
    membership = Membership.get(Membership.user == olivia, Membership.org == other_org)

    assert browser.post(f"/organisations/{membership.id}").location == "/"

    assert browser.get("/").status_code == 200
    assert thief.get("/").status_code == 303


def test_one_session_or_all_others_can_be_ended(client_of, olivia):
    here, there, elsewhere = client_of(olivia), client_of(olivia), client_of(olivia)
    second = Session.select().order_by(Session.id).offset(1).first()

    here.post(f"/account/sessions/{second.id}/end")
    assert (there.get("/").status_code, elsewhere.get("/").status_code) == (303, 200)
    here.post("/account/sessions/others/end")
    assert (elsewhere.get("/").status_code, here.get("/").status_code) == (303, 200)


def test_nobody_ends_the_session_of_another(client_of, olivia, charlie):
    client_of(olivia)
    hers = Session.get()

    assert client_of(charlie).post(f"/account/sessions/{hers.id}/end").status_code == 404
    assert Session.select().where(Session.id == hers.id).exists()


def test_another_role_ends_the_sessions_of_who_has_it_at_once(client_of, olivia, bob):
    his = client_of(bob)
    with acting_as(actor_of(olivia)):
        accounts.change_role(Membership.get(Membership.user == bob).id, Role.EDITOR)

    assert his.get("/contacts").status_code == 303


def test_locking_ends_every_session(client_of, bob):
    his = client_of(bob)

    accounts.lock(bob.id, "Sam")

    assert his.get("/contacts").status_code == 303


def test_a_session_ends_by_its_age_however_busy_it_is(client_of, olivia):
    browser = client_of(olivia)
    Session.update(started_at=now() - sessions.LONGEST - timedelta(minutes=1)).execute()

    assert browser.get("/").status_code == 303


def test_signing_out_clears_what_the_browser_kept_but_not_that_it_is_known(client_of, olivia):
    browser = client_of(olivia)

    answer = browser.post("/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get_cookie("device") is not None


def test_a_support_user_without_an_organisation_has_an_account_page(client_of, app):
    sam = accounts.create_support("sam@example.org", "Sam", PASSWORD)
    browser = client_of(sam)

    assert browser.get("/account").status_code == 200
    assert browser.get("/account/second-factor").status_code == 200
    assert browser.get("/support").status_code == 200
    assert browser.get("/contacts").location == "/organisations"


def test_whose_organisation_is_shut_still_reaches_his_own_pages_and_the_others(client_of, olivia, org):
    client = client_of(olivia)
    with acting_as(system(org.id)):
        shutting.shut_for(org.id, "an archive")

    assert client.get("/contacts").status_code == 503
    assert [client.get(path).status_code for path in ("/organisations", "/account")] == [200, 200]
    assert client.post("/sign-out").status_code == 303
