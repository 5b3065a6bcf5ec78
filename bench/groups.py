"""What a rule of each own fact costs to count, and what groups by rules cost a list, at so many contacts."""

from typing import Any

from bench.contacts import fill, queries
from bench.stage import installation, milliseconds, signed_in, times
from portal.contacts import groups, membership
from portal.contacts import queries as contacts
from portal.contacts.facts import Fact, all_facts
from portal.contacts.group_rules import OPERATORS
from portal.contacts.models import Contact

VALUES: dict[str, Any] = {
    "text": "Durban", "number": "40", "numbers": ["18", "60"], "date": "2025-01-01",
    "dates": ["1980-01-01", "1999-12-31"], "days": 30, "months": 6, "nothing": None,
}  # fmt: skip
TYPED = {"email_domain": "example.org", "telephone_number": "082", "name": "naid", "postal_code": "4001"}


def run(count: int) -> None:
    with installation() as stage:
        fill(count)
        client = signed_in(stage.app)
        slow: list[tuple[float, str, int]] = []
        rules = []
        for fact in all_facts().values():
            for operator in OPERATORS[fact.kind]:
                rule = _rule(fact, operator.name, operator.takes)
                rules.append(rule)
                found = contacts.count_found(rule)
                taken = milliseconds(times(lambda rule=rule: contacts.count_found(rule), 5))  # type: ignore[misc]
                slow.append((taken["p50"], groups.words(rule), found))
        for middle, words, found in sorted(slow, reverse=True)[:25]:
            print(f"{middle:6.1f} ms  {words} ({found:,})")
        for number, rule in enumerate(rules[::3][:20]):
            groups.add_group(f"Rule {number}", rule=rule)
        ids = [row[0] for row in Contact.select(Contact.id).limit(50).tuples()]
        for name, action in (
            ("names of 50", lambda: membership.groups_by_contact(ids)),
            ("names of 500", lambda: membership.groups_by_contact(list(range(1, 501)))),
            ("sizes", membership.sizes),
            ("list", lambda: client.get("/contacts")),
            ("groups", lambda: client.get("/groups")),
            ("contact", lambda: client.get("/contacts/77")),
        ):
            print(f"{name:12} {milliseconds(times(action, 7))['p50']:7.1f} ms, with 20 groups by rules")
        print(f"{queries(client, '/contacts')} queries for a list")


def _rule(fact: Fact, operator: str, takes: str) -> dict[str, Any]:
    value = [fact.options[0][0]] if takes == "many" else VALUES[takes]
    if takes == "text":
        value = TYPED.get(fact.name, value)
    return {"match": "all", "conditions": [{"fact": fact.name, "operator": operator, "value": value}]}
