"""The captcha: one serves once, for five minutes, and its answer is nowhere to be read (A02)."""

import base64
import io
import re
import time
import wave
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from PIL import Image

from portal.core.db import transaction
from portal.signin import captchas
from tests.signin.stage import captcha_of, sign_in

pytestmark = pytest.mark.one_database


@pytest.fixture
def page(browser, olivia):
    """The sign-in page after three wrong passwords."""
    for _ in range(3):
        answer = sign_in(browser, olivia, "wrong")
    return answer


def name_on(page) -> str:
    return captcha_of(page)["captcha_name"]


def test_it_is_six_digits_that_nobody_takes_for_letters(app):
    found = {captchas.digits_of(captchas.make()) for _ in range(200)}

    assert len(found) > 190
    assert all(re.fullmatch("[2-9]{6}", digits) for digits in found)


def test_a_right_answer_judges_one_try_and_no_other(browser, olivia, page):
    solved = captcha_of(page)

    first = sign_in(browser, olivia, "wrong", **solved)
    second = sign_in(browser, olivia, "wrong", **solved)

    assert "Email or password is not right." in first.text
    assert "These were not the digits" in second.text


def test_a_wrong_answer_uses_it_up_too(browser, olivia, page):
    solved = captcha_of(page)
    sign_in(browser, olivia, **(solved | {"captcha": "000000"}))

    again = sign_in(browser, olivia, **solved)

    assert again.status_code == 422


def test_each_answer_brings_a_new_one(browser, olivia, page):
    again = sign_in(browser, olivia, "wrong", **captcha_of(page))

    assert name_on(again) != name_on(page)


def test_it_is_over_after_five_minutes(browser, olivia, page):
    solved = captcha_of(page)

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=False):
        answer = sign_in(browser, olivia, **solved)
        picture = browser.get(f"/sign-in/captcha/{solved['captcha_name']}.png")

    assert answer.status_code == 422
    assert picture.status_code == 404


def test_the_answer_is_in_no_cookie_page_or_header(browser, olivia, page):
    digits = captcha_of(page)["captcha"]
    cookie = browser.get_cookie("portal")
    kept = cookie.value if cookie else ""
    opened = [base64.urlsafe_b64decode(part + "===") for part in re.split(r"[.\s]", kept) if part]

    assert digits not in page.text
    assert digits not in str(page.headers)
    assert digits not in kept
    assert not any(digits.encode() in part for part in opened)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda name: name[:-1] + ("0" if name[-1] != "0" else "1"),
        lambda name: "0" * 32 + name[32:],
        lambda name: name.replace(name.split("-")[1], str(int(time.time()) + 10**6)),
        lambda name: "",
        lambda name: "x",
        lambda name: name + "\n",
    ],
    ids=["mark", "nonce", "longer", "none", "short", "line"],
)
def test_a_name_that_was_not_made_here_is_none(app, spoil):
    name = captchas.make()

    assert captchas.digits_of(spoil(name)) is None
    with transaction():
        assert not captchas.is_right(spoil(name), captchas.digits_of(name))


@pytest.mark.parametrize("form", ["{0}", "{0:.3} {0:.6}", " {0} ", "{0}\t"])
def test_blanks_in_the_answer_do_no_harm(app, form):
    name = captchas.make()
    digits = captchas.digits_of(name)
    typed = f"{digits[:3]} {digits[3:]}" if "." in form else form.format(digits)

    with transaction():
        assert captchas.is_right(name, typed)


def test_it_can_be_seen_and_heard(browser, page):
    name = name_on(page)

    picture = browser.get(f"/sign-in/captcha/{name}.png")
    sound = browser.get(f"/sign-in/captcha/{name}.wav")

    assert Image.open(io.BytesIO(picture.data)).size == (280, 90)
    with wave.open(io.BytesIO(sound.data)) as spoken:
        assert spoken.getnframes() / spoken.getframerate() > 4
    assert "no-store" in sound.headers["Cache-Control"]


def test_another_one_can_be_had_without_losing_what_was_typed(browser, page):
    part = browser.get("/sign-in/captcha")

    assert part.status_code == 200
    assert name_on(part) != name_on(page)
    assert "<html" not in part.text
