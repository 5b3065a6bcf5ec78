"""Forms by which people ask to be written to, the versions that they were shown, and who asked."""

from typing import Any

from peewee import SQL, DateField, IntegerField, JSONField, TextField

from portal.consent.models import Appended
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


class SubscribeForm(OrgModel):
    """A form as it is being designed. What people see is its newest version."""

    name = TextField()  # for the organisation itself
    address = TextField()  # the last part of /s/<organisation>/<form>: never changed, it stands on web sites
    design: Any = JSONField(default=dict)  # rules.Design
    revision = IntegerField(default=1)  # told apart when two people write at once
    changed_at = UtcField(default=now)
    closed_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "subscribe_form"
        indexes = ((("org", "address"), True),)
        constraints = [own_key()]


class FormVersion(Appended, OrgModel):
    """One version of a form, as people were shown it. Never changed (P-18-2)."""

    form_id = IntegerField()
    version = IntegerField()
    design: Any = JSONField(default=dict)  # rules.Design, with its purposes in the words of that day
    published_by = TextField(default="")
    published_at = UtcField(default=now)

    class Meta:
        table_name = "form_version"
        indexes = ((("org", "form_id", "version"), True),)
        constraints = [belongs_to("subscribe_form", "form_id"), own_key()]


class Subscription(ContactRow):
    """Somebody asked to be written to, and was sent a confirmation. He is a contact from when he confirms; until then
    nothing is kept of him but this, for a week.
    """

    contact_id = IntegerField(null=True)
    form_id = IntegerField()
    version_id = IntegerField()
    mac = TextField()  # of the mailbox: counts confirmations, and is looked up for nothing else
    day = DateField()  # where the organisation is: one confirmation on each
    state = TextField(default="waiting")  # waiting | confirmed | over
    email = TextField(default="")  # as entered
    typed: Any = JSONField(default=dict)  # what else was filled in; emptied once it is kept with the contact, or over
    said: Any = JSONField(default=list)  # [[id of a purpose, id of the wording that he ticked], …]
    abroad_wording_id = IntegerField(null=True)  # he agreed that details go abroad
    address = TextField(default="")  # the network address
    agent = TextField(default="")  # the program's own name
    at = UtcField(default=now)
    is_child = IntegerField(default=0)  # when he confirmed: nothing is written to him until a parent agrees
    confirmed_at = UtcField(null=True)
    confirmed_address = TextField(default="")
    confirmed_agent = TextField(default="")

    class Meta:
        indexes = ((("org", "mac", "day"), True),)
        constraints = [
            belongs_to("contact", "contact_id"), belongs_to("subscribe_form", "form_id"),
            belongs_to("form_version", "version_id"), own_key(),
        ]  # fmt: skip


Subscription.add_index(Subscription.org, Subscription.form_id, Subscription.state)
Subscription.add_index(Subscription.org, Subscription.state, Subscription.at)
Subscription.add_index(
    Subscription.index(
        Subscription.org, Subscription.contact_id, where=SQL("contact_id IS NOT NULL"), name="subscription_of_contact"
    )
)


class FormCount(OrgModel):
    """How often a form was sent in an hour: by anybody, or from one network address, known by a keyed hash."""

    form_id = IntegerField()
    key = TextField()  # "" for anybody
    hour = UtcField()
    count = IntegerField(default=1)

    class Meta:
        table_name = "form_count"
        indexes = ((("org", "form_id", "key", "hour"), True),)
        constraints = [belongs_to("subscribe_form", "form_id"), own_key()]
