"""How final deliveries are digested into one value. Pure, and the same for a stranger with a few lines of Python.

A row's digest covers what stays of it for ever: who, which campaign, which keyed hash of the address, what became of it
and when. The address itself and the server's words are not in it, so that erasing them leaves the seal whole; nor is
what comes back later, such as a bounce. The digests of a batch are the leaves of a tree: one row is proven by some ten
digests of its neighbours, and nothing of theirs.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.activity.rules import canonical
from portal.core.db import UTC_TEXT

BATCH = 1_000
_LEAF = struct.Struct(">QQ32s")  # delivery, contact, digest of the row


class Sealed(NamedTuple):
    """What of a delivery is sealed, in this order."""

    id: int
    campaign_id: int
    contact_id: int
    channel: str
    mac: str
    state: str
    reason: str
    message_id: str
    handed_at: datetime | None
    ended_at: datetime | None


class Leaf(NamedTuple):
    """One row of a batch: whose it was when it was sealed, and its digest."""

    delivery_id: int
    contact_id: int
    digest: bytes

    def packed(self) -> bytes:
        return _LEAF.pack(*self)


def plain(row: Sealed) -> list[Any]:
    """The row as it is digested."""
    return [value.strftime(UTC_TEXT) if isinstance(value, datetime) else value for value in row]


def leaf_of(row: Sealed) -> Leaf:
    return Leaf(row.id, row.contact_id, hashlib.sha256(canonical(plain(row)).encode()).digest())


def packed(leaves: Sequence[Leaf]) -> bytes:
    return b"".join(leaf.packed() for leaf in leaves)


def unpacked(raw: bytes) -> list[Leaf]:
    """Raises struct.error when it is not a number of whole leaves."""
    return [Leaf(*fields) for fields in _LEAF.iter_unpack(raw)]


def root_of(leaves: Sequence[Leaf]) -> str:
    return list(_levels(leaves))[-1][0].hex()


def path_of(leaves: Sequence[Leaf], place: int) -> list[list[str]]:
    """The neighbours' digests that lead from one leaf to the root: [side, digest], the nearest first."""
    path = []
    for level in list(_levels(leaves))[:-1]:
        other = place ^ 1
        if other < len(level):
            path.append(["left" if other < place else "right", level[other].hex()])
        place //= 2
    return path


def _levels(leaves: Sequence[Leaf]) -> Iterator[list[bytes]]:
    """The tree from its leaves up. One without a neighbour goes up as it is; leaves and nodes are digested apart."""
    level = [hashlib.sha256(b"\0" + leaf.packed()).digest() for leaf in leaves]
    yield level
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\1" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
        yield level
