"""Hands messages to a mail server, phase by phase, so that the caller knows what a broken connection means.

`prepare` goes as far as the recipient (MAIL, RCPT): a loss there is certain not to have sent anything. `transmit`
sends the message (DATA, body, dot): a loss after the dot is uncertain, and only a person may send again (RFC 1047).
"""

import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from portal.gateways.smtp_wire import (
    EncryptedWire,
    Reply,
    Unspeakable,
    Wire,
    encryption,
    one_line,
    our_name,
    path,
    reply_of,
    stuffed,
)

__all__ = ["BadServer", "Connection", "Lost", "Reply", "Server", "Unwelcome", "answers"]

CONNECT_SECONDS = 30.0
REPLY_SECONDS = 60.0
AFTER_DOT_SECONDS = 300.0
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class BadServer(ValueError):
    """SMTP_URL does not name a mail server. The message says what is wrong with it."""


class Lost(Exception):
    """The connection broke. `phase` is connect, envelope or data.

    `may_have_sent` is true only once the final dot was on its way: then nobody knows whether the message went.
    """

    def __init__(self, phase: str, reason: str, *, may_have_sent: bool = False) -> None:
        super().__init__(f"{phase}: {reason}")
        self.phase = phase
        self.reason = reason
        self.may_have_sent = may_have_sent


class Unwelcome(Exception):
    """The server lets us in no further: no greeting, no encryption, wrong credentials. Says why.

    `reply` is the server's answer where it gave one: a transient one means "later", not "never".
    """

    def __init__(self, reason: str, reply: Reply | None = None) -> None:
        super().__init__(reason)
        self.reply = reply


@dataclass(frozen=True)
class Server:
    """Where mail is handed over. `starttls` is required, if-offered or never; `tls` is TLS from the first byte."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: str = "if-offered"

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"  # never the password, wherever this is printed

    @property
    def is_local(self) -> bool:
        return self.host in LOCAL

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read smtp://user:password@host:port or smtps://…; ?starttls=required|if-offered|never."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadServer("SMTP_URL cannot be read: the port must be a number from 1 to 65535.") from error
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadServer("SMTP_URL must be smtp://user:password@host:port or begin with smtps://.")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        usual = "required" if user and parts.hostname not in LOCAL else "if-offered"
        starttls = parse_qs(parts.query).get("starttls", [usual])[0]
        if starttls not in ("required", "if-offered", "never"):
            raise BadServer("starttls in SMTP_URL is required, if-offered or never.")
        tls = parts.scheme == "smtps"
        return cls(parts.hostname, port or (465 if tls else 587 if user else 25), user, password, tls, starttls)


class Connection:
    """One connection to a mail server, used for one message after another."""

    def __init__(
        self,
        server: Server,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        reply_seconds: float = REPLY_SECONDS,
        after_dot: float = AFTER_DOT_SECONDS,
    ) -> None:
        self.server = server
        self.connect_seconds = connect_seconds
        self.reply_seconds = reply_seconds
        self.after_dot = after_dot
        self._wire: Wire | None = None

    @property
    def is_open(self) -> bool:
        return self._wire is not None

    def open(self) -> None:
        """Greet, encrypt and sign in. Raises Lost("connect") or Unwelcome."""
        self.drop()
        try:
            self._greet()
        except (smtplib.SMTPException, OSError, UnicodeEncodeError) as error:
            self.drop()
            raise _why_not(error) from None

    def prepare(self, sender: str, recipient: str) -> Reply:
        """Name sender and recipient. An accepted reply means the recipient was taken. Raises Lost("envelope").

        A recipient whose name needs SMTPUTF8, where the server has none, is refused here and never mangled (RFC 6531).
        """
        wire = self._opened()
        try:
            mail_from, rcpt_to = path(sender, may_be_empty=True), path(recipient)
        except Unspeakable as error:
            return Reply(553, str(error), "5.1.3")
        options = ""
        if not (mail_from + rcpt_to).isascii():
            if not wire.has_extn("smtputf8"):
                return Reply(553, "smtputf8_unsupported: the mail server cannot write to this address", "5.6.7")
            options = " SMTPUTF8"
        reply = self._name(wire, f"MAIL FROM:<{mail_from}>{options}\r\n", f"RCPT TO:<{rcpt_to}>\r\n")
        if reply.code == 421:
            self.drop()
        elif not reply.is_accepted:
            self.reset()
        return reply

    def transmit(self, message: bytes) -> Reply:
        """Send the message to the recipient just prepared. Raises Lost("data"); it says whether the dot had gone.

        An answer of the server, also a refusal of DATA itself, is certain and comes back as a Reply.
        """
        wire = self._opened()
        dot_sent = False
        try:
            code, words = wire.docmd("DATA")
            is_wanted = code == 354
            if is_wanted:
                wire.wait_for(self.after_dot)
                wire.send(stuffed(message))
                dot_sent = True  # from here even a failed write may have reached the server
                wire.send(b".\r\n")
                code, words = wire.getreply()
                wire.wait_for(self.reply_seconds)
            reply = reply_of(code, words)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Lost("data", _reason(error), may_have_sent=dot_sent) from None
        if reply.code < 400 and not (is_wanted and reply.is_accepted):
            self.drop()  # an answer that belongs to no question: out of step with the server
            raise Lost("data", f"the server answered {reply}", may_have_sent=dot_sent)
        if reply.code == 421:
            self.drop()
        elif not is_wanted:
            self.reset()
        return reply

    def reset(self) -> None:
        """Forget the message begun: the next one starts anew."""
        if self._wire is not None:
            try:
                code, _ = self._wire.docmd("RSET")
            except (smtplib.SMTPException, OSError):
                code = 0
            if code != 250:
                self.drop()  # what was begun is surely forgotten with the connection

    def close(self) -> None:
        """Say goodbye."""
        if self._wire is not None:
            try:
                self._wire.wait_for(min(5, self.reply_seconds))
                self._wire.docmd("QUIT")
            except (smtplib.SMTPException, OSError):
                pass  # the server has left already: there is nothing to lose
            self.drop()

    def drop(self) -> None:
        """Let the connection go without a word."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _greet(self) -> None:
        server = self.server
        seconds = self.connect_seconds
        if server.tls:
            context = encryption(server.is_local)
            wire: Wire = EncryptedWire(local_hostname=our_name(), timeout=seconds, context=context)
        else:
            wire = Wire(local_hostname=our_name(), timeout=seconds)
        self._wire = wire
        wire._host = server.host  # type: ignore[attr-defined] # the name that TLS checks; only the constructor sets it
        code, words = wire.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        wire.wait_for(self.reply_seconds)
        wire.ehlo_or_helo_if_needed()
        if not server.tls and server.starttls != "never":
            self._encrypt(wire)
        if server.user:
            wire.login(server.user, server.password)

    def _encrypt(self, wire: Wire) -> None:
        if wire.has_extn("starttls"):
            wire.starttls(context=encryption(self.server.is_local))
            wire.ehlo_or_helo_if_needed()
        elif self.server.starttls == "required":
            raise smtplib.SMTPNotSupportedError("it offers no encryption, and encryption is required")

    def _name(self, wire: Wire, mail: str, rcpt: str) -> Reply:
        """Send MAIL and RCPT, together where the server takes them so (RFC 2920). The first refusal counts."""
        try:
            if wire.has_extn("pipelining"):
                wire.send((mail + rcpt).encode())
                reply = _answer(wire)
                if not reply.is_accepted:
                    self._skip_answer(wire, reply)
                    return reply
                return _answer(wire)
            wire.send(mail.encode())
            reply = _answer(wire)
            if reply.is_accepted:
                wire.send(rcpt.encode())
                reply = _answer(wire)
            return reply
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Lost("envelope", _reason(error)) from None

    def _skip_answer(self, wire: Wire, reply: Reply) -> None:
        """Read the answer to RCPT, which has no meaning after MAIL was refused; the refusal stands without it."""
        if reply.code != 421:
            try:
                wire.getreply()
            except (smtplib.SMTPException, OSError):
                self.drop()

    def _opened(self) -> Wire:
        if self._wire is None:
            raise Lost("connect", "not connected")
        return self._wire


def _answer(wire: Wire) -> Reply:
    """The answer to a command that is taken (2xx) or refused (4xx, 5xx); anything else is out of step."""
    reply = reply_of(*wire.getreply())
    if 300 <= reply.code < 400:
        raise smtplib.SMTPServerDisconnected(f"the server answered {reply}")
    return reply


def _why_not(error: Exception) -> Lost | Unwelcome:
    """What a failure to get in means for the caller."""
    match error:
        case smtplib.SMTPAuthenticationError():
            reply = reply_of(error.smtp_code, error.smtp_error)
            return Unwelcome(f"The mail server refused the user name or password: {reply}", reply)
        case smtplib.SMTPResponseException():
            reply = reply_of(error.smtp_code, error.smtp_error)
            return Unwelcome(f"The mail server did not let us in: {reply}", reply)
        case ssl.SSLError():
            return Unwelcome(f"The mail server's certificate or encryption is not right: {error.reason or error}.")
        case smtplib.SMTPServerDisconnected():
            return Lost("connect", _reason(error))
        case smtplib.SMTPException():
            return Unwelcome(f"The mail server cannot be used: {one_line(str(error)).rstrip('.')}.")
        case UnicodeEncodeError():
            return Unwelcome("The user name or password in SMTP_URL holds letters that a mail server does not take.")
    return Lost("connect", _reason(error))


def _reason(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return one_line(text)


def answers(server: Server) -> str:
    """Try the server without sending: "" when it lets us in, else why not, in words."""
    connection = Connection(server, reply_seconds=10)
    try:
        connection.open()
    except Unwelcome as error:
        return str(error)
    except Lost as error:
        return f"The mail server {server.host} cannot be reached: {error.reason}."
    connection.close()
    return ""
