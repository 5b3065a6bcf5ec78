"""What tests of documents share: files of every kind, and a scanner at the edge of the building."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from portal.documents import keeping
from tests.documents.files import EICAR


@dataclass
class FakeClamd:
    """Speaks the scanner's protocol over a real socket, and answers what it is told to answer."""

    path: Path
    answer: str = ""  # instead of a verdict
    meanwhile: Callable[[], None] = lambda: None  # what happens while it looks
    seen: list[bytes] = field(default_factory=list)
    listener: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def stop(self) -> None:
        if self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        self.path.unlink(missing_ok=True)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zPING\0":
            connection.sendall(b"PONG\0")
            return
        body = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            body += stream.read(length)
        self.seen.append(body)
        self.meanwhile()
        verdict = "stream: Eicar-Test-Signature FOUND" if EICAR in body else "stream: OK"
        connection.sendall((self.answer or verdict).encode() + b"\0")


@pytest.fixture
def clamd(settings, app, tmp_path) -> Iterator[FakeClamd]:
    """A scanner that is configured and at work."""
    fake = FakeClamd(tmp_path / "clamd.sock")
    fake.start()
    keeping.use(replace(settings, clamd_url=fake.url))
    yield fake
    fake.stop()
    keeping.use(settings)


@pytest.fixture
def stored(app, tmp_path) -> Callable[[], list[Path]]:
    """The files that are in the store."""
    return lambda: sorted(path for path in (tmp_path / "documents").rglob("*") if path.is_file())
