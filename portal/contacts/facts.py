"""What a group's rule may ask about a contact: fields, groups, dates, and what features above add.

A fact turns an operator and a value into a condition with bound parameters; a rule never holds SQL.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Node

from portal.contacts.group_rules import InvalidRule, check


class UnknownFact(ValueError):
    """A rule asks what there is no such fact for, or what the actor may not see. The message says so."""


@dataclass(frozen=True)
class Fact:
    """Something that can be asked. `tells` are the rights that hide it: "telephone", "page:7,special", or ""."""

    name: str
    label: str
    kind: str  # which operators there are, and how a value is typed: see contacts.group_rules
    condition: Callable[[str, Any], Node]  # see contacts.conditions
    options: Sequence[tuple[str, str]] = ()  # of a choice: (value, words)
    tells: str = ""
    tells_by: Callable[[Any], Iterable[str]] = lambda _value: ()  # what an answer tells beyond that
    heading: str = ""  # under which it stands in the list of what can be asked


Provide = Callable[[], Sequence[Fact]]
_providers: list[Provide] = []


def register_facts(provide: Provide) -> None:
    """Add facts; they are asked for anew each time, because fields and groups come and go."""
    if provide not in _providers:
        _providers.append(provide)


def all_facts() -> dict[str, Fact]:
    """The facts the actor may ask about, by name: providers leave out what is hidden from him."""
    return {fact.name: fact for provide in _providers for fact in provide()}


def condition_of(rule: Mapping[str, Any], known: Mapping[str, Fact] | None = None) -> Node:
    """The condition on Contact of a rule: {"match": "all" | "any", "conditions": [{fact, operator, value}]}."""
    known = all_facts() if known is None else known
    try:
        check(rule, known)
    except InvalidRule as error:
        raise UnknownFact(str(error)) from error
    parts = [known[asked["fact"]].condition(asked["operator"], asked["value"]) for asked in rule["conditions"]]
    return reduce(and_ if rule["match"] == "all" else or_, parts)


def tells_of(rule: Mapping[str, Any], known: Mapping[str, Fact], before: str = "") -> str:
    """What a rule looks at, between commas: a group with it is hidden with that. While it asks about something that is
    gone, what it told `before` is kept.
    """
    is_whole = all(asked["fact"] in known for asked in rule["conditions"])
    words = set() if is_whole else set(before.split(","))
    for asked in rule["conditions"]:
        if fact := known.get(asked["fact"]):
            words |= {*fact.tells.split(","), *fact.tells_by(asked["value"])}
    words.discard("")
    return f",{','.join(sorted(words))}," if words else ""
