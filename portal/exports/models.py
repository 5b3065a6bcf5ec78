"""Files of contacts that leave the portal: what was asked for, the file while it is kept, and whom it names."""

from typing import Any

from peewee import SQL, DateField, IntegerField, JSONField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


def _own_only() -> int | None:
    """Whose exports alone the actor is told of; None for one from whom nothing is hidden."""
    actor = current_actor()
    return (actor.user_id or 0) if actor.is_limited or actor.hidden or actor.hidden_pages else None


class Export(OrgModel):
    user_id = IntegerField(null=True)  # who asked for it; none: a command
    user_name = TextField(default="")
    mark = TextField()
    purpose = TextField()
    recipient = TextField()
    expires_on = DateField()
    format = TextField()  # of rules.FORMATS
    handing = TextField()  # of rules.HANDINGS, or command
    colleague_id = IntegerField(null=True)  # the user who may fetch it, besides nobody
    colleague_name = TextField(default="")
    wanted: Any = JSONField(default=dict)  # the filter; emptied when the job ends, for it may hold a name
    with_identity = IntegerField(default=0)
    with_sensitive = IntegerField(default=0)
    with_consents = IntegerField(default=0)
    limits: Any = JSONField(default=dict)  # what was kept from whoever it was made for
    fields: Any = JSONField(default=list)  # the headings
    total = IntegerField(default=0)
    done = IntegerField(default=0)  # rows written so far
    children_out = IntegerField(default=0)  # for want of a parent's consent
    restricted_out = IntegerField(default=0)
    special_out = IntegerField(default=0)  # people whose special information stayed here
    erased = IntegerField(default=0)  # people in it who were deleted since
    state = TextField(default="waiting")  # waiting | running | made | cancelled | failed
    problem = TextField(default="")
    lease = UtcField(null=True)
    place = TextField(default="")  # in the store; "" when the file is gone
    sealed_key = TextField(default="")
    size = IntegerField(default=0)
    sealed_password = TextField(default="")  # until it was shown, once
    kept_until = DateField(null=True)
    removed_at = UtcField(null=True)  # from the store
    removed_why = TextField(default="")  # expired | erased | asked
    taken_at = UtcField(null=True)  # for the first time
    times_taken = IntegerField(default=0)
    destroyed_at = UtcField(null=True)  # everywhere, as somebody confirmed
    destroyed_by = TextField(default="")
    reminded_at = UtcField(null=True)
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        indexes = ((("org", "mark"), True),)
        constraints = [own_key()]

    @classmethod
    def within(cls) -> Node:
        user_id = _own_only()
        mine = (cls.user_id == user_id) | (cls.colleague_id == user_id)
        return super().within() if user_id is None else super().within() & mine

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def is_kept(self) -> bool:
        return bool(self.place)

    @property
    def is_out(self) -> bool:
        """Whether somebody took it, and nobody has confirmed that it was destroyed."""
        return self.taken_at is not None and self.destroyed_at is None


Export.add_index(Export.org, Export.state)
Export.add_index(Export.org, Export.created_at)
Export.add_index(
    Export.index(
        Export.org, Export.expires_on, where=SQL("taken_at IS NOT NULL AND destroyed_at IS NULL"), name="export_out"
    )
)
Export.add_index(Export.index(Export.org, Export.kept_until, where=SQL("place <> ''"), name="export_kept"))


class ExportedContact(ContactRow):
    """Whom a file names, so that it goes when one of them is erased, and he can be told who has his details."""

    export_id = IntegerField()
    contact_id = IntegerField()

    class Meta:
        table_name = "export_contact"
        constraints = [belongs_to("export", "export_id"), belongs_to("contact", "contact_id")]


ExportedContact.add_index(ExportedContact.org, ExportedContact.export_id)
ExportedContact.add_index(ExportedContact.org, ExportedContact.contact_id)
