"""Somebody who may not see telephones reads the diary, a time line and the activity report: no number anywhere."""

import io
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Product, sign_in

pytestmark = pytest.mark.browser

# Alice adds a contact with a number, changes it, adds another and takes it out; then there is a list with a third one.
DONE = """
from portal.config import Settings
from portal.features import prepare
from portal.accounts.models import Membership, User
from portal.accounts.service import actor_for
from portal.core.actor import acting_as
from portal.core.db import db
from portal.contacts import service as contacts
from portal.contacts.models import Telephone
prepare(Settings.from_environment())
with db.connection_context():
    member = Membership.get(Membership.user == User.get(User.email == "alice@hopehouse.example"))
    with acting_as(actor_for(member)):
        made = contacts.add(first_name="Zodwa", last_name="Telfer", email="zodwa.telfer@example.org",
                            telephone="082 555 4471")
        def change(*texts):
            held = {t.number: t.id for t in Telephone.select().where(Telephone.contact_id == made.id)}
            first = min(held.values(), default=None)
            lines = [contacts.Line(first if n == 0 else None, "Cell", text, n == 0) for n, text in enumerate(texts)]
            contacts.change_telephones(made, contacts.stamp(made, "telephones"), lines)
        change("083 666 4472", "084 777 4473")
        change("083 666 4472")
        print(made.id)
"""
LIST = (
    "First name,Last name,Email,Cell\nZodwa,Telfer,zodwa.telfer@example.org,073 888 4474\nZola,Telfer,,073 888 4475\n"
)
OURS = {"825554471", "836664472", "847774473", "738884474", "738884475"}


@pytest.fixture
def zodwa(product: Product, tmp_path: Path) -> int:
    number = int(product.python("-c", DONE).splitlines()[-1])
    (tmp_path / "list.csv").write_text(LIST)
    product.command("contacts", "import", str(tmp_path / "list.csv"), "--org", "hope-house", "--source", "own")
    return number


def numbers_of(product: Product) -> set[str]:
    """Every number of a contact there is or was here, its last nine digits."""
    with closing(sqlite3.connect(product.folder / "portal.sqlite3", timeout=20)) as database:
        known = {row[0][-9:] for row in database.execute("SELECT number FROM contact_telephone")}
    return known | OURS


def found_in(text: str, numbers: set[str]) -> set[str]:
    """Those of the numbers that stand in a text, however they are parted and wherever they begin."""
    runs = [re.sub(r"\D", "", run) for run in re.findall(r"\d(?:[\s\u00a0().+/-]{0,2}\d){8,}", text)]
    return {run[at : at + 9] for run in runs for at in range(len(run) - 8)} & numbers


def texts_of(page: Page) -> str:
    return page.content() + page.locator("body").inner_text()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")


def walk(page: Page, contact: int) -> str:
    """Read it all as a person does; what was shown and what came over the wire."""
    read: list[str] = []
    page.on(
        "response",
        lambda answer: read.append(answer.text()) if "html" in answer.headers.get("content-type", "") else None,
    )
    page.goto("/diary")
    expect(page.locator("#day")).to_be_visible()
    read.append(texts_of(page))
    doers = page.locator("#day a[hx-get*='/day/users/']")
    for place in range(doers.count()):
        with page.expect_response(lambda answer: "/day/users/" in answer.url):
            doers.nth(place).click()
    unfold(page)
    read.append(texts_of(page))
    for path in (
        f"/contacts/{contact}",
        f"/contacts/{contact}/history",
        "/reports/activity",
        "/reports/activity?kind=changes",
    ):
        page.goto(path)
        unfold(page)
        read.append(texts_of(page))
    return "\n".join(read)


def file_of(page: Page, button: str) -> str:
    page.goto("/reports/activity")
    with page.expect_download() as taken:
        page.get_by_role("button", name=button, exact=True).click()
    source = Path(taken.value.path()).read_bytes()
    if button == "CSV":
        return source.decode()
    if button == "PDF":
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(source))
    sheet = openpyxl.load_workbook(io.BytesIO(source))
    return "\n".join(str(cell) for tab in sheet for row in tab.iter_rows(values_only=True) for cell in row)


def test_who_may_not_see_telephones_meets_no_number_anywhere(product, alice, profile, newcomer, zodwa):
    numbers = numbers_of(product)
    assert found_in(walk(alice, zodwa), numbers) >= OURS - {"738884475"}

    person = newcomer("Thabiso", "administrator")
    product.command("user", "rights", "--org", "hope-house", "--email", person.email, "--deny", "telephone")
    page = profile(viewport=WIDE)
    sign_in(page, product, person.email, person.password)

    shown = walk(page, zodwa)
    assert "Telfer" in shown
    assert found_in(shown, numbers) == set()
    for button in ("CSV", "Excel (XLSX)", "PDF"):
        words = file_of(page, button)
        assert "Telfer" in words
        assert found_in(words, numbers) == set(), button
    page.set_viewport_size(NARROW)
    assert found_in(walk(page, zodwa), numbers) == set()
    for path in ("/diary", f"/contacts/{zodwa}/history", "/reports/activity"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
