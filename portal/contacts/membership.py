"""Who is in a group, whether put in by hand or found by its rule: the one place that knows the difference.

Whether somebody is in a group does not depend on who asks: rules are asked as the portal itself, of groups the actor
may know of; which of the found contacts he sees, the filter of the query around it says.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from peewee import Cast, Node, Value, fn

from portal.contacts.conditions import among, one_of, zone_read_once
from portal.contacts.facts import Fact, UnknownFact, all_facts, condition_of
from portal.contacts.models import NOTHING, Contact, Group, GroupMember
from portal.core.actor import acting_as, current_actor, system

MOST_ASKED = 20_000  # parameters in one query: SQLite takes 32,766


def is_member(group_ids: Iterable[int]) -> Any:
    """The condition on Contact that it is in any of these groups, as far as the actor may know of them."""
    groups = _those(group_ids)
    return _in_any(groups, _asked([group for group in groups if group.rule is not None]))


def is_outside(group_ids: Iterable[int]) -> Any:
    """The condition on Contact that it is in none of these groups, for a wall. While it cannot be said who is in one of
    them, because its rule asks about what is put away, nobody is outside.
    """
    groups = _those(group_ids)
    ruled = [group for group in groups if group.rule is not None]
    asked = _asked(ruled)
    return ~_in_any(groups, asked) if len(asked) == len(ruled) else NOTHING


def _those(group_ids: Iterable[int]) -> list[Group]:
    ids = sorted(set(group_ids))
    return list(Group.select(Group.id, Group.rule).where(Group.id.in_(ids))) if ids else []


def _in_any(groups: Sequence[Group], asked: Sequence[tuple[int, Any]]) -> Any:
    by_hand = [group.id for group in groups if group.rule is None]
    conditions = [found for _, found in asked]
    if by_hand:
        members = GroupMember.select(GroupMember.contact_id).where(GroupMember.group_id.in_(by_hand))
        conditions.insert(0, Contact.id.in_(members))
    return reduce(or_, conditions) if conditions else NOTHING


def found_by(rule: Mapping[str, Any]) -> Node:
    """The condition on Contact of a rule that the actor may ask. Raises UnknownFact."""
    with zone_read_once():
        condition_of(rule)
    with acting_as(system(current_actor().org_id)), zone_read_once():
        return condition_of(rule)


def sizes() -> dict[int, int]:
    """How many contacts of each group this actor may see: one query for those by hand, one for those by rules."""
    counted = (
        GroupMember.select(GroupMember.group_id, fn.COUNT(GroupMember.contact_id))
        .group_by(GroupMember.group_id)
        .tuples()
    )
    counts = [
        Contact.select(_number(group), fn.COUNT(Contact.id)).where(Contact.erased_at.is_null(), found)
        for group, found in _asked(_by_rule())
    ]
    return dict(counted) | dict(_together(counts))


def groups_by_contact(contact_ids: Sequence[int]) -> dict[int, set[int]]:
    """The groups each of these contacts is in."""
    found: dict[int, set[int]] = {}
    ids = list(contact_ids)
    if not ids:
        return found
    ruled = _by_rule()
    by_hand = GroupMember.group_id.not_in([group.id for group in ruled])
    for member in GroupMember.select().where(GroupMember.contact_id.in_(ids), by_hand):
        found.setdefault(member.contact_id, set()).add(member.group_id)
    with among(ids):
        queries = [
            Contact.select(_number(group), Contact.id).where(
                one_of(Contact.id, ids), Contact.erased_at.is_null(), condition
            )
            for group, condition in _asked(ruled)
        ]
    for group_id, contact_id in _together(queries):
        found.setdefault(contact_id, set()).add(group_id)
    return found


def is_whole(group: Group) -> bool:
    """Whether all that the group's rule asks about is still kept; else nobody is found by it."""
    return group.rule is None or len(_asked([group])) == 1


def _by_rule() -> list[Group]:
    return list(Group.select(Group.id, Group.rule).where(Group.rule.is_null(False)).order_by(Group.id))


def _asked(groups: Sequence[Group]) -> list[tuple[int, Any]]:
    """The condition of each group's rule, without those that ask about what is gone: nobody is found by them."""
    if not groups:
        return []
    conditions = []
    with acting_as(system(current_actor().org_id)), zone_read_once():
        known: Mapping[str, Fact] = all_facts()
        for group in groups:
            try:
                conditions.append((group.id, condition_of(group.rule, known)))
            except UnknownFact:
                continue
    return conditions


def _number(group_id: int) -> Node:
    return Cast(Value(group_id), "INTEGER")


def _together(queries: Sequence[Any]) -> list[tuple[int, int]]:
    """The rows of all these queries, in as few questions to the database as it takes parameters for."""
    rows: list[tuple[int, int]] = []
    some: list[Any] = []
    asked = 0
    for query in [*queries, None]:
        more = len(query.sql()[1]) if query is not None else 0
        if some and (query is None or asked + more > MOST_ASKED or len(some) == 100):
            rows += list(reduce(lambda first, second: first.union_all(second), some).tuples())
            some, asked = [], 0
        some.append(query)
        asked += more
    return rows
