"""Imports: a file of contacts on its way in, what it was said to be, and what became of each row."""

from typing import Any, NoReturn

from peewee import DateField, IntegerField, JSONField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.permissions import Permission
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key


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
    headings: Any = JSONField(default=list)  # in the order of the file; a mapping has none
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
    held = IntegerField(default=0)  # rows with an address that asked not to be written to
    alike = IntegerField(default=0)  # added rows with the name of somebody who was there before
    sha256 = TextField(default="")  # of the file
    mapped_as = UtcField(null=True)  # when columns like these were mapped before, if they were
    signs: Any = JSONField(default=list)  # of a bought list: [[sign, number, of], …]; see imports.signs
    score = IntegerField(default=0)
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


class Fixed(TypeError):
    """A declaration was about to be changed. What somebody signed stays as he signed it."""


class Declaration(OrgModel):
    """What somebody signed about the people of a file. Appended, never changed: the latest of an import counts, and its
    digest stands in the log.
    """

    import_id = IntegerField()
    source = TextField()  # a word of imports.declaring.SOURCES
    obtained_on = DateField(null=True)
    obtained = TextField(default="")  # how, in the words of whoever signed
    wording = TextField(default="")  # what these people agreed to
    channels: Any = JSONField(default=list)
    purpose_id = IntegerField(null=True)
    evidence_id = IntegerField(null=True)  # a document, which may be removed later
    evidence_sha256 = TextField(default="")
    user_id = IntegerField(null=True)
    name = TextField()  # as it was typed
    address = TextField(default="")  # of the network it was signed from
    file_sha256 = TextField(default="")
    digest = TextField()
    at = UtcField(default=now)

    class Meta:
        table_name = "import_declaration"
        constraints = [belongs_to("import", "import_id"), own_key()]

    @classmethod
    def update(cls, *_data: Any, **_values: Any) -> NoReturn:
        raise Fixed("a declaration is appended, never changed")

    @classmethod
    def delete(cls) -> NoReturn:
        raise Fixed("a declaration is appended, never deleted")


Declaration.add_index(Declaration.org, Declaration.import_id)


class ImportedContact(ContactRow):
    """What an import did to one contact: it stands in the log between two entries, and is told here only so far that it
    can be found and undone.
    """

    import_id = IntegerField()
    contact_id = IntegerField()
    was_added = IntegerField()
    seq_from = IntegerField()  # the import's entries about this contact are between these, both included
    seq_to = IntegerField()
    # What is not set is not written: there are as many of these rows as there are rows in the file.
    is_repeated = IntegerField(null=True)  # 1: the same contact stands again further down in the file
    outcome = TextField(null=True)  # of an undo: removed | put_back | partly | kept
    reason = TextField(null=True)

    class Meta:
        table_name = "import_contact"
        constraints = [belongs_to("import", "import_id"), belongs_to("contact", "contact_id")]


ImportedContact.add_index(ImportedContact.org, ImportedContact.import_id, ImportedContact.outcome)
ImportedContact.add_index(ImportedContact.org, ImportedContact.contact_id)


class Mapping(OrgModel):
    """Which column was what, the last time somebody brought in a file with these headings."""

    key = TextField()  # a digest of the headings, in whatever order
    name = TextField()
    columns: Any = JSONField(default=dict)  # {heading: field}
    user_id = IntegerField(default=0)  # who said so; each has his own, and 0 is a command
    used_at = UtcField(default=now)

    class Meta:
        table_name = "import_mapping"
        indexes = ((("org", "key", "user_id"), True),)
        constraints = [own_key()]

    @classmethod
    def within(cls) -> Node:
        user_id = _own_only()
        return super().within() if user_id is None else super().within() & (cls.user_id == user_id)


class Undo(OrgModel):
    """The undoing of an import: once, by a job that can be stopped and goes on."""

    import_id = IntegerField()
    user_id = IntegerField(null=True)
    user_name = TextField(default="")
    state = TextField(default="waiting")  # waiting | running | stopped | finished
    total = IntegerField(default=0)
    removed = IntegerField(default=0)
    put_back = IntegerField(default=0)
    partly = IntegerField(default=0)
    kept = IntegerField(default=0)
    problem = TextField(default="")
    lease = UtcField(null=True)
    begun_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "import_undo"
        indexes = ((("org", "import_id"), True),)
        constraints = [belongs_to("import", "import_id")]

    @property
    def done(self) -> int:
        return int(self.removed + self.put_back + self.partly + self.kept)
