"""The duties of an organisation: whose each is, by when, and each time it was done."""

from typing import NoReturn

from peewee import SQL, DateField, IntegerField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, belongs_to, own_key


class Duty(OrgModel):
    """One of the twenty. Made with the organisation; what it says stands in portal.compliance.catalogue."""

    key = TextField()
    user_id = IntegerField(null=True)  # who looks after it
    due = DateField(null=True)
    done_on = DateField(null=True)  # the last time
    reminded_at = UtcField(null=True)

    class Meta:
        indexes = ((("org", "key"), True),)
        constraints = [own_key()]


Duty.add_index(Duty.index(Duty.org, Duty.due, where=SQL("due IS NOT NULL"), name="duty_due"))


class Fixed(TypeError):
    """What was written down as done was about to be changed."""


class DutyDone(OrgModel):
    """That a duty was done on a day, and what shows it. Appended, never changed."""

    duty_id = IntegerField()
    done_on = DateField()
    words = TextField()
    document_id = IntegerField(null=True)  # evidence, which may be removed later
    sha256 = TextField(default="")
    user_id = IntegerField(null=True)
    name = TextField()
    at = UtcField(default=now)

    class Meta:
        table_name = "duty_done"
        constraints = [belongs_to("duty", "duty_id"), own_key()]

    @classmethod
    def update(cls, *_data: object, **_values: object) -> NoReturn:
        raise Fixed("what was done is appended, never changed")


DutyDone.add_index(DutyDone.org, DutyDone.duty_id, DutyDone.id)
