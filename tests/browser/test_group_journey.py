"""Making a group by a rule in a browser: the lines come and go, the count follows, the list is limited by it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW

pytestmark = pytest.mark.browser
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"


def ask(page: Page, number: int, fact: str, how: str | None = None) -> None:
    """Choose a question, and how it is asked; each choice brings the line anew."""
    for label, choice in ((f"What to ask, condition {number}", fact), (f"How, condition {number}", how)):
        if choice:
            with page.expect_response("**/rule"):
                page.get_by_label(label).select_option(label=choice)
            expect(page.locator(BUSY)).to_have_count(0)


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_a_group_by_a_rule_is_made_with_a_live_count(alice, width):
    if width == "narrow":
        alice.set_viewport_size(NARROW)
    name = f"Durban, {width}"
    alice.goto("/groups")
    alice.get_by_role("link", name="Add a group").click()
    expect(alice.get_by_label("Whom does it find?")).to_be_hidden()
    alice.get_by_label("Name", exact=True).fill(name)
    alice.get_by_label("Category").fill("By place")
    alice.get_by_label("Contacts whom a rule finds").check()

    ask(alice, 1, "Town")
    alice.get_by_label("Value, condition 1").fill("durban")
    expect(alice.locator("#count")).to_have_text(re.compile(r"Town is durban\.\s+[\d,]+ contacts"))
    with alice.expect_response("**/rule"):
        alice.get_by_role("button", name="Add a condition").click()
    expect(alice.locator(BUSY)).to_have_count(0)
    ask(alice, 2, "Last updated", "after")
    alice.get_by_label("Value, condition 2").fill("1 Jan 2030")
    expect(alice.locator("#count")).to_contain_text("last updated after 1 Jan 2030. 0 contacts")
    with alice.expect_response("**/rule"):
        alice.get_by_role("button", name="Remove condition 2").click()
    expect(alice.get_by_label("What to ask, condition 2")).to_have_count(0)
    found = re.search(r"[\d,]+ contacts", alice.locator("#count").inner_text())[0]
    wide = alice.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert wide
    alice.get_by_role("button", name="Add this group").click()

    alice.wait_for_url("**/groups")
    row = alice.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("By rule")
    alice.get_by_role("link", name=name, exact=True).click()
    expect(alice.get_by_text(f"{found} found")).to_be_visible()
