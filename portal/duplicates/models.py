"""Contacts that may be the same, who said that they are not, and what was merged: kept so that it can be undone."""

from functools import reduce
from operator import and_
from typing import Any

from peewee import IntegerField, JSONField, Node, TextField

from portal.contacts.models import of_visible_contacts
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.tenancy import OrgModel, belongs_to, own_key


class Search(OrgModel):
    """The job of looking for duplicates: among everybody, or among those whom one import added."""

    import_id = IntegerField(null=True)
    user_id = IntegerField(null=True)
    state = TextField(default="waiting")  # waiting | running | finished | failed
    total = IntegerField(default=0)  # contacts to look at
    done = IntegerField(default=0)
    found = IntegerField(default=0)
    words = TextField(default="")  # why it failed
    lease = UtcField(null=True)
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "duplicate_search"
        constraints = [own_key()]


Search.add_index(Search.org, Search.state)


class Pair(OrgModel):
    """Two contacts that may be one, seen by who sees them both; the one with the smaller id stands first. Why they may
    be is kept apart for each set of data that can be hidden, so that whom a set is hidden from is told the same
    whatever stands in it (B06).
    """

    contact_id = IntegerField()
    other_id = IntegerField()
    score = IntegerField()  # of who sees everything; 0 to 100
    plain = IntegerField(default=0)  # points for what cannot be hidden: names and birth dates
    email = IntegerField(default=0)
    telephone = IntegerField(default=0)
    address = IntegerField(default=0)
    identity = IntegerField(default=0)
    is_doubtful = IntegerField(default=0)  # the names leave a doubt: certain by an identity number alone
    ways = TextField(default="")  # by which of these it was found, between commas: ",email,plain,"
    reasons: Any = JSONField(default=list)  # words of rules.REASONS
    state = TextField(default="open")  # open | dismissed: somebody said that they are two
    dismissed_by = TextField(default="")
    search_id = IntegerField(null=True)  # that found it last
    created_at = UtcField(default=now)

    class Meta:
        table_name = "duplicate_pair"
        indexes = ((("org", "contact_id", "other_id"), True),)
        constraints = [belongs_to("contact", "contact_id"), belongs_to("contact", "other_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        both = [*of_visible_contacts(cls.contact_id), *of_visible_contacts(cls.other_id)]
        return reduce(and_, [super().within(), *both])


Pair.add_index(Pair.org, Pair.other_id)
Pair.add_index(Pair.org, Pair.state, Pair.score, Pair.id)


class Merge(OrgModel):
    """Two contacts made one. `data` holds what undoing needs: emptied once it cannot be undone, or one is erased."""

    contact_id = IntegerField()  # who is kept
    merged_id = IntegerField()  # who is kept within him
    user_id = IntegerField(null=True)
    user_name = TextField(default="")
    run_id = IntegerField(null=True)  # of many at once
    data: Any = JSONField(default=dict)  # see duplicates.uniting
    created_at = UtcField(default=now)
    undone_at = UtcField(null=True)
    undone_by = TextField(default="")
    stayed: Any = JSONField(default=list)  # what an undo left, because it was changed since

    class Meta:
        table_name = "contact_merge"
        constraints = [belongs_to("contact", "contact_id"), belongs_to("contact", "merged_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        return reduce(and_, [super().within(), *of_visible_contacts(cls.contact_id)])


Merge.add_index(Merge.org, Merge.contact_id)
Merge.add_index(Merge.org, Merge.merged_id)
Merge.add_index(Merge.org, Merge.created_at)


class MergeRun(OrgModel):
    """The job of merging all pairs that are certain. It can be stopped, and goes on where it was."""

    user_id = IntegerField(null=True)
    user_name = TextField(default="")
    least = IntegerField()  # the score from which on a pair is certain
    state = TextField(default="waiting")  # waiting | running | stopped | finished | failed
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    merged = IntegerField(default=0)
    last_id = IntegerField(default=0)  # the pair up to which it is done
    words = TextField(default="")  # why it failed
    lease = UtcField(null=True)
    created_at = UtcField(default=now)
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "merge_run"
        constraints = [own_key()]


MergeRun.add_index(MergeRun.org, MergeRun.state)
