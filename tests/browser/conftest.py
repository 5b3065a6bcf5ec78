"""The product as a whole in a real browser: `portal demo` with its workers, Redis and mail catcher, and Chromium."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from portal.core.clock import now
from portal.core.db import UTC_TEXT
from tests import processes
from tests.kills import free_port

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ALICE = "alice@hopehouse.example"
STRONG = "kettle orbit walnut ladder"
Profile = Callable[..., Page]
expect.set_options(timeout=15_000)  # pages ask every two seconds whether to go on, and the machine may be busy


@dataclass(frozen=True)
class Product:
    base: str
    password: str
    folder: Path
    environ: dict[str, str]

    def command(self, *words: str, typed: str = "") -> str:
        """What `portal …` answers, run beside the product."""
        code, said, wrong = processes.command(words, self.environ, typed)
        assert code == 0, wrong
        return said.strip()

    def python(self, *words: str) -> str:
        """What a Python of its own answers, with the product's environment and keys."""
        ran = subprocess.run([sys.executable, *words], env=self.environ, capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def forget_guesses_from_here(self) -> None:
        """All test browsers share one address: without this the guesses of one journey trouble the next."""
        with closing(sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)) as database, database:
            database.execute("DELETE FROM wrong_series WHERE key LIKE 'address:%'")

    def take_for_shown_now(self) -> None:
        """Whoever is signed in showed a password this moment, not when the first of the journeys began."""
        with closing(sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)) as database, database:
            database.execute("UPDATE session SET confirmed_at = ?", [now().strftime(UTC_TEXT)])


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    password: str = STRONG


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The sample organisation, running. Shared by all journeys; each keeps to contacts and campaigns of its own."""
    folder = tmp_path_factory.mktemp("product")
    port = free_port()
    environ = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(folder), "PORT": str(port)}
    with (folder / "demo.log").open("w") as log:
        tree = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "demo"],
            env=environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + 90
    try:
        while "Caught mail" not in (folder / "demo.log").read_text():
            assert time.monotonic() < until, (folder / "demo.log").read_text()
            time.sleep(0.2)
        yield Product(f"http://localhost:{port}", (folder / "demo-password").read_text().strip(), folder, environ)
    finally:
        tree.send_signal(signal.SIGTERM)
        tree.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def profile(product: Product, chromium: Browser) -> Iterator[Profile]:
    """Makes browsers nobody has signed in with. Any error or broken policy in a console of theirs fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(**more: Any) -> Page:
        context = chromium.new_context(**{"viewport": WIDE, "base_url": product.base, "accept_downloads": True} | more)
        contexts.append(context)
        context.on(
            "console", lambda m: wrong.append(f"{m.text} {m.location}") if m.type in ("error", "warning") else None
        )
        context.on("weberror", lambda found: wrong.append(str(found.error)))
        return context.new_page()

    product.forget_guesses_from_here()
    yield make
    for context in contexts:
        context.close()
    # Chromium and htmx each write a line for an answer of 4xx; those are looked at where they are expected.
    known = ("the server responded with a status of 4", "Response Status Error Code 4")
    assert [words for words in wrong if not any(one in words for one in known)] == []


@pytest.fixture
def stranger(profile: Profile) -> Page:
    """A browser nobody has signed in with."""
    return profile()


@pytest.fixture
def looker(chromium: Browser, product: Product) -> Iterator[Page]:
    """A browser that lets axe work in the page: axe writes styles of its own, which the policy forbids. Colours do not
    pass from one to the other while it measures them.
    """
    context = chromium.new_context(base_url=product.base, bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def alices_session(product: Product, chromium: Browser) -> dict:
    """Signed in once: the sign-in itself is walked by a journey of its own, and is limited by design. It is her very
    first device, so that every later one needs a mail.
    """
    product.forget_guesses_from_here()
    context = chromium.new_context(base_url=product.base)
    page = context.new_page()
    sign_in(page, product)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def alices_device(alices_session: dict) -> list[dict]:
    """The cookie of a device that Alice is known on, without her session."""
    return [cookie for cookie in alices_session["cookies"] if cookie["name"] == "device"]


@pytest.fixture
def alice(stranger: Page, product: Product, alices_session: dict) -> Page:
    """Alice of the sample organisation, signed in."""
    product.take_for_shown_now()
    stranger.context.add_cookies(alices_session["cookies"])
    return stranger


@pytest.fixture
def mailroom(profile: Profile, alices_session: dict) -> Page:
    """Another browser, in which Alice reads the caught mail."""
    page = profile()
    page.context.add_cookies(alices_session["cookies"])
    return page


@pytest.fixture(scope="session")
def newcomer(product: Product) -> Callable[..., Person]:
    """Makes people of Hope House who have never signed in, each for one test."""

    def make(name: str, role: str = "editor") -> Person:
        person = Person(name, f"{name.lower()}@hopehouse.example")
        words = ("--org", "hope-house", "--email", person.email, "--name", name, "--role", role, "--password-stdin")
        product.command("user", "create", *words, typed=f"{person.password}\n")
        return person

    return make


def sign_in(page: Page, product: Product, email: str = ALICE, password: str = "") -> None:
    """Sign in on a device that needs no mail."""
    ask_in(page, email, password or product.password)
    page.wait_for_url("**/")


def ask_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def links_of_mail(reader: Page, email: str, subject: str, nth: int = 1) -> list[str]:
    """The links of the newest message to somebody, once there are `nth` with these words."""
    messages = reader.locator("ul.sheet a")
    for _ in range(60):
        reader.goto(f"/mail?{urlencode({'q': f'{email} {subject}'})}")
        if messages.count() >= nth:
            break
        reader.wait_for_timeout(250)
    assert messages.count() == nth
    messages.first.click()
    found = reader.locator("p").filter(has_text="Links of the message").get_by_role("link")
    found.first.wait_for()
    return [str(link.get_attribute("href")) for link in found.all()]


def device_link(reader: Page, email: str, nth: int = 1) -> str:
    """The link of the newest mail that asks whether a new device is theirs."""
    links = links_of_mail(reader, email, "Is this you signing in?", nth)
    return next(link for link in links if "/sign-in/device/" in link)
