"""More of a contact in a real browser: a child, her ID number, and the mother who consents."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def add_contact(page: Page, first: str, last: str) -> str:
    page.goto("/contacts/new")
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)
    page.get_by_label("Email").fill(f"{first}.{last}@example.org".lower())
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/contacts/\d+$"))
    return page.url


def settled(page: Page) -> None:
    """Wait as any hand does, some hundredths of a second: until then htmx has not looked at what it put in, and a link
    is followed as a page instead.
    """
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def test_a_child_is_written_to_once_her_mother_consents(alice):
    add_contact(alice, "Nomvula", "Qwabe")
    child = add_contact(alice, "Lindiwe", "Qwabe")
    numbers, family = alice.locator("#numbers"), alice.locator("#relations")

    alice.get_by_label("Edit: ID and tax numbers").click()
    number = numbers.get_by_label("ID number", exact=True)
    expect(number).to_be_focused()
    settled(alice)
    number.press("Escape")
    expect(alice.get_by_label("Edit: ID and tax numbers")).to_be_focused()
    alice.keyboard.press("Enter")
    number.fill("1002280123088")
    numbers.get_by_role("button", name="Save").click()
    expect(numbers.get_by_text("its last digit does not fit")).to_be_visible()
    expect(number).to_be_focused()
    number.fill("100228 0123 089")
    numbers.get_by_role("button", name="Save").click()
    expect(numbers.get_by_text("100228 **** 08 9")).to_be_visible()
    expect(alice.locator("#details").get_by_text("28 Feb 2010")).to_be_visible()
    expect(alice.locator("h1").get_by_text("Child: consent missing")).to_be_visible()
    expect(alice.locator("#basis").get_by_text("We may not write").first).to_be_visible()
    numbers.get_by_role("button", name="Show").click()
    expect(numbers.get_by_text("1002280123089")).to_be_visible()

    family.get_by_role("link", name="Add").click()
    expect(family.get_by_label("Find the other contact")).to_be_focused()
    settled(alice)
    family.get_by_label("Find the other contact").press("Escape")
    expect(family.get_by_role("link", name="Add")).to_be_focused()
    alice.keyboard.press("Enter")
    family.get_by_label("This contact is").select_option("child of")
    family.get_by_label("Find the other contact").press_sequentially("nomvula qw", delay=20)
    family.get_by_label("Qwabe, Nomvula").check()
    family.get_by_label("Consent given on").fill("3 May 2026")
    family.get_by_label("How it was given").fill("form signed at the office")
    family.get_by_label("The consent is also for appeals").check()
    family.get_by_role("button", name="Save").click()
    expect(family.get_by_text("A parent or guardian consented, also to appeals.")).to_be_visible()
    expect(alice.locator("#basis").get_by_text("We may write").first).to_be_visible()

    family.get_by_role("link", name="Nomvula Qwabe", exact=True).click()
    expect(alice.locator("h1")).to_contain_text("Nomvula Qwabe")
    expect(alice.locator("#relations article").get_by_text("parent of")).to_be_visible()

    alice.goto(child)
    standing = alice.locator("#standing")
    standing.get_by_text("Archive this contact").click()
    standing.get_by_label("Why is this contact archived?").fill("moved away")
    standing.get_by_role("button", name="Archive").click()
    expect(alice.locator("h1").get_by_text("Archived")).to_be_visible()
    alice.goto("/contacts?q=lindiwe+qwabe")
    expect(alice.get_by_text("Nobody was found.")).to_be_visible()
    alice.goto("/contacts?q=lindiwe+qwabe&state=archived")
    expect(alice.get_by_role("link", name="Qwabe, Lindiwe")).to_be_visible()
