"""One connection to the sink, from the banner to its end."""

import base64
import contextlib
import email.parser
import hashlib
import socket
import ssl
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

from tests.sink_plan import AFTER_SENDER, ANSWERS, AT_BANNER, AT_DATA, AT_MAIL, AT_RCPT, KEEPING

if TYPE_CHECKING:
    from tests.sink import Sink

LONG_LINE = 10 * 1024 * 1024


class Dropped(Exception):
    """The sink breaks the connection by plan."""


class Talk:
    """One connection from the banner to its end."""

    def __init__(self, sink: "Sink", connection: socket.socket, number: int) -> None:
        self.sink, self.plan, self.number = sink, sink.plan, number
        self.socket = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader: BinaryIO | None = None
        self.sender: str | None = None
        self.recipients: list[tuple[str, str]] = []
        self.messages = 0
        self.signed_in = False

    def run(self) -> None:
        if self.plan.tls:
            self._wrap()
        self.reader = self.socket.makefile("rb")
        self._banner()
        while True:
            line = self.reader.readline(4096)
            if not line:
                self.note("end", "client left")
                return
            verb, _, rest = line.decode("utf-8", "surrogateescape").strip().partition(" ")
            if not self._command(verb.upper(), rest):
                return

    def close(self) -> None:
        if self.reader is not None:
            with contextlib.suppress(OSError):
                self.reader.close()
        self.socket.close()

    def note(self, phase: str, verdict: str, *, rcpt: str | None = None, durable: bool = False, **more: Any) -> None:
        self.sink.journal.write(
            durable=durable, conn=self.number, phase=phase, mail_from=self.sender, rcpt=rcpt, verdict=verdict, **more
        )

    def say(self, answer: bytes) -> None:
        self.socket.sendall(answer + b"\r\n")

    def _banner(self) -> None:
        behaviour = self.plan.drawn(AT_BANNER, f"connection {self.number}")
        self.note("connect", behaviour)
        if behaviour == "banner-silence":
            self.sink.ended.wait(self.plan.seconds_silent)
        if behaviour in ("banner-drop", "banner-silence"):
            raise Dropped
        if behaviour != "ok":
            self.say(ANSWERS[behaviour])
            raise Dropped
        self.say(b"220 sink.example ESMTP")

    def _command(self, verb: str, rest: str) -> bool:
        """Answer one command; False when the connection is to end."""
        if verb in ("EHLO", "HELO"):
            self.say(b"\r\n".join(self._greeting()) if verb == "EHLO" else b"250 sink.example")
        elif verb == "STARTTLS" and self.sink.context and not self._is_encrypted:
            self._start_tls()
        elif verb == "AUTH" and self.plan.auth:
            self._sign_in(rest)
        elif verb == "MAIL":
            self._mail(rest)
        elif verb == "RCPT":
            self._rcpt(rest)
        elif verb == "DATA":
            self._data()
        elif verb == "RSET":
            self.sender, self.recipients = None, []
            self.say(b"250 2.0.0 reset")
        elif verb == "NOOP":
            self.say(b"250 2.0.0 ok")
        elif verb == "QUIT":
            self.note("end", "quit")
            self.say(b"221 2.0.0 bye")
            return False
        else:
            self.say(b"502 5.5.2 unknown command")
        return True

    @property
    def _is_encrypted(self) -> bool:
        return isinstance(self.socket, ssl.SSLSocket)

    def _greeting(self) -> list[bytes]:
        offered = list(self.plan.extensions)
        if self.sink.context and not self._is_encrypted:
            offered.append("STARTTLS")
        if self.plan.auth and (self._is_encrypted or not self.sink.context):
            offered.append("AUTH PLAIN LOGIN")
        lines = ["sink.example", *offered]
        return [f"250{'-' if n < len(lines) - 1 else ' '}{line}".encode() for n, line in enumerate(lines)]

    def _wrap(self) -> None:
        assert self.sink.context is not None
        plain = self.socket
        self.socket = self.sink.context.wrap_socket(plain, server_side=True)
        self.sink.swapped(plain, self.socket)

    def _start_tls(self) -> None:
        self.say(b"220 2.0.0 go ahead")
        assert self.reader is not None
        self.reader.close()
        self._wrap()
        self.reader = self.socket.makefile("rb")
        self.sender, self.recipients, self.signed_in = None, [], False

    def _sign_in(self, rest: str) -> None:
        assert self.reader is not None
        assert self.plan.auth is not None
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                self.say(b"334 ")
                initial = self.reader.readline(4096).decode().strip()
            given = tuple(base64.b64decode(initial).decode().split("\0")[1:])
        else:
            words = [initial] if initial else []
            for prompt in (b"334 VXNlcm5hbWU6", b"334 UGFzc3dvcmQ6")[len(words) :]:
                self.say(prompt)
                words.append(self.reader.readline(4096).decode().strip())
            given = tuple(base64.b64decode(word).decode() for word in words)
        self.signed_in = given == self.plan.auth
        self.note("auth", "235" if self.signed_in else "535", encrypted=self._is_encrypted)
        self.say(b"235 2.7.0 welcome" if self.signed_in else b"535 5.7.8 wrong user name or password")

    def _mail(self, rest: str) -> None:
        self.sender, self.recipients = _address(rest), []
        self.sink.mails += 1
        behaviour = self.plan.for_address(self.sender, AT_MAIL, f"mail {self.sink.mails}")
        limit = self.plan.messages_per_connection
        if limit is not None and self.messages >= limit:
            behaviour = "421-at-mail"
        if self.plan.auth and not self.signed_in:
            self.note("mail", "530")
            self.say(b"530 5.7.0 sign in first")
            return
        self.note("mail", behaviour, options=rest.partition(">")[2].strip())
        if behaviour == "mail-drop":
            raise Dropped
        if behaviour != "ok":
            self.sender = None
            self.say(ANSWERS[behaviour])
            if behaviour == "421-at-mail":
                raise Dropped
            return
        self.say(b"250 2.1.0 ok")

    def _rcpt(self, rest: str) -> None:
        if self.sender is None:
            self.say(b"503 5.5.1 name the sender first")
            return
        recipient = _address(rest)
        behaviour = self.plan.for_address(recipient, AFTER_SENDER)
        self.note("rcpt", behaviour if behaviour in AT_RCPT else "250", rcpt=recipient)
        if behaviour in ANSWERS and behaviour in AT_RCPT:
            self.say(ANSWERS[behaviour])
            if behaviour in ("421-rcpt", "550-then-drop"):
                raise Dropped
            return
        if behaviour == "rcpt-drop":
            raise Dropped
        if behaviour == "rcpt-garbage":
            self.say(b"\x00\xff what was that")
            return
        if behaviour == "rcpt-long":
            self.say(b"250 " + b"x" * LONG_LINE)
            return
        if behaviour == "rcpt-endless":
            while not self.sink.ended.is_set():
                self.socket.sendall(b"250-and so on\r\n" * 1000)
            raise Dropped
        self.recipients.append((recipient, behaviour))
        if behaviour == "slow":
            for byte in b"250 2.1.5 ok\r\n":
                self.socket.sendall(bytes([byte]))
                self.sink.ended.wait(self.plan.seconds_slow)
            return
        self.say(b"250 2.1.5 ok")

    def _data(self) -> None:
        if not self.recipients:
            self.say(b"554 5.5.1 no valid recipients")
            return
        recipient, behaviour = self.recipients[0]
        if behaviour in AT_DATA:
            self._refuse_data(recipient, behaviour)
            return
        self.note("data", "354", rcpt=recipient)
        self.say(b"354 go on")
        self._dot(self._message())

    def _refuse_data(self, recipient: str, behaviour: str) -> None:
        self.note("data", behaviour, rcpt=recipient)
        if behaviour in ANSWERS:
            self.say(ANSWERS[behaviour])
            return
        self.say(b"354 go on")
        assert self.reader is not None
        if behaviour != "354-drop":
            self.reader.readline(4096)
        if behaviour == "mid-body-reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Dropped

    def _message(self) -> bytes:
        assert self.reader is not None
        lines = []
        while True:
            line = self.reader.readline()
            if not line:
                self.note("dot", "client left in the middle")
                raise Dropped
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)

    def _dot(self, message: bytes) -> None:
        message_id = _message_id(message)
        digest = hashlib.sha256(message).hexdigest()
        if self.sink.bodies is not None:
            (self.sink.bodies / f"{digest}.eml").write_bytes(message)
        verdict = self.recipients[0][1]
        for recipient, _ in self.recipients:
            kept = verdict in KEEPING
            self.note(
                "dot", verdict, rcpt=recipient, durable=True, message_id=message_id, sha256=digest, kept=kept,
                size=len(message),
            )  # fmt: skip
        self.messages += 1
        self.sender, self.recipients = None, []
        if verdict == "keep-then-silence":
            self.sink.ended.wait(self.plan.seconds_silent)
        if verdict in ("keep-then-drop", "keep-then-silence"):
            raise Dropped
        if verdict in ("dot-garbage", "keep-then-garbage"):
            self.say(b"hello? hello?")
        elif verdict in ANSWERS:
            self.say(ANSWERS[verdict])
        else:
            self.say(b"250 2.0.0 kept")
        if verdict in ("250-then-drop", "421-dot"):
            raise Dropped


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


def _message_id(message: bytes) -> str:
    head = message.partition(b"\r\n\r\n")[0]
    return str(email.parser.BytesHeaderParser().parsebytes(head).get("Message-ID", "")).strip()
