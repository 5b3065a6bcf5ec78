"""A page "Volunteers" is designed, put first, and filled in for somebody; a group is made from it, and the list limited
by it: at a desk and on a phone.
"""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_group_journey import ask
from tests.browser.test_journeys import add_contact
from tests.documents import files

pytestmark = pytest.mark.browser
NAME = "Saturday helpers"  # the sample has its own Volunteers
FIELDS = {
    "Badge name": "Text", "Story": "Long text", "Saturdays": "Number", "Bus fare": "Money", "Began": "Date",
    "May drive": "Yes or no", "Cap size": "One of a list", "Helps with": "Several of a list",
    "Buddy": "Another contact", "Signed paper": "File",
}  # fmt: skip
PAPER: FilePayload = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
OPTIONS = {"Cap size": ("Small", "Large"), "Helps with": ("Kitchen", "Garden", "Driving")}


def add_field(page: Page, name: str, kind: str) -> None:
    page.get_by_role("link", name=f"Add a field to {NAME}").click()
    page.get_by_role("link", name=kind).filter(has=page.get_by_text(kind, exact=True)).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("What is it for?").fill("To plan Saturdays")
    page.get_by_label("Ordinary").check()
    for number, option in enumerate(OPTIONS.get(name, ()), 1):
        page.get_by_label(f"Option {number}", exact=True).fill(option)
    page.get_by_role("button", name="Add this field").click()
    page.wait_for_url("**/settings/pages")


def card(page: Page, name: str) -> Locator:
    return page.locator(f"[data-sort-item='{name}']")


def first_page(page: Page) -> Locator:
    return page.locator("[data-sort-list='order-pages'] > [data-sort-item]").first


def fields_on(page: Page) -> list[str]:
    return [str(item.get_attribute("data-sort-item")) for item in card(page, NAME).locator("[data-sort-item]").all()]


def drag(page: Page, handle: Locator, by: int) -> None:
    handle.hover()
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    page.mouse.move(x, y + by, steps=8)
    page.mouse.up()


def handle_of(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Move {name}: drag")


def test_a_page_is_designed_put_first_and_filled_in(alice: Page):
    alice.goto("/settings")
    alice.get_by_role("link", name="Pages and fields").click()
    alice.get_by_label("Name of the page").fill(NAME)
    alice.get_by_role("button", name="Add this page").click()
    alice.wait_for_url("**/fields/new")
    alice.goto("/settings/pages")
    for name, kind in FIELDS.items():
        add_field(alice, name, kind)

    expect(card(alice, NAME)).to_be_visible()
    drag(alice, handle_of(alice, NAME), -120)
    expect(alice.get_by_text(re.compile(f"{NAME}: moved to place 1 of"))).to_be_visible()
    handle = handle_of(alice, "Story")
    handle.focus()
    alice.keyboard.press("ArrowUp")
    expect(alice.get_by_text("Story: moved to place 1 of 10.")).to_be_visible()
    expect(handle).to_be_focused()
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowDown")
    expect(alice.get_by_text("Story: moved to place 3 of 10.")).to_be_visible()

    alice.reload()
    expect(first_page(alice)).to_have_attribute("data-sort-item", NAME)
    assert fields_on(alice)[:3] == ["Badge name", "Saturdays", "Story"]

    url = add_contact(alice, "Nandi", "Helper")
    block = alice.locator("section.block").filter(has=alice.get_by_role("heading", name=NAME))
    fill_in(alice, block, "Nandi", "dube")
    block.get_by_label("Saturdays").fill("many")
    block.get_by_role("button", name="Save").last.click()
    expect(block.get_by_text("Enter a number such as")).to_be_visible()
    expect(block.get_by_label("Badge name")).to_have_value("Nandi")
    expect(block.get_by_label("Saturdays")).to_be_focused()
    expect(block.get_by_text("Nothing is saved yet. Choose the file again.")).to_be_visible()
    block.get_by_label("Signed paper").set_input_files(PAPER)
    block.get_by_label("Saturdays").fill("3")
    block.get_by_role("button", name="Save").last.click()

    expect(block.get_by_role("link", name=f"Edit: {NAME}")).to_be_focused()
    for words in ("Nandi", "R 22.50", "7 Mar 2026", "Yes", "Large", "Kitchen, Driving"):
        expect(block.get_by_text(words, exact=True)).to_be_visible()
    expect(block.get_by_role("link", name=re.compile("Dube"))).to_be_visible()
    alice.goto(url)
    expect(alice.locator("#history").get_by_text("Helps with: Kitchen, Driving")).to_be_visible()
    block.get_by_role("link", name="Signed paper").click()
    expect(alice.get_by_role("heading", name="Signed paper")).to_be_visible()

    for group, width in (("Large caps, wide", WIDE), ("Large caps, narrow", NARROW)):
        alice.set_viewport_size(width)
        make_group(alice, group)
        limit_the_list(alice, group)


def make_group(page: Page, group: str) -> None:
    """A group of those with a large cap, by a rule; how many it finds is told meanwhile."""
    page.goto("/groups/new")
    page.get_by_label("Name", exact=True).fill(group)
    page.get_by_label("Contacts whom a rule finds").check()
    ask(page, 1, "Cap size")
    page.locator("#rule").get_by_label("Large").check()
    expect(page.locator("#count")).to_contain_text(re.compile(r"Cap size is Large\.\s+1 contact\b"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Add this group").click()
    page.wait_for_url("**/groups")


def limit_the_list(page: Page, group: str) -> None:
    """Show those with a large cap, by the field and then by the group: the same contact."""
    page.goto("/contacts")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Filter by a field").select_option(label="Cap size")
    page.get_by_label("Cap size").select_option(label="Cap size: Large")
    check_list(page)

    page.goto("/contacts")
    page.get_by_label("Group", exact=True).select_option(label=f"in {group}")
    check_list(page)


def check_list(page: Page) -> None:
    expect(page.locator("#list .count")).to_have_text("1 contact found")
    expect(page.locator("#list").get_by_role("link", name="Helper, Nandi")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def fill_in(page: Page, block: Locator, name: str, buddy: str) -> None:
    block.get_by_role("link", name=f"Edit: {NAME}").click()
    block.get_by_label("Badge name").fill(name)
    block.get_by_label("Story").fill("Came with a neighbour.")
    block.get_by_label("Bus fare").fill("22,50")
    block.get_by_label("Began").fill("7/3/2026")
    block.get_by_role("group", name="May drive").get_by_label("Yes").check()
    block.get_by_label("Cap size").select_option(label="Large")
    block.get_by_label("Kitchen").check()
    block.get_by_label("Driving").check()
    block.get_by_label("Signed paper").set_input_files(PAPER)
    block.get_by_label("Find a contact for Buddy").press_sequentially(buddy)
    found = block.get_by_label(re.compile("Dube")).first
    found.check()
    expect(found).to_be_checked()
    expect(block.get_by_label("Badge name")).to_have_value(name)
    assert block.get_by_label("Signed paper").evaluate("input => input.files.length") == 1


def test_on_a_phone_a_finger_moves_a_field_and_a_page_is_filled_in(alice: Page):
    alice.set_viewport_size(NARROW)
    alice.goto("/settings/pages")
    handles = alice.get_by_role("button", name=re.compile("Move (Shirt size|Driver's licence): drag"))
    card(alice, "Volunteers").evaluate("card => card.scrollIntoView({block: 'start'})")  # below the page made before
    first = handles.first.get_attribute("aria-label")
    begin = handles.nth(1).bounding_box()
    target = handles.first.bounding_box()
    assert begin
    assert target
    client = alice.context.new_cdp_session(alice)
    point = {"x": begin["x"] + 20, "y": begin["y"] + 20}
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    for step in range(1, 9):
        y = point["y"] + (target["y"] - 5 - begin["y"]) * step / 8
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point | {"y": y}]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(alice.get_by_text(re.compile("moved to place 1 of"))).to_be_visible()
    alice.reload()
    expect(handles.first).not_to_have_attribute("aria-label", str(first))
    assert alice.evaluate("document.documentElement.scrollWidth <= innerWidth")

    add_contact(alice, "Phone", "Helper")
    block = alice.locator("section.block").filter(has=alice.get_by_role("heading", name="Volunteers"))
    block.get_by_role("link", name="Edit: Volunteers").click()
    block.get_by_label("Hours in a month").fill("12")
    assert alice.evaluate("document.documentElement.scrollWidth <= innerWidth")
    block.get_by_label("Hours in a month").press("Enter")
    expect(block.get_by_text("12", exact=True)).to_be_visible()
    block.get_by_role("link", name="Edit: Volunteers").click()
    block.get_by_label("Hours in a month").press("Escape")
    expect(block.get_by_text("12", exact=True)).to_be_visible()
    expect(block.locator("input")).to_have_count(0)
