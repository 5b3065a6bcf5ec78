"""Groups of contacts: making, changing and removing them, and putting contacts into those that are filled by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from portal.accounts import service as accounts
from portal.activity import log
from portal.contacts import queries, record
from portal.contacts.facts import Fact, all_facts, tells_of
from portal.contacts.group_rules import ByRule, check, words_of
from portal.contacts.models import Group, GroupMember
from portal.contacts.open_groups import check_open
from portal.contacts.sensitive import check_sensitive
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.db import lock, transaction
from portal.core.permissions import DATA_SET_OF_CLASS, Denied, Permission, Sensitivity

Rule = Mapping[str, Any]
NEVER_RULED = "Only a group that nobody was put into can be given a rule. Make a new group for it."


class GroupNotFound(LookupError):
    pass


class GroupNameTaken(ValueError):
    pass


class NotEmpty(ValueError):
    """A group with contacts in it was to be filled by a rule."""


@dataclass(frozen=True)
class Details:
    """What is told of a group beside its name and rule."""

    description: str = ""
    category: str = ""
    purpose: str = ""
    sensitivity: str = str(Sensitivity.ORDINARY)
    authorisation: str = ""
    authorisation_note: str = ""
    is_children: int = 0
    is_open: int = 0
    public_name: str = ""
    public_description: str = ""

    @classmethod
    def of(cls, group: Group) -> "Details":
        return cls(**{name: getattr(group, name) for name in cls.__dataclass_fields__})


def add_group(name: str, description: str = "", *, details: Details | None = None, rule: Rule | None = None) -> Group:
    """Make a group; with a rule it is filled by that. Raises InvalidRule, NoAuthorisation, NotForPeople,
    GroupNameTaken.
    """
    require(Permission.CONTACT_EDIT)
    name = name.strip()
    values = _checked(details or Details(description=description), is_ruled=rule is not None)
    try:
        with transaction():
            made = Group.create(name=name, **values, **_ruled(rule))
            told = {field: value for field, value in values.items() if value and value != Sensitivity.ORDINARY}
            if rule is not None:
                told |= {"rule": _words(rule), "rule_data": rule}
            log.write("group.added", subject_id=made.id, name=name, **told)
            return made
    except IntegrityError as error:
        raise GroupNameTaken(f"There is already a group called {name}.") from error


def change_group(group_id: int, name: str, details: Details, rule: Rule | None = None) -> None:
    """Change what is told of a group, or its rule. A rule of None leaves the one there is."""
    require(Permission.CONTACT_EDIT)
    name = name.strip()
    try:
        with transaction():
            group = _locked(group_id)
            is_ruled = (rule or group.rule) is not None
            new: dict[str, Any] = {"name": name, **_checked(details, group, is_ruled=is_ruled)}
            more: dict[str, Any] = {}
            if rule is not None and rule != group.rule:
                _check_may_rule(group)
                new |= _ruled(rule)
                more = {"rule_before": group.rule, "rule_after": rule}
            changes = {field: [getattr(group, field), value] for field, value in new.items()}
            changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
            if not changes:
                return
            Group.update(**{field: pair[1] for field, pair in changes.items()}).where(Group.id == group.id).execute()
            if "sensitivity" in changes:
                retell()
            if more:
                changes["rule"] = [_words(group.rule) if group.rule else None, _words(rule or {})]
            changes.pop("tells", None)
            log.write("group.changed", subject_id=group.id, changes=changes, **more)
    except IntegrityError as error:
        raise GroupNameTaken(f"There is already a group called {name}.") from error


def rename_group(group_id: int, name: str, description: str) -> None:
    group = find_group(group_id)
    change_group(group_id, name, Details(**{**Details.of(group).__dict__, "description": description}))


def retell() -> None:
    """Work out anew what each rule tells, also those of groups hidden from the actor: to be called when a group or
    field becomes more or less sensitive, moves to another page, or comes back.
    """
    with transaction(), acting_as(system(current_actor().org_id)):
        known = all_facts()
        for group in Group.select(Group.id, Group.rule, Group.tells).where(Group.rule.is_null(False)):
            # What is gone for a while may come back: then it must not have been forgotten that it hides.
            tells = tells_of(group.rule, known, group.tells)
            if tells != group.tells:
                Group.update(tells=tells).where(Group.id == group.id).execute()


def groups_asking(fact: str) -> tuple[list[str], int]:
    """The names of the groups whose rules ask about a fact, and how many more do that are hidden from the actor."""
    names = [group.name for group in queries.visible_groups() if _asks(group, fact)]
    with acting_as(system(current_actor().org_id)):
        count = sum(_asks(group, fact) for group in queries.visible_groups())
    return names, count - len(names)


def values_asked(fact: str) -> set[str]:
    """What rules, also of groups hidden from the actor, want to be one of in a choice."""
    with acting_as(system(current_actor().org_id)):
        asking = [group.rule["conditions"] for group in queries.visible_groups() if _asks(group, fact)]
    conditions = [asked for some in asking for asked in some if asked["fact"] == fact]
    return {value for asked in conditions if isinstance(asked["value"], list) for value in asked["value"]}


def remove_group(group_id: int) -> int:
    """Remove a group; its contacts stay. Returns how many contacts were in it. Not for who sees only some of them: the
    others would leave it behind his back. Nor while somebody's rights name it: a wall around it would fall unseen.
    """
    require(Permission.CONTACT_DELETE)
    group = find_group(group_id)
    if current_actor().is_limited:
        raise Denied("You see only some of the contacts. Somebody who sees all of them can remove a group.")
    if accounts.is_in_rights(f"group:{group.id}", group.id):
        raise Denied("The rights of a user are about this group. Change those first.")
    with transaction():
        left = queries.group_sizes().get(group.id, 0)
        if group.rule is None:
            members = [m.contact_id for m in GroupMember.select().where(GroupMember.group_id == group.id)]
            left = record.ungroup(members, group.id, group.name)
        log.write("group.removed", subject_id=group.id, name=group.name, contacts=left)
        Group.delete().where(Group.id == group.id).execute()
    return left


def find_group(group_id: int) -> Group:
    group = Group.get_or_none(Group.id == group_id)
    if group is None:
        raise GroupNotFound("There is no such group.")
    return group


def find_group_by_name(name: str) -> Group:
    """The group with this name in any case. Raises GroupNotFound."""
    for group in queries.visible_groups():
        if group.name.casefold() == name.strip().casefold():
            return group
    raise GroupNotFound(f"There is no group called {name}.")


def group_named(name: str) -> Group:
    """The group with this name in any case, made if there is none, to put contacts into. Raises ByRule."""
    try:
        group = find_group_by_name(name)
    except GroupNotFound:
        return add_group(name)
    if group.rule is not None:
        raise ByRule(group.name)
    return group


def group_contacts(contact_ids: Sequence[int], group_id: int) -> int:
    require(Permission.CONTACT_EDIT)
    with transaction():
        return record.group(queries.visible_ids(contact_ids), group_id, find_group(group_id).name)


def ungroup_contacts(contact_ids: Sequence[int], group_id: int) -> int:
    require(Permission.CONTACT_EDIT)
    with transaction():
        return record.ungroup(queries.visible_ids(contact_ids), group_id, find_group(group_id).name)


def is_empty(group: Group) -> bool:
    """Whether nobody was put into it, contacts hidden from the actor included."""
    with acting_as(system(current_actor().org_id)):
        return not GroupMember.select().where(GroupMember.group_id == group.id).exists()


def categories() -> list[str]:
    """The categories in use, in order."""
    return sorted({group.category for group in queries.visible_groups()} - {""}, key=str.lower)


def words(rule: Rule) -> str:
    """The rule as a sentence for the actor; what he may not ask about is not named."""
    return words_of(rule, all_facts())


def _asks(group: Group, fact: str) -> bool:
    return group.rule is not None and any(asked["fact"] == fact for asked in group.rule["conditions"])


def _words(rule: Rule) -> str:
    with acting_as(system(current_actor().org_id)):
        return words_of(rule, all_facts())


def _ruled(rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    check(rule, all_facts())
    with acting_as(system(current_actor().org_id)):
        known: Mapping[str, Fact] = all_facts()
        return {"rule": rule, "tells": tells_of(rule, known)}


def _check_may_rule(group: Group) -> None:
    if current_actor().only_group == group.id:
        raise Denied("You see only this group: its rule says whom you see, so that another person must change it.")
    if group.rule is None and not is_empty(group):
        raise NotEmpty(NEVER_RULED)


def _checked(details: Details, before: Group | None = None, *, is_ruled: bool) -> dict[str, Any]:
    """The details as they are stored. A class that is hidden from the actor he neither gives nor takes away, also from
    the one group he sees: others would see it then.
    """
    sensitivity = Sensitivity(details.sensitivity)
    named = {sensitivity} if before is None else {sensitivity, Sensitivity(before.sensitivity)}
    is_new = before is None or len(named) > 1
    if is_new and not all(current_actor().sees(DATA_SET_OF_CLASS.get(one)) for one in named):
        raise Denied("A group of this kind can be made only by somebody who may see such information.")
    check_sensitive(sensitivity, details.authorisation, details.authorisation_note)
    values = dict(details.__dict__)
    if sensitivity is not Sensitivity.SPECIAL:
        values |= {"authorisation": "", "authorisation_note": ""}
    check_open(bool(details.is_open), sensitivity=sensitivity, is_children=bool(details.is_children), is_ruled=is_ruled)
    numbers = {"is_children": int(details.is_children), "is_open": int(details.is_open)}
    return {**values, "sensitivity": str(sensitivity), **numbers}


def _locked(group_id: int) -> Group:
    group = lock(Group.select().where(Group.id == group_id)).first()
    if group is None:
        raise GroupNotFound("There is no such group.")
    return group
