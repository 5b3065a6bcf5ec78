"""Tasks: what somebody means to do, about a contact or not."""

from functools import reduce
from operator import and_

from peewee import SQL, DateField, IntegerField, Node, TextField

from portal.contacts.models import RecordedModel
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import UtcField
from portal.core.permissions import Permission
from portal.core.tenancy import belongs_to, own_key, visible_contacts


class Task(RecordedModel):
    """Something to do by a day. Only portal.diary.tasks writes it. One about a contact is seen by who sees the contact
    and may read notes.
    """

    contact_id = IntegerField(null=True)
    what = TextField()
    due = DateField()
    first_due = DateField()  # of one that repeats, the day by which the later ones are counted
    repeat = TextField(default="")  # see rules.REPEATS
    user_id = IntegerField(null=True)  # whose it is; nobody's is everybody's
    follows_id = IntegerField(null=True)  # the task after which this one came again
    done_at = UtcField(null=True)
    done_by = TextField(default="")
    added_by = TextField(default="")
    created_at = UtcField(default=now)

    class Meta:
        constraints = [belongs_to("contact", "contact_id"), own_key()]

    @classmethod
    def within(cls) -> Node:
        actor = current_actor()
        conditions = [super().within()]
        if not actor.may(Permission.NOTE_READ):
            conditions.append(cls.contact_id.is_null())
        if actor.is_limited:
            conditions.append(cls.contact_id.is_null() | cls.contact_id.in_(visible_contacts(actor)))
        return reduce(and_, conditions)


Task.add_index(Task.index(Task.org, Task.due, Task.id, where=SQL("done_at IS NULL"), name="task_open"))
Task.add_index(Task.org, Task.contact_id, Task.due)
Task.add_index(Task.org, Task.done_at)
Task.add_index(Task.index(Task.org, Task.follows_id, where=SQL("follows_id IS NOT NULL"), name="task_following"))
