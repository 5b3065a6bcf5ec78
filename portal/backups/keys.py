"""The keys that backups are made for. `make` shows the recovery key once; only its public part stays here (I07)."""

from dataclasses import dataclass

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


def make() -> tuple[str, str]:
    """A new key for all backups from now on: (recovery key, public key). The first is nowhere kept: it must be written
    down now. Older backups go on being opened by the key they were made for.
    """
    identity = new_identity()
    recovery, recipient = str(identity), str(identity.to_public())
    with transaction():
        BackupKey.update(retired_at=now()).where(BackupKey.retired_at.is_null()).execute()
        BackupKey.create(recipient=recipient, signing=seal(_PURPOSE, seals.signing_key(recovery)))
    return recovery, recipient


def current() -> Key:
    """The key in force. Raises NoKey."""
    row = _in_force()
    if row is None:
        raise NoKey("No recovery key was made yet. Run: portal backup key")
    return _opened(row)


def is_there() -> bool:
    return _in_force() is not None


def of(recipient: str) -> Key | None:
    """The key of this public part, in force or retired."""
    row = BackupKey.get_or_none(BackupKey.recipient == recipient)
    return _opened(row) if row else None


def _in_force() -> BackupKey | None:
    return BackupKey.select().where(BackupKey.retired_at.is_null()).order_by(BackupKey.id.desc()).first()


def _opened(row: BackupKey) -> Key:
    return Key(row.recipient, open_sealed(_PURPOSE, row.signing))
