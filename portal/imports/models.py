"""Imports: a file of contacts on its way in, what it was said to be, and what became of each row."""

from typing import Any

from peewee import IntegerField, JSONField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.permissions import Permission
from portal.core.tenancy import OrgModel, own_key


def _own_only() -> int | None:
    """Whose imports alone the actor may see; None for one who sees everything. A file holds, row by row, what may be
    hidden from him; of a file that he brought himself he knows.
    """
    actor = current_actor()
    sees_all = not (actor.is_limited or actor.hidden or actor.hidden_pages) and actor.may(Permission.NOTE_READ)
    return None if sees_all else actor.user_id or 0


class Import(OrgModel):
    user_id = IntegerField(null=True)
    filename = TextField()
    path = TextField()  # inside the data folder; removed when the import ends
    mapping: Any = JSONField(default=dict)  # {heading: field}
    existing = TextField(default="update")  # update | skip | add
    group_ids: Any = JSONField(default=list)
    source = TextField(default="")
    obtained = TextField(default="")
    channels: Any = JSONField(default=list)  # the channels these people agreed to
    state = TextField(default="mapping")  # mapping | waiting | running | finished | cancelled | failed
    rows = IntegerField(default=0)
    done = IntegerField(default=0)  # rows looked at; a restart goes on from here
    added = IntegerField(default=0)
    updated = IntegerField(default=0)
    skipped = IntegerField(default=0)
    failed = IntegerField(default=0)
    problem = TextField(default="")
    lease = UtcField(null=True)
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        constraints = [own_key()]

    @classmethod
    def within(cls) -> Node:
        user_id = _own_only()
        return super().within() if user_id is None else super().within() & (cls.user_id == user_id)


Import.add_index(Import.org, Import.created_at)


class ImportProblem(OrgModel):
    import_id = IntegerField()
    row = IntegerField()
    column = TextField(default="")
    message = TextField()
    cells: Any = JSONField(default=list)

    class Meta:
        table_name = "import_problem"

    @classmethod
    def within(cls) -> Node:
        whole = super().within()
        return whole if _own_only() is None else whole & cls.import_id.in_(Import.select(Import.id))


ImportProblem.add_index(ImportProblem.org, ImportProblem.import_id, ImportProblem.row)
