"""Imports: a file of contacts on its way in, what it was said to be, and what became of each row."""

from typing import Any

from peewee import IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, own_key


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


Import.add_index(Import.org, Import.created_at)


class ImportProblem(OrgModel):
    import_id = IntegerField()
    row = IntegerField()
    column = TextField(default="")
    message = TextField()
    cells: Any = JSONField(default=list)

    class Meta:
        table_name = "import_problem"


ImportProblem.add_index(ImportProblem.org, ImportProblem.import_id, ImportProblem.row)
