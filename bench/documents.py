"""A document of so many megabytes up and down through the web server itself; the reference is a copy of the same file.

The memory is the most that any process of the server grew by while it was at it.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from bench.stage import installation, seconds, signed_in
from bench.weight import family

PIECE = 1 << 20
EDGE = "bench-edge"


def run(megabytes: int) -> None:
    with installation() as stage, server(stage.folder) as (port, number):
        cookie, token = entered(stage.app)
        small, large = stage.folder / "small.wav", stage.folder / "large.wav"
        for path, size in ((small, PIECE), (large, megabytes * PIECE)):
            make_sound(path, size)
        take_up(port, cookie, token, small)
        bring_down(port, cookie, 1, PIECE)
        reference = seconds(lambda: copy(large, stage.folder / "copy.wav"))
        for name, action in (
            ("up", lambda: take_up(port, cookie, token, large)),
            ("down", lambda: bring_down(port, cookie, 2, large.stat().st_size)),
        ):
            grown, taken = watched(number, action)
            print(
                f"document    {name:4} {megabytes} MB: {megabytes / taken:5.0f} MB/s, {taken / reference:4.1f} x the "
                f"time of a copy ({megabytes / reference:.0f} MB/s), memory grew by {grown:.1f} MB"
            )


def make_sound(path: Path, size: int) -> None:
    head = b"RIFF\0\0\0\0WAVEfmt "
    with path.open("wb") as file:
        file.write(head)
        for _ in range(size // PIECE):
            file.write(os.urandom(PIECE))
        file.truncate(size)


def copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(PIECE):
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())


def take_up(port: int, cookie: str, token: str, path: Path) -> None:
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="files"; filename="{path.name}"\r\n\r\n'
    ).encode()
    tail = f"\r\n--{EDGE}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
        yield tail

    headers = {
        "Cookie": cookie,
        "Accept": "application/json",
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(head) + path.stat().st_size + len(tail)),
    }
    status, answer = ask(port, "POST", "/documents", headers, body())
    if status != 200:
        raise RuntimeError(f"The upload was answered {status}: {answer[:200]!r}")


def bring_down(port: int, cookie: str, document_id: int, wanted: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", f"/documents/{document_id}/content", headers={"Cookie": cookie})
    answer = connection.getresponse()
    size = 0
    while piece := answer.read(PIECE):
        size += len(piece)
    connection.close()
    if answer.status != 200 or size != wanted:
        raise RuntimeError(f"The download was answered {answer.status} with {size} bytes")


def entered(app: Flask) -> tuple[str, str]:
    """The cookie of somebody signed in, and a token for forms that goes with it."""
    client = signed_in(app)
    app.config["WTF_CSRF_ENABLED"] = True
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/documents").text)
    kept = client.get_cookie("portal")
    if found is None or kept is None:
        raise RuntimeError("The page of documents has no form.")
    return f"portal={kept.value}", found[1]


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: Iterator[bytes] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def watched(number: int, action: Callable[[], None]) -> tuple[float, float]:
    """By how many megabytes the peak of a process exceeds what it held before, and the seconds it took."""
    before = {}
    for one in family(number):
        Path(f"/proc/{one}/clear_refs").write_text("5")
        before[one] = held(one, "VmRSS")
    taken = seconds(action)
    return max(held(one, "VmHWM") - before.get(one, 0) for one in family(number)), taken


def held(number: int, what: str) -> float:
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, int]]:
    """The web server on this installation: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(folder), "PORT": str(port)}
    with (folder / "web.log").open("w") as log:
        web = subprocess.Popen([sys.executable, "-m", "portal.cli", "web"], env=environ, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                ask(port, "GET", "/healthz", {})
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield port, web.pid
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(15)
