"""Who must not be written to, and on what ground the others may be.

Suppressions are keyed by a keyed hash of the normalised address, not by contact: they outlive merging, deleting,
erasing and importing again (domain.md 7.7).
"""

from peewee import IntegerField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


class Suppression(OrgModel):
    channel = TextField()  # email
    mac = TextField()
    key_version = TextField()
    reason = TextField()  # unsubscribed | complained | objected | erased
    delivery_id = IntegerField(null=True)
    campaign_id = IntegerField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "channel", "mac"), True),)
        constraints = [own_key()]


class Justification(ContactRow):
    """The asserted or proven ground for writing to a contact. Appended, never changed; turned into consents later."""

    contact_id = IntegerField()
    basis = TextField(default="consent")
    channel = TextField(default="email")
    standing = TextField()  # asserted | proven | withheld
    source = TextField(default="")
    detail = TextField(default="")
    import_id = IntegerField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Justification.add_index(Justification.org, Justification.contact_id)
