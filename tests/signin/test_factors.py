"""The second factor: codes of an app, each once, and recovery codes (U08; ASVS 6.5.1, 6.5.4)."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from portal.accounts import service as accounts
from portal.core.actor import acting_as
from portal.core.keys import use as use_keys
from portal.signin import counting, factors
from portal.signin.models import RecoveryCode, SecondFactor
from tests.conftest import actor_of
from tests.signin.stage import asks_captcha, link_in, sign_in

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def code_of(key: str, later: int = 0) -> str:
    return pyotp.TOTP(key).at(datetime.now(UTC) + timedelta(seconds=later))


def codes_on(page) -> list[str]:
    return re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", page.text)


def set_up(browser, user) -> tuple[str, list[str]]:
    """Turn it on as a person does; the key and the recovery codes."""
    browser.post("/account/second-factor")
    key = factors.waiting_key(user)
    page = browser.post("/account/second-factor/confirmation", data={"code": code_of(key)})
    return key, codes_on(page)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as moment:
        yield moment


@pytest.fixture
def known(client_of, olivia):
    return client_of(olivia)


def test_it_is_on_once_the_app_shows_a_right_code(noon, known, olivia):
    known.post("/account/second-factor")
    page = known.get("/account/second-factor")
    key = factors.waiting_key(olivia)

    assert "<svg" in page.text
    assert key in re.sub(r"\s", "", page.text)
    assert not factors.has(olivia)
    wrong = known.post("/account/second-factor/confirmation", data={"code": "000000"})
    assert (wrong.status_code, 'id="code-error"' in wrong.text) == (422, True)
    assert not factors.has(olivia)

    shown = known.post("/account/second-factor/confirmation", data={"code": code_of(key)})

    assert factors.has(olivia)
    assert len(codes_on(shown)) == 10


def test_signing_in_asks_for_the_code(noon, known, olivia):
    key, _ = set_up(known, olivia)
    known.post("/sign-out")
    noon.shift(60)

    assert sign_in(known, olivia, next="/settings").location == "/sign-in/code"
    assert known.get("/account").status_code == 303
    assert known.post("/sign-in/code", data={"code": code_of(key)}).location == "/settings"
    assert known.get("/account").status_code == 200


def test_a_code_serves_once(noon, app, known, olivia):
    key, _ = set_up(known, olivia)
    used = code_of(key)
    known.post("/sign-out")
    sign_in(known, olivia)

    assert known.post("/sign-in/code", data={"code": used}).status_code == 422
    noon.shift(30)
    right = code_of(key)
    assert known.post("/sign-in/code", data={"code": right}).status_code == 303
    known.post("/sign-out")
    sign_in(known, olivia)
    assert known.post("/sign-in/code", data={"code": right}).status_code == 422


@pytest.mark.parametrize(("later", "taken"), [(-30, True), (0, True), (30, True), (-60, False), (60, False)])
def test_a_clock_may_be_half_a_minute_off(noon, olivia, known, later, taken):
    key, _ = set_up(known, olivia)
    noon.shift(600)

    if taken:
        assert factors.check(olivia, code_of(key, later)) == "totp"
    else:
        with pytest.raises(factors.WrongCode):
            factors.check(olivia, code_of(key, later))


def test_a_recovery_code_serves_once(noon, known, olivia):
    _, codes = set_up(known, olivia)
    known.post("/sign-out")
    for typed, status in ((codes[0], 303), (codes[0], 422), (codes[1].upper().replace("-", " "), 303)):
        sign_in(known, olivia)
        assert known.post("/sign-in/code", data={"code": typed}).status_code == status
        known.post("/sign-out")

    assert factors.recovery_codes_left(olivia) == 8


def test_new_recovery_codes_replace_the_old_ones(noon, known, olivia):
    _, old = set_up(known, olivia)
    new = codes_on(known.post("/account/recovery-codes"))

    with pytest.raises(factors.WrongCode):
        factors.check(olivia, old[0])
    assert factors.check(olivia, new[0]) == "recovery"


def test_five_wrong_codes_end_the_sign_in_and_count_as_wrong_passwords(noon, known, olivia):
    set_up(known, olivia)
    known.post("/sign-out")
    sign_in(known, olivia)

    answers = [known.post("/sign-in/code", data={"code": "000000"}).status_code for _ in range(5)]

    assert answers == [422, 422, 422, 422, 404]
    assert known.post("/sign-in/code", data={"code": "000000"}).location == "/sign-in"
    assert counting.counts(counting.account_mac(olivia.email), "").account == 5
    assert asks_captcha(sign_in(known, olivia))


def test_a_new_device_shows_both(noon, app, known, olivia):
    key, _ = set_up(known, olivia)
    noon.shift(60)
    other = app.test_client()
    sign_in(other, olivia)
    assert other.post("/sign-in/code", data={"code": code_of(key)}).location == "/sign-in"

    assert other.post(link_in("device")).location == "/sign-in/code"
    assert other.post("/sign-in/code", data={"code": code_of(key)}).location == "/"


def test_a_new_password_does_not_get_round_it(noon, app, known, olivia):
    set_up(known, olivia)
    thief = app.test_client()
    thief.post("/password/forgotten", data={"email": olivia.email})
    thief.post(link_in("password"))
    thief.post("/password/new", data={"new": "nine yellow umbrellas", "again": "nine yellow umbrellas"})

    assert sign_in(thief, olivia, "nine yellow umbrellas").location == "/sign-in/code"


def test_an_organisation_may_ask_everybody_for_it(noon, client_of, olivia, bob):
    with acting_as(actor_of(olivia)):
        accounts.set_details(requires_factor=1)
    browser = client_of(bob)

    assert browser.get("/contacts").location == "/account/second-factor"
    assert browser.get("/contacts", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/second-factor"
    assert browser.post("/account/second-factor/removal").status_code == 303
    set_up(browser, bob)
    assert browser.get("/contacts").status_code == 200


def test_turning_it_on_ends_the_other_sessions(noon, client_of, known, olivia):
    elsewhere = client_of(olivia)

    set_up(known, olivia)

    assert elsewhere.get("/account").status_code == 303
    assert known.get("/account").status_code == 200


def test_the_key_is_kept_sealed_and_the_codes_as_hashes(noon, app, known, olivia):
    key, codes = set_up(known, olivia)

    kept = str(list(SecondFactor.select().dicts())) + str(list(RecoveryCode.select().dicts()))
    assert key not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_it_still_opens_after_a_new_root_key_and_not_without_the_old_one(noon, app, known, olivia):
    key, codes = set_up(known, olivia)
    noon.shift(60)

    use_keys({"v1": b"a" * 40, "v2": b"b" * 40})
    assert factors.check(olivia, code_of(key)) == "totp"
    assert factors.check(olivia, codes[0]) == "recovery"


def test_a_new_telephone_replaces_the_old_one_only_when_it_works(noon, known, olivia):
    old, _ = set_up(known, olivia)
    noon.shift(60)
    known.post("/account/second-factor")
    new = factors.waiting_key(olivia)

    assert factors.check(olivia, code_of(old)) == "totp"
    noon.shift(60)
    known.post("/account/second-factor/confirmation", data={"code": code_of(new)})
    noon.shift(60)
    with pytest.raises(factors.WrongCode):
        factors.check(olivia, code_of(old))
    assert factors.check(olivia, code_of(new)) == "totp"
