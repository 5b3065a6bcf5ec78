"""From what a list is limited to, to the rule of a group that finds the same people."""

from typing import Any

from portal.contacts.facts import all_facts
from portal.contacts.field_facts import asked_of
from portal.contacts.group_rules import InvalidRule, check
from portal.contacts.names import fold
from portal.contacts.queries import Filter


def rule_of(filter: Filter) -> dict[str, Any] | None:
    """The rule, or None when nothing is asked, or something a rule cannot ask: another rule, or what is hidden."""
    asked: list[tuple[str, str, Any]] = [("name", "contains", word) for word in fold(filter.text).split()]
    if filter.group_ids:
        asked.append(("group", "in", [str(number) for number in filter.group_ids]))
    if filter.not_group_ids:
        asked.append(("group", "not_in", [str(number) for number in filter.not_group_ids]))
    if filter.role:
        asked.append(("role", "any_of", [filter.role]))
    if filter.kind:
        asked.append(("kind", "any_of", [filter.kind]))
    if filter.town:
        asked.append(("town", "is", filter.town))
    if filter.state:
        asked.append(("undeliverable", "yes", None) if filter.state == "undeliverable" else ("email", "no", None))
    asked += asked_of(filter.fields)
    conditions = [{"fact": fact, "operator": operator, "value": value} for fact, operator, value in asked]
    rule = {"match": "all", "conditions": conditions}
    try:
        check(rule, all_facts() if conditions else {})
    except InvalidRule:
        return None
    return rule


def fields_of(filter: Filter) -> dict[str, Any]:
    """The rule as the fields of the form in which a group is made; empty when there is none."""
    rule = rule_of(filter)
    if rule is None:
        return {}
    fields: dict[str, Any] = {"lines": len(rule["conditions"]), "match": "all"}
    for number, asked in enumerate(rule["conditions"]):
        fields |= {f"fact-{number}": asked["fact"], f"operator-{number}": asked["operator"]}
        if asked["value"] is not None:
            fields[f"value-{number}"] = asked["value"]
    return fields
