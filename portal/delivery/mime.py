"""Finished messages: headers that carry nothing but what was meant, a text part, an HTML part, attachments."""

import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bqBQ]\?[^\s]*\?=")
POLICY = email.policy.SMTP.clone(max_line_length=76, cte_type="7bit")


class UnsafeHeader(ValueError):
    """A value would have become something else than one header. Nothing was made."""


@dataclass(frozen=True)
class File:
    name: str
    kind: str  # such as application/pdf
    body: bytes


@dataclass(frozen=True)
class Message:
    """What a message says and who sends it to whom. `headers` are added as they are named."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    files: Sequence[File] = ()


def build(message: Message) -> bytes:
    """The message as bytes for the wire. Raises UnsafeHeader when a value could break out of its header."""
    made = EmailMessage(policy=POLICY)
    made["From"] = _address(message.sender_name, message.sender)
    made["To"] = _address(message.recipient_name, message.recipient)
    made["Subject"] = one_line(message.subject)
    made["Date"] = format_datetime(message.date)
    made["Message-ID"] = one_line(message.message_id)
    if message.reply_to:
        made["Reply-To"] = _address("", message.reply_to)
    for name, value in message.headers.items():
        made[name] = one_line(value)
    made.set_content(message.text)
    made.add_alternative(message.html, subtype="html")
    for file in message.files:
        main, _, sub = file.kind.partition("/")
        made.add_attachment(file.body, maintype=main, subtype=sub or "octet-stream", filename=one_line(file.name))
    raw = made.as_bytes()
    _verify(raw, made)
    return raw


def one_line(value: str) -> str:
    """The value as it may stand in a header: no line ends, and nothing that pretends to be encoded already."""
    plain = _FORBIDDEN.sub(" ", value)
    return _ENCODED_WORD.sub(lambda match: match[0].replace("=?", "= ?"), plain).strip()


def _address(name: str, address: str) -> Address:
    if _FORBIDDEN.search(address) or address.count("@") != 1 or re.search(r"[\s<>,;]", address):
        raise UnsafeHeader("an address that is none")
    local, _, domain = address.partition("@")
    return Address(one_line(name), local, domain)


def _verify(raw: bytes, meant: EmailMessage) -> None:
    """Read the bytes again, as a mail program would, and compare the headers with those that were meant."""
    read = BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw.partition(b"\r\n\r\n")[0])
    wanted = [name.lower() for name in meant]
    if [name.lower() for name in read] != wanted:
        raise UnsafeHeader("a value would have become a header of its own")
