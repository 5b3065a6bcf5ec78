"""Groups by rules about designed fields: each question finds whom it should, and is hidden with its field."""

from dataclasses import replace

import pytest
import time_machine

from portal.contacts import queries, service
from portal.contacts.facts import UnknownFact, all_facts, condition_of, tells_of
from portal.contacts.field_filters import FieldWish
from portal.contacts.list_rules import rule_of
from portal.contacts.models import Contact, Field
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.db import db, is_sqlite
from portal.core.permissions import DataSet
from tests.designed import field, put

SINCE = [
    ("before", "2000-01-01", ["Cleo"]), ("after", "1999-12-31", ["Anna"]),
    ("between", ["1999-12-31", "2020-02-29"], ["Anna", "Cleo"]),
    ("comes_days", 10, ["Cleo"]), ("empty", None, ["Ben"]),
]  # fmt: skip
ASKED = {
    "text": [
        ("is", "größe large", ["Anna"]), ("is_not", "Small", ["Anna", "Cleo"]), ("contains", "LARGE", ["Anna"]),
        ("begins", "sm", ["Ben"]), ("empty", None, ["Cleo"]), ("filled", None, ["Anna", "Ben"]),
    ],
    "long": [("contains", "mornings", ["Anna"]), ("empty", None, ["Ben", "Cleo"])],
    "number": [
        ("at_least", "9", ["Anna", "Ben"]), ("at_most", "9", ["Ben", "Cleo"]),
        ("between", ["-3.5", "9"], ["Ben", "Cleo"]),
        ("is", "10", ["Anna"]), ("at_most", "999999999999999", ["Anna", "Ben", "Cleo"]),
        ("at_least", "-999999999999999", ["Anna", "Ben", "Cleo"]),
    ],
    "money": [("at_least", "100", ["Anna"]), ("empty", None, ["Cleo"])],
    "date": SINCE,
    "yes_no": [("yes", None, ["Anna"]), ("no", None, ["Ben"])],
    "choice": [("any_of", ["1", "10"], ["Ben", "Cleo"]), ("none_of", ["1"], ["Anna", "Cleo"])],
    "choices": [("any_of", ["1"], ["Anna"]), ("none_of", ["2"], ["Cleo"]), ("filled", None, ["Anna", "Ben"])],
    "link": [("contains", "zebra", ["Cleo"])],
}  # fmt: skip


@pytest.fixture
def filled(as_alice):
    people = {name: service.add(first_name=name) for name in ("Anna", "Ben", "Cleo")}
    made = {kind: field(f"A {kind}", kind) for kind in ASKED}
    for name, kind, typed in (
        ("Anna", "text", "Größe Large"), ("Ben", "text", "Small"), ("Anna", "long", "Likes early mornings"),
        ("Anna", "number", "10"), ("Ben", "number", "9"), ("Cleo", "number", "-3.5"), ("Anna", "money", "1 200"),
        ("Ben", "money", "9"), ("Anna", "date", "2020-02-29"), ("Cleo", "date", "1999-12-31"),
        ("Anna", "yes_no", "yes"),
        ("Ben", "yes_no", "no"), ("Anna", "choice", "Driving"), ("Ben", "choice", "Kitchen"),
        ("Cleo", "choice", "Garden; beds"), ("Anna", "choices", "Kitchen; Driving"), ("Ben", "choices", "Driving"),
        ("Cleo", "link", "https://example.org/zebra"),
    ):  # fmt: skip
        put(people[name], made[kind], typed)
    return made


def rule(field, operator, value):
    return {"match": "all", "conditions": [{"fact": f"field:{field.id}", "operator": operator, "value": value}]}


def found(*asked):
    return [c.first_name for c in Contact.select().where(condition_of(rule(*asked))).order_by(Contact.first_name)]


@time_machine.travel("2026-12-24 10:00:00+00:00")
@pytest.mark.parametrize("kind", ASKED)
def test_a_rule_finds_by_a_field(filled, kind):
    for operator, value, names in ASKED[kind]:
        assert (operator, value, found(filled[kind], operator, value)) == (operator, value, names)


def test_a_fact_has_its_page_its_options_and_what_it_tells(filled, as_alice):
    secret = field("Faith", "choice", sensitivity="special")
    with acting_as(replace(as_alice, hidden=frozenset())):
        facts = all_facts()
        told = tells_of(rule(secret, "any_of", ["1"]), facts)
    fact = facts[f"field:{filled['choice'].id}"]

    assert (fact.label, fact.heading, fact.kind) == ("A choice", "Volunteers", "choice")
    assert fact.options == [("1", "Kitchen"), ("10", "Garden; beds"), ("2", "Driving")]
    assert fact.tells == f"page:{filled['choice'].page_id}"
    assert told == f",page:{secret.page_id},special,"


@pytest.mark.parametrize("how", ["page", "class", "archived"])
def test_what_is_hidden_or_gone_cannot_be_asked(filled, as_alice, how):
    asked = filled["text"]
    actor = as_alice
    if how == "page":
        actor = replace(as_alice, hidden_pages=frozenset({asked.page_id}))
    elif how == "class":
        Field.update(sensitivity="special").where(Field.id == asked.id).execute()
        actor = replace(as_alice, hidden=frozenset({DataSet.SPECIAL}))
    else:
        Field.update(archived_at=now()).where(Field.id == asked.id).execute()

    with acting_as(actor), pytest.raises(UnknownFact):
        condition_of(rule(asked, "is", "Small"))


def test_a_rule_is_answered_by_the_index(filled):
    query = Contact.select().where(condition_of(rule(filled["number"], "at_least", "5")))

    assert queries.count(queries.Filter()) == 3
    if is_sqlite():
        statement, values = query.sql()
        plan = " ".join(row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values))
        assert "contact_value_org_id_field_id_key_contact_id (org_id=? AND field_id=? AND key>?" in plan


@time_machine.travel("2026-12-24 10:00:00+00:00")
def test_a_list_limited_by_fields_is_kept_as_a_rule_that_finds_the_same(filled):
    for kind, words in (
        ("text", {"wanted": ("large",)}), ("number", {"least": "9"}), ("number", {"most": "9,0"}),
        ("money", {"least": "R 5", "most": "1 300"}), ("date", {"least": "2000-01-01"}),
        ("date", {"most": "1999-12-31"}),
        ("date", {"least": "1999-12-31", "most": "2020-02-29"}), ("yes_no", {"wanted": ("0",)}),
        ("choice", {"wanted": ("1", "10")}), ("choices", {"wanted": ("2",)}), ("long", {"wanted": ("early",)}),
    ):  # fmt: skip
        wanted = queries.Filter(fields=(FieldWish(filled[kind].id, **words),))
        kept = rule_of(wanted)
        listed = [row.contact.first_name for row in queries.page(wanted, 1)]

        assert kept is not None, (kind, words)
        assert listed
        assert [c.first_name for c in Contact.select().where(condition_of(kept)).order_by(Contact.first_name)] == listed


def test_a_list_that_a_rule_cannot_ask_is_not_kept_as_one(filled):
    for kind, words in (("number", {"least": "many"}), ("yes_no", {"wanted": ("0", "1")})):
        assert rule_of(queries.Filter(fields=(FieldWish(filled[kind].id, **words),))) is None
