"""Passwords: what is refused, changing one, and setting a new one by mail (R51, A05, A08, A10, A12)."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import argon2
import pytest
import time_machine

from portal.accounts import service as accounts
from portal.accounts import strength
from portal.accounts.models import User
from portal.accounts.passwords import is_right
from portal.accounts.rules import BadPassword
from portal.gateways import breached
from portal.signin.models import Begun
from tests import once
from tests.signin.stage import link_in, mails, number_on, sign_in, text_of

NEW = "nine yellow umbrellas"
OWN = ["Thandi", "Ngcobo", "hopehouse", "Durban"]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 12"),
        ("x" * 129, "at most 128"),
        ("aaaabbbbcccc", "more different characters"),
        ("qwertyuiopasdf", "guessed"),
        ("123456789012345", "guessed"),
        ("Password12345!", "guessed"),
        ("iloveyou123456", "guessed"),
        ("letmeinletmein", "guessed"),
        ("thandi-ngcobo-2026", "own name"),
        ("hopehouse durban", "own name"),
        ("Durban Hopehouse 1", "own name"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_with_a_reason(password, words):
    with pytest.raises(BadPassword, match=words):
        strength.check_password(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "seven green buses",
        NEW,
        "correct horse battery staple",
        "Tr0ub4dor&3 xkq",
        "a1b2-c3d4-e5f6-0718",
        "ǃXóõ ʘwaa gǀui praat",
        "    spaces    count    ",
    ],
)
def test_any_password_that_is_hard_to_guess_is_taken_whatever_it_is_made_of(password):
    strength.check_password(password, OWN)


def test_a_password_longer_than_the_estimator_takes_is_taken_whole(olivia):
    long = "seven green buses " * 7

    accounts.check_new_password(olivia, long)


def test_a_hosts_own_list_of_breached_passwords_is_asked(app, tmp_path):
    known = ["four purple wagons", "seven green buses", "a", "zzz", *map(str, range(500))]
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in known)
    (tmp_path / "list").write_text("".join(f"{one}:{n}\n" for n, one in enumerate(hashes)))

    assert all(breached.holds(tmp_path / "list", word) for word in known)
    assert not any(breached.holds(tmp_path / "list", word) for word in (NEW, "", "b", "-1"))
    strength.use(replace(app.config["SETTINGS"], breached_passwords=tmp_path / "list"))
    try:
        with pytest.raises(BadPassword, match="break-in"):
            strength.check_password("four purple wagons", [])
    finally:
        strength.use(app.config["SETTINGS"])


def test_a_list_that_cannot_be_read_refuses_nobody(tmp_path):
    assert not breached.holds(tmp_path / "none", "x")


def test_the_meter_says_how_strong_a_password_is_and_keeps_nothing(browser, olivia):
    weak = browser.post("/password/strength", data={"new": "password12345"})
    good = browser.post("/password/strength", data={"new": NEW})
    short = browser.post("/password/strength", data={"password": "short"})

    assert "Would be guessed" in weak.text
    assert "Very good" in good.text
    assert "7 more characters needed" in short.text
    assert NEW not in good.text


def ask(browser, address):
    return browser.post("/password/forgotten", data={"email": address})


def test_a_new_password_is_set_by_the_link_of_a_mail(browser, client_of, olivia):
    elsewhere = client_of(olivia)
    ask(browser, olivia.email)
    link = link_in("password")
    assert "Did you ask for a new password?" in browser.get(link).text

    assert browser.post(link).location == "/password/new"
    answer = browser.post("/password/new", data={"new": NEW, "again": NEW})

    assert answer.location == "/sign-in?renewed=1"
    assert elsewhere.get("/account").status_code == 303
    assert sign_in(browser, olivia, NEW).location == "/"  # the mailbox was shown in this browser: it is known now
    assert "Your password was changed" in mails("password_changed")[0].message


def test_asking_reads_the_same_whether_there_is_an_account_or_not(app, olivia):
    pages = []
    for address in (olivia.email, "nobody@example.org"):
        browser = app.test_client()
        answer = ask(browser, address)
        waiting = browser.get("/password/waiting")
        number = number_on(browser, "/password/waiting")
        masked = re.sub(r'value="[^"]{40,}"', "", waiting.text.replace(number, ""))
        pages.append((answer.status_code, answer.location, masked))
        assert browser.post("/password/waiting", headers={"HX-Request": "true"}).status_code == 204
        assert browser.get("/password/new").location == "/password/forgotten"

    assert pages[0] == pages[1]
    assert len(mails("password")) == 1


def test_a_link_for_a_new_password_needs_its_browser_or_its_number(app, browser, olivia):
    phone = app.test_client()
    ask(browser, olivia.email)
    link = link_in("password")

    assert phone.post(link).status_code == 422
    assert phone.get("/password/new").location == "/password/forgotten"
    number = number_on(browser, "/password/waiting")
    assert "Go back to the other device" in phone.post(link, data={"number": number}).text
    assert browser.post("/password/waiting").location == "/password/new"


def test_a_link_for_a_new_password_is_good_once_for_ten_minutes_and_only_the_newest(app, browser, olivia):
    ask(browser, olivia.email)
    old = link_in("password")
    ask(browser, olivia.email)
    new = link_in("password")

    assert browser.post(old).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        assert browser.post(new).status_code == 404
    assert browser.post(new).location == "/password/new"
    assert browser.post(new).status_code == 404


def test_a_form_cannot_move_a_link_to_another_account(app, browser, olivia, bob):
    ask(browser, olivia.email)
    browser.post(link_in("password"), data={"user": bob.id, "user_id": bob.id, "email": bob.email})

    browser.post("/password/new", data={"new": NEW, "again": NEW, "user_id": bob.id, "email": bob.email})

    assert is_right(User.get_by_id(olivia.id).password_hash, NEW)
    assert not is_right(User.get_by_id(bob.id).password_hash, NEW)


def test_a_device_link_sets_no_password_and_a_password_link_lets_nobody_in(browser, olivia):
    sign_in(browser, olivia)
    device = link_in("device").rsplit("/", 1)[1]
    ask(browser, olivia.email)
    password = link_in("password").rsplit("/", 1)[1]

    number = number_on(browser, "/password/waiting").replace(" ", "")

    assert browser.post(f"/password/link/{device}").status_code == 404
    assert browser.post(f"/sign-in/device/{password}", data={"number": number}).status_code == 404
    assert browser.get("/password/new").location == "/password/forgotten"
    assert browser.get("/account").status_code == 303


def test_a_weak_new_password_is_said_at_the_field_and_the_link_still_serves(browser, olivia):
    ask(browser, olivia.email)
    browser.post(link_in("password"))

    weak = browser.post("/password/new", data={"new": "hope house", "again": "hope house"})

    assert (weak.status_code, 'id="new-error"' in weak.text) == (422, True)
    assert browser.post("/password/new", data={"new": NEW, "again": NEW}).status_code == 303


def test_nobodys_mailbox_is_filled(app, olivia):
    for _ in range(10):
        assert ask(app.test_client(), olivia.email).status_code == 303

    assert len(mails("password")) == 5


def test_somebody_locked_gets_no_link(browser, bob):
    accounts.lock(bob.id, "Sam")

    ask(browser, bob.email)

    assert mails("password") == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
        {"X-Host": "evil.example"},
        {"Host": "localhost:80@evil.example"},
    ],
)
def test_links_lead_to_the_portal_whatever_a_request_says(browser, olivia, headers):
    browser.post("/password/forgotten", data={"email": olivia.email}, headers=headers)

    sent = mails("password")
    assert all("evil" not in text_of(mail) for mail in sent)
    assert (len(sent) == 0) == ("Host" in headers)


def test_a_change_asks_for_the_password_of_now(client_of, olivia):
    browser = client_of(olivia)

    wrong = browser.post("/account/password", data={"current": "not it", "new": NEW, "again": NEW})
    right = browser.post("/account/password", data={"current": "seven green buses", "new": NEW, "again": NEW})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert browser.get("/account").status_code == 200


def test_a_change_ends_links_under_way(app, client_of, olivia):
    mine, other = client_of(olivia), app.test_client()
    ask(other, olivia.email)
    sign_in(other, olivia)

    mine.post("/account/password", data={"current": "seven green buses", "new": NEW, "again": NEW})

    assert Begun.select().where(Begun.ended_at.is_null()).count() == 0


def test_a_password_costs_who_guesses_it_what_owasp_asks_for():
    hasher = once.HASHER_OF_THE_PORTAL
    assert hasher.type is argon2.Type.ID
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (19_456, 2, 1)
