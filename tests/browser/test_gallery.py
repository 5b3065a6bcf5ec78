"""Every page at two widths, light and dark: nothing runs over the edge, nobody is shut out (WCAG 2.2 AA by axe)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NARROW, WIDE, Product

pytestmark = pytest.mark.browser
PAGES = {
    "home": "/", "contacts": "/contacts", "nobody": "/contacts?q=zzzzzz", "contact": "/contacts/1",
    "telephones": "/contacts/1/telephones", "new-contact": "/contacts/new", "groups": "/groups",
    "import": "/imports/new", "campaigns": "/campaigns", "compose": "/campaigns/4", "audience": "/campaigns/4/audience",
    "audience-people": "/campaigns/4/audience/people?figure=no_address", "preview": "/campaigns/1/preview",
    "history": "/campaigns/1/history", "people": "/campaigns/1/people?state=undeliverable", "mail": "/mail",
    "reports": "/reports", "undeliverable": "/reports/undeliverable",
    "returned": "/returned",
    "settings": "/settings", "organisation": "/settings/organisation", "look": "/settings/look",
    "senders": "/settings/senders",
    "users": "/settings/users", "account": "/account", "menu": "/menu", "find": "/find?q=dube", "missing": "/nowhere",
}  # fmt: skip


@pytest.fixture
def viewer(chromium: Browser, product: Product, alices_session: dict) -> Iterator[Page]:
    """Alice, in a browser that lets axe work in the page: axe writes styles of its own, which the policy forbids."""
    context = chromium.new_context(base_url=product.base, bypass_csp=True)
    context.add_cookies(alices_session["cookies"])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_each_page_fits_and_can_be_used_by_everybody(viewer: Page, product: Product, width, theme):
    viewer.set_viewport_size(WIDE if width == "wide" else NARROW)
    viewer.context.add_cookies([{"name": "theme", "value": theme, "url": product.base}])
    faults = []
    pictures = os.environ.get("GALLERY")
    for name, path in PAGES.items():
        viewer.goto(path)
        if viewer.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append(f"{name} runs over the edge")
        for violation in Axe().run(viewer).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                where = violation["nodes"][0]["target"]
                faults.append(f"{name}: {violation['id']} at {where} ({len(violation['nodes'])})")
        if pictures:
            file = Path(pictures) / f"{name}-{width}-{theme}.png"
            viewer.screenshot(path=file, full_page=width == "wide", caret="initial", animations="allow")
    assert faults == []


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_sign_in_fits_and_can_be_used_by_everybody(viewer: Page, width):
    viewer.context.clear_cookies()
    viewer.set_viewport_size(WIDE if width == "wide" else NARROW)
    viewer.goto("/sign-in")

    assert not viewer.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    violations = Axe().run(viewer).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []
