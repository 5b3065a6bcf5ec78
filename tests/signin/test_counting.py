"""Wrong passwords: each is counted, few are judged, support is told once, and nobody is locked out (A01, A03, A04)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.core import db as database
from portal.core.clock import now
from portal.delivery import transport
from portal.signin import counting
from portal.signin.models import SignInAttempt, WrongSeries
from tests.conftest import PASSWORD
from tests.signin.stage import asks_captcha, captcha_of, mails, sign_in, text_of


def standing(user) -> int:
    return counting.counts(counting.account_mac(getattr(user, "email", user)), "").account


def outcomes(user=None) -> list[str]:
    return [row.outcome for row in SignInAttempt.select().order_by(SignInAttempt.id)]


def guess(browser, user, times, address="127.0.0.1"):
    for _ in range(times):
        answer = browser.post(
            "/sign-in", data={"email": user.email, "password": "wrong"}, environ_base={"REMOTE_ADDR": address}
        )
    return answer


def test_fifty_guesses_at_once_are_fifty_of_which_three_are_judged(app, olivia):
    def one(_):
        try:
            return sign_in(app.test_client(), olivia, "wrong").status_code
        finally:
            database.db.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(50)))

    assert answers == [422] * 50
    assert standing(olivia) == 50
    assert sorted(outcomes()) == ["captcha"] * 47 + ["wrong"] * 3
    assert len(mails("alarm")) == 1


def test_the_fourth_try_is_judged_only_with_a_captcha(browser, olivia):
    third = guess(browser, olivia, 3)

    assert asks_captcha(third)
    assert sign_in(browser, olivia).status_code == 422  # right, but not looked at
    assert outcomes() == ["wrong", "wrong", "wrong", "captcha"]


def test_the_right_password_with_the_captcha_gets_in_on_a_known_device(client_of, olivia):
    browser = client_of(olivia)
    browser.post("/sign-out")
    page = guess(browser, olivia, 12)

    answer = sign_in(browser, olivia, **captcha_of(page))

    assert (answer.status_code, answer.location) == (303, "/")
    assert standing(olivia) == 0


def test_others_may_guess_five_hundred_times_and_the_owner_still_gets_in(app, client_of, olivia):
    mine = client_of(olivia)
    mine.post("/sign-out")
    mac = counting.account_mac(olivia.email)
    for number in range(500):
        with database.transaction():
            counting.count(mac, olivia, f"41.0.{number // 250}.{number % 250}")

    page = sign_in(mine, olivia)
    answer = sign_in(mine, olivia, **captcha_of(page))

    assert answer.location == "/"


def test_a_neighbour_behind_the_same_address_does_not_trouble_a_known_device(app, client_of, olivia, charlie):
    mine = client_of(olivia)
    mine.post("/sign-out")
    guess(app.test_client(), charlie, 9)

    assert sign_in(mine, olivia).location == "/"
    assert asks_captcha(app.test_client().get("/sign-in"))


def test_an_address_that_tries_many_names_is_asked_for_a_captcha_too(browser, olivia):
    for name in ("a", "b", "c"):
        browser.post("/sign-in", data={"email": f"{name}@example.org", "password": "x"})

    sign_in(browser, olivia)

    assert outcomes()[-1] == "captcha"


def test_the_count_of_an_unknown_name_is_kept_alike(browser, app):
    for _ in range(4):
        answer = browser.post("/sign-in", data={"email": "nobody@example.org", "password": "x"})

    assert asks_captcha(answer)
    assert standing("nobody@example.org") == 4


def test_five_thousand_other_names_do_not_push_a_count_out(browser, olivia):
    guess(browser, olivia, 3)
    with database.transaction():
        rows = [{"key": f"account:{number:064}", "wrong": 1} for number in range(5_000)]
        for start in range(0, 5_000, 500):
            WrongSeries.insert_many(rows[start : start + 500]).execute()

    assert standing(olivia) == 3


def test_support_is_told_at_the_tenth_and_once_in_a_series(browser, olivia):
    guess(browser, olivia, 9)
    assert mails("alarm") == []

    guess(browser, olivia, 30)

    told = mails("alarm")
    assert [mail.recipient for mail in told] == ["support@example.org"]
    assert "10 wrong passwords for olivia@hope-house.example" in text_of(told[0])
    assert f"/support/series/{WrongSeries.get(WrongSeries.user_id == olivia.id).id}" in text_of(told[0])


def test_a_new_series_is_told_of_again(client_of, olivia):
    browser = client_of(olivia)
    browser.post("/sign-out")
    page = guess(browser, olivia, 10)
    sign_in(browser, olivia, **captcha_of(page))
    browser.post("/sign-out")

    guess(browser, olivia, 10)

    assert len(mails("alarm")) == 2


def test_a_right_password_at_the_tenth_try_alarms_nobody(client_of, olivia):
    browser = client_of(olivia)
    browser.post("/sign-out")
    page = guess(browser, olivia, 9)

    sign_in(browser, olivia, **captcha_of(page))

    assert mails("alarm") == []


def test_a_series_that_rested_a_day_begins_anew(browser, olivia):
    guess(browser, olivia, 5)
    WrongSeries.update(last_at=now() - timedelta(hours=25)).execute()

    assert standing(olivia) == 0
    assert not asks_captcha(guess(browser, olivia, 1))


def test_an_address_that_tries_many_accounts_is_told_of_by_itself(app, org):
    for number in range(30):
        app.test_client().post("/sign-in", data={"email": f"p{number}@example.org", "password": "x"})

    assert ["from one address" in text_of(mail) for mail in mails("alarm")] == [True]


def test_without_an_address_for_support_its_users_are_told(app, olivia):
    transport.use(replace(app.config["SETTINGS"], support_email=""))
    accounts.create_support("sam@example.org", "Sam", PASSWORD)

    guess(app.test_client(), olivia, 10)

    assert [mail.recipient for mail in mails("alarm")] == ["sam@example.org"]


def test_a_locked_account_reads_like_a_wrong_password(app, olivia, bob):
    accounts.lock(bob.id, "Sam")

    locked = sign_in(app.test_client(), bob)
    wrong = sign_in(app.test_client(), bob, "wrong")

    assert locked.status_code == 422
    assert locked.text == wrong.text
    assert outcomes() == ["locked", "wrong"]


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_what_cannot_be_a_password_is_said_at_the_field(browser, olivia, password):
    answer = sign_in(browser, olivia, password)

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert SignInAttempt.select().count() == 0


def test_attempts_are_forgotten_after_half_a_year(browser, olivia):
    guess(browser, olivia, 2)
    SignInAttempt.update(at=now() - timedelta(days=181)).where(SignInAttempt.id == SignInAttempt.get().id).execute()

    counting.tidy()

    assert SignInAttempt.select().count() == 1
