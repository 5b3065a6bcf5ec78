"""Documents of contacts and of the organisation. The bytes lie in the store, under a name and a key of their own."""

from peewee import BigIntegerField, DateField, IntegerField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.permissions import Permission
from portal.core.tenancy import NOTHING, ContactRow, belongs_to, own_key
from portal.documents.rules import KEPT, KINDS, QUARANTINED, SEEN_BY, TYPE_OF, WAITING, Type, in_words


class Document(ContactRow):
    """A file with its facts; without a contact it is the organisation's own. Nobody sees one who may not read
    documents (R16), and nobody one of a contact whom he may not see, one that needs a permission he lacks, or one that
    stands in a field hidden from him.
    """

    folder = TextField(default="")
    title = TextField()
    kind = TextField(default="other")  # see rules.KINDS
    filename = TextField()  # text for people and for the name of a download; never a path
    media_type = TextField()  # one of rules.TYPES, told by the content
    size = BigIntegerField()
    sha256 = TextField()  # of the plain content
    place = TextField()  # its name in the store
    sealed_key = TextField()  # what its content is encrypted with: without the key the file tells nothing (P-14-4)
    pages = IntegerField(null=True)  # of a PDF, as far as it can be drawn here
    state = TextField(default=KEPT)  # kept | waiting: not scanned yet | quarantined: holds malware
    state_words = TextField(default="")  # what the scanner said
    needs = TextField(default="")  # a permission without which it is not seen, such as "users"; "" is none
    tells = TextField(default="")  # of one that stands in a designed field, what hides that: ",page:7,special,"
    keep_until = DateField(null=True)  # after that day somebody is asked to remove it
    added_by = IntegerField(null=True)
    added_by_name = TextField(default="")
    created_at = UtcField(default=now)
    replaced_at = UtcField(null=True)  # when its content was last put in place of an earlier one

    class Meta:
        constraints = [belongs_to("contact", "contact_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        if not actor.may(Permission.DOCUMENT_READ):
            return super().within() & NOTHING
        condition = super().within() & cls.needs.in_(["", *sorted(actor.permissions)])
        for word in sorted([*map(str, actor.hidden), *(f"page:{number}" for number in actor.hidden_pages)]):
            condition = condition & ~cls.tells.contains(f",{word},")
        return condition

    @property
    def type(self) -> Type:
        return TYPE_OF[self.media_type]

    @property
    def kind_words(self) -> str:
        return KINDS.get(self.kind, self.kind)

    @property
    def seen_by(self) -> str:
        """Who sees it, where not all who may read documents do."""
        return SEEN_BY.get(self.needs, "Only some colleagues") if self.needs else ""

    @property
    def size_words(self) -> str:
        return in_words(self.size)

    @property
    def is_open(self) -> bool:
        """Whether its content may be handed out."""
        return self.state == KEPT

    @property
    def is_waiting(self) -> bool:
        return self.state == WAITING

    @property
    def is_quarantined(self) -> bool:
        return self.state == QUARANTINED


Document.add_index(Document.org, Document.contact_id, Document.folder, Document.id)
Document.add_index(Document.org, Document.keep_until)
Document.add_index(Document.org, Document.state)
