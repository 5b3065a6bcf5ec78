"""What goes over the wire to a mail server: bounded reading of replies, and lines that nothing can break out of.

Python's own client reads replies without any bound on time or size and takes nonsense for an answer; here a reply
that is no reply counts as a lost connection, since nobody knows what the server did.
"""

import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache

import idna

LONGEST_TEXT = 500
LONGEST_REPLY = 64 * 1024
LONGEST_ADDRESS = 320
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0<>\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_RATE_WORDS = re.compile(r"\brate\b|too many|too fast|too much|throttl|limit|slow down", re.IGNORECASE)
_GREYLIST = re.compile(r"gr[ae]y-?list", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """What the server answered: its code, its enhanced code if it gave one, and its words on one line."""

    code: int
    text: str
    enhanced: str = ""

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_transient(self) -> bool:
        return 400 <= self.code < 500

    @property
    def is_permanent(self) -> bool:
        return not self.is_accepted and not self.is_transient

    @property
    def asks_to_slow_down(self) -> bool:
        """421, or 450/451/452 about rates or policy: we are the reason, not this recipient.

        A full mailbox (4.2.x) or greylisting concerns one recipient and slows nobody else.
        """
        if self.code == 421:
            return True
        if self.code not in (450, 451, 452) or _GREYLIST.search(self.text):
            return False
        if self.enhanced.startswith(("4.1.", "4.2.")):
            return False
        return self.enhanced.startswith("4.7.") or bool(_RATE_WORDS.search(self.text))

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class Unspeakable(ValueError):
    """An address that must not be put on the wire."""


class Nonsense(smtplib.SMTPServerDisconnected):
    """The server said something that is no reply, or never stopped. The connection is of no more use."""


class Wire(smtplib.SMTP):
    """The standard client with bounded replies: 64 KB, and the whole reply within the timeout of the socket."""

    def connect(self, host: str = "localhost", port: int = 0, source_address: object = None) -> tuple[int, bytes]:
        self._reads_from: socket.socket | None = None
        self._unread = bytearray()
        answer = super().connect(host, port)
        if self.sock is not None:  # the final dot must not wait for the body's acknowledgement
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return answer

    def wait_for(self, seconds: float) -> None:
        """How long from now on a reply may take."""
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def getreply(self) -> tuple[int, bytes]:
        """The code and words of the next reply. Raises Nonsense, or SMTPServerDisconnected."""
        sock = self.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if sock is not self._reads_from:  # TLS has begun: what was said before it in the clear counts for nothing
            self._reads_from, self._unread = sock, bytearray()
        patience = sock.gettimeout()
        try:
            return self._read_reply(sock, None if patience is None else time.monotonic() + patience)
        except OSError as error:  # Nonsense is one too
            self.close()
            if isinstance(error, smtplib.SMTPException):
                raise
            raise smtplib.SMTPServerDisconnected(error.strerror or str(error) or type(error).__name__) from None
        finally:
            if self.sock is not None:
                self.sock.settimeout(patience)

    def _read_reply(self, sock: socket.socket, until: float | None) -> tuple[int, bytes]:
        words: list[bytes] = []
        size = 0
        while True:
            line = self._read_line(sock, until)
            size += len(line)
            if size > LONGEST_REPLY:
                raise Nonsense("the reply does not end")
            code, separator = line[:3], line[3:4]
            if not (code.isdigit() and b"200" <= code < b"600" and separator in (b" ", b"-", b"")):
                raise Nonsense(f"the server answered {one_line(line[:80])!r}")
            words.append(line[4:].strip())
            if separator != b"-":
                return int(code), b"\n".join(words)

    def _read_line(self, sock: socket.socket, until: float | None) -> bytes:
        while (end := self._unread.find(b"\n")) < 0:
            if len(self._unread) > LONGEST_REPLY:
                raise Nonsense("the reply is one endless line")
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError("no whole reply in time")
                sock.settimeout(left)
            piece = sock.recv(16 * 1024)
            if not piece:
                raise smtplib.SMTPServerDisconnected("the server closed the connection")
            self._unread += piece
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        return line.rstrip(b"\r")


class EncryptedWire(Wire, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


def encryption(is_local: bool) -> ssl.SSLContext:
    """TLS that checks the server's certificate; on this machine there is nobody in between to be deceived by."""
    context = ssl.create_default_context()
    if is_local:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@cache
def our_name() -> str:
    """The name we greet with. Asked once: looking it up at each connection can take seconds."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def path(address: str, *, may_be_empty: bool = False) -> str:
    """The address as it goes on the wire: its domain in ASCII. Refuses what could break out of the command."""
    if not address and may_be_empty:
        return ""
    local, at, domain = address.rpartition("@")
    if _FORBIDDEN.search(address) or len(address) > LONGEST_ADDRESS or not (local and at and domain):
        raise Unspeakable("this is not an address that a mail server takes")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except UnicodeError:
        raise Unspeakable("the part after @ cannot be written for a mail server") from None


def stuffed(message: bytes) -> bytes:
    """The message with lone line ends made whole and dots doubled, ready for the final dot."""
    body = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    body = re.sub(rb"(?m)^\.", b"..", body)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def one_line(words: bytes | str) -> str:
    """The words without control characters, 500 characters at most."""
    text = words[: LONGEST_TEXT * 4].decode("utf-8", "replace") if isinstance(words, bytes) else words
    return _CONTROL.sub(" ", text[: LONGEST_TEXT * 4]).strip()[:LONGEST_TEXT]


def reply_of(code: int, words: bytes | str) -> Reply:
    text = one_line(words)
    found = _ENHANCED.match(text)
    return Reply(code, text, found[1] if found else "")
