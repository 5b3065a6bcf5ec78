"""Every page at two widths, light and dark: nothing runs over the edge, nobody is shut out (WCAG 2.2 AA by axe)."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NARROW, WIDE, Person, Product, ask_in, device_link, links_of_mail, sign_in

pytestmark = pytest.mark.browser
PAGES = {
    "home": "/", "contacts": "/contacts", "nobody": "/contacts?q=zzzzzz", "contact": "/contacts/1",
    "telephones": "/contacts/1/telephones", "new-contact": "/contacts/new", "groups": "/groups",
    "documents": "/documents", "due": "/documents?show=due", "document": "/documents/1",
    "edit-document": "/documents/1/edit", "remove-document": "/documents/1/removal", "photo": "/contacts/1/photo/edit",
    "documents-of-contact": "/contacts/1/documents",
    "import": "/imports/new", "imports": "/imports", "export": "/contacts/export", "files-out-there": "/exports",
    "known-columns": "/imports/columns",
    "duplicates": "/contacts/duplicates", "compare": "/contacts/duplicates/1/3",
    "merges": "/contacts/duplicates/merges", "not-the-same": "/contacts/duplicates/dismissed",
    "merge-many": "/contacts/duplicates/many", "searching": "/contacts/duplicates/search",
    "campaigns": "/campaigns", "compose": "/campaigns/4", "audience": "/campaigns/4/audience",
    "audience-people": "/campaigns/4/audience/people?figure=no_address", "preview": "/campaigns/1/preview",
    "history": "/campaigns/1/history", "people": "/campaigns/1/people?state=undeliverable", "mail": "/mail",
    "reports": "/reports", "undeliverable": "/reports/undeliverable",
    "ageing": "/reports/ageing?months=1", "removals": "/contacts/removals", "keeping": "/settings/retention",
    "new-keeping": "/settings/retention/new",
    "unjustified": "/reports/unjustified", "grounds": "/grounds/new?group=1&campaign=4",
    "basis": "/contacts/2/basis/new", "other-ground": "/contacts/2/grounds/new",
    "restriction": "/contacts/2/restriction", "purposes": "/settings/purposes", "purpose": "/settings/purposes/1",
    "diary": "/diary",
    "day": "/diary/day",
    "user-of-day": "/diary/day/users/0",
    "empty-month": "/diary?on=2020-02-01",
    "tasks": "/diary/tasks",
    "activity": "/reports/activity",
    "contact-history": "/contacts/1/history",
    "no-activity": "/reports/activity?since=2020-01-01&until=2020-02-01",
    "returned": "/returned",
    "settings": "/settings", "organisation": "/settings/organisation", "transfers": "/settings/transfers",
    "new-transfer": "/settings/transfers/new", "asking": "/asking", "ask": "/asking/new", "look": "/settings/look",
    "record": "/settings/log", "privacy-notice": "/settings/privacy-notice",
    "privacy-notice-version": "/settings/privacy-notice/versions/1", "privacy": "/privacy/hope-house",
    "requests": "/requests", "no-requests": "/requests?show=late", "request": "/requests/1",
    "new-request": "/requests/new", "request-of-contact": "/requests/new?contact=1",
    "answer": "/requests/1/answer", "counters": "/requests/counters",
    "desk-settings": "/requests/settings", "answer-text": "/requests/settings/text",
    "forms": "/settings/forms", "new-form": "/settings/forms/new", "form": "/settings/forms/1",
    "form-embedding": "/settings/forms/1/embedding", "form-version": "/settings/forms/1/versions/1",
    "form-preview": "/settings/forms/1/preview", "sign-up": "/s/hope-house/newsletter",
    "sign-up-framed": "/s/hope-house/newsletter/frame",
    "duties": "/compliance", "duty": "/compliance/5", "duties-overdue": "/compliance?show=overdue",
    "duties-missing": "/compliance/missing",
    "support-organisations": "/support/organisations", "support-status": "/support/status",
    "support-organisation": "/support/organisations/1",
    "backups": "/settings/backups", "own-backups": "/settings/backups/own", "support-backups": "/support/backups",
    "senders": "/settings/senders", "designer": "/settings/pages", "own-pages": "/settings/own-pages",
    "foot": "/settings/foot", "foot-example": "/settings/foot/example",
    "asked-changes": "/contacts/asked-changes",
    "own-pages-example": "/settings/own-pages/example", "designed-page": "/settings/pages/1",
    "kinds": "/settings/pages/1/fields/new", "new-field": "/settings/pages/1/fields/new?kind=number",
    "field": "/settings/pages/fields/1", "remove-field": "/settings/pages/fields/1/removal",
    "fill-page": "/contacts/1/pages/1/edit",
    "users": "/settings/users", "user": "/settings/users/2", "rights": "/settings/users/2/rights",
    "review": "/settings/users/review", "what-i-may-see": "/account/what-i-may-see",
    "settings-sign-in": "/settings/sign-in", "account": "/account",
    "second-factor": "/account/second-factor", "support": "/support", "support-user": "/support/users/1",
    "menu": "/menu", "find": "/find?q=dube", "missing": "/nowhere",
}  # fmt: skip


# What runs over the edge does so in each theme, and what is too pale in each width; pictures of all four are asked for.
ALL = [(width, theme) for width in ("wide", "narrow") for theme in ("light", "dark")]
looks = pytest.mark.parametrize(
    ("width", "theme"), ALL if os.environ.get("GALLERY") else [("wide", "light"), ("narrow", "dark")]
)


@pytest.fixture
def viewer(looker: Page, product: Product, alices_device: list[dict]) -> Page:
    """Alice, who showed her password a moment ago: some pages ask for that."""
    looker.context.add_cookies(alices_device)
    sign_in(looker, product)
    return looker


@dataclass(frozen=True)
class UnderWay:
    """What somebody began and has not finished: cookies of the browsers, links of the mails."""

    waits: list[dict]  # a sign-in and a new password wait for their mails
    goes_on: list[dict]  # signed in, sets up a second factor; the mailbox was shown for a new password
    device: str
    password: str


@pytest.fixture(scope="module")
def under_way(
    chromium: Browser, product: Product, alices_session: dict, newcomer: Callable[..., Person]
) -> Iterator[UnderWay]:
    person = newcomer("Palesa")
    contexts = [chromium.new_context(base_url=product.base) for _ in range(3)]
    goes_on, waits, reader = (context.new_page() for context in contexts)
    reader.context.add_cookies(alices_session["cookies"])
    product.forget_guesses_from_here()
    sign_in(goes_on, product, person.email, person.password)
    goes_on.goto("/account/second-factor")
    goes_on.get_by_role("button", name="Set it up").click()
    goes_on.goto(_ask_new_password(goes_on, reader, person.email, 1))
    goes_on.get_by_role("button", name="Yes, it was me").click()
    goes_on.wait_for_url("**/password/new")
    ask_in(waits, person.email, person.password)
    waits.wait_for_url("**/sign-in/waiting")
    password = _ask_new_password(waits, reader, person.email, 2)
    device = device_link(reader, person.email)
    yield UnderWay(waits.context.cookies(), goes_on.context.cookies(), device, password)
    for context in contexts:
        context.close()


def _ask_new_password(page: Page, reader: Page, email: str, nth: int) -> str:
    """Ask for a new password; the link of its mail."""
    page.goto("/password/forgotten")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the link").click()
    page.wait_for_url("**/password/waiting")
    links = links_of_mail(reader, email, "Set a new password", nth)
    return next(link for link in links if "/password/link/" in link)


@looks
def test_each_page_fits_and_can_be_used_by_everybody(viewer: Page, product: Product, width, theme):
    dress(viewer, product, width, theme)
    faults = []
    for name, path in PAGES.items():
        viewer.goto(path)
        if not viewer.url.endswith(path):
            faults.append(f"{name} led to {viewer.url}")
        faults += look_at(viewer, name, width, theme)
    assert faults == []


@looks
def test_each_step_of_signing_in_fits_and_can_be_used_by_everybody(
    looker: Page, product: Product, under_way: UnderWay, width, theme
):
    steps = [
        ("sign-in", [], "/sign-in"), ("forgotten", [], "/password/forgotten"),
        ("waiting", under_way.waits, "/sign-in/waiting"), ("password-waiting", under_way.waits, "/password/waiting"),
        ("device", under_way.waits, under_way.device), ("device-elsewhere", [], under_way.device),
        ("password-link", [], under_way.password), ("password-new", under_way.goes_on, "/password/new"),
        ("second-factor-key", under_way.goes_on, "/account/second-factor"), ("link-over", [], "/sign-in/device/none"),
    ]  # fmt: skip
    faults = []
    for name, cookies, path in steps:
        looker.context.clear_cookies()
        looker.context.add_cookies(cookies)
        dress(looker, product, width, theme)
        looker.goto(path)
        if not looker.url.endswith(path):
            faults.append(f"{name} led to {looker.url}")
        faults += look_at(looker, name, width, theme)
    product.forget_guesses_from_here()
    for _ in range(3):
        ask_in(looker, f"{width}.{theme}@example.org", "not this one")
        looker.get_by_text("Email or password is not right.").wait_for()
    faults += look_at(looker, "captcha", width, theme)
    product.forget_guesses_from_here()
    assert looker.get_by_role("group", name="Six digits").is_visible()
    assert faults == []


def dress(page: Page, product: Product, width: str, theme: str) -> None:
    page.set_viewport_size(WIDE if width == "wide" else NARROW)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": product.base}])


def look_at(page: Page, name: str, width: str, theme: str) -> list[str]:
    """What is wrong with the page as it stands; a picture of it is kept when GALLERY names a folder."""
    faults = []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        faults.append(f"{name} runs over the edge")
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            where = violation["nodes"][0]["target"]
            faults.append(f"{name}: {violation['id']} at {where} ({len(violation['nodes'])})")
    if pictures := os.environ.get("GALLERY"):
        file = Path(pictures) / f"{name}-{width}-{theme}.png"
        page.screenshot(path=file, full_page=width == "wide", caret="initial", animations="allow")
    return faults
