"""A mail server that writes down everything and misbehaves on request: the second witness of every sending test.

Each event is one JSON line in the journal, written before the sink answers; a kept message's line is also fsynced.
*Delivered* means that the whole message and its dot arrived and the sink chose to keep it, whether or not the client
ever read the 250. Run it as `python -m tests.sink --journal FILE`, or in process with `sink(...)`.
"""

import argparse
import contextlib
import signal
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.sink_journal import Journal, delivered, read
from tests.sink_plan import BEHAVIOURS, Plan
from tests.sink_talk import Dropped, Talk

__all__ = ["Plan", "Sink", "delivered", "make_certificate", "read", "sink"]


class Sink:
    """The listening server. Each connection has a thread of its own."""

    def __init__(self, journal: Journal, plan: Plan, *, port: int = 0, bodies: Path | None = None) -> None:
        self.journal = journal
        self.plan = plan
        self.bodies = bodies
        self.ended = threading.Event()
        self._connections = 0
        self.mails = 0
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.context: ssl.SSLContext | None = None
        if plan.certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*plan.certificate)
        self._listening = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        self._main = threading.Thread(target=self._listen, name="sink", daemon=True)
        self._main.start()

    @property
    def url(self) -> str:
        who = f"{self.plan.auth[0]}:{self.plan.auth[1]}@" if self.plan.auth else ""
        return f"{'smtps' if self.plan.tls else 'smtp'}://{who}127.0.0.1:{self.port}"

    def events(self) -> list[dict[str, Any]]:
        return read(self.journal.path)

    def delivered(self) -> Counter[tuple[str, str]]:
        return delivered(self.journal.path)

    def body(self, sha256: str) -> bytes:
        """A kept message as it arrived; only with `bodies`."""
        assert self.bodies is not None
        return (self.bodies / f"{sha256}.eml").read_bytes()

    def swapped(self, plain: socket.socket, encrypted: socket.socket) -> None:
        """A connection went over to TLS."""
        self._open.discard(plain)
        self._open.add(encrypted)

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        self.ended.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._main.join(5)
        for thread in self._threads:
            thread.join(5)

    def _listen(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection, self._connections), daemon=True)
            self._threads = [known for known in self._threads if known.is_alive()] + [thread]
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        talk = Talk(self, connection, number)
        try:
            talk.run()
        except (Dropped, OSError, ValueError):
            pass  # the talk ended early, by plan or by the client: the journal says which
        finally:
            self._open.discard(talk.socket)
            talk.close()


@contextlib.contextmanager
def sink(
    journal: Path, plan: Plan | None = None, *, port: int = 0, fsync: bool = True, bodies: Path | None = None
) -> Iterator[Sink]:
    """A sink in this process, ended with the block. Killed runs need one of its own: `python -m tests.sink`."""
    book = Journal(journal, fsync=fsync)
    running = Sink(book, plan or Plan(), port=port, bodies=bodies)
    try:
        yield running
    finally:
        running.stop()
        book.close()


def make_certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate of our own for STARTTLS, and its key."""
    certificate, key = folder / "sink.crt", folder / "sink.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def _plan(words: list[str], seed: int, times: int | None, limit: int | None) -> Plan:
    shares = {name: float(share or 100) for name, _, share in (word.partition("=") for word in words)}
    return Plan(seed=seed, shares=shares, times=times, messages_per_connection=limit)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sink", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path, required=True)
    known = ", ".join(sorted(BEHAVIOURS))
    parser.add_argument("--plan", nargs="*", default=[], metavar="BEHAVIOUR=PERCENT", help=known)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--times", type=int, help="how often a recipient misbehaves before being accepted")
    parser.add_argument("--messages-per-connection", type=int, help="then 421")
    parser.add_argument("--bodies", type=Path, help="a folder for the messages themselves")
    parser.add_argument("--no-fsync", action="store_true")
    wishes = parser.parse_args()
    plan = _plan(wishes.plan, wishes.seed, wishes.times, wishes.messages_per_connection)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with sink(wishes.journal, plan, port=wishes.port, fsync=not wishes.no_fsync, bodies=wishes.bodies) as running:
        print(running.port, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
