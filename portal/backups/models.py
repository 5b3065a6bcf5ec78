"""The backups of the installation, and the public keys they are made for. What opens them is on paper."""

from typing import Any

from peewee import BigIntegerField, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import BaseModel, UtcField

RUNNING, GOOD, BAD = "running", "good", "bad"


class Backup(BaseModel):
    """One archive of the whole installation, or of one organisation. Good only after what the store gave back was put
    back into an empty place and compared; what is found later makes it bad again.
    """

    name = TextField(unique=True)
    org_id = IntegerField(null=True)  # none: of the whole installation
    state = TextField(default=RUNNING)
    words = TextField(default="")  # why it is bad
    recipient = TextField(default="")  # the public key it is made for
    size = BigIntegerField(default=0)
    sha256 = TextField(default="")  # of the archive as it lies in the store
    rows = BigIntegerField(default=0)
    documents = IntegerField(default=0)
    places: Any = JSONField(default=list)  # where it lies, in words
    unread: Any = JSONField(default=list)  # the documents it is without, for they could not be read: see losses
    started_at = UtcField(default=now)
    ended_at = UtcField(null=True)
    checked_at = UtcField(null=True)  # when the store was last asked for it


class BackupKey(BaseModel):
    """A key that backups are made for: the public part, and what the store's files are signed with."""

    org_id = IntegerField(null=True)  # an organisation's own; none: the host's
    recipient = TextField(unique=True)
    signing = TextField()  # sealed under the installation's root keys; the recovery key alone yields it too
    made_at = UtcField(default=now)
    retired_at = UtcField(null=True)

    class Meta:
        table_name = "backup_key"
