"""Support sees who tries to sign in, from where, and can lock, unlock and write."""

import re

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import User
from portal.activity.models import LogEntry
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.delivery.models import PortalMail
from portal.signin import counting
from portal.signin.models import SignInAttempt, WrongSeries
from tests.conftest import PASSWORD

PAGES = ["/support", "/support/series/1", "/support/users/1"]


@pytest.fixture
def sam(app):
    return accounts.create_support("sam@example.org", "Sam", PASSWORD)


@pytest.fixture
def support(client_of, sam):
    return client_of(sam)


def guesses(user, times, address="41.0.0.1"):
    mac = counting.account_mac(user.email)
    for _ in range(times):
        with transaction():
            counting.count(mac, user, address)
            counting.note("wrong", address, "Firefox on Windows", mac=mac, user_id=user.id)
            counting.tell_if_due(mac, user, address)


def test_the_alarm_leads_to_the_attempts_with_place_device_and_address(support, bob):
    guesses(bob, 11)
    series = WrongSeries.get(WrongSeries.user_id == bob.id)

    index, page = support.get("/support"), support.get(f"/support/series/{series.id}")

    assert f"/support/series/{series.id}" in index.text
    assert "11 wrong passwords" in index.text
    for words in ("11 wrong passwords in a row", "Firefox on Windows", "wrong password", "Bob", "you were told"):
        assert words in page.text


def test_a_series_of_an_address_shows_its_tries_too(support, bob, olivia):
    guesses(bob, 4, "2c0f:f970:1:2::9")
    guesses(olivia, 1, "41.9.9.9")
    series = WrongSeries.get(WrongSeries.key == "address:2c0f:f970:1:2::/64")

    page = support.get(f"/support/series/{series.id}").text

    assert page.count("<tr>") == 5
    assert "From 2c0f:f970:1:2::/64" in page


def test_attempts_are_counted_by_country(support, bob):
    for country, outcome in (("ZA", "in"), ("ZA", "wrong"), ("RU", "wrong"), ("RU", "place"), ("", "wrong")):
        SignInAttempt.create(country=country, outcome=outcome, address="1.2.3.4")

    page = support.get("/support").text

    rows = re.findall(r"<b>([^<]+)</b>.*?>([0-9]+)</td>.*?>([0-9]+)</td>", page, re.DOTALL)
    assert rows == [("Russia", "0", "2"), ("South Africa", "1", "1"), ("This machine, or unknown", "0", "1")]


def test_locking_ends_sessions_and_stands_in_the_organisations_record(support, client_of, bob, org):
    his = client_of(bob)

    support.post(f"/support/users/{bob.id}/lock")

    assert his.get("/contacts").status_code == 303
    assert "Locked" in support.get(f"/support/users/{bob.id}").text
    with acting_as(system(org.id)):
        assert LogEntry.get(LogEntry.action == "user.locked").detail["actor"] == "Sam (support)"


def test_unlocking_opens_the_account_and_forgets_the_wrong_passwords(support, bob):
    guesses(bob, 12)
    accounts.lock(bob.id, "x")

    support.post(f"/support/users/{bob.id}/unlock")

    assert User.get_by_id(bob.id).disabled_at is None
    assert counting.counts(counting.account_mac(bob.email), "").account == 0


def test_nobody_locks_himself_out(support, sam):
    answer = support.post(f"/support/users/{sam.id}/lock")

    assert (answer.status_code, "your own account" in answer.text) == (422, True)
    assert User.get_by_id(sam.id).disabled_at is None


def test_support_writes_to_a_user(support, bob, org):
    words = {"subject": "Your account", "words": "Somebody tried your password.\nPlease set a new one."}

    support.post(f"/support/users/{bob.id}/message", data=words)

    mail = PortalMail.get(PortalMail.kind == "from_support")
    assert (mail.recipient, "Subject: Your account" in mail.message) == (bob.email, True)
    with acting_as(system(org.id)):
        assert LogEntry.select().where(LogEntry.action == "user.written_to_by_support").exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"subject": "", "words": "x"}, "subject"), ({"subject": "x", "words": ""}, "words"),
     ({"subject": "x", "words": "a\u202eb"}, "words")],
)  # fmt: skip
def test_a_message_that_cannot_be_sent_is_said_at_the_field(support, bob, typed, field):
    answer = support.post(f"/support/users/{bob.id}/message", data=typed)

    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert PortalMail.select().count() == 0


def test_a_subject_cannot_become_another_header(support, bob):
    support.post(f"/support/users/{bob.id}/message", data={"subject": "x\r\nBcc: y@example.org", "words": "x"})

    sent = PortalMail.get(PortalMail.kind == "from_support")
    assert "\nBcc:" not in sent.message
    assert "Subject: x Bcc: y@example.org" in sent.message


@pytest.mark.parametrize("path", PAGES)
def test_an_owner_sees_nothing_of_it(client_of, olivia, sam, bob, path):
    guesses(bob, 3)

    assert client_of(olivia).get(path).status_code == 403


@pytest.mark.parametrize("act", ["lock", "unlock", "message"])
def test_an_owner_can_do_nothing_of_it(client_of, olivia, sam, act):
    assert client_of(olivia).post(f"/support/users/{olivia.id}/{act}").status_code == 403
    assert User.get_by_id(olivia.id).disabled_at is None


@pytest.mark.parametrize("path", ["/support/series/987654", "/support/users/987654"])
def test_what_is_not_there_is_not_found(support, path):
    assert support.get(path).status_code == 404


def test_an_empty_page_says_so(support):
    page = support.get("/support").text

    assert "From the third in a row on they stand here" in page
