"""The log of what was done: entries chained per organisation. Data, not sentences: they are worded when read."""

from typing import Any

from peewee import SQL, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel


class LogEntry(ContactRow):
    """One thing done. The chain covers a salted digest of `detail`, so that erasure may empty it."""

    seq = IntegerField()
    at = UtcField(default=now)
    action = TextField()
    user_id = IntegerField(null=True)
    subject_id = IntegerField(null=True)  # what else it was done to: a campaign, group, user, import
    detail: Any = JSONField(null=True)  # {"actor", "address", "changes": {field: [old, new]}, …}; null once erased
    salt = TextField(null=True)
    digest = TextField()
    hash = TextField()

    class Meta:
        table_name = "log_entry"
        indexes = ((("org", "seq"), True),)
        constraints = [SQL('UNIQUE ("org_id", "id")')]


LogEntry.add_index(LogEntry.org, LogEntry.contact_id, LogEntry.seq)
# The order of the diary and the activity report: of all, of one user, of one action, of one user's one action. The
# first holds what counting asks for, so that it reads no rows.
LogEntry.add_index(LogEntry.org, LogEntry.at, LogEntry.seq, LogEntry.action, LogEntry.user_id, LogEntry.contact_id)
LogEntry.add_index(LogEntry.org, LogEntry.user_id, LogEntry.at, LogEntry.seq)
LogEntry.add_index(LogEntry.org, LogEntry.action, LogEntry.at, LogEntry.seq)
LogEntry.add_index(LogEntry.org, LogEntry.user_id, LogEntry.action, LogEntry.at, LogEntry.seq)
# What was done to one user or campaign, among very many entries about contacts.
LogEntry.add_index(
    LogEntry.index(
        LogEntry.org, LogEntry.subject_id, LogEntry.action, LogEntry.seq,
        where=SQL("contact_id IS NULL AND subject_id IS NOT NULL"), name="log_entry_of_subject",
    )
)  # fmt: skip


class LogHead(OrgModel):
    """The last link of an organisation's chain. Its row is locked by whoever writes the next."""

    seq = IntegerField(default=0)
    hash = TextField(default="")

    class Meta:
        table_name = "log_head"
        indexes = ((("org",), True),)
