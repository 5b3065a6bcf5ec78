"""How entries are chained. Pure: given the same fields, everybody computes the same hash."""

import hashlib
import json
import re
from datetime import datetime
from typing import Any

from portal.core.db import UTC_TEXT

GENESIS = "0" * 64
# thing.past_tense: `contact.telephone_changed`. What was done stands last, so that an action reads as a sentence.
GRAMMAR = re.compile(r"[a-z]+\.[a-z]+(?:_[a-z]+)*")
# By these the words about a contact are taken out of the log; nothing else empties an entry.
ERASING = frozenset({"contact.erased", "contact.de_identified"})

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(salt: str, detail: Any) -> str:
    """The salted digest of an entry's detail. Without the salt it cannot be tried against guesses."""
    return sha256(f"{salt}{canonical(detail)}")


def fields_digest(
    seq: int,
    at: datetime,
    action: str,
    user_id: int | None,
    contact_id: int | None,
    subject_id: int | None,
    digest: str,
) -> str:
    """What an entry says apart from its place in the chain. Shown to a stranger it tells nothing, for `digest` is
    salted: so that links between can be proven without showing what others did.
    """
    return sha256(canonical([seq, at.strftime(UTC_TEXT), action, user_id, contact_id, subject_id, digest]))


def link_of(previous: str, fields: str) -> str:
    return sha256(canonical([previous, fields]))


def hash_of(
    previous: str,
    seq: int,
    at: datetime,
    action: str,
    user_id: int | None,
    contact_id: int | None,
    subject_id: int | None,
    digest: str,
) -> str:
    """The link of one entry: covers its place, its plain columns, its detail's digest and the link before it."""
    return link_of(previous, fields_digest(seq, at, action, user_id, contact_id, subject_id, digest))


def older_hash_of(
    previous: str,
    seq: int,
    at: datetime,
    action: str,
    user_id: int | None,
    contact_id: int | None,
    subject_id: int | None,
    digest: str,
) -> str:
    """The link as it was made before links could be shown without what they link. As good against changes."""
    return sha256(canonical([previous, seq, at.strftime(UTC_TEXT), action, user_id, contact_id, subject_id, digest]))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    return _encoder.encode(value)
