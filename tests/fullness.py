"""A disk that is filled and emptied under a campaign: `python -m tests.fullness --recipients 600 --rounds 4`.

The whole product runs as `portal up` on a tmpfs of 64 MB; the recording mail server lies outside of it. While there is
no byte left, pages are read and forms are sent; afterwards the ledger and the witness are laid side by side.
"""

import argparse
import contextlib
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.app import create_app
from portal.config import Settings
from portal.contacts.models import Group
from portal.core.actor import acting_as, system
from portal.core.db import db, disconnect, transaction
from portal.core.permissions import Role
from portal.signin import devices, sessions
from tests import kills

SIZE = "64m"
PAGES = (
    "/", "/contacts", "/contacts/1", "/groups", "/campaigns", "/campaigns/1", "/campaigns/1/history", "/diary",
    "/reports", "/settings", "/documents", "/requests", "/compliance", "/healthz",
)  # fmt: skip
TYPED = "application/x-www-form-urlencoded"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/130"


@dataclass
class Browser:
    """Olivia's, signed in: what it asked for and was answered."""

    port: int
    cookies: dict[str, str]
    seen: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def get(self, path: str, when: str) -> tuple[int, str]:
        return self._ask("GET", path, when)

    def save(self, when: str) -> tuple[int, str]:
        """Add a group by its form."""
        _, page = self.get("/groups/new", when)
        values = {"csrf_token": _token(page), "name": f"Choir {self.seen.total()} {'x' * 3000}"[:90]}
        return self._ask("POST", "/groups", when, urlencode(values))

    def upload(self, when: str) -> tuple[int, str]:
        """Add a document, larger than what is kept in memory on the way."""
        _, page = self.get("/documents", when)
        bound = "a7f3"
        head = f'--{bound}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{_token(page)}\r\n'
        head += f'--{bound}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
        file = f'--{bound}\r\nContent-Disposition: form-data; name="files"; filename="plan.txt"\r\n\r\n'
        body = head + file + "A line of a plan.\n" * 100_000 + f"\r\n--{bound}--\r\n"
        return self._ask("POST", "/documents", when, body, f"multipart/form-data; boundary={bound}")

    def _ask(self, method: str, path: str, when: str, body: str | None = None, kind: str = TYPED) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "User-Agent": AGENT} | ({"Content-Type": kind} if body else {})
        with contextlib.closing(line):
            line.request(method, path, body, headers)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for name, value in re.findall(r"(portal)=([^;]+)", answer.headers.get("Set-Cookie", "")):
                self.cookies[name] = value
        self.seen[(when, f"{method} {path}", answer.status)] += 1
        return answer.status, text


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return found[1] if found else ""


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own for the data folder. Mounting one is for root."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    disk = folder / "disk"
    disk.mkdir()
    who = f"size={SIZE},uid={os.geteuid()},mode=0700"
    subprocess.run([*as_root, "mount", "-t", "tmpfs", "-o", who, "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run([*as_root, "umount", "--lazy", disk], check=True)


def fill(disk: Path) -> None:
    """Leave not one byte."""
    for size in (1 << 20, 1 << 12, 1):
        with contextlib.suppress(OSError), (disk / f"filling.{size}").open("ab", buffering=0) as file:
            while True:
                file.write(b"x" * size)


def empty(disk: Path) -> None:
    for path in disk.glob("filling.*"):
        path.unlink()


def browser_of(made: kills.Stage) -> Browser:
    """Somebody signed in, from a device that is known."""
    settings = Settings.from_environment(made.environ)
    app = create_app(settings)
    with db.connection_context():
        with acting_as(system(1)):
            user = accounts.create_user("olivia@example.org", "Olivia", Role.OWNER, "seven green buses")
        with transaction():
            device, kept = devices.trust(user, "Chrome on Linux", "127.0.0.1")
            secret = sessions.begin(user, Membership.get(), device.id, "Chrome on Linux", "127.0.0.1")
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = secret
        session["_fresh"] = True
    cookie = client.get_cookie("portal")
    assert cookie is not None
    disconnect()
    return Browser(settings.port, {"device": kept, "portal": cookie.value})


def run(made: kills.Stage, disk: Path, browser: Browser, rounds: int, *, patience: float = 240) -> dict:
    """Begin the campaign, fill and empty the disk so many times under it, and wait for the end; its figures."""
    (disk / "tmp").mkdir()
    made.environ["TMPDIR"] = str(disk / "tmp")
    made.start()
    kills.wait_until(lambda: kills.is_up(made), 180)
    for path in PAGES:
        browser.get(path, "before")
    made.portal("campaign", "start", 1, "--org", kills.SLUG)
    time.sleep(1)
    for _ in range(rounds):
        fill(disk)
        for path in PAGES:
            browser.get(path, "full")
        browser.save("full")
        browser.upload("full")
        fill(disk)
        time.sleep(3)
        empty(disk)
        browser.save("after")
        browser.upload("after")
        time.sleep(2)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        figures = made.portal("campaign", "status", 1, "--org", kills.SLUG)
        if figures["state"] == "finished":
            return figures
        time.sleep(1)
    raise AssertionError(f"not finished: {figures}")


def check(made: kills.Stage, figures: dict, recipients: int, browser: Browser) -> None:
    """J03: pages read, writes say why not, the ledger and the mail server agree, all is whole afterwards."""
    kills.check(made, figures, recipients)
    amiss = [
        (key, count) for key, count in browser.seen.items()
        if key[2] == 500 or (key[0] == "full" and key[1].startswith("GET") and key[2] not in (200, 303))
        or (key[0] == "full" and key[1].startswith("POST") and key[2] not in (303, 503, 507))
        or (key[0] == "after" and key[2] not in (200, 303))
    ]  # fmt: skip
    assert amiss == [], amiss
    told = sum(count for (_, what, status), count in browser.seen.items() if what == "POST /groups" and status == 303)
    with db.connection_context(), acting_as(system(1)):
        assert Group.select().where(Group.name.startswith("Choir")).count() == told, "said to be saved, and was not"
        assert [row[0] for row in db.execute_sql("PRAGMA integrity_check")] == ["ok"]
    assert any(status == 507 for _, _, status in browser.seen), "the disk was never full"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fullness", description=__doc__)
    parser.add_argument("--recipients", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=4)
    wishes = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        small_disk(Path(name)) as disk,
        kills.stage(Path(name), wishes.recipients, limit="15/second", data=disk) as made,
    ):
        browser = browser_of(made)
        try:
            figures = run(made, disk, browser, wishes.rounds)
        finally:
            for key, count in sorted(browser.seen.items()):
                print(*key, count)
            sys.stdout.write((made.folder / "up.log").read_text()[-6000:])
        print(f"campaign: {figures}")
        check(made, figures, wishes.recipients, browser)
        print("All as it should be.")


if __name__ == "__main__":
    main()
