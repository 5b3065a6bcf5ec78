"""Takes returned mail from the mail server of the machine, by LMTP or SMTP, on loopback or a socket.

Nothing is answered for before it is in the database. What is not for the return address is refused.
"""

import signal
import threading
from pathlib import Path
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller, UnixSocketController
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.core.db import db
from portal.delivery import bouncing, return_path

SCHEMES = ("lmtp", "smtp")


class _Taker:
    """Keeps each message in the database before it is said to be taken."""

    def __init__(self, address: str, road: str) -> None:
        self.address = address
        self.road = road

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not return_path.is_ours(self.address, address):
            return "550 5.1.1 only returned mail is taken here"
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        source = content.encode() if isinstance(content, str) else content or b""
        with db.connection_context():
            bouncing.take_in(source, envelope.rcpt_tos[0], self.road)
        return "250 2.0.0 taken"


def serve(listen: str, address: str) -> None:
    """Take mail until asked to end. `listen` is such as lmtp://127.0.0.1:2424 or lmtp:///run/portal/bounce.sock."""
    controller = made(listen, address)
    controller.start()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    controller.stop()


def made(listen: str, address: str) -> Controller | UnixSocketController:
    """The server for an address such as those of `serve`, not yet started."""
    parts = urlsplit(listen)
    kind = LMTP if parts.scheme == "lmtp" else SMTP
    taker = _Taker(address, parts.scheme)
    if parts.hostname:

        class OnPort(Controller):
            def factory(self) -> SMTP:
                return kind(taker, data_size_limit=bouncing.LARGEST, enable_SMTPUTF8=True, ident="portal")

        return OnPort(taker, hostname=parts.hostname, port=parts.port or 2424, ready_timeout=15)

    class OnSocket(UnixSocketController):
        def factory(self) -> SMTP:
            return kind(taker, data_size_limit=bouncing.LARGEST, enable_SMTPUTF8=True, ident="portal")

    Path(parts.path).unlink(missing_ok=True)
    return OnSocket(taker, unix_socket=parts.path)
