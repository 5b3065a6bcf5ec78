"""Contacts and all that hangs on them. Only portal.contacts.record may write these tables: anything else raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from operator import and_
from typing import Any, ClassVar

from peewee import SQL, DateField, IntegerField, JSONField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import KeyField, UtcField
from portal.core.permissions import DATA_SET_OF_CLASS, DataSet, Permission, Sensitivity
from portal.core.tenancy import NOTHING as NOTHING
from portal.core.tenancy import OrgModel, belongs_to, closed_contacts, own_key, visible_contacts

_recording: ContextVar[bool] = ContextVar("recording", default=False)


class Unrecorded(RuntimeError):
    """A contact was about to be written outside portal.contacts.record."""


@contextmanager
def recording() -> Iterator[None]:
    token = _recording.set(True)
    try:
        yield
    finally:
        _recording.reset(token)


class RecordedModel(OrgModel):
    """A table that only portal.contacts.record may write, so that every change has its entry in the log."""

    @classmethod
    def _require_recording(cls) -> None:
        if not _recording.get():
            raise Unrecorded(f"change {cls.__name__} through portal.contacts.record")

    @classmethod
    def insert(cls, __data: Any = None, **values: Any) -> Any:
        cls._require_recording()
        return super().insert(__data, **values)

    @classmethod
    def insert_many(cls, rows: Any, fields: Any = None) -> Any:
        cls._require_recording()
        return super().insert_many(rows, fields)

    @classmethod
    def update(cls, __data: Any = None, **values: Any) -> Any:
        cls._require_recording()
        return super().update(__data, **values)

    @classmethod
    def delete(cls) -> Any:
        cls._require_recording()
        return super().delete()


def of_visible_contacts(column: Any) -> list[Node]:
    """The condition, if there is one, that a row is about a contact whom the actor may see."""
    actor = current_actor()
    conditions = [column.in_(visible_contacts(actor))] if actor.is_limited else []
    if (closed := closed_contacts(actor)) is not None:
        conditions.append(column.not_in(closed))
    return conditions


def of_visible_classes(column: Any) -> list[Node]:
    """The condition, if there is one, that what a row tells is not of a class of sensitivity hidden from the actor."""
    actor = current_actor()
    hidden = [str(name) for name, data_set in DATA_SET_OF_CLASS.items() if not actor.sees(data_set)]
    return [column.not_in(hidden)] if hidden else []


def _all(conditions: list[Node]) -> Any:
    return reduce(and_, conditions)


class Contact(RecordedModel):
    """A person or a body. Deleting one empties it to a nameless tombstone: other rows may still point here."""

    kind = TextField(default="person")  # person | body
    title = TextField(default="")
    first_name = TextField(default="")
    last_name = TextField(default="")
    preferred_name = TextField(default="")
    organisation = TextField(default="")  # a body's own name; for a person, where he works
    initials = TextField(default="")
    trading_name = TextField(default="")  # of a body: what people call it
    body_kind = TextField(default="")  # company, trust, school …: see contacts.identity_rules.BODY_KINDS
    registration = TextField(default="")  # the number under which a body is registered
    vat_number = TextField(default="")
    language = TextField(default="")
    birth_date = DateField(null=True)
    roles = TextField(default="")  # donor,recipient,employee,supplier,prospect: sorted, between commas: ",donor,"
    source = TextField(default="")  # own | signed_up | given | referral | staff
    is_untracked = IntegerField(default=0)  # does not want it noted whether he reads or clicks
    spacing = IntegerField(default=0)  # wants at most one piece of direct marketing in so many days; 0 is everything
    obtained = TextField(default="")  # how and when, in the words of whoever brought the contact
    sort_name = TextField(default="")
    search_names = TextField(default="")
    search_emails = TextField(default="")
    search_numbers = TextField(default="")
    photo_id = IntegerField(null=True)  # a document of the kind photo; one that is gone is no photo
    version = IntegerField(default=1)
    created_at = UtcField(default=now)
    updated_at = UtcField(default=now)
    deceased_on = DateField(null=True)
    deceased_note = TextField(default="")  # from whom we know
    archived_at = UtcField(null=True)  # put away: in no list, and never written to
    archived_note = TextField(default="")
    erased_at = UtcField(null=True)
    merged_into = IntegerField(null=True)  # who is kept in place of this one: never one who was merged himself

    class Meta:
        constraints = [own_key(), belongs_to("contact", "merged_into")]

    @classmethod
    def within(cls) -> Node:
        return _all([super().within(), *of_visible_contacts(cls.id)])


Contact.add_index(Contact.org, Contact.erased_at, Contact.archived_at, Contact.sort_name, Contact.id)
Contact.add_index(Contact.org, Contact.updated_at)
# What rules ask of contacts themselves (own_facts): counted in this index, without reading the rows.
Contact.add_index(
    Contact.index(
        Contact.org, Contact.erased_at, Contact.kind, Contact.language, Contact.source, Contact.roles,
        Contact.birth_date, Contact.created_at, Contact.updated_at, Contact.id, name="contact_facts",
    )
)  # fmt: skip
Contact.add_index(Contact.index(Contact.org, Contact.birth_date, where=SQL("birth_date IS NOT NULL")))
Contact.add_index(
    Contact.index(Contact.org, Contact.merged_into, where=SQL("merged_into IS NOT NULL"), name="contact_merged")
)
# Small indexes of the few that want attention; their words must be those of the queries (queries._in_state).
Contact.add_index(
    Contact.index(
        Contact.org, Contact.erased_at, Contact.search_emails, Contact.sort_name, Contact.id,
        where=SQL("search_emails = ''"), name="contact_without_email",
    )
)  # fmt: skip


class ContactPart(RecordedModel):
    """A row that hangs on exactly one contact; an actor sees those of his contacts only, and none that are hidden."""

    data_set: ClassVar[DataSet | None] = None

    contact_id = IntegerField()
    label = TextField(default="")
    is_primary = IntegerField(default=0)
    created_at = UtcField(default=now)

    @classmethod
    def within(cls) -> Node:
        hidden = [] if cls.is_shown() else [NOTHING]
        return _all([super().within(), *of_visible_contacts(cls.contact_id), *hidden])

    @classmethod
    def is_shown(cls) -> bool:
        """Whether the actor may see such parts at all."""
        return current_actor().sees(cls.data_set)


class Email(ContactPart):
    data_set = DataSet.EMAIL

    address = TextField()  # as entered
    normal = TextField()  # for comparing: see portal.contacts.emails
    state = TextField(default="")  # "" | undeliverable | complained
    state_reason = TextField(default="")  # in words for people
    state_words = TextField(default="")  # the mail server's own
    state_at = UtcField(null=True)
    state_delivery_id = IntegerField(null=True)  # the message that came back

    class Meta:
        table_name = "contact_email"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Email.add_index(Email.org, Email.contact_id)
Email.add_index(Email.org, Email.normal)
Email.add_index(Email.index(Email.org, Email.state, Email.contact_id, where=SQL("state <> ''")))
Email.add_index(
    Email.index(Email.org, Email.state, Email.state_at, where=SQL("state <> ''"), name="contact_email_since")
)


class Telephone(ContactPart):
    data_set = DataSet.TELEPHONE

    number = TextField()  # E.164

    class Meta:
        table_name = "contact_telephone"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Telephone.add_index(Telephone.org, Telephone.contact_id)
Telephone.add_index(Telephone.org, Telephone.number)


class Address(ContactPart):
    data_set = DataSet.ADDRESS

    line1 = TextField(default="")
    line2 = TextField(default="")
    suburb = TextField(default="")
    city = TextField(default="")
    postal_code = TextField(default="")
    province = TextField(default="")  # ISO 3166-2 of South Africa: ZA-KZN
    country = TextField(default="ZA")

    class Meta:
        table_name = "contact_address"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Address.add_index(Address.org, Address.contact_id)
Address.add_index(Address.org, Address.city)


class Note(ContactPart):
    text = TextField()
    author = TextField(default="")

    @classmethod
    def is_shown(cls) -> bool:
        return current_actor().may(Permission.NOTE_READ)

    class Meta:
        table_name = "contact_note"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Note.add_index(Note.org, Note.contact_id)


class Group(OrgModel):
    """Contacts put together by hand, or found by a rule (see contacts.membership). One whose class of sensitivity, or
    whose rule, tells what the actor may not see is not there for him.
    """

    name = TextField()
    description = TextField(default="")
    category = TextField(default="")
    purpose = TextField(default="")  # why the organisation keeps this list, in its own words
    sensitivity = TextField(default=str(Sensitivity.ORDINARY))
    authorisation = TextField(default="")  # on what ground special information is told by it: see contacts.sensitive
    authorisation_note = TextField(default="")
    is_children = IntegerField(default=0)  # its members are children unless their birth date says otherwise
    rule: Any = JSONField(null=True)  # none: contacts are put in by hand
    tells = TextField(default="")  # what the rule looks at, between commas: ",telephone,page:7,": hidden with that
    is_open = IntegerField(default=0)  # people join and leave it on their own pages
    public_name = TextField(default="")  # how it is called there
    public_description = TextField(default="")
    created_at = UtcField(default=now)

    class Meta:
        table_name = "contact_group"
        indexes = ((("org", "name"), True),)
        constraints = [own_key()]

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        if actor.only_group is not None:  # the one he was given, whatever it tells
            return _all([super().within(), cls.id == actor.only_group, cls.id.not_in(sorted(actor.denied_groups))])
        hidden = [*map(str, actor.hidden), *(f"page:{number}" for number in actor.hidden_pages)]
        hidden += [f"group:{number}" for number in actor.denied_groups]
        hidden += [] if actor.may(Permission.NOTE_READ) else ["notes"]
        conditions = [super().within(), *of_visible_classes(cls.sensitivity)]
        conditions += [cls.id.not_in(sorted(actor.denied_groups))] if actor.denied_groups else []
        return _all(conditions + [~cls.tells.contains(f",{word},") for word in sorted(hidden)])


class GroupMember(RecordedModel):
    group_id = IntegerField()
    contact_id = IntegerField()
    joined_at = UtcField(default=now)

    class Meta:
        table_name = "group_member"
        indexes = ((("org", "group_id", "contact_id"), True),)
        constraints = [belongs_to("contact", "contact_id"), belongs_to("contact_group", "group_id")]

    @classmethod
    def within(cls) -> Node:
        return _all([super().within(), *of_visible_contacts(cls.contact_id)])


GroupMember.add_index(GroupMember.org, GroupMember.contact_id)


class Page(OrgModel):
    """A page of fields that an organisation has designed for its contacts, such as "Volunteers" (R12)."""

    name = TextField()
    position = IntegerField(default=0)
    archived_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "contact_page"
        indexes = ((("org", "name"), True),)
        constraints = [own_key()]

    @classmethod
    def within(cls) -> Node:
        hidden = sorted(current_actor().hidden_pages)
        return _all([super().within(), *([cls.id.not_in(hidden)] if hidden else [])])


class Field(OrgModel):
    """One thing that is kept of contacts on a page. Why, and how sensitive it is, is always said (P-10-1). One that
    holds files is hidden from who may not read documents.
    """

    page_id = IntegerField()
    name = TextField()
    name_key = TextField()  # folded; a name stands once in an organisation, so that files and letters may name it
    kind = TextField()  # see contacts.field_rules.KINDS
    purpose = TextField()
    sensitivity = TextField()
    authorisation = TextField(default="")  # on what ground special information is kept: see contacts.sensitive
    authorisation_note = TextField(default="")
    help = TextField(default="")
    options: Any = JSONField(default=list)  # of a choice: [{"id": "1", "name": "Kitchen", "is_archived": false}, …]
    limits: Any = JSONField(default=dict)  # what a value must keep to: see contacts.field_rules.check
    is_required = IntegerField(default=0)
    is_searched = IntegerField(default=0)  # found by typing a part of it
    is_listed = IntegerField(default=0)  # a column of the list of contacts
    self_service = IntegerField(default=0)  # what contacts see and change of it: see contacts.self_service
    position = IntegerField(default=0)
    archived_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "contact_field"
        indexes = ((("org", "name_key"), True),)
        constraints = [belongs_to("contact_page", "page_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        hidden = sorted(current_actor().hidden_pages)
        pages = [cls.page_id.not_in(hidden)] if hidden else []
        files = [] if current_actor().may(Permission.DOCUMENT_READ) else [cls.kind != "file"]
        return _all([super().within(), *pages, *files, *of_visible_classes(cls.sensitivity)])


Field.add_index(Field.org, Field.page_id, Field.position)


class Value(RecordedModel):
    """What a field holds for a contact; of several choices, one row each. Hidden with its field."""

    contact_id = IntegerField()
    field_id = IntegerField()
    key = KeyField(default="")  # what is compared, ordered and counted: see contacts.field_rules.key_of
    text = TextField(default="")  # what is shown; of a choice the id of the option
    found = TextField(default="")  # folded text of a field that is found by typing, else empty
    person_id = IntegerField(null=True)  # of a relation to another contact
    document_id = IntegerField(null=True)  # of a file

    class Meta:
        table_name = "contact_value"
        indexes = ((("org", "contact_id", "field_id", "key"), True),)
        constraints = [
            belongs_to("contact", "contact_id"), belongs_to("contact_field", "field_id"),
            belongs_to("contact", "person_id"),
        ]  # fmt: skip

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        hides = actor.hidden_pages or actor.hidden & frozenset(DATA_SET_OF_CLASS.values())
        is_whole = not hides and actor.may(Permission.DOCUMENT_READ)
        fields = [] if is_whole else [cls.field_id.in_(Field.select(Field.id))]
        return _all([super().within(), *of_visible_contacts(cls.contact_id), *fields])


Value.add_index(Value.org, Value.field_id, Value.key, Value.contact_id)
Value.add_index(Value.index(Value.org, Value.person_id, where=SQL("person_id IS NOT NULL")))
