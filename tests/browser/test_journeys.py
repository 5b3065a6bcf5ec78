"""Journeys of the people who use it, in a real browser, with form tokens and the content policy on."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import ALICE, NARROW, device_link, sign_in

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).resolve().parents[2] / "static" / "samples"


def add_contact(page: Page, first: str, last: str, email: str = "") -> str:
    """Add somebody by hand; returns the address of the page."""
    page.goto("/contacts/new")
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)
    if email:
        page.get_by_label("Email").fill(email)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/contacts/\d+$"))
    return page.url


def write(page: Page, name: str, subject: str) -> None:
    """Begin a newsletter and write it, up to choosing who gets it."""
    page.goto("/campaigns")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Subject").fill(subject)
    letter = page.locator("trix-editor[contenteditable]")  # once the editor is awake
    letter.click()
    page.keyboard.type("Dear friend, the garden is planted.")
    expect(letter).to_contain_text("the garden is planted.")


def test_signing_in_with_a_wrong_and_with_the_right_password(stranger, mailroom, product):
    stranger.goto("/contacts")
    stranger.get_by_label("Email").fill(ALICE)
    stranger.get_by_label("Password").fill("not this one")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_text("Email or password is not right.")).to_be_visible()
    stranger.get_by_label("Password").fill(product.password)
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("heading", name="Look into your mail")).to_be_visible()

    stranger.goto(device_link(mailroom, ALICE))
    stranger.get_by_role("button", name="Yes, let this device in").click()

    stranger.wait_for_url("**/contacts")
    stranger.goto("/")
    expect(stranger.get_by_role("heading", name=re.compile("Good .*, Alice"))).to_be_visible()


def test_a_spreadsheet_is_brought_in_with_a_column_corrected(alice):
    alice.goto("/contacts")
    alice.get_by_role("link", name="Import").click()
    alice.locator("input[type=file]").set_input_files(SAMPLES / "homework-club-parents.xlsx")
    alice.get_by_role("button", name="Next").click()
    alice.wait_for_url(re.compile(r"/imports/\d+"))
    alice.get_by_label("What Club number becomes").select_option("telephone")
    alice.get_by_label("What Club number becomes").select_option("ignore")
    alice.get_by_label("They gave it to us themselves").check()
    alice.get_by_label("How, in a few words").fill("Sign-up sheets")
    alice.get_by_label("Your name, as a signature").fill("Alice Naidoo")
    alice.get_by_role("button", name="Sign, and look at it").click()
    expect(alice.get_by_text("Ntombi").first).to_be_visible()
    alice.get_by_role("button", name=re.compile("Take in")).click()

    expect(alice.get_by_text("every row is accounted for")).to_be_visible(timeout=30_000)
    expect(alice.get_by_text("Rows that could not be read")).to_be_visible()
    expect(alice.get_by_text("E-mail: Enter an email address").first).to_be_visible()


def test_a_telephone_is_corrected_in_place(alice):
    add_contact(alice, "Telephone", "Tester")
    block = alice.locator("#telephones")
    block.get_by_text("Edit").click()
    number = block.locator("input[name^=number], input[type=tel]").first
    number.fill("031 55")
    block.get_by_role("button", name="Save").click()
    expect(block.get_by_text("Enter a number such as")).to_be_visible()
    expect(number).to_have_value("031 55")

    number.fill("083 555 0199")
    block.get_by_role("button", name="Save").click()

    expect(block.get_by_text("083 555 0199")).to_be_visible()
    expect(block.locator("input")).to_have_count(0)
    alice.reload()
    expect(alice.locator("#history").get_by_text("added a telephone")).to_be_visible()


def test_two_people_at_the_same_block_see_each_other(alice):
    url = add_contact(alice, "Shared", "Tester", "shared@example.org")
    other = alice.context.new_page()
    for page in (alice, other):
        page.goto(url)
        page.locator("#details").get_by_text("Edit").click()
        expect(page.locator("#details").get_by_label("First name")).to_be_visible()
    alice.locator("#details").get_by_label("First name").fill("Hers")
    alice.locator("#details").get_by_role("button", name="Save").click()
    expect(alice.locator("#details").get_by_text("Hers Tester")).to_be_visible()

    other.locator("#details").get_by_label("First name").fill("His")
    other.locator("#details").get_by_role("button", name="Save").click()

    expect(other.locator("#details")).to_contain_text("Hers")
    expect(other.locator("#details").get_by_label("First name")).to_have_value("His")
    other.close()


def test_the_list_follows_as_one_types_and_many_are_put_into_a_group(alice):
    for first in ("Anna", "Berta"):
        add_contact(alice, first, "Findmenow")
    alice.goto("/contacts")
    alice.get_by_label("Search these contacts").press_sequentially("findmenow")
    expect(alice.get_by_role("status").filter(has_text="2 contacts found")).to_be_visible()
    alice.get_by_label("Choose all on this page").check()
    alice.get_by_label("Group for the chosen contacts").select_option(label="Volunteers")
    alice.get_by_role("button", name="Add to group").click()

    expect(alice.locator("td.groups").filter(has_text="Volunteers")).to_have_count(2)


def test_deleting_asks_first_and_then_forgets(alice):
    url = add_contact(alice, "Forget", "Tester", "forget@example.org")
    alice.get_by_role("button", name="Delete …").click()
    alice.get_by_label("The person asked for it").check()
    alice.locator("input[name=word]").fill("Forget Tester")
    alice.get_by_role("button", name="Delete 1 contact").click()

    alice.wait_for_url(re.compile(r"/contacts/removals/\d+$"))
    expect(alice.get_by_text("What stays, and why")).to_be_visible()
    answer = alice.request.get(url)
    assert answer.status == 404


def test_a_test_goes_to_oneself_and_is_read_in_the_catcher(alice):
    write(alice, "Tried on myself", "A garden for [[first name|you]]")
    alice.get_by_role("button", name="Preview and test").click()
    expect(alice.frame_locator("iframe").get_by_text("the garden is planted")).to_be_visible()
    alice.get_by_role("button", name="Send a test to yourself").click()
    expect(alice.get_by_role("status").filter(has_text="alice@hopehouse.example")).to_be_visible()

    for _ in range(20):
        alice.goto("/mail?q=garden+for")
        if alice.get_by_text("[Test] A garden for").count():
            break
        alice.wait_for_timeout(300)
    expect(alice.get_by_text("[Test] A garden for").first).to_be_visible()


def test_a_newsletter_is_sent_watched_unsubscribed_from_and_proven(alice):
    write(alice, "Garden letter", "The garden of Hope House")
    alice.get_by_role("button", name="Who gets it").click()
    alice.get_by_label(re.compile("Newsletter")).first.check()
    send = alice.get_by_role("button", name=re.compile(r"Send to 1,\d\d\d people"))
    expect(alice.get_by_text("Mail is not set up; this will only go to the catcher.")).to_be_visible()
    send.click()
    expect(alice.get_by_role("progressbar", name="Messages handed over")).to_be_visible()
    expect(alice.get_by_text("Finished: everyone accounted for")).to_be_visible(timeout=90_000)
    history = alice.url
    alice.get_by_role("link", name=re.compile(r"[\d,]+ delivered so far")).click()
    person = alice.locator("a.who").first.inner_text()
    address = alice.locator("td.mail").first.inner_text()
    alice.goto(history)
    alice.get_by_role("link", name="0 undeliverable").click()
    expect(alice.get_by_text("Nobody.")).to_be_visible()

    alice.goto(f"/mail?q={address}")
    alice.get_by_role("link", name=re.compile("The garden of Hope House")).first.click()
    leave = alice.frame_locator("iframe").get_by_role("link", name=re.compile("unsubscribe", re.IGNORECASE)).first
    alice.goto(leave.get_attribute("href") or "")
    alice.get_by_role("button", name="Unsubscribe").click()
    expect(alice.get_by_role("heading", name="You are unsubscribed")).to_be_visible()

    alice.goto(history)
    alice.get_by_role("link", name="1 unsubscribed").click()
    alice.get_by_role("link", name=person).click()
    expect(alice.locator("#basis")).to_contain_text("We may not write")
    expect(alice.locator("#messages")).to_contain_text("Garden letter")
    expect(alice.locator("#history")).to_contain_text("unsubscribed from email")


def test_a_new_organisation_sends_its_first_newsletter_by_what_home_says(alice, product, tmp_path):
    rows = "".join(f"Lid{n};van Wyk;lid{n}@example.org;82555{n:04d}\n" for n in range(200))
    (tmp_path / "lede.csv").write_text("Naam;Van;E-pos;Selfoon\n" + rows)
    alice.goto("/account")
    alice.get_by_role("link", name="Add an organisation").click()
    alice.get_by_label("Name of the organisation").fill("Paarl Gemeente")
    alice.get_by_label("Name of its owner").fill("Elna Marais")
    alice.get_by_label("Email of its owner").fill("elna@paarl.example")
    alice.get_by_label("First password").fill("drie groen busse")
    alice.get_by_role("button", name="Add the organisation").click()
    expect(alice.get_by_text("Paarl Gemeente is ready")).to_be_visible()
    alice.context.clear_cookies()
    elna = alice
    sign_in(elna, product, "elna@paarl.example", "drie groen busse")
    step = elna.locator(".steps li")

    step.filter(has_text="Your organisation's details").get_by_role("link").click()
    details = ("NG Gemeente Paarl", "1 Kerkstraat, Paarl", "021 555 0100", "kantoor@paarl.example", "Elna Marais")
    labels = ("Legal name", "Address", "Telephone", "Email", "Information officer")
    for label, words in zip(labels, details, strict=True):
        elna.get_by_label(label, exact=True).fill(words)
    elna.get_by_role("button", name="Save").click()
    expect(elna.get_by_text("Saved.")).to_be_visible()

    elna.goto("/")
    step.filter(has_text="Bring your contacts in").get_by_role("link").click()
    elna.locator("input[type=file]").set_input_files(tmp_path / "lede.csv")
    elna.get_by_role("button", name="Next").click()
    elna.get_by_label("They gave it to us themselves").check()
    elna.get_by_label("How, in a few words").fill("Lidmaatregister")
    elna.get_by_label("Your name, as a signature").fill("Elna Marais")
    elna.get_by_role("button", name="Sign, and look at it").click()
    elna.get_by_label("A new group").fill("Gemeente")
    elna.get_by_role("button", name="Take in 200 rows").click()
    expect(elna.get_by_text("every row is accounted for")).to_be_visible(timeout=30_000)

    elna.goto("/")
    step.filter(has_text="Write a newsletter").get_by_role("link").click()
    write(elna, "Eerste brief", "Ons eerste brief")
    elna.get_by_role("button", name="Who gets it").click()
    elna.get_by_label(re.compile("Gemeente")).first.check()
    elna.get_by_text("Nearly everybody is left out").get_by_role("link").click()
    elna.get_by_label("How and when you came to know this").fill("Het op die lys by die basaar geteken")
    elna.get_by_label("This is so for each of them").check()
    elna.get_by_role("button", name="Record it").click()
    back = elna.get_by_role("link", name="Back to the newsletter")
    expect(elna.locator("#grounds:not([hx-trigger])")).to_be_visible(timeout=30_000)  # nothing is swapped any more
    back.click()
    elna.get_by_role("button", name="Send to 200 people").click()

    expect(elna.get_by_text("Finished: everyone accounted for")).to_be_visible(timeout=60_000)
    elna.goto("/")
    expect(elna.locator(".steps li.done").filter(has_text="Send your first newsletter")).to_be_visible()


def test_a_picture_is_put_into_a_letter_and_described(alice, tmp_path):
    Image.new("RGB", (600, 300), "teal").save(tmp_path / "garden.png")
    write(alice, "With a picture", "A picture of the garden")
    alice.locator("[data-picture-file]").set_input_files(tmp_path / "garden.png")
    expect(alice.locator("trix-editor img[src^='/pictures/']")).to_be_visible()
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_text("A description for each picture")).to_be_visible()
    alice.locator("trix-editor").focus()
    alice.locator("trix-editor img").click()
    alice.locator("trix-editor textarea").first.fill("The new garden")
    alice.get_by_label("Subject").click()
    alice.get_by_role("button", name="Save").click()

    expect(alice.get_by_text("A description for each picture")).to_have_count(0)
    expect(alice.locator("trix-editor figcaption")).to_have_text("The new garden")


def test_the_colour_of_the_organisation_is_checked(alice):
    alice.goto("/settings/look")
    alice.get_by_label("Colour").fill("#ffee00")
    alice.get_by_role("button", name="Save").click()

    expect(alice.get_by_text("too light")).to_be_visible()


def test_on_a_phone_the_menu_leads_everywhere_and_out(stranger, product, alices_device):
    stranger.set_viewport_size(NARROW)
    stranger.context.add_cookies(alices_device)
    sign_in(stranger, product)
    stranger.get_by_role("link", name="Menu").click()
    stranger.get_by_role("link", name="Groups").click()
    expect(stranger.get_by_role("heading", name="Groups")).to_be_visible()
    stranger.get_by_role("link", name="Menu").click()
    stranger.get_by_role("button", name="Sign out").click()
    stranger.goto("/contacts")

    expect(stranger.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_morning_after_is_worked_through(alice):
    alice.goto("/")
    alice.get_by_role("link", name=re.compile(r"[\d,]+ addresses")).click()
    expect(alice.get_by_role("heading", name="Addresses that could not be reached")).to_be_visible()
    first, second, third = (alice.locator("tr[data-row]").nth(n) for n in range(3))
    person = first.locator("a.who").inner_text()
    second_id, third_id = second.get_attribute("id"), third.get_attribute("id")
    first_id = first.get_attribute("id")

    alice.locator(f"#{first_id}").get_by_role("link", name="Correct the address").click()
    box = alice.locator(f"#{first_id}").get_by_role("textbox")
    old = box.input_value()
    alice.locator(f"#{first_id}").get_by_role("button", name="Save").click()
    expect(alice.get_by_text("This is the address that could not be reached. Enter another one.")).to_be_visible()
    box.fill(f"new.{old}")
    alice.locator(f"#{first_id}").get_by_role("button", name="Save").click()
    expect(alice.locator(f"#{first_id}")).to_have_text(f"Corrected to new.{old}.")
    alice.locator(f"#{second_id}").get_by_role("button", name="Try").click()
    expect(alice.locator(f"#{second_id}")).to_have_text("It is tried again with the next newsletter.")
    alice.locator(f"#{third_id}").get_by_role("button", name="Remove").click()
    expect(alice.locator(f"#{third_id}")).to_have_text("Address removed.")

    alice.reload()
    for gone in (first_id, second_id, third_id):
        expect(alice.locator(f"#{gone}")).to_have_count(0)
    alice.goto(f"/contacts?q={old.split('@')[0]}")
    alice.get_by_role("link", name=person).click()
    expect(alice.locator("#emails")).to_contain_text(f"new.{old}")
    expect(alice.locator("#emails")).not_to_contain_text("Undeliverable")


def test_the_history_tells_what_became_of_a_newsletter(alice):
    alice.goto("/campaigns/3/history")
    shown = alice.locator("#standing")
    number = {
        word: int(
            shown.get_by_role("link", name=re.compile(rf"^[\d,]+ {word}"))
            .first.inner_text()
            .split()[0]
            .replace(",", "")
        )
        for word in ("delivered so far", "undeliverable", "not certain", "read", "clicked")
    }
    sent = int(shown.get_by_role("heading", name=re.compile("sent")).inner_text().split()[0].replace(",", ""))
    assert sent == number["delivered so far"] + number["undeliverable"] + number["not certain"]
    assert number["delivered so far"] > number["read"] > number["clicked"] > 0
    expect(shown.get_by_role("img", name=re.compile("by the hour"))).to_be_visible()
    shown.get_by_role("link", name=re.compile(r"of \d+")).first.click()
    expect(alice.locator("td.kept small").first).to_be_visible()
    alice.goto("/campaigns/3/history")
    shown.get_by_role("link", name=re.compile(r"\d+ people")).first.click()
    expect(alice.get_by_text("The people behind this figure")).to_be_visible()
