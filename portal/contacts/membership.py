"""Who is in a group, whether put in by hand or found by its rule: the one place that knows the difference."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from portal.contacts.facts import UnknownFact, condition_of
from portal.contacts.models import NOTHING, Contact, Group, GroupMember


def is_member(group_ids: Iterable[int]) -> Any:
    """The condition on Contact that it is in any of these groups, as far as the actor may know of them: of a group
    that is hidden from him nobody is a member.
    """
    groups = list(Group.select(Group.id, Group.rule).where(Group.id.in_(sorted(set(group_ids)))))
    if not groups:
        return NOTHING
    by_hand = GroupMember.select(GroupMember.contact_id).where(GroupMember.group_id.in_([g.id for g in groups]))
    conditions: list[Any] = [Contact.id.in_(by_hand)]
    for group in groups:
        if group.rule is None:
            continue
        try:
            found = condition_of(group.rule)
        except UnknownFact:  # what it asked about is gone: nobody is found by it, and its page says so
            continue
        conditions.append(found)
    return reduce(or_, conditions)
