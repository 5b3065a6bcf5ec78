"""The mailbox of the return address, read by IMAP: each message is deleted there once it is safe with us."""

import imaplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from portal.gateways.smtp_wire import encryption, one_line

SECONDS = 30.0
LARGEST = 10 * 1024 * 1024


class NoMailbox(RuntimeError):
    """The mailbox cannot be read. The message says why, in words."""


class BadMailbox(ValueError):
    """BOUNCE_URL cannot be understood. The message says how it is written."""


@dataclass(frozen=True)
class Mailbox:
    """Where returned mail lies, such as imaps://bounces%40example.org:password@mail.example.org/INBOX."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: bool

    @classmethod
    def from_url(cls, url: str) -> "Mailbox":
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise BadMailbox("BOUNCE_URL is written like imaps://user:password@mail.example.org/INBOX.")
        tls = parts.scheme == "imaps"
        try:
            port = parts.port or (993 if tls else 143)
        except ValueError:
            raise BadMailbox("The port in BOUNCE_URL is not a number.") from None
        folder = unquote(parts.path.strip("/")) or "INBOX"
        return cls(parts.hostname, port, unquote(parts.username), unquote(parts.password or ""), folder, tls)


def fetch(mailbox: Mailbox, keep: Callable[[bytes], object], most: int = 200) -> int:
    """Give each message to `keep`, then delete it; return how many there were. Raises NoMailbox.

    When it breaks off between the two, the message is given again the next time.
    """
    try:
        connection = _opened(mailbox)
    except (OSError, imaplib.IMAP4.error, ssl.SSLError) as error:
        raise NoMailbox(f"The mailbox of BOUNCE_URL cannot be read: {one_line(str(error))}") from None
    try:
        return _fetch(connection, mailbox.folder, keep, most)
    except (OSError, imaplib.IMAP4.error) as error:
        raise NoMailbox(f"The mailbox of BOUNCE_URL broke off: {one_line(str(error))}") from None
    finally:
        _leave(connection)


def answers(mailbox: Mailbox) -> str:
    """Try the mailbox without reading: "" when it lets us in, else why not, in words."""
    try:
        fetch(mailbox, lambda source: None, most=0)
    except NoMailbox as error:
        return str(error)
    return ""


def _opened(mailbox: Mailbox) -> imaplib.IMAP4:
    context = encryption(mailbox.host in ("127.0.0.1", "::1", "localhost"))
    if mailbox.tls:
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=SECONDS)
    else:
        connection = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=SECONDS)
        if "STARTTLS" in connection.capabilities:
            connection.starttls(ssl_context=context)
    connection.login(mailbox.user, mailbox.password)
    return connection


def _fetch(connection: imaplib.IMAP4, folder: str, keep: Callable[[bytes], object], most: int) -> int:
    answer, _ = connection.select(f'"{folder}"')
    if answer != "OK":
        raise NoMailbox(f"The mailbox of BOUNCE_URL has no folder {folder}.")
    _, found = connection.uid("SEARCH", "UNDELETED")
    uids = found[0].split()[:most] if found and found[0] else []
    for uid in uids:
        _, parts = connection.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")
        source = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if source is None:
            continue  # somebody else took it away meanwhile
        keep(bytes(source))
        connection.uid("STORE", uid.decode(), "+FLAGS.SILENT", r"(\Deleted)")
    if uids:
        connection.expunge()
    return len(uids)


def _leave(connection: imaplib.IMAP4) -> None:
    with suppress(OSError, imaplib.IMAP4.error):  # it may leave first
        connection.logout()
