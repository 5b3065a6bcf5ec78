"""Contacts and all that hangs on them. Only portal.contacts.record may write these tables: anything else raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from peewee import SQL, DateField, IntegerField, Node, TextField

from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, belongs_to, own_key, visible_contacts

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


class Contact(RecordedModel):
    """A person or a body. Deleting one empties it to a nameless tombstone: other rows may still point here."""

    kind = TextField(default="person")  # person | body
    title = TextField(default="")
    first_name = TextField(default="")
    last_name = TextField(default="")
    preferred_name = TextField(default="")
    organisation = TextField(default="")  # a body's own name; for a person, where he works
    language = TextField(default="")
    birth_date = DateField(null=True)
    roles = TextField(default="")  # donor,recipient,employee,supplier,prospect: sorted, between commas: ",donor,"
    source = TextField(default="")  # own | signed_up | given | referral | staff
    is_untracked = IntegerField(default=0)  # does not want it noted whether he reads or clicks
    obtained = TextField(default="")  # how and when, in the words of whoever brought the contact
    sort_name = TextField(default="")
    search_names = TextField(default="")
    search_emails = TextField(default="")
    search_numbers = TextField(default="")
    version = IntegerField(default=1)
    created_at = UtcField(default=now)
    updated_at = UtcField(default=now)
    erased_at = UtcField(null=True)

    class Meta:
        constraints = [own_key()]

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        condition = super().within()
        if actor.is_limited:
            condition = condition & cls.id.in_(visible_contacts(actor))
        return condition


Contact.add_index(Contact.org, Contact.erased_at, Contact.sort_name, Contact.id)
Contact.add_index(Contact.org, Contact.updated_at)
# Small indexes of the few that want attention; their words must be those of the queries (queries._in_state).
Contact.add_index(
    Contact.index(
        Contact.org, Contact.erased_at, Contact.search_emails, Contact.sort_name, Contact.id,
        where=SQL("search_emails = ''"), name="contact_without_email",
    )
)  # fmt: skip


class ContactPart(RecordedModel):
    """A row that hangs on exactly one contact; a limited actor sees those of his contacts only."""

    contact_id = IntegerField()
    label = TextField(default="")
    is_primary = IntegerField(default=0)
    created_at = UtcField(default=now)

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        condition = super().within()
        if actor.is_limited:
            condition = condition & cls.contact_id.in_(visible_contacts(actor))
        return condition


class Email(ContactPart):
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
    number = TextField()  # E.164

    class Meta:
        table_name = "contact_telephone"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Telephone.add_index(Telephone.org, Telephone.contact_id)
Telephone.add_index(Telephone.org, Telephone.number)


class Address(ContactPart):
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

    class Meta:
        table_name = "contact_note"
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Note.add_index(Note.org, Note.contact_id)


class Group(OrgModel):
    name = TextField()
    description = TextField(default="")
    created_at = UtcField(default=now)

    class Meta:
        table_name = "contact_group"
        indexes = ((("org", "name"), True),)
        constraints = [own_key()]


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
        actor = current_actor()
        condition = super().within()
        if actor.is_limited:
            condition = condition & cls.contact_id.in_(visible_contacts(actor))
        return condition


GroupMember.add_index(GroupMember.org, GroupMember.contact_id)
