"""An owner limits a colleague, reads what came of it, looks through the colleague's eyes, and signs a review."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Product

pytestmark = pytest.mark.browser


def open_page(page: Page, product: Product, session: dict, path: str) -> None:
    """Open a page that reaches far, proving once more who one is where that is asked: the session is another then, and
    the tests that follow go on with it.
    """
    page.goto(path)
    if "confirmation" in page.url:
        page.get_by_label("Password").fill(product.password)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"**{path}")
        session["cookies"] = page.context.cookies()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_owner_limits_a_colleague_and_sees_as_that_person(alice, product, alices_session, newcomer, size):
    person = newcomer("Lindiwe" if size is WIDE else "Refilwe", "reader")
    alice.set_viewport_size(size)
    open_page(alice, product, alices_session, "/settings/users")
    alice.get_by_role("link", name=f"Rights of {person.name}").click()

    alice.get_by_label("Telephone numbers").select_option("hide")
    alice.get_by_label("The one group").select_option(label="Donors")
    alice.get_by_label("Only one group").check()
    effect = alice.locator("#effect")
    expect(effect).to_contain_text(
        re.compile(r"would see (?!([\d,]+) of \1 )[\d,]+ of [\d,]+ contacts; telephone numbers")
    )
    seen = re.search(r"would see ([\d,]+) of ([\d,]+)", effect.inner_text())
    alice.get_by_label("The usual rights of a job").select_option("editor")
    expect(alice.locator("#act-compose option").first).to_have_text("As the role says: may")
    expect(alice.get_by_label("Telephone numbers")).to_have_value("hide")
    alice.get_by_role("button", name="Save the rights").click()

    expect(alice.get_by_text(f"{person.name} sees {seen[1]} of {seen[2]} contacts; telephone numbers")).to_be_visible()
    alice.get_by_role("button", name=f"See as {person.name}").click()
    banner = alice.get_by_text(f"You are looking as {person.name}. Nothing can be changed.")
    expect(banner).to_be_visible()
    alice.goto("/contacts")
    expect(banner).to_be_visible()
    expect(alice.get_by_role("status").filter(has_text=f"{seen[1]} contacts")).to_be_visible()
    assert alice.evaluate("document.documentElement.scrollWidth <= innerWidth")
    alice.get_by_role("button", name="Leave").click()
    expect(banner).to_be_hidden()
