"""Every page that people meet without signing in, in each language that they speak: nobody is shut out (WCAG 2.2 AA by
axe), on a phone by day and at a desk by night. Each page is opened once for a language.
"""

import pytest
from playwright.sync_api import Page, expect

from portal.core.words import SPOKEN
from tests.browser.conftest import NARROW, WIDE, Product, links_of_mail
from tests.browser.test_gallery import look_at
from tests.browser.test_own_pages import enter, person

pytestmark = pytest.mark.browser
# What leads somebody to whom the newsletter went away, somebody who was removed, and somebody who was asked.
LINKS = """
import sys
import time
from portal.config import Settings
from portal.features import prepare
from portal.asking import service as asking
from portal.consent.purposes import first
from portal.contacts import service as contacts
from portal.campaigns import sending
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.keys import make_token
from portal.core.tenancy import Org
from portal.delivery import own_page
from portal.delivery.models import Delivery
from portal.privacy import erasing
prepare(Settings.from_environment())
with db.connection_context():
    org = Org.get(Org.slug == "hope-house")
    with acting_as(system(org.id)):
        group = contacts.add_group("Asked in a test")
        asked = contacts.add(first_name="Asked", last_name="Person", email="asked.person@example.org")
        contacts.change_groups(asked, contacts.stamp(asked, "groups"), [group.id])
        gone = contacts.add(first_name="Gone", last_name="Person", email="gone.person@example.org")
        sent = Delivery.get(Delivery.contact_id == int(sys.argv[1]), Delivery.campaign_id == 3)
        print("/u/" + make_token("u", org.id, sent.id))
        print("/r/" + make_token("r", org.id, own_page.of_delivery(sent.id)))
        print("/complaints/" + make_token("complaints", org.id, own_page.of_delivery(sent.id)))
        print("/r/done/" + make_token("gone", org.id, erasing.erase([gone.id]).id))
        wish = asking.Wish(first().id, "our work with children", "Nomsa Dube", ["email", "post"])
        sending.start(asking.ask("Asked in a test", wish, [group.id]))
        for _ in range(200):
            row = Delivery.get_or_none(Delivery.contact_id == asked.id)
            if row and row.handed_at:
                break
            time.sleep(0.1)
        print("/ask/" + make_token("ask", org.id, row.id))
"""


@pytest.fixture
def own_paths(looker: Page, mailroom: Page, product: Product) -> list[str]:
    """What the links of messages lead to, in a browser that is known."""
    contact, address, own = person(product, 5)
    others = product.python("-c", LINKS, str(contact)).split()[-5:]
    enter(looker, mailroom, address, own)
    looker.goto("/s/hope-house/newsletter")
    looker.get_by_label("Email").fill("public.pages@example.org")
    looker.get_by_label("News and appeals").check()
    looker.get_by_role("button", name="Sign up").click()
    confirmed = next(u for u in links_of_mail(mailroom, "public.pages@example.org", "Please confirm") if "/s/" in u)
    parts = ("", "/why", "/code", "/names", "/emails", "/telephones", "/addresses", "/pages/1", "/requests")
    return [*(own + part for part in parts), *others, confirmed.removeprefix(product.base)]


def test_every_page_in_every_language_can_be_used_by_everybody(looker: Page, own_paths: list[str]):
    faults, first = [], own_paths[0]
    fixed = ("/me/hope-house", "/privacy/hope-house", "/s/hope-house/newsletter", "/s/hope-house/newsletter/frame")
    for language in SPOKEN:
        for path in [*own_paths, *fixed, f"{own_paths[10]}/code", "/p/nothing"]:
            looker.goto(f"{path}?language={language}")
            name = f"{language}-{path.replace(first, '/p').strip('/').replace('/', '-')[:40]}"
            faults += look_twice(looker, name)
        looker.goto(first)
        looker.locator("#names [data-edit]").click()
        expect(looker.locator("#names [autofocus]")).to_be_focused()
        for key in ("first_name", "last_name"):
            looker.locator(f"#{key}").fill("")
        looker.locator("#names button").click()
        expect(looker.locator("#names-error")).to_be_visible()
        faults += look_twice(looker, f"{language}-changing")
        looker.goto(own_paths[11])
        looker.locator("form button").first.click()
        expect(looker.locator(".error").first).to_be_visible()
        faults += look_twice(looker, f"{language}-complaint-error")
    assert faults == []


def look_twice(page: Page, name: str) -> list[str]:
    """On a phone by day, and at a desk by night; and whether the page says in which language it is."""
    faults = []
    for width, theme, size in (("narrow", "light", NARROW), ("wide", "dark", WIDE)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        faults += look_at(page, name, width, theme)
    return faults
