"""How much is installed, and what the idle tree holds in memory; the reference is a bare Python."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

EXTRAS = {"core": "", "with PostgreSQL and an own Redis": "demo"}


def run() -> None:
    for name, extra in EXTRAS.items():
        found = needed("in-contact", {extra})
        size = sum(size_of(one) for one in found.values()) / 1024**2
        print(f"installed   {name}: {len(found)} distributions, {size:.0f} MB")
    bare = memory_of([idle := subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)])
    idle.kill()
    idle.wait()
    whole, processes = idle_tree()
    print(f"idle tree   {whole:.0f} MB in {processes} processes (PSS), {whole / bare:.1f} x a bare Python")


def needed(name: str, extras: set[str]) -> dict[str, Distribution]:
    """The distributions that installing this one brings, without itself."""
    found: dict[str, Distribution] = {}
    waiting = [(name, extras)]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        key = (name.lower().replace("_", "-"), frozenset(extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue
        found[key[0]] = one
        for text in one.requires or ():
            wish = Requirement(text)
            if any(wish.marker is None or wish.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                waiting.append((wish.name, set(wish.extras)))
    found.pop("in-contact")
    return found


def size_of(one: Distribution) -> int:
    places = {Path(str(one.locate_file(file))) for file in one.files or ()}
    return sum(place.stat().st_size for place in places if place.is_file() and place.suffix != ".pyc")


def idle_tree() -> tuple[float, int]:
    """Megabytes of `portal up` a few seconds after its start, and how many processes it is."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environ = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": folder, "PORT": str(port)}
        tree = subprocess.Popen([sys.executable, "-m", "portal.cli", "up"], env=environ, stdout=subprocess.DEVNULL)
        try:
            wait_until_all_live(port)
            time.sleep(3)
            numbers = family(tree.pid)
            return sum(pss(number) for number in numbers), len(numbers)
        finally:
            tree.send_signal(signal.SIGTERM)
            tree.wait(15)


def wait_until_all_live(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if all(json.load(answer).values()):
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("portal up did not come up")


def family(number: int) -> list[int]:
    found, waiting = [], [number]
    while waiting:
        number = waiting.pop()
        found.append(number)
        for task in Path(f"/proc/{number}/task").iterdir():
            waiting += map(int, (task / "children").read_text().split())
    return found


def memory_of(processes: list[subprocess.Popen]) -> float:  # type: ignore[type-arg]
    time.sleep(0.5)
    return sum(pss(process.pid) for process in processes)


def pss(number: int) -> float:
    """Megabytes of a process, what it shares with others counted in part."""
    for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
