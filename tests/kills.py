"""A campaign whose processes are killed at random: `python -m tests.kills --recipients 5000 --kills 20`.

The whole product runs as `portal up`; a recording mail server outside of it is the second witness. Afterwards the
ledger and the witness are laid side by side.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis, RedisError

from portal.config import Settings
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.delivery.figures import Figures, of_campaign
from portal.features import prepare as prepare_features
from tests import processes
from tests.databases import KEYS
from tests.sink import delivered

SLUG = "hope-house"
TARGETS = ("worker", "scheduler", "redis", "tree", "flush")


@dataclass
class Stage:
    """One installation in a folder, its environment, and the processes that run it."""

    folder: Path
    environ: dict[str, str]
    journal: Path
    faults: Counter[str] = field(default_factory=Counter)
    up: subprocess.Popen[bytes] | None = None

    def portal(self, *words: object, text: str = "") -> dict:
        code, said, wrong = processes.command((*words, "--json"), self.environ, text)
        assert code == 0, wrong
        return json.loads(said)

    def start(self) -> None:
        command = [sys.executable, "-m", "portal.cli", "up"]
        with (self.folder / "up.log").open("ab") as log:
            self.up = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log, start_new_session=True)

    def descendants(self) -> dict[int, str]:
        """The processes of the tree by number, each with its command."""
        assert self.up is not None
        parents, commands = {}, {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                commands[int(entry.name)] = f"{(entry / 'comm').read_text().strip()}: {words}"
        found, wanted = {}, [self.up.pid]
        while wanted:
            number = wanted.pop()
            found[number] = commands.get(number, "")
            wanted += [child for child, parent in parents.items() if parent == number]
        return found

    def kill(self, target: str) -> None:
        """kill -9 one process of this kind, or everything at once and start it again; or empty Redis."""
        assert self.up is not None
        until = time.monotonic() + 60  # what is to be hit may just be on its way up, or up again
        if target == "flush":
            while time.monotonic() < until:
                with contextlib.suppress(RedisError, OSError):
                    Redis.from_url(f"unix://{self.environ['PORTAL_DATA_DIR']}/redis.sock").flushall()
                    self.faults[target] += 1
                    return
                time.sleep(0.1)
            return
        chosen = self._hit(target)
        while not chosen and time.monotonic() < until:
            time.sleep(0.1)
            chosen = self._hit(target)
        for number in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.faults[target] += bool(chosen)
        if target == "tree":
            self.up.wait()
            self.start()

    def _hit(self, target: str) -> list[int]:
        """The numbers of the processes that this kind of fault ends now."""
        tree = self.descendants()
        if target == "tree":
            return list(tree)
        # "name: command"; the server of Redis is the one named after it or after Valkey
        names = {"worker": ("worker ",), "scheduler": ("scheduler:",), "redis": ("redis-server:", "valkey-server:")}
        kinds = [n for n, command in tree.items() if command.startswith(names[target])]
        return [random.choice(kinds)] if kinds else []

    def end(self) -> None:
        if self.up is not None and self.up.poll() is None:
            self.up.terminate()
            try:
                self.up.wait(15)
            except subprocess.TimeoutExpired:
                self.kill("tree")


@contextlib.contextmanager
def stage(
    folder: Path, recipients: int, *, limit: str = "", database_url: str = "", data: Path | None = None
) -> Iterator[Stage]:
    """An installation with a campaign to so many people, ready to start, and the recording mail server it uses."""
    journal = folder / "journal.jsonl"
    command = [sys.executable, "-m", "tests.sink", "--journal", str(journal)]
    sink = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # ended below
    assert sink.stdout is not None
    port = int(sink.stdout.readline())
    data = data or folder / "data"
    data.mkdir(exist_ok=True)
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(data), "PORT": str(free_port()),
        "SMTP_URL": f"smtp://127.0.0.1:{port}", **KEYS,
        **({"DATABASE_URL": database_url} if database_url else {}), **({"SMTP_LIMIT": limit} if limit else {}),
    }  # fmt: skip
    made = Stage(folder, environ, journal)
    try:
        prepare(made, recipients)
        yield made
    finally:
        made.end()
        sink.terminate()
        sink.communicate()


def run(made: Stage, kills: int, *, seed: int, patience: float = 900, every: tuple[float, float] = (0.5, 3.0)) -> dict:
    """Start the tree and the campaign, kill so many times, and wait for the end. Returns the campaign's figures."""
    chance = random.Random(seed)
    made.start()
    wait_until(lambda: made.portal("doctor")[2]["level"] == "good" and is_up(made), 60)
    made.portal("campaign", "start", 1, "--org", SLUG)
    for number in range(kills):
        time.sleep(chance.uniform(*every))
        made.kill(TARGETS[number % len(TARGETS)] if number < len(TARGETS) else chance.choice(TARGETS))
    until = time.monotonic() + patience
    while time.monotonic() < until:
        figures = made.portal("campaign", "status", 1, "--org", SLUG)
        if figures["state"] == "finished":
            return figures
        time.sleep(1)
    raise AssertionError(f"not finished: {figures}")


def check(made: Stage, figures: dict, recipients: int) -> None:
    """N1 to N4 of the reliability plan, and that the record is whole."""
    # Beside the campaign the day's mark of the record is mailed to the organisation itself.
    kept = {key: count for key, count in delivered(made.journal).items() if key[1].startswith("p")}
    assert set(kept.values()) <= {1}, "somebody got it twice"
    counted = sum(figures[name] for name in ("accepted", "refused", "suppressed", "cancelled", "unknown"))
    assert figures["frozen"] == counted == recipients, figures
    addresses = {address for _, address in kept}
    assert figures["accepted"] <= len(addresses) <= figures["accepted"] + figures["unknown"], "somebody was missed"
    stops = made.faults["worker"] + 2 * made.faults["tree"]  # two workers, one connection each
    assert figures["unknown"] <= stops, (figures, made.faults)
    assert made.portal("log", "verify", "--org", SLUG)["ok"]


def history(made: Stage) -> Figures:
    """What the history of the campaign says."""
    prepare_features(Settings.from_environment(made.environ))
    with db.connection_context(), acting_as(system(1)):
        return of_campaign(1)


def is_up(made: Stage) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", int(made.environ["PORT"])), 1).close()
        return True
    return False


def prepare(made: Stage, recipients: int) -> None:
    code, _, wrong = processes.command(("migrate",), made.environ)
    assert code == 0, wrong
    made.portal("org", "create", "Hope House")
    details = ("legal_name=Hope House NPC", "email=office@example.org", "telephone=031 555 0100", "address=12 Road")
    made.portal("org", "set", SLUG, *details, "information_officer=Nomsa Dube")
    rows = "".join(f"P{n},Dube,p{n}@example.org,Newsletter\n" for n in range(recipients))
    (made.folder / "people.csv").write_text("First name,Last name,Email,Group\n" + rows)
    made.portal("contacts", "import", made.folder / "people.csv", "--org", SLUG, "--consent", "email")
    (made.folder / "letter.html").write_text("<h1>Spring</h1><p>Dear [[first name|friend]]</p>")
    letter = ("--name", "Spring", "--subject", "Spring", "--html", made.folder / "letter.html")
    made.portal("campaign", "create", "--org", SLUG, *letter, "--group", "Newsletter")


def wait_until(holds, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(AssertionError, IndexError):
            if holds():
                return
        time.sleep(0.2)
    raise AssertionError("the tree did not come up")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--recipients", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder), wishes.recipients) as made:
        began = time.monotonic()
        figures = run(made, wishes.kills, seed=wishes.seed)
        check(made, figures, wishes.recipients)
        print(f"{sum(made.faults.values())} faults {dict(made.faults)} in {time.monotonic() - began:.0f} s")
        print(f"campaign: {figures}")
        # Beside the campaign the day's mark of the record is mailed to the organisation itself.
        kept = {key: count for key, count in delivered(made.journal).items() if key[1].startswith("p")}
        print(f"witness: {len(kept)} delivered, {sum(n > 1 for n in kept.values())} of them twice")


if __name__ == "__main__":
    main()
