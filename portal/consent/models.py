"""For what people are kept, on what ground each of them, what each has said, and who must be left alone.

What was said and on what ground is appended, never changed: only erasing a contact removes it, and only merging two
passes it on. Suppressions are keyed by a keyed hash of the normalised address, not by contact: they outlive merging,
deleting, erasing and importing again (domain.md 7.7).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from peewee import SQL, IntegerField, JSONField, TextField

from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import ContactRow, OrgModel, belongs_to, own_key

_rewriting: ContextVar[bool] = ContextVar("rewriting", default=False)


class Fixed(RuntimeError):
    """What somebody said was about to be changed or taken out."""


@contextmanager
def rewriting() -> Iterator[None]:
    """For erasing a contact, and for merging two: what one has said is then the other's. For nothing else."""
    token = _rewriting.set(True)
    try:
        yield
    finally:
        _rewriting.reset(token)


class Appended:
    """The base of what is written once. It stands before the model in a class's bases."""

    @classmethod
    def _require_rewriting(cls) -> None:
        if not _rewriting.get():
            raise Fixed(f"{cls.__name__} is appended, never changed")

    @classmethod
    def update(cls, *args: Any, **values: Any) -> Any:
        cls._require_rewriting()
        return super().update(*args, **values)  # type: ignore[misc]

    @classmethod
    def delete(cls) -> Any:
        cls._require_rewriting()
        return super().delete()  # type: ignore[misc]


class Purpose(OrgModel):
    """One line of the register: for what an organisation keeps people, in plain words (P-13-1)."""

    name = TextField()
    description = TextField(default="")
    purpose_class = TextField(default="direct_marketing")  # direct_marketing | information | transactional
    basis = TextField(default="consent")  # of grounds.BASES: what mostly carries it
    categories = TextField(default="")  # of data
    recipients = TextField(default="")  # to whom else it goes
    keeping = TextField(default="")  # how long
    archived_at = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "name"), True),)
        constraints = [own_key()]


class Wording(Appended, OrgModel):
    """The very words somebody was shown when he agreed. Another wording is another row."""

    text = TextField()
    digest = TextField()
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "digest"), True),)
        constraints = [own_key()]


class ConsentEvent(Appended, ContactRow):
    """What a contact said, or another for him, about one purpose and channel. What they come to: folding.fold."""

    contact_id = IntegerField()
    purpose_id = IntegerField()
    channel = TextField(default="email")  # of grounds.CHANNELS
    kind = TextField()  # of grounds.KINDS
    proof = TextField(default="asserted")  # asserted | proven
    method = TextField(default="")  # of grounds.METHODS
    wording_id = IntegerField(null=True)
    document_id = IntegerField(null=True)  # the paper, recording or mail; one that is gone proves nothing any more
    recording = TextField(default="")  # where a recorded call is found
    source = TextField(default="")
    detail = TextField(default="")
    given_by = TextField(default="self")  # self | competent
    import_id = IntegerField(null=True)
    recorded_by = TextField(default="")  # the name of who wrote it down
    at = UtcField(default=now)  # when it was said
    created_at = UtcField(default=now)  # when it was written down

    class Meta:
        table_name = "consent_event"
        constraints = [
            belongs_to("contact", "contact_id"), belongs_to("purpose", "purpose_id"),
            belongs_to("wording", "wording_id"), own_key(),
        ]  # fmt: skip


ConsentEvent.add_index(ConsentEvent.org, ConsentEvent.contact_id, ConsentEvent.purpose_id, ConsentEvent.channel)
ConsentEvent.add_index(
    ConsentEvent.index(
        ConsentEvent.org, ConsentEvent.import_id, where=SQL("import_id IS NOT NULL"), name="consent_event_of_import"
    )
)


class Justification(ContactRow):
    """On what ground a contact is kept for a purpose (P-11-1). Ended, never changed."""

    contact_id = IntegerField()
    purpose_id = IntegerField()
    basis = TextField(default="consent")  # of grounds.BASES
    detail = TextField(default="")
    document_id = IntegerField(null=True)
    source = TextField(default="")
    import_id = IntegerField(null=True)
    recorded_by = TextField(default="")
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        constraints = [belongs_to("contact", "contact_id"), belongs_to("purpose", "purpose_id"), own_key()]


# Also what tells who has no ground at all: read without the rows.
Justification.add_index(Justification.org, Justification.contact_id, Justification.ended_at, Justification.purpose_id)
Justification.add_index(
    Justification.index(
        Justification.org, Justification.import_id, where=SQL("import_id IS NOT NULL"), name="justification_of_import"
    )
)


class Restriction(ContactRow):
    """A contact of whom nothing may be done but keeping (POPIA s 14(6)): out of sight but for who has `privacy`."""

    contact_id = IntegerField()
    reason = TextField()  # of grounds.RESTRICTIONS
    detail = TextField(default="")
    set_by = TextField(default="")
    created_at = UtcField(default=now)
    notified_on = TextField(default="")  # how and when the person was told before it was lifted (s 14(8))
    lifted_at = UtcField(null=True)

    class Meta:
        constraints = [belongs_to("contact", "contact_id"), own_key()]


Restriction.add_index(Restriction.org, Restriction.contact_id)
Restriction.add_index(
    Restriction.index(
        Restriction.org, Restriction.contact_id, where=SQL("lifted_at IS NULL"), name="restriction_in_force"
    )
)


class Suppression(OrgModel):
    """An address that must be left alone. It says nothing of whose it is."""

    channel = TextField()  # email
    mac = TextField()
    key_version = TextField()
    scope = TextField(default="marketing")  # marketing | everything | list:ID, the id of a purpose
    reason = TextField()  # of suppressing.STRENGTH
    delivery_id = IntegerField(null=True)
    campaign_id = IntegerField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        indexes = ((("org", "channel", "mac", "scope"), True),)
        constraints = [own_key()]


class GroundRun(OrgModel):
    """The job of writing down for many contacts at once on what ground they are kept. Goes on where it was broken."""

    what: Any = JSONField()  # see recording_many.What
    group_id = IntegerField(null=True)  # none: everybody for whom nothing is recorded
    user_id = IntegerField(null=True)
    state = TextField(default="waiting")  # waiting | running | finished | failed
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    last_id = IntegerField(default=0)  # the contact up to whom it is done
    words = TextField(default="")  # why it failed
    lease = UtcField(null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = "ground_run"
        constraints = [own_key()]


GroundRun.add_index(GroundRun.org, GroundRun.state)
