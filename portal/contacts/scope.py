"""Which contacts an actor with limits may see: those of his one group, or all but those of the denied groups."""

from typing import Any

from peewee import fn

from portal.contacts.models import Contact, GroupMember
from portal.core.actor import Actor
from portal.core.tenancy import register_contact_scope


def visible(actor: Actor) -> Any:
    """The subquery of contact ids. Built on the tables themselves, below the filter it feeds."""
    members: Any = GroupMember._meta.table
    contacts: Any = Contact._meta.table
    if actor.contact_id is not None:
        return contacts.select(contacts.id).where(contacts.org_id == actor.org_id, contacts.id == actor.contact_id)
    query = contacts.select(contacts.id).where(contacts.org_id == actor.org_id)
    if actor.only_group is not None:
        inside = members.select(members.contact_id).where(
            members.org_id == actor.org_id, members.group_id == actor.only_group
        )
        query = query.where(contacts.id.in_(inside))
    if actor.denied_groups:
        hidden = members.select(fn.COALESCE(members.contact_id, 0)).where(
            members.org_id == actor.org_id, members.group_id.in_(sorted(actor.denied_groups))
        )
        query = query.where(contacts.id.not_in(hidden))
    return query


def register() -> None:
    register_contact_scope(visible)
