"""A charity's own web site, of another origin, embeds the form for signing up both ways."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import NARROW, links_of_mail

pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder of static pages, and the address they are served at: another site than that of the portal."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def paste(alice: Page, site: tuple[Path, str], snippet: str) -> str:
    """Put what the portal offers for a web site into a page of it; return where it stands."""
    alice.goto("/settings/forms/1/embedding")
    words = alice.locator(f"#{snippet}").input_value()
    page = f"<!doctype html><html lang='en'><title>Hope House</title><h1>Our own page</h1>{words}</html>"
    (site[0] / f"{snippet}.html").write_text(page)
    return f"{site[1]}{snippet}.html"


def fill_in(form: Page | FrameLocator, email: str, first: str, last: str) -> None:
    form.get_by_label("Email").fill(email)
    form.get_by_label("First name").fill(first)
    form.get_by_label("Last name").fill(last)
    form.get_by_label("News and appeals").check()
    form.get_by_role("button", name="Sign up").click()


def press(reader: Page, visitor: Page, email: str) -> None:
    links = links_of_mail(reader, email, "Please confirm")
    visitor.goto(next(link for link in links if "/s/" in link))
    visitor.get_by_role("button", name="Yes, that was me").click()
    expect(visitor.get_by_text("You are signed up.")).to_be_visible()


@pytest.mark.parametrize(("snippet", "first"), [("frame", "Framed"), ("plain", "Pasted")])
def test_somebody_signs_up_on_the_charitys_own_site(alice, mailroom, profile, product, site, snippet, first):
    email = f"{snippet}.visitor@example.org"
    visitor = profile(viewport=NARROW, java_script_enabled=False)
    visitor.goto(paste(alice, site, snippet))
    form = visitor.frame_locator("iframe") if snippet == "frame" else visitor
    fill_in(form, email, first, "Visitor")
    expect(form.get_by_text(f"We sent a message to {email}")).to_be_visible()
    alice.goto(f"/contacts?q={email}")
    expect(alice.get_by_text(f"{first} Visitor")).to_have_count(0)

    press(mailroom, visitor, email)

    alice.goto(f"/contacts?q={email}")
    alice.get_by_role("link", name=f"Visitor, {first}").click()
    expect(alice.get_by_role("heading", name=f"{first} Visitor")).to_be_visible()
    expect(alice.get_by_text("Agreed, with proof").first).to_be_visible()
    expect(alice.get_by_text("Form “Newsletter”, version 1, of").last).to_be_visible()


def test_the_picture_follows_the_typing_and_a_snippet_is_copied(alice, product):
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=product.base)
    alice.goto("/settings/forms/1")
    shown = alice.frame_locator("iframe[name=preview]")
    alice.get_by_label("Heading").fill("Letters from the garden")
    expect(shown.get_by_role("heading", name="Letters from the garden")).to_be_visible()
    alice.get_by_label("Town").select_option("must")
    expect(shown.get_by_label("Town")).to_be_visible()
    alice.get_by_role("button", name="Save the draft").click()
    expect(alice.get_by_text("Saved. People see it once you publish it.")).to_be_visible()

    alice.goto("/settings/forms/1/embedding")
    alice.get_by_role("button", name="Copy the link").click()
    expect(alice.get_by_text("Copied.")).to_be_visible()
    assert alice.evaluate("navigator.clipboard.readText()") == f"{product.base}/s/hope-house/newsletter"
