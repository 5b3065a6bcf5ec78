"""Which contacts an actor with limits may see: those of his one group, or all but those of the denied groups."""

from typing import Any

from portal.contacts.membership import is_member, is_outside
from portal.contacts.models import Contact
from portal.core.actor import Actor, acting_as, system
from portal.core.tenancy import register_contact_scope


def visible(actor: Actor) -> Any:
    """The subquery of contact ids. Made as the portal itself, below the filter it feeds: whether somebody is in a
    group does not depend on who asks.
    """
    with acting_as(system(actor.org_id)):
        query = Contact.select(Contact.id)
        if actor.contact_id is not None:
            return query.where(Contact.id == actor.contact_id)
        if actor.only_group is not None:
            query = query.where(is_member([actor.only_group]))
        if actor.denied_groups:
            query = query.where(is_outside(actor.denied_groups))
            # What is told of who was merged is hidden with who is kept.
            denied = Contact.select(Contact.id).where(~is_outside(actor.denied_groups))
            query = query.where(Contact.merged_into.is_null() | Contact.merged_into.not_in(denied))
        return query


def register() -> None:
    register_contact_scope(visible)
