"""The keys that backups are made for. `make` shows the recovery key once; only its public part stays here (I07)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.backups import seals
from portal.backups.locking import new_identity
from portal.backups.models import BackupKey
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.sealing import open_sealed, seal

_PURPOSE = "backup"


class NoKey(LookupError):
    """No recovery key was made yet, so that nothing can be encrypted."""


@dataclass(frozen=True)
class Key:
    """What the machine has of a key."""

    recipient: str
    signing: str


def make(org_id: int | None = None) -> tuple[str, str]:
    """A new key for all backups from now on, or for those of one organisation: (recovery key, public key). The first is
    nowhere kept: it must be written down now. Older backups go on being opened by the key they were made for.
    """
    identity = new_identity()
    recovery, recipient = str(identity), str(identity.to_public())
    with transaction():
        BackupKey.update(retired_at=now()).where(BackupKey.retired_at.is_null(), _of(org_id)).execute()
        BackupKey.create(org_id=org_id, recipient=recipient, signing=seal(_PURPOSE, seals.signing_key(recovery)))
    return recovery, recipient


def current() -> Key:
    """The key in force. Raises NoKey."""
    row = _in_force()
    if row is None:
        raise NoKey("No recovery key was made yet. Run: portal backup key")
    return _opened(row)


def is_there(org_id: int | None = None) -> bool:
    return _in_force(org_id) is not None


def made_at(org_id: int) -> datetime | None:
    """When the organisation's own key in force was made."""
    row = _in_force(org_id)
    return row.made_at if row else None


def of_organisations() -> dict[int, Key]:
    """The keys in force that organisations made for themselves."""
    query = BackupKey.select().where(BackupKey.retired_at.is_null(), BackupKey.org_id.is_null(False))
    return {int(row.org_id or 0): _opened(row) for row in query.order_by(BackupKey.org_id)}


def of(recipient: str) -> Key | None:
    """The key of this public part, in force or retired."""
    row = BackupKey.get_or_none(BackupKey.recipient == recipient)
    return _opened(row) if row else None


def whose(recipient: str) -> set[int | None]:
    """The organisation that made this key, or none for the host's; an empty set for a key that was not made here."""
    return {row.org_id for row in BackupKey.select().where(BackupKey.recipient == recipient)}


def _in_force(org_id: int | None = None) -> BackupKey | None:
    query = BackupKey.select().where(BackupKey.retired_at.is_null(), _of(org_id))
    return query.order_by(BackupKey.id.desc()).first()


def _of(org_id: int | None) -> Any:
    return BackupKey.org_id.is_null() if org_id is None else BackupKey.org_id == org_id


def _opened(row: BackupKey) -> Key:
    return Key(row.recipient, open_sealed(_PURPOSE, row.signing))
