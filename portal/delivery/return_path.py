"""The return address of each message (VERP): it names the message and proves that we wrote it (domain.md E-11).

bounces@example.org  ->  bounces+<organisation>-<message>-<mark>@example.org
"""

import re
from dataclasses import dataclass

from portal.core.keys import is_return_mark, return_mark

_MARK = re.compile(r"\+(\d{1,9})-(\d{1,18})-([0-9a-f]{16})@", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.\-]{1,255}>")


@dataclass(frozen=True)
class Marked:
    """The message that a mark names."""

    org_id: int
    delivery_id: int


def for_delivery(address: str, org_id: int, delivery_id: int) -> str:
    """The return address of one message, made from the installation's."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{org_id}-{delivery_id}-{return_mark(org_id, delivery_id)}@{domain}"


def is_ours(address: str, recipient: str) -> bool:
    """Whether mail to `recipient` is for the return address, whatever stands behind its plus sign."""
    local, _, domain = address.lower().rpartition("@")
    asked, _, at = recipient.lower().rpartition("@")
    return at == domain and asked.partition("+")[0] == local


def marked(text: str) -> Marked | None:
    """The message named by the first mark in the text that is genuine."""
    for org, delivery, mark in _MARK.findall(text):
        if is_return_mark(int(org), int(delivery), mark.lower()):
            return Marked(int(org), int(delivery))
    return None


def message_ids(text: str) -> list[str]:
    """What in the text looks like the names of our messages, each once."""
    return list(dict.fromkeys(_MESSAGE_ID.findall(text)))[:20]
