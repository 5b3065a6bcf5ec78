"""The log of what was done: entries chained per organisation. Data, not sentences: they are worded when read."""

from typing import Any

from peewee import SQL, DateField, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, own_key


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
    mac = TextField(default="")  # signed by a key that is not in the database; see portal.activity.heads

    class Meta:
        table_name = "log_head"
        indexes = ((("org",), True),)


class HeadMail(OrgModel):
    """That the head of a day was mailed: once for each day, however often the clock ticks."""

    day = DateField()
    seq = IntegerField()
    hash = TextField()
    at = UtcField(default=now)

    class Meta:
        table_name = "log_head_mail"
        indexes = ((("org", "day"), True),)


class LogCheck(OrgModel):
    """A check of the whole chain that somebody asked for, done in the background."""

    state = TextField(default="waiting")  # waiting | running | done
    entries = IntegerField(default=0)  # in all, when it began
    checked = IntegerField(default=0)
    is_ok = IntegerField(default=0)
    first_bad = IntegerField(null=True)
    why = TextField(default="")
    warnings: Any = JSONField(default=list)
    asked_by = TextField(default="")
    lease = UtcField(null=True)
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "log_check"
        constraints = [own_key()]


LogCheck.add_index(LogCheck.org, LogCheck.created_at)
