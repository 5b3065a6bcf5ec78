"""What was erased or made nameless: how much, why and by whom, never of whom; and how long contacts are kept."""

from typing import Any

from peewee import IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


class Erasure(OrgModel):
    """One act by which contacts were erased or de-identified. The job's own row while it is done; afterwards what its
    certificate is made of.
    """

    act = TextField(default="erase")  # erase | de_identify
    reason = TextField()  # of erasure_rules.REASONS
    rule_id = IntegerField(null=True)  # the retention rule by which they were due
    ids: Any = JSONField(default=list)  # of the contacts still to be done; empty at the end
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    held = IntegerField(default=0)  # who had to stay: see contacts.sweeps.Hold
    counts: Any = JSONField(default=dict)  # {kind: number} of what was removed
    kept: Any = JSONField(default=dict)  # {kind: number} of what lawfully remains
    state = TextField(default="waiting")  # waiting | running | stopped | finished
    problem = TextField(default="")
    user_id = IntegerField(null=True)
    user_name = TextField(default="")
    log_seq = IntegerField(default=0)  # the last entry of the log when it ended
    log_hash = TextField(default="")
    lease = UtcField(null=True)
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        constraints = [own_key()]


class Nameless(OrgModel):
    """What statistics need of somebody who was here: tied to no contact, and without the day on which it was made."""

    kind = TextField()  # person | body
    birth_year = IntegerField(null=True)
    city = TextField(default="")  # only where enough others live: see de_identifying.ENOUGH
    province = TextField(default="")
    country = TextField(default="")
    language = TextField(default="")
    roles = TextField(default="")
    source = TextField(default="")
    added_in = IntegerField()  # the year
    messages = IntegerField(default=0)  # that were sent to him
    answers: Any = JSONField(default=dict)  # {id of a field of choices: [ids of options]}, of ordinary fields alone

    class Meta:
        table_name = "nameless"
        constraints = [own_key()]


Erasure.add_index(Erasure.org, Erasure.created_at)
Erasure.add_index(Erasure.org, Erasure.state)


class RetentionRule(OrgModel):
    """How long contacts are kept, counted from what, and what then becomes of them (P-14-1)."""

    purpose_id = IntegerField(null=True)  # those kept for it; none: everybody
    trigger = TextField()  # of retention_rules.TRIGGERS
    group_id = IntegerField(null=True)  # whose members they were, of the trigger "left_group"
    months = IntegerField()
    action = TextField()  # of retention_rules.ACTIONS
    law = TextField()  # what the period rests on, in words
    is_automatic = IntegerField(default=0)  # done without anybody's confirmation
    looked_at = UtcField(null=True)  # when it was last seen who is due
    archived_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "retention_rule"
        constraints = [belongs_to("purpose", "purpose_id"), own_key()]


RetentionRule.add_index(RetentionRule.org, RetentionRule.archived_at)


class RetentionDue(ContactRow):
    """That a contact is due by a rule, until somebody decides; or that somebody decided to keep him on."""

    rule_id = IntegerField()
    contact_id = IntegerField()
    state = TextField(default="due")  # due | kept
    until = UtcField(null=True)  # of one kept on: when he is looked at again
    why = TextField(default="")  # he is kept on
    found_at = UtcField(default=now)

    class Meta:
        table_name = "retention_due"
        indexes = ((("org", "rule_id", "contact_id"), True),)
        constraints = [belongs_to("retention_rule", "rule_id"), belongs_to("contact", "contact_id"), own_key()]


RetentionDue.add_index(RetentionDue.org, RetentionDue.contact_id)
RetentionDue.add_index(RetentionDue.org, RetentionDue.state, RetentionDue.id)
