"""What is kept of a contact beside its own columns and parts: identity numbers, and relations to other contacts."""

from functools import reduce
from operator import and_

from peewee import SQL, DateField, IntegerField, Node, TextField

from portal.contacts.models import ContactPart, RecordedModel, of_visible_contacts
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import belongs_to, own_key


class Identity(ContactPart):
    """A number of a contact, sealed, and found by its mac. Whoever sees the contact sees the masked one."""

    kind = TextField()  # id_number | passport | tax_number
    sealed = TextField()
    mac = TextField()
    key_version = TextField()
    masked = TextField()
    country = TextField(default="")  # that issued it
    born = DateField(null=True)  # the birth date that an ID number states

    class Meta:
        table_name = "contact_identity"
        indexes = ((("org", "contact_id", "kind"), True),)
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Identity.add_index(Identity.org, Identity.mac)
Identity.add_index(Identity.index(Identity.org, Identity.born, Identity.contact_id, where=SQL("born IS NOT NULL")))


class Relation(RecordedModel):
    """The contact is something to the other: see contacts.relation_rules. Seen by who sees them both."""

    contact_id = IntegerField()
    other_id = IntegerField()
    kind = TextField()
    since = DateField(null=True)
    until = DateField(null=True)
    consented_on = DateField(null=True)  # of a parent or guardian, for the child
    consent_note = TextField(default="")  # how it was given: what proves it
    is_marketing_too = IntegerField(default=0)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "contact_relation"
        indexes = ((("org", "contact_id", "other_id", "kind"), True),)
        constraints = [belongs_to("contact", "contact_id"), belongs_to("contact", "other_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        both = [*of_visible_contacts(cls.contact_id), *of_visible_contacts(cls.other_id)]
        return reduce(and_, [super().within(), *both])


Relation.add_index(Relation.org, Relation.other_id)
