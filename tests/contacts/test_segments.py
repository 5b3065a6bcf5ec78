"""Whatever rule somebody thinks of, it never finds a contact outside what he may see (C01): rules made at random, asked
by colleagues with limits, of two organisations with the same people in them.
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.contacts import groups, queries
from portal.contacts import service as contacts
from portal.contacts.facts import all_facts
from portal.contacts.group_rules import MOST_CONDITIONS, OPERATORS, Operator
from portal.contacts.membership import found_by
from portal.contacts.models import Contact
from portal.core.actor import Actor, acting_as, system
from portal.core.permissions import DataSet
from tests.conftest import actor_of

POISON = ["'", '"', "%", "_", "\\", "') OR 1=1 --", "1; DROP TABLE contact", "Durban", "a", "ann", "082", "example.org"]
TEXTS = st.one_of(st.sampled_from(POISON), st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12))
NUMBERS = st.decimals(-1000, 1000, places=1).map(lambda number: f"{number:f}")
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str)


def values(operator: Operator, options: list[str]) -> st.SearchStrategy:
    return {
        "nothing": st.none(),
        "text": TEXTS,
        "number": NUMBERS,
        "numbers": st.lists(NUMBERS, min_size=2, max_size=2),
        "date": DATES,
        "dates": st.lists(DATES, min_size=2, max_size=2),
        "days": st.integers(1, 36_600),
        "months": st.integers(1, 1_200),
        "many": st.lists(st.sampled_from(options or ["x"]), min_size=1, max_size=5),
    }[operator.takes]


@st.composite
def rules(draw: st.DrawFn) -> dict:
    """A rule about the facts of the colleague who is acting when it is drawn."""
    facts = list(all_facts().values())
    conditions = []
    for _ in range(draw(st.integers(1, 4)) if draw(st.integers(0, 19)) else MOST_CONDITIONS):
        fact = draw(st.sampled_from(facts))
        operator = draw(st.sampled_from(OPERATORS[fact.kind]))
        value = draw(values(operator, [value for value, _ in fact.options]))
        conditions.append({"fact": fact.name, "operator": operator.name, "value": value})
    return {"match": draw(st.sampled_from(["all", "any"])), "conditions": conditions}


def plant() -> tuple[int, int]:
    """Ann and Ben in one group, Cy and Ben in another; returns the groups' ids."""
    ids = [
        contacts.add(first_name=name, email=f"{name}@example.org", telephone=f"082 555 013{place}").id
        for place, name in enumerate(("ann", "ben", "cy", "dan"))
    ]
    ours, theirs = groups.add_group("Ours").id, groups.add_group("Theirs").id
    contacts.group_contacts(ids[:2], ours)
    contacts.group_contacts(ids[1:3], theirs)
    return ours, theirs


@pytest.fixture
def limited(org, other_org, alice) -> list[tuple[Actor, frozenset[int]]]:
    """Colleagues with limits, each with the contacts he may see."""
    with acting_as(system(other_org.id)):
        plant()
    with acting_as(system(org.id)):
        ours, theirs = plant()
        ids = {contact.first_name: contact.id for contact in Contact.select()}
        whole = {"match": "all", "conditions": [{"fact": "name", "operator": "begins", "value": "d"}]}
        by_rule = groups.add_group("By rule", rule=whole).id
    actor = actor_of(alice)
    sees = {
        replace(actor): "ann ben cy dan",
        replace(actor, denied_groups=frozenset({theirs})): "ann dan",
        replace(actor, only_group=ours): "ann ben",
        replace(actor, only_group=by_rule): "dan",
        replace(actor, only_group=theirs, denied_groups=frozenset({ours})): "cy",
        replace(actor, denied_groups=frozenset({by_rule}), hidden=actor.hidden | {DataSet.TELEPHONE}): "ann ben cy",
    }
    return [(actor, frozenset(ids[name] for name in names.split())) for actor, names in sees.items()]


def test_no_rule_finds_anybody_outside_the_allowed(limited):
    tried = []

    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(st.data())
    def try_one(data):
        actor, allowed = data.draw(st.sampled_from(limited))
        with acting_as(actor):
            rule = data.draw(rules())
            found = {row[0] for row in Contact.select(Contact.id).where(found_by(rule)).tuples()}
            assert found <= allowed, rule
            assert queries.count_found(rule) == len(found)
            tried.append(len(found))

    try_one()
    assert len(tried) >= 300
    assert sum(map(bool, tried)) > 50, "rules that never find anybody prove nothing"


def test_what_the_colleagues_see_without_a_rule(limited):
    for actor, allowed in limited:
        with acting_as(actor):
            assert {contact.id for contact in Contact.select()} == allowed
