"""Groups that people join and leave by themselves, and how often they want to be written to (R23, R25)."""

from collections.abc import Collection
from dataclasses import dataclass

from portal.contacts import record
from portal.contacts.models import Contact, Group, GroupMember
from portal.contacts.open_groups import is_offered
from portal.core.db import lock, transaction
from portal.profile.links import Link


@dataclass(frozen=True)
class Choice:
    """A group that is open, as people read of it, and whether the person is in it."""

    group: Group
    name: str
    description: str
    is_in: bool


def choices(link: Link) -> list[Choice]:
    rows = [group for group in Group.select().where(Group.is_open == 1).order_by(Group.name) if is_offered(group)]
    mine = GroupMember.select(GroupMember.group_id).where(GroupMember.contact_id == link.contact.id)
    inside = {row[0] for row in mine.tuples()} if rows else set()
    return [Choice(row, row.public_name or row.name, row.public_description, row.id in inside) for row in rows]


def choose(link: Link, offered: Collection[int], wanted: Collection[int]) -> bool:
    """Put the person into those of the groups he was offered that he wants, and take him out of the others; return
    whether anything is new. Groups that are not open stay as they are.
    """
    changed = False
    with transaction():
        lock(Contact.select().where(Contact.id == link.contact.id)).get()
        for choice in choices(link):
            group = choice.group
            if group.id not in offered or (group.id in wanted) == choice.is_in:
                continue
            (record.ungroup if choice.is_in else record.group)([link.contact.id], group.id, group.name)
            changed = True
    return changed
