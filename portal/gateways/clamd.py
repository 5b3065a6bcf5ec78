"""Asks ClamAV's daemon whether a file holds malware, by its INSTREAM command. Nothing is written for it to read: the
bytes are sent, so that the scanner needs no access to the store.
"""

import re
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PATIENCE = 45.0  # seconds for an answer: a large archive takes its time, and a proxy waits no longer than 75
CONNECTING = 5.0
_ANSWER = re.compile(r"stream: (?:(?P<name>.+) FOUND|(?P<ok>OK))")
_LONGEST_ANSWER = 4096


class BadScanner(ValueError):
    """CLAMD_URL is no address of a scanner. The message says what it may be."""


class ScannerAway(RuntimeError):
    """The scanner gave no verdict: it cannot be reached, or says it cannot look at this file."""


@dataclass(frozen=True)
class Scanner:
    """Where the daemon listens: a path of a socket, or a host and port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def from_url(cls, url: str) -> "Scanner":
        parts = urlsplit(url)
        try:
            if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
                return cls(path=unquote(parts.path))
            if parts.scheme == "tcp" and parts.hostname:
                return cls(host=parts.hostname, port=parts.port or 3310)
        except ValueError:  # a port that is no number
            pass
        raise BadScanner("CLAMD_URL must be such as unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310.")

    def malware_in(self, pieces: Iterable[bytes]) -> str:
        """The name of the malware found, or "". Raises ScannerAway."""
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                try:
                    for piece in pieces:
                        connection.sendall(struct.pack("!L", len(piece)) + piece)
                    connection.sendall(struct.pack("!L", 0))
                except (BrokenPipeError, ConnectionResetError):
                    pass  # a file too large for it: the scanner has hung up, and its answer says so
                answer = _answer(connection)
        except OSError as error:
            raise ScannerAway(f"the scanner cannot be reached: {type(error).__name__}") from error
        verdict = _ANSWER.fullmatch(answer)
        if verdict is None:
            raise ScannerAway("the scanner could not look at the file")
        return verdict["name"] or ""

    def answers(self) -> str:
        """What is wrong with the scanner, in a sentence, or ""."""
        try:
            with self._connect() as connection:
                connection.sendall(b"zPING\0")
                answer = _answer(connection)
        except OSError as error:
            return f"The scanner of CLAMD_URL cannot be reached ({type(error).__name__})."
        return "" if answer == "PONG" else "What answers at CLAMD_URL is no scanner."

    def _connect(self) -> socket.socket:
        if self.path:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECTING)
            try:
                connection.connect(self.path)
            except BaseException:
                connection.close()
                raise
        else:
            connection = socket.create_connection((self.host, self.port), timeout=CONNECTING)
        connection.settimeout(PATIENCE)
        return connection


def _answer(connection: socket.socket) -> str:
    found = b""
    while b"\0" not in found and len(found) < _LONGEST_ANSWER:
        piece = connection.recv(1024)
        if not piece:
            break
        found += piece
    return found.split(b"\0")[0].decode("utf-8", "replace").strip()
