"""Through whose hands contacts' details go, where that is, and on what ground they may go there (POPIA ss 21, 72)."""

from peewee import DateField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, own_key


class Operator(OrgModel):
    """One line of the register: somebody who keeps or passes on details for the organisation."""

    name = TextField()
    service = TextField()  # of rules.SERVICES
    host = TextField(default="")  # the name of its server, by which the relay or the store in use is known
    country = TextField(default="ZA")
    ground = TextField(default="")  # of rules.GROUNDS; none is needed inside South Africa
    contract_on = DateField(null=True)  # when the agreement was signed (s 21)
    note = TextField(default="")
    archived_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "name"), True),)
        constraints = [own_key()]
