"""What a group's rule may ask about a contact: fields, groups, dates, and what features above add.

A fact turns an operator and a value into a condition with bound parameters; a rule never holds SQL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import Node


class UnknownFact(ValueError):
    """A rule asks what there is no such fact for, or what the actor may not see. The message says so."""


@dataclass(frozen=True)
class Fact:
    """Something that can be asked. `tells` is the right that hides it ("telephone", "page:7"), or ""."""

    name: str
    label: str
    kind: str  # which operators there are, and how a value is typed: see contacts.group_rules
    condition: Callable[[str, Any], Node]
    options: Sequence[tuple[str, str]] = ()  # of a choice: (value, words)
    tells: str = ""


Provide = Callable[[], Sequence[Fact]]
_providers: list[Provide] = []


def register_facts(provide: Provide) -> None:
    """Add facts; they are asked for anew each time, because fields and groups come and go."""
    if provide not in _providers:
        _providers.append(provide)


def all_facts() -> dict[str, Fact]:
    """The facts the actor may ask about, by name: providers leave out what is hidden from him."""
    return {fact.name: fact for provide in _providers for fact in provide()}


def condition_of(rule: Mapping[str, Any]) -> Node:
    """The condition on Contact of a rule: {"match": "all" | "any", "conditions": [{fact, operator, value}]}."""
    known = all_facts()
    parts = []
    for asked in rule["conditions"]:
        if asked["fact"] not in known:
            raise UnknownFact("The rule of this group asks about something that is no longer kept.")
        parts.append(known[asked["fact"]].condition(asked["operator"], asked["value"]))
    return reduce(and_ if rule["match"] == "all" else or_, parts)
