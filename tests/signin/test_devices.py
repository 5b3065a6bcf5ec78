"""New devices: a mail asks, and only the browser that began, or its number, may answer (R50, R58, A06 to A09)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.accounts import service as accounts
from portal.accounts.models import Session
from portal.delivery.models import PortalMail
from portal.signin.models import Begun, Device, SignInAttempt
from tests.conftest import PASSWORD
from tests.signin.stage import link_in, mails, number_on, sign_in, text_of

HX = {"HX-Request": "true"}


@pytest.fixture
def phone(app):
    """Another browser: of the person himself, of a mail scanner, of a thief."""
    return app.test_client()


def is_in(browser) -> bool:
    return browser.get("/account").status_code == 200


def test_a_new_device_is_asked_about_by_mail(browser, olivia):
    answer = sign_in(browser, olivia)

    assert (answer.status_code, answer.location) == (303, "/sign-in/waiting")
    assert not is_in(browser)
    mail = mails("device")[-1]
    assert mail.recipient == olivia.email
    for words in ("Where:   this machine", "Device:  An unknown browser", "When:"):
        assert words in text_of(mail)
    assert number_on(browser) not in text_of(mail)


def test_the_link_lets_in_the_browser_that_began(browser, olivia):
    sign_in(browser, olivia, next="/settings")
    link = link_in("device")
    page = browser.get(link)

    answer = browser.post(link)

    assert "number" not in page.text
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert is_in(browser)
    assert browser.get_cookie("device").http_only


def test_the_device_is_known_afterwards(browser, olivia):
    sign_in(browser, olivia)
    browser.post(link_in("device"))
    browser.post("/sign-out")

    assert sign_in(browser, olivia).location == "/"
    assert len(mails("device")) == 1


def test_twenty_looks_at_the_link_change_nothing(browser, phone, olivia):
    sign_in(browser, olivia)
    link = link_in("device")
    before = list(Begun.select().dicts())

    for _ in range(20):
        phone.get(link)
        phone.head(link)

    assert list(Begun.select().dicts()) == before
    assert browser.post(link).location == "/"


def test_whoever_presses_every_button_elsewhere_confirms_nothing(browser, phone, olivia):
    sign_in(browser, olivia)
    link = link_in("device")

    pressed = [phone.post(link), phone.post(link, data={"number": ""}), phone.post(f"{link}/refusal")]

    assert [answer.status_code for answer in pressed] == [422, 422, 200]
    assert browser.post("/sign-in/waiting", headers=HX).status_code == 204
    assert Device.select().count() == 0
    assert browser.post(link).location == "/"


def test_the_number_typed_elsewhere_lets_the_first_browser_in(browser, phone, olivia):
    sign_in(browser, olivia)

    answer = phone.post(link_in("device"), data={"number": number_on(browser)})

    assert "Go back to the other device" in answer.text
    assert not is_in(phone)
    moved_on = browser.post("/sign-in/waiting", headers=HX)
    assert moved_on.headers["HX-Redirect"] == "/"
    assert is_in(browser)


def test_the_waiting_page_works_without_scripts(browser, phone, olivia):
    sign_in(browser, olivia)
    assert "has not been confirmed yet" in browser.post("/sign-in/waiting").text

    phone.post(link_in("device"), data={"number": number_on(browser)})

    assert browser.post("/sign-in/waiting").location == "/"


def test_three_wrong_numbers_end_the_link(browser, phone, olivia):
    sign_in(browser, olivia)
    link, right = link_in("device"), number_on(browser)
    wrong = "000000" if right != "000 000" else "111111"

    answers = [phone.post(link, data={"number": wrong}).status_code for _ in range(3)]

    assert answers == [422, 422, 404]
    assert phone.post(link, data={"number": right}).status_code == 404
    assert browser.post(link).status_code == 404


def test_a_link_is_good_for_ten_minutes(browser, olivia):
    sign_in(browser, olivia)
    link = link_in("device")

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        assert browser.get(link).status_code == 404
        assert browser.post(link).status_code == 404
        assert browser.get("/sign-in/waiting").location == "/sign-in"


def test_a_link_works_once(browser, phone, olivia):
    sign_in(browser, olivia)
    link, number = link_in("device"), number_on(browser)
    browser.post(link)

    assert browser.post(link).status_code == 404
    assert browser.get(link).status_code == 404
    assert phone.post(link, data={"number": number}).status_code == 404


def test_only_the_newest_link_counts(browser, phone, olivia):
    sign_in(browser, olivia)
    old = link_in("device")
    sign_in(phone, olivia)

    assert browser.post(old).status_code == 404
    assert phone.post(link_in("device")).location == "/"


def test_a_link_of_one_sign_in_serves_no_other(browser, phone, olivia, charlie):
    sign_in(browser, olivia)
    hers = link_in("device")
    sign_in(phone, charlie)
    his = link_in("device")

    assert browser.post(his).status_code == 422
    assert phone.post(hers).status_code == 422
    assert not is_in(browser)
    assert not is_in(phone)


def test_somebody_who_waits_is_not_thrown_out_by_a_thief_who_waits_too(client_of, phone, olivia):
    known = client_of(olivia)
    known.post("/sign-out")

    sign_in(phone, olivia)

    assert sign_in(known, olivia).location == "/"


def test_a_device_of_one_user_is_none_of_another(client_of, app, olivia, bob):
    thief = app.test_client()
    client_of(olivia)
    thief.set_cookie("device", client_of(olivia).get_cookie("device").value)

    assert sign_in(thief, bob).location == "/sign-in/waiting"
    assert sign_in(thief, olivia).location == "/"


def test_two_people_may_share_a_computer(browser, olivia, bob):
    for person in (olivia, bob):
        sign_in(browser, person)
        browser.post(link_in("device"))
        browser.post("/sign-out")

    assert sign_in(browser, olivia).location == "/"
    browser.post("/sign-out")
    assert sign_in(browser, bob).location == "/"


def test_the_secret_of_a_device_is_kept_as_a_hash_only(browser, olivia):
    sign_in(browser, olivia)
    browser.post(link_in("device"))
    secret = browser.get_cookie("device").value

    kept = str(list(Device.select().dicts())) + str(list(Session.select().dicts()))
    assert secret not in kept


def test_a_device_that_is_forgotten_is_asked_about_again(client_of, olivia):
    here, there = client_of(olivia), client_of(olivia)
    device = Device.select().order_by(Device.id.desc()).get()

    here.post(f"/account/devices/{device.id}/revocation")

    assert not is_in(there)
    assert sign_in(there, olivia).location == "/sign-in/waiting"


def test_this_was_not_me_ends_everything_else_and_tells_support(client_of, olivia):
    here, there, thief = client_of(olivia), client_of(olivia), client_of(olivia)
    stolen = Device.select().order_by(Device.id.desc()).get()

    page = here.get(here.post(f"/account/devices/{stolen.id}/not-mine").location)

    assert "Set a new password now" in page.text
    assert (is_in(here), is_in(there), is_in(thief)) == (True, False, False)
    assert sign_in(thief, olivia).location == "/sign-in/waiting"
    assert "says that this device is not theirs" in text_of(mails("not_me")[0])


def test_no_said_on_a_known_device_ends_the_sign_in(client_of, phone, olivia):
    mine = client_of(olivia)
    sign_in(phone, olivia)
    link = link_in("device")

    mine.post(f"{link}/refusal")
    mine.post(f"{link}/refusal")

    assert phone.post(link).status_code == 404
    assert len(mails("not_me")) == 1


def test_a_locked_user_who_waits_does_not_get_in(browser, olivia, bob):
    sign_in(browser, bob)
    accounts.lock(bob.id, "Sam")

    answer = browser.post(link_in("device"))

    assert (answer.status_code, "locked" in answer.text) == (404, True)
    assert not is_in(browser)
    assert "This is over" in browser.post("/sign-in/waiting", headers=HX).text


def test_a_mail_that_comes_too_late_is_not_sent(browser, olivia):
    sign_in(browser, olivia)

    until = mails("device")[0].good_until

    assert timedelta(minutes=9) < until - PortalMail.get().created_at <= timedelta(minutes=10)


def test_nothing_of_a_stranger_is_ever_shown(browser, phone, olivia):
    phone_page = phone.get("/sign-in/waiting")

    assert phone_page.location == "/sign-in"
    assert phone.post("/sign-in/waiting", headers=HX).status_code == 200
    assert phone.get("/sign-in/device/nonsense").status_code == 404
    assert phone.get("/sign-in/code").location == "/sign-in"


def test_what_a_browser_calls_itself_is_shown_as_text_only(app, olivia):
    browser = app.test_client()
    browser.post(
        "/sign-in", data={"email": olivia.email, "password": PASSWORD}, headers={"User-Agent": "<b>Firefox/1</b> Linux"}
    )

    assert SignInAttempt.get().browser == "Firefox on Linux"
    assert not re.search("<b>", text_of(mails("device")[0]))
