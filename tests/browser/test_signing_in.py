"""Signing in as people meet it: new devices, captchas, mail scanners, the second factor, a forgotten password."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, Person, Product, ask_in, device_link, links_of_mail, sign_in
from tests.browser.test_journeys import add_contact

pytestmark = pytest.mark.browser
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
JUNK = ("000000", "111111")  # two: a third wrong number ends a link by design
NUMBER = re.compile(r"^\d{3} \d{3}$")
CANARY = "CNRY-Storage"

DIGITS = """
import sys
from portal.config import Settings
from portal.features import prepare
from portal.signin import captchas
prepare(Settings.from_environment())
print(captchas.digits_of(sys.argv[1]))
"""

LASTS = """audio => new Promise((heard, failed) => {
  Object.assign(audio, { preload: "auto", onloadedmetadata: () => heard(audio.duration), onerror: failed });
  audio.load();
})"""
PLAYS = "audio => new Promise((heard) => { audio.ontimeupdate = () => audio.currentTime && heard(audio.currentTime); })"
BEGINS = "async audio => (await (await fetch(audio.src)).blob()).slice(0, 4).text()"

STORED = """async () => {
  const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept.push(name, request.url, await (await cache.match(request)).text());
  }
  for (const database of await indexedDB.databases()) kept.push(database.name);
  kept.push(...(await navigator.serviceWorker.getRegistrations()).map((one) => one.scope));
  return kept;
}"""


def is_in(page: Page) -> bool:
    """Whether this browser is let in to the contacts now."""
    return "/sign-in" not in page.request.get("/contacts").url


def confirm_number(page: Page, link: str, number: str) -> None:
    """Open the link of a device mail elsewhere and type a number there."""
    page.goto(link)
    page.get_by_label("The number shown there").fill(number)
    page.get_by_role("button", name="Yes, let this device in").click()


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(15):
        page.keyboard.press("Tab")
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{goal} is not reached by keyboard")


def test_a_captcha_is_heard_and_typed_by_keyboard_on_a_new_device(profile, mailroom, product, newcomer):
    nandi, page = newcomer("Nandi"), profile()
    sign_in(profile(), product, nandi.email, nandi.password)
    for _ in range(3):
        ask_in(page, nandi.email, "not this one")
        expect(page.get_by_text("Email or password is not right.")).to_be_visible()
    expect(page.get_by_role("group", name="Six digits").get_by_role("img")).to_be_visible()
    sound = page.get_by_label("Listen to the six digits")
    assert sound.evaluate(LASTS) > 3
    assert sound.evaluate(BEGINS) == "RIFF"

    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(nandi.password)
    tab_to(page, sound)
    page.keyboard.press("Space")
    assert sound.evaluate(PLAYS) > 0
    tab_to(page, page.get_by_label("The six digits", exact=True))
    page.keyboard.type(product.python("-c", DIGITS, page.locator("[name=captcha_name]").input_value()))
    tab_to(page, page.get_by_role("button", name="Sign in"))
    page.keyboard.press("Enter")

    expect(page.get_by_text(NUMBER)).to_be_visible()
    page.goto(device_link(mailroom, nandi.email))
    tab_to(page, page.get_by_role("button", name="Yes, let this device in"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Good .*, Nandi"))).to_be_visible()


def test_a_mail_scanner_that_presses_everything_lets_nobody_in(profile, mailroom, product, newcomer):
    thabo, page, scanner = newcomer("Thabo"), profile(), profile()
    sign_in(profile(), product, thabo.email, thabo.password)
    ask_in(page, thabo.email, thabo.password)
    number = page.get_by_text(NUMBER).inner_text()
    links = links_of_mail(mailroom, thabo.email, "Is this you signing in?")

    for link in links:
        for _ in range(20):
            scanner.request.get(link)
        scanner.goto(link)
        buttons = scanner.get_by_role("button")
        for place in range(buttons.count()):
            for junk in JUNK:
                scanner.goto(link)
                for box in scanner.get_by_role("textbox").all():
                    box.fill(junk)
                scanner.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
                buttons.nth(place).click()

    assert not is_in(page)
    assert not is_in(scanner)
    page.reload()
    expect(page.get_by_text(NUMBER)).to_have_text(number)
    page.goto(next(link for link in links if "/sign-in/device/" in link))
    page.get_by_role("button", name="Yes, let this device in").click()
    expect(page.get_by_role("heading", name=re.compile("Good .*, Thabo"))).to_be_visible()


def test_three_wrong_numbers_end_a_link_and_signing_in_begins_anew(profile, mailroom, product, newcomer):
    pieter, page, scanner = newcomer("Pieter"), profile(), profile()
    sign_in(profile(), product, pieter.email, pieter.password)
    ask_in(page, pieter.email, pieter.password)
    link = device_link(mailroom, pieter.email)
    for junk in JUNK:
        confirm_number(scanner, link, junk)
        expect(scanner.get_by_text("This is not the number that is shown where you began.")).to_be_visible()

    confirm_number(scanner, link, "222222")

    expect(scanner.get_by_text("The number was wrong three times.")).to_be_visible()
    expect(page.get_by_role("heading", name="This is over")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="This link is over")).to_be_visible()
    assert not is_in(page)
    ask_in(page, pieter.email, pieter.password)
    expect(page.get_by_text(NUMBER)).to_be_visible()
    page.goto(device_link(mailroom, pieter.email, 2))
    page.get_by_role("button", name="Yes, let this device in").click()
    expect(page.get_by_role("heading", name=re.compile("Good .*, Pieter"))).to_be_visible()


def test_on_a_phone_the_waiting_page_goes_on_when_the_number_is_typed_elsewhere(profile, mailroom, product, newcomer):
    lerato, phone, desk = newcomer("Lerato"), profile(viewport=NARROW, user_agent=IPHONE, has_touch=True), profile()
    sign_in(profile(), product, lerato.email, lerato.password)
    ask_in(phone, lerato.email, lerato.password)
    number = phone.get_by_text(NUMBER).inner_text()

    link = device_link(mailroom, lerato.email)
    desk.goto(link)
    expect(desk.get_by_text("Safari on an iPhone")).to_be_visible()
    confirm_number(desk, link, number)

    expect(desk.get_by_role("heading", name="Confirmed")).to_be_visible()
    expect(phone.get_by_role("heading", name=re.compile("Good .*, Lerato"))).to_be_visible()
    assert is_in(phone)
    assert not is_in(desk)


def test_a_second_factor_is_set_up_used_and_turned_off(stranger, product, newcomer):
    sipho, page = newcomer("Sipho"), stranger
    sign_in(page, product, sipho.email, sipho.password)
    page.goto("/account")
    page.get_by_role("link", name="Set up a second factor").click()
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    page.get_by_text("I cannot scan it").click()
    app = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    code = page.get_by_label("Six digits")
    right = app.now()
    code.fill("000000" if right != "000000" else "111111")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("This code does not fit.")).to_be_visible()
    expect(code).to_have_attribute("aria-invalid", "true")
    code.fill(right)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    recovery = page.locator("ol code").all_inner_texts()
    assert len(set(recovery)) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()

    for shown in (later(app, right), recovery[0]):
        page.goto("/account")
        page.get_by_role("button", name="Sign out", exact=True).click()
        ask_in(page, sipho.email, sipho.password)
        page.get_by_label("Code", exact=True).fill(shown)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name=re.compile("Good .*, Sipho"))).to_be_visible()

    page.goto("/account")
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_role("button", name="Turn the second factor off").click()
    expect(page.get_by_text("The second factor is off.")).to_be_visible()
    expect(page.get_by_role("link", name="Set up a second factor")).to_be_visible()


def later(app: pyotp.TOTP, used: str) -> str:
    """The app's next code after one that was used: each serves once."""
    codes = [app.at(int(time.time()) + seconds) for seconds in (0, 30)]
    return next(code for code in codes if code != used)


def test_the_qr_picture_of_the_second_factor_is_whole(stranger, product, newcomer):
    busi = newcomer("Busi")
    sign_in(stranger, product, busi.email, busi.password)
    stranger.goto("/account/second-factor")
    stranger.get_by_role("button", name="Set it up").click()
    picture = stranger.get_by_role("img", name="QR code for your authenticator app").locator("svg")

    shown, drawn = picture.bounding_box(), picture.locator("path").bounding_box()

    assert drawn["x"] + drawn["width"] < shown["x"] + shown["width"]
    assert drawn["y"] + drawn["height"] < shown["y"] + shown["height"]


def test_a_device_is_forgotten_and_one_that_was_not_me_is_ended(profile, product, newcomer):
    zola, page, other = newcomer("Zola"), profile(), profile(user_agent=IPHONE)
    sign_in(page, product, zola.email, zola.password)
    let_in(other, product, zola)
    page.goto("/account")
    page.get_by_role("button", name="Forget: Safari on an iPhone").click()
    expect(page.get_by_text("That device is a stranger again")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()

    let_in(other, product, zola)
    page.goto("/account")
    page.get_by_role("button", name="This was not me: Safari on an iPhone").click()

    expect(page.get_by_role("alert").filter(has_text="Set a new password now")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("iPhone"))).to_have_count(0)
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    assert is_in(page)


def let_in(page: Page, product: Product, person: Person) -> None:
    """Sign in on a new device, confirmed by command."""
    ask_in(page, person.email, person.password)
    number = page.get_by_text(NUMBER).inner_text()
    product.command("user", "let-in", "--email", person.email, "--number", number)
    expect(page.get_by_role("heading", name=re.compile(f"Good .*, {person.name}"))).to_be_visible()


def test_a_forgotten_password_is_replaced_through_the_mail(stranger, mailroom, product, newcomer):
    anele, page, new = newcomer("Anele"), stranger, "granite teapot violin harbour"
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email").fill(anele.email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text(NUMBER)).to_be_visible()
    links = links_of_mail(mailroom, anele.email, "password")
    page.goto(next(link for link in links if "/password/link/" in link))
    page.get_by_role("button", name="Yes, it was me").click()
    meter, typed = page.get_by_role("meter"), page.get_by_label("New password", exact=True)
    typed.press_sequentially("password1234")
    expect(page.locator("#meter")).to_contain_text("Would be guessed")
    expect(meter).to_have_attribute("value", re.compile("^[01]$"))
    typed.fill("")
    typed.press_sequentially(new)
    expect(meter).to_have_attribute("value", "4")
    expect(page.locator("#meter")).to_contain_text("Very good")
    page.get_by_label("New password again").fill(new)
    page.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_text("Your new password is set. Sign in with it.")).to_be_visible()

    ask_in(page, anele.email, anele.password)
    expect(page.get_by_text("Email or password is not right.")).to_be_visible()
    sign_in(page, product, anele.email, new)
    expect(page.get_by_role("heading", name=re.compile("Good .*, Anele"))).to_be_visible()


def test_after_signing_out_the_browser_keeps_nothing_of_the_contacts(stranger, product, newcomer):
    zanele, page = newcomer("Zanele"), stranger
    sign_in(page, product, zanele.email, zanele.password)
    url = add_contact(page, CANARY, "Tester")
    for path in ("/contacts?q=storage", "/find?q=storage", url):
        page.goto(path)
        expect(page.get_by_text(CANARY).first).to_be_visible()
    page.locator("#details").get_by_text("Edit").click()
    expect(page.locator("#details").get_by_label("First name")).to_have_value(CANARY)
    page.goto("/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    assert CANARY not in " ".join(page.evaluate(STORED))
    for _ in range(3):
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert CANARY not in page.content()
    assert CANARY not in " ".join(page.evaluate(STORED))


def test_nobody_moves_elsewhere_by_a_header_of_his_own(profile, product, newcomer):
    musa = newcomer("Musa")
    page = profile(
        extra_http_headers={"X-Forwarded-For": "8.8.8.8", "X-Real-IP": "8.8.8.8", "Forwarded": "for=8.8.8.8"}
    )

    sign_in(page, product, musa.email, musa.password)

    page.goto("/account")
    expect(page.get_by_text("this machine").first).to_be_visible()
    expect(page.get_by_text("United States")).to_have_count(0)


def test_one_of_the_ten_countries_is_opened_only_when_confirmed(stranger, product, newcomer):
    fatima, page = newcomer("Fatima", "owner"), stranger
    sign_in(page, product, fatima.email, fatima.password)
    page.goto("/settings")
    page.get_by_role("link", name="Signing in").click()
    risky = page.locator("label").filter(has_text="one of the ten").first
    country = risky.get_by_role("checkbox").input_value()
    choice = page.locator(f"input[name=country][value={country}]")
    choice.check()
    page.get_by_role("button", name="Save the countries").click()
    expect(page.get_by_text("among the ten countries from which most break-in comes.")).to_be_visible()
    expect(choice).to_be_checked()

    page.get_by_label("I know, and our people work there").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save the countries").click()

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(choice).to_be_checked()
    choice.uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Save the countries").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(choice).not_to_be_checked()


def test_a_reader_does_not_see_from_where_people_sign_in(stranger, product, newcomer):
    ravi = newcomer("Ravi", "reader")
    sign_in(stranger, product, ravi.email, ravi.password)

    answer = stranger.goto("/settings/sign-in")

    assert answer.status == 403
