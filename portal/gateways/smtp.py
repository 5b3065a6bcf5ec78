"""Hands messages to a mail server, phase by phase, so that the caller knows what a broken connection means.

`prepare` goes as far as the recipient (MAIL, RCPT): a loss there is certain not to have sent anything. `transmit`
sends the message (DATA, body, dot): a loss there is uncertain, and only a person may decide to send again (RFC 1047).
"""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

CONNECT_SECONDS = 30.0
REPLY_SECONDS = 60.0
AFTER_DOT_SECONDS = 300.0
LONGEST_REPLY = 500
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\s")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f<>]")
_RATE_WORDS = re.compile(r"rate|too many|too fast|throttl|limit|slow down|try again later", re.IGNORECASE)
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class BadServer(ValueError):
    """SMTP_URL does not name a mail server. The message says what is wrong with it."""


class Lost(Exception):
    """The connection broke. `phase` is connect, envelope or data; only after data is it uncertain what happened."""

    def __init__(self, phase: str, reason: str) -> None:
        super().__init__(f"{phase}: {reason}")
        self.phase = phase
        self.reason = reason


class Unwelcome(Exception):
    """The server cannot be used at all now: no greeting, no encryption, wrong credentials. Says why."""


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
        """421, or 450/451/452 that speaks of rates: the server, not the recipient, is the reason."""
        return self.code == 421 or (self.code in (450, 451, 452) and bool(_RATE_WORDS.search(self.text)))

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


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

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read smtp://user:password@host:port or smtps://…; ?starttls=required|if-offered|never."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError as error:
            raise BadServer("The port in SMTP_URL is not a number from 1 to 65535.") from error
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
        self, server: Server, *, reply_seconds: float = REPLY_SECONDS, after_dot: float = AFTER_DOT_SECONDS
    ) -> None:
        self.server = server
        self.reply_seconds = reply_seconds
        self.after_dot = after_dot
        self._smtp: smtplib.SMTP | None = None

    @property
    def is_open(self) -> bool:
        return self._smtp is not None

    def open(self) -> None:
        """Greet, encrypt and sign in. Raises Lost("connect") or Unwelcome."""
        server = self.server
        try:
            kind = smtplib.SMTP_SSL if server.tls else smtplib.SMTP
            self._smtp = kind(server.host, server.port, timeout=min(CONNECT_SECONDS, self.reply_seconds))
            smtp = self._smtp
            _wait(smtp, self.reply_seconds)
            smtp.ehlo_or_helo_if_needed()
            if not server.tls and server.starttls != "never":
                self._encrypt(smtp)
            if server.user:
                smtp.login(server.user, server.password)
        except smtplib.SMTPAuthenticationError as error:
            self.drop()
            raise Unwelcome(
                f"The mail server refused the user name or password: {_reply(error.smtp_code, error.smtp_error)}"
            ) from None
        except smtplib.SMTPResponseException as error:
            self.drop()
            raise Unwelcome(f"The mail server did not let us in: {_reply(error.smtp_code, error.smtp_error)}") from None
        except ssl.SSLError as error:
            self.drop()
            raise Unwelcome(
                f"The mail server's certificate or encryption is not right: {error.reason or error}."
            ) from None
        except smtplib.SMTPServerDisconnected as error:
            self.drop()
            raise Lost("connect", str(error)) from None
        except smtplib.SMTPException as error:
            self.drop()
            raise Unwelcome(f"The mail server cannot be used: {error}") from None
        except OSError as error:
            self.drop()
            raise Lost("connect", error.strerror or type(error).__name__) from None

    def prepare(self, sender: str, recipient: str) -> Reply:
        """Name sender and recipient. An accepted reply means the recipient was taken. Raises Lost("envelope").

        A recipient whose name needs SMTPUTF8, where the server has none, is refused here and never mangled (RFC 6531).
        """
        smtp = self._open_smtp()
        try:
            wanted = [_path(sender), _path(recipient)]
        except _Unspeakable as error:
            return Reply(553, str(error), "5.1.3")
        options = ""
        if not all(path.isascii() for path in wanted):
            if not smtp.has_extn("smtputf8"):
                return Reply(553, "smtputf8_unsupported: the mail server cannot write to this address", "5.6.7")
            options = " SMTPUTF8"
            smtp.command_encoding = "utf-8"
        try:
            reply = _reply(*smtp.docmd(f"MAIL FROM:<{wanted[0]}>{options}"))
            if reply.is_accepted:
                reply = _reply(*smtp.docmd(f"RCPT TO:<{wanted[1]}>"))
                if not reply.is_accepted and reply.code != 421:
                    smtp.docmd("RSET")
            elif reply.code != 421:
                smtp.docmd("RSET")
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Lost("envelope", str(error) or type(error).__name__) from None
        finally:
            smtp.command_encoding = "ascii"
        if reply.code == 421:
            self.drop()
        return reply

    def transmit(self, message: bytes) -> Reply:
        """Send the message to the recipient just prepared. Raises Lost("data") when it is uncertain what happened."""
        smtp = self._open_smtp()
        try:
            code, words = smtp.docmd("DATA")
            if code != 354:
                reply = _reply(code, words)
                if not reply.is_transient and not reply.is_permanent:
                    reply = Reply(554, f"unexpected answer to DATA: {reply}")
            else:
                _wait(smtp, self.after_dot)
                smtp.send(_stuffed(message))
                reply = _reply(*smtp.getreply())
                _wait(smtp, self.reply_seconds)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Lost("data", str(error) or type(error).__name__) from None
        if reply.code == 421:
            self.drop()
        elif code != 354:
            self.reset()
        return reply

    def reset(self) -> None:
        """Forget the message begun: the next one starts anew."""
        if self._smtp is not None:
            try:
                self._smtp.docmd("RSET")
            except (smtplib.SMTPException, OSError):
                self.drop()

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):  # a server that has left already takes nothing with it
                self._smtp.quit()
            self._smtp = None

    def drop(self) -> None:
        """Let the connection go without a word."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _open_smtp(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise Lost("connect", "not connected")
        return self._smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        if smtp.has_extn("starttls"):
            is_local = self.server.host in LOCAL
            context = ssl.create_default_context()
            if is_local:  # on this machine there is nobody in between, and its certificate is its own
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            smtp.starttls(context=context)
            smtp.ehlo()
        elif self.server.starttls == "required":
            self.drop()
            raise Unwelcome("The mail server offers no encryption, so the password is not sent to it.")


def _wait(smtp: smtplib.SMTP, seconds: float) -> None:
    """How long the next answer is waited for."""
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


class _Unspeakable(ValueError):
    """An address that must not be put on the wire."""


def _path(address: str) -> str:
    """The address as it goes on the wire: its domain in ASCII. Refuses what could break out of the command."""
    if _FORBIDDEN.search(address):
        raise _Unspeakable("the address holds characters that no mail server takes")
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else address
    except UnicodeError as error:
        raise _Unspeakable("the part after @ cannot be written for a mail server") from error


def _stuffed(message: bytes) -> bytes:
    """The message with lone line ends made whole, dots doubled, and the final dot."""
    body = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    body = re.sub(rb"(?m)^\.", b"..", body)
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _reply(code: int, words: bytes | str) -> Reply:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", text[: LONGEST_REPLY * 4]).strip()[:LONGEST_REPLY]
    found = _ENHANCED.match(text + " ")
    return Reply(code if 200 <= code < 600 else 554, text, found[1] if found else "")


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
