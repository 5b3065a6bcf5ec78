"""How entries are chained. Pure: given the same fields, everybody computes the same hash."""

import hashlib
import json
from datetime import datetime
from typing import Any

from portal.core.db import UTC_TEXT

GENESIS = "0" * 64


def digest_of(salt: str, detail: Any) -> str:
    """The salted digest of an entry's detail. Without the salt it cannot be tried against guesses."""
    return hashlib.sha256(f"{salt}{_canonical(detail)}".encode()).hexdigest()


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
    fields = [previous, seq, at.strftime(UTC_TEXT), action, user_id, contact_id, subject_id, digest]
    return hashlib.sha256(_canonical(fields).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
