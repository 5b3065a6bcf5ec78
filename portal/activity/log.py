"""Writes the log, and takes out of it what it says of somebody. An entry belongs to the transaction of the change it
tells of. That nothing was changed since is checked by portal.activity.checking.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peewee import IntegrityError, chunked

from portal.activity import heads
from portal.activity.checking import Verdict as Verdict
from portal.activity.checking import verify as verify
from portal.activity.models import LogEntry, LogHead
from portal.activity.rules import GENESIS, GRAMMAR, digest_of, hash_of
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import db, lock, transaction


class BadAction(ValueError):
    """What was done is not named as `thing.past_tense`."""


class NoTransaction(RuntimeError):
    """An entry was about to be written apart from the change it tells of."""


@dataclass(frozen=True)
class Entry:
    """What to write: `action` is thing.past_tense; `changes` is {field: [old, new]}; `more` is any other plain data."""

    action: str
    contact_id: int | None = None
    subject_id: int | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def write(
    action: str,
    contact_id: int | None = None,
    *,
    subject_id: int | None = None,
    changes: dict[str, list[Any]] | None = None,
    **more: Any,
) -> None:
    """Write one entry in the current transaction."""
    write_many([Entry(action, contact_id, subject_id, changes or {}, more)])


def write_many(entries: Iterable[Entry]) -> None:
    """Write entries in order; the organisation's chain is locked once for all of them."""
    entries = list(entries)
    if not entries:
        return
    if not db.in_transaction():
        raise NoTransaction("open a transaction around the change and its entry")
    actor = current_actor()
    head = _locked_head()
    at = now()
    rows = []
    previous, seq = head.hash or GENESIS, head.seq
    for entry in entries:
        if not GRAMMAR.fullmatch(entry.action):
            raise BadAction(entry.action)
        seq += 1
        detail = {"actor": actor.name, **({"address": actor.address} if actor.address else {}), **entry.more}
        if entry.changes:
            detail["changes"] = entry.changes
        detail = json.loads(json.dumps(detail, default=str))  # exactly what will be read back
        salt = secrets.token_hex(16)
        digest = digest_of(salt, detail)
        link = hash_of(previous, seq, at, entry.action, actor.user_id, entry.contact_id, entry.subject_id, digest)
        rows.append(
            {
                "seq": seq,
                "at": at,
                "action": entry.action,
                "user_id": actor.user_id,
                "contact_id": entry.contact_id,
                "subject_id": entry.subject_id,
                "detail": detail,
                "salt": salt,
                "digest": digest,
                "hash": link,
            }
        )
        previous = link
    for batch in chunked(rows, 500):
        LogEntry.insert_many(batch).execute()
    LogHead.update(seq=seq, hash=previous, mac=heads.follow(head, seq, previous)).where(LogHead.id == head.id).execute()


def has(action: str, subject_id: int) -> bool:
    """Whether this was ever done to that campaign, group or user."""
    return bool(LogEntry.select().where(LogEntry.action == action, LogEntry.subject_id == subject_id).exists())


def erase_detail(contact_ids: list[int]) -> None:
    """Empty what the entries of these contacts say. The chain still verifies, by the digests that stay."""
    for batch in chunked(contact_ids, 500):
        LogEntry.update(detail=None, salt=None).where(LogEntry.contact_id.in_(list(batch))).execute()


def _locked_head() -> LogHead:
    head = lock(LogHead.select()).first()
    if head is None:
        try:
            with transaction():
                LogHead.create(mac=heads.sign(0, ""))
        except IntegrityError:
            pass  # another transaction made it first
        head = lock(LogHead.select()).get()
    return head
