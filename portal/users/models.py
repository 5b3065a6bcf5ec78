"""Reviews of who may see what: one row each, with a line for every user who was looked through."""

from typing import Any

from peewee import SQL, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, belongs_to, own_key


class AccessReview(OrgModel):
    """A review; open until it is signed. Of several begun at once, the database keeps one."""

    started_at = UtcField(default=now)
    started_by = TextField(default="")
    finished_at = UtcField(null=True)
    signed_name = TextField(default="")  # as it was typed
    signed_by_id = IntegerField(null=True)  # the user
    sha256 = TextField(default="")  # of the paper; the same stands in the log
    document_id = IntegerField(null=True)  # the paper; one that is gone was removed by hand

    class Meta:
        table_name = "access_review"
        constraints = [own_key()]


AccessReview.add_index(
    AccessReview.index(AccessReview.org, unique=True, where=SQL("finished_at IS NULL"), name="access_review_open")
)
AccessReview.add_index(AccessReview.org, AccessReview.finished_at)


class AccessDecision(OrgModel):
    """What was decided about one user, and what the report said then."""

    review_id = IntegerField()
    membership_id = IntegerField()  # without a key: the membership may be gone by the end
    name = TextField()
    email = TextField()
    role = TextField()
    rights: Any = JSONField(default=dict)  # as they were when it was decided
    said: Any = JSONField(default=list)  # the sentences of the report then
    decision = TextField()  # keep | change | remove
    note = TextField(default="")
    decided_by = TextField(default="")
    decided_at = UtcField(default=now)

    class Meta:
        table_name = "access_decision"
        indexes = ((("org", "review_id", "membership_id"), True),)
        constraints = [belongs_to("access_review", "review_id")]


class ReviewReminder(OrgModel):
    """A reminder that was sent, so that each period has one."""

    since = UtcField()  # from when on the days are counted
    period = IntegerField()  # which of the spans of 90 days after that
    sent_at = UtcField(default=now)

    class Meta:
        table_name = "review_reminder"
        indexes = ((("org", "since", "period"), True),)
