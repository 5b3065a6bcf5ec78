"""The head of a chain, signed by a key that lives outside the database: who can only write there cannot make another.

A head that is not rightly signed is never signed by going on: what was done to it stays visible.
"""

import hmac

from portal.activity.models import LogHead
from portal.core import keys
from portal.core.actor import current_actor

_PURPOSE = "log-head"


def sign(seq: int, hash_: str) -> str:
    version = keys.current_version()
    return f"{version}:{keys.portal_mac(_PURPOSE, _text(seq, hash_), version)}"


def is_signed(seq: int, hash_: str, mac: str) -> bool:
    version, _, hexes = mac.partition(":")
    try:
        right = keys.portal_mac(_PURPOSE, _text(seq, hash_), version)
    except KeyError:
        return False
    return hmac.compare_digest(right, hexes)


def follow(head: LogHead, seq: int, hash_: str) -> str:
    """The signature of the head that comes after this one."""
    return sign(seq, hash_) if is_signed(head.seq, head.hash, head.mac) else head.mac


def current() -> LogHead | None:
    return LogHead.get_or_none()


def adopt() -> None:
    """Sign a head written before heads were signed. To be called only where nothing vouches for an earlier one."""
    head = current()
    if head is not None and not head.mac:
        mine = (LogHead.id == head.id) & (LogHead.seq == head.seq) & (LogHead.mac == "")
        LogHead.update(mac=sign(head.seq, head.hash)).where(mine).execute()


def _text(seq: int, hash_: str) -> str:
    return f"{current_actor().org_id}:{seq}:{hash_}"
