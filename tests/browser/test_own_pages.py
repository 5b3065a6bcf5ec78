"""People's own pages on a phone, with JavaScript and without it, and in each language that they speak."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Product

pytestmark = pytest.mark.browser

# Of somebody to whom the sample's newsletter went: the contact, the address, the page that it led to.
SENT = """
import sys
from portal.config import Settings
from portal.features import prepare
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.tenancy import Org
from portal.contacts.models import Contact, Telephone
from portal.delivery import own_page
from portal.delivery.models import Delivery
prepare(Settings.from_environment())
with db.connection_context():
    org = Org.get(Org.slug == "hope-house")
    with acting_as(system(org.id)):
        sent = Delivery.select().where(Delivery.campaign_id == 3, Delivery.state == "accepted")
        found = [
            row for row in sent.order_by(Delivery.id.desc())
            if Contact.get_by_id(row.contact_id).language == "en"
            and Telephone.select().where(Telephone.contact_id == row.contact_id).count() == 1
        ]
        row = found[int(sys.argv[1])]
        print(row.contact_id, row.address, own_page.url("", org.id, own_page.of_delivery(row.id)))
"""


def person(product: Product, nth: int) -> tuple[int, str, str]:
    """The nth of those to whom the newsletter went: contact, address, and where its link leads. Each test has its own:
    the newest code to somebody is to be the one just asked for.
    """
    contact, address, path = product.python("-c", SENT, str(nth)).split()[-3:]
    return int(contact), address, path


def message_to(reader: Page, address: str, subject: str) -> Page:
    """The newest message to somebody with these words in its subject, opened."""
    message = reader.locator("ul.sheet a").first
    for _ in range(60):
        reader.goto(f"/mail?{urlencode({'q': f'{address} {subject}'})}")
        if message.count():
            break
        reader.wait_for_timeout(250)
    message.click()
    return reader


def code_to(reader: Page, address: str) -> str:
    return message_to(reader, address, "is your code").get_by_role("heading", level=1).inner_text().split()[0]


def enter(visitor: Page, reader: Page, address: str, path: str) -> None:
    """Show that one reads the mail of the address."""
    visitor.goto(path)
    visitor.get_by_role("button", name="Show and change my details").click()
    visitor.get_by_label("Six digits").fill(code_to(reader, address))
    visitor.get_by_role("button", name="Go on").click()
    expect(visitor.get_by_text(address)).to_be_visible()


@pytest.mark.parametrize("is_lively", [True, False], ids=["with JavaScript", "without"])
def test_somebody_changes_a_number_on_a_phone(alice, mailroom, profile, product, is_lively):
    contact, address, path = person(product, int(is_lively))
    number = f"082 555 01{50 + is_lively}"
    visitor = profile(viewport=NARROW, java_script_enabled=is_lively)
    pages: list[str] = []
    enter(visitor, mailroom, address, path)
    visitor.on("framenavigated", lambda frame: pages.append(frame.url))

    visitor.get_by_label("Change: telephone").click()
    cell = visitor.get_by_label("Cell")
    cell.fill("12")
    visitor.get_by_role("button", name="Save", exact=True).click()
    expect(visitor.get_by_text("Enter a number such as 082 555 0134")).to_be_visible()
    expect(cell).to_have_value("12")
    cell.fill(number)
    visitor.get_by_role("button", name="Save", exact=True).click()
    expect(visitor.get_by_text("Saved, thank you.")).to_be_visible()
    expect(visitor.get_by_text(number)).to_be_visible()
    assert bool(pages) is not is_lively
    if is_lively:
        expect(visitor.get_by_label("Change: telephone")).to_be_focused()

    told = message_to(mailroom, "office@hopehouse.example", "changed details")
    told.get_by_role("link", name="Text", exact=True).click()
    expect(told.get_by_text(re.compile(rf"Telephone: .+\s->\s+{number}"))).to_be_visible()
    told_of = told.get_by_role("heading", level=1).inner_text().removesuffix(" changed details")
    alice.goto(f"/contacts/{contact}/history")
    expect(alice.locator("li").filter(has_text="The contact").filter(has_text="telephone").first).to_be_visible()
    alice.goto("/diary/day/users/0")
    line = alice.get_by_role("listitem").filter(has_text="The contact changed").filter(has_text=number)
    expect(line.get_by_role("link", name=told_of)).to_be_visible()


def test_blocks_open_beside_each_other_and_give_the_focus_back(mailroom, profile, product):
    _, address, path = person(product, 2)
    visitor = profile(viewport=NARROW)
    enter(visitor, mailroom, address, path)
    names, emails = visitor.locator("#names"), visitor.locator("#emails")

    visitor.get_by_label("Change: your name").click()
    expect(names.get_by_label("Title")).to_be_focused()
    visitor.get_by_label("Change: email").click()
    expect(emails.get_by_label("A new address")).to_be_focused()
    emails.get_by_label("A new address").fill("another.place@example.org")
    emails.get_by_role("button", name="Send a code to it").click()
    expect(emails.get_by_label("The code that we sent to another.place@example.org")).to_be_focused()
    visitor.keyboard.type(code_to(mailroom, "another.place@example.org"))
    visitor.keyboard.press("Enter")
    expect(emails.get_by_text("Added, and it stands first. Thank you.")).to_be_focused()
    names.get_by_label("First name").fill("")
    names.get_by_label("Last name").fill("")
    names.get_by_role("button", name="Save").click()
    expect(names.get_by_text("Enter a first name or a last name.")).to_be_visible()
    expect(names.get_by_label("First name")).to_be_focused()
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_label("Change: your name")).to_be_focused()


def test_words_not_saved_are_kept_until_their_own_block_is_saved_or_left(mailroom, profile, product):
    _, address, path = person(product, 4)
    visitor = profile(viewport=NARROW)
    enter(visitor, mailroom, address, path)
    names, telephones = visitor.locator("#names"), visitor.locator("#telephones")

    visitor.get_by_label("Change: your name").click()
    names.get_by_label("What we should call you").fill("Somebody")
    visitor.get_by_label("Change: telephone").click()
    expect(telephones.get_by_label("Cell")).to_be_visible()
    assert asks_before_leaving(visitor)

    visitor.locator("h1").click()  # no block holds the focus
    visitor.keyboard.press("Escape")
    telephones.get_by_label("Cell").press("Escape")
    expect(visitor.get_by_label("Change: telephone")).to_be_focused()
    expect(names.get_by_label("What we should call you")).to_have_value("Somebody")

    names.get_by_role("button", name="Save").click()
    expect(names.get_by_text("Saved, thank you.")).to_be_visible()
    assert not asks_before_leaving(visitor)


def asks_before_leaving(visitor: Page) -> bool:
    return bool(visitor.evaluate("!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"))


def test_what_cannot_be_sent_is_said_where_it_was_pressed(mailroom, profile, product):
    _, address, path = person(product, 3)
    visitor = profile(viewport=NARROW)
    enter(visitor, mailroom, address, path)
    visitor.get_by_label("Change: your name").click()
    known = visitor.locator("#names").get_by_label("What we should call you")
    known.fill("Somebody")
    visitor.route("**/names", lambda route: route.fulfill(status=429, body=""))
    visitor.locator("#names").get_by_role("button", name="Save").click()
    expect(visitor.locator("#names").get_by_role("alert")).to_have_text(re.compile("That was too often."))
    expect(known).to_have_value("Somebody")
    visitor.unroute("**/names")
    visitor.locator("#names").get_by_role("button", name="Save").click()
    expect(visitor.locator("#names").get_by_text("Saved, thank you.")).to_be_visible()
