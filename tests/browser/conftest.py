"""The product as a whole in a real browser: `portal demo` with its workers, Redis and mail catcher, and Chromium."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.kills import free_port

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ALICE = "alice@hopehouse.example"


@dataclass(frozen=True)
class Product:
    base: str
    password: str
    folder: Path


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
    while "Caught mail" not in (folder / "demo.log").read_text():
        assert time.monotonic() < until, (folder / "demo.log").read_text()
        time.sleep(0.2)
    yield Product(f"http://localhost:{port}", (folder / "demo-password").read_text().strip(), folder)
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
def stranger(product: Product, chromium: Browser) -> Iterator[Page]:
    """A browser nobody has signed in with. Any error or broken policy in its console fails the test."""
    context = chromium.new_context(viewport=WIDE, base_url=product.base, accept_downloads=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(f"{m.text} {m.location}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    # Chromium itself writes a line for each answer of 4xx; those are looked at where they are expected.
    assert [words for words in wrong if "the server responded with a status of 4" not in words] == []


@pytest.fixture(scope="session")
def alices_session(product: Product, chromium: Browser) -> dict:
    """Signed in once: the sign-in itself is walked by a journey of its own, and is limited by design."""
    context = chromium.new_context(base_url=product.base)
    page = context.new_page()
    sign_in(page, product)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def alice(stranger: Page, alices_session: dict) -> Page:
    """Alice of the sample organisation, signed in."""
    stranger.context.add_cookies(alices_session["cookies"])
    return stranger


def sign_in(page: Page, product: Product, email: str = ALICE, password: str = "") -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password or product.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
