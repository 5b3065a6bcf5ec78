"""What was erased or made nameless: how much, why and by whom, never of whom."""

from typing import Any

from peewee import IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, own_key


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


Erasure.add_index(Erasure.org, Erasure.created_at)
Erasure.add_index(Erasure.org, Erasure.state)
