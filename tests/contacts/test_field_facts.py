"""Groups by rules about designed fields: each question finds whom it should, and is hidden with its field."""

from dataclasses import replace

import pytest
import time_machine

from portal.contacts import designing, fields, groups, membership, queries, removing_fields, service
from portal.contacts.design_rules import Design, TypedOption
from portal.contacts.facts import UnknownFact, all_facts, condition_of, tells_of
from portal.contacts.field_filters import FieldWish
from portal.contacts.groups import Details
from portal.contacts.list_rules import rule_of
from portal.contacts.models import Contact, Field, Group, Page
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, is_sqlite
from portal.core.permissions import DataSet
from tests.conftest import actor_of
from tests.designed import field, put

pytestmark = pytest.mark.each_database

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


@pytest.fixture
def asking(org):
    """A field, and a group whose rule asks about it."""
    with acting_as(system(org.id)):
        page = designing.add_page("Volunteers")
        design = Design("choice", "Shirt", "To order", "ordinary", options=[TypedOption("", n) for n in ("S", "L")])
        made = designing.add_field(page, design)
        rule = {"match": "all", "conditions": [{"fact": f"field:{made.id}", "operator": "any_of", "value": ["o001"]}]}
        yield made, design, groups.add_group("Small shirts", rule=rule)


def told(group):
    return Group.get_by_id(group.id).tells


def changed(made, design, page, **values):
    designing.change_field(Field.get_by_id(made.id), replace(design, **values), page)


SPECIAL = {"sensitivity": "special", "authorisation": "consent", "authorisation_note": "Forms in the office."}


def test_a_group_is_hidden_as_soon_as_the_field_it_asks_about_becomes_special(asking, bob):
    made, design, group = asking
    options = [TypedOption("o001", "S"), TypedOption("o002", "L")]

    changed(made, replace(design, options=options), fields.find_page(made.page_id), **SPECIAL)

    assert told(group) == f",page:{made.page_id},special,"
    with acting_as(actor_of(bob)):
        assert queries.visible_groups() == []


def test_what_a_group_tells_moves_with_the_field_to_another_page(asking):
    made, design, group = asking
    other = designing.add_page("Bursaries")

    changed(made, replace(design, options=[TypedOption("o001", "S")]), other)

    assert told(group) == f",page:{other.id},"


@pytest.mark.parametrize("thing", ["field", "page"])
def test_what_became_special_while_it_was_put_away_hides_its_groups_when_it_comes_back(asking, thing):
    made, design, group = asking
    page = fields.find_page(made.page_id)
    away = {"field": designing.archive_field, "page": designing.archive_page}[thing]
    back = {"field": designing.restore_field, "page": designing.restore_page}[thing]
    model = {"field": Field, "page": Page}[thing]
    away(made if thing == "field" else page)
    changed(made, replace(design, options=[TypedOption("o001", "S")]), page, **SPECIAL)

    back(model.get_by_id(made.id if thing == "field" else page.id))

    assert told(group) == f",page:{page.id},special,"


def test_a_group_whose_rule_asks_about_something_gone_still_hides_what_it_told(asking):
    made, _, group = asking
    secret = designing.add_field(fields.find_page(made.page_id), Design("text", "Clinic", "Care", **SPECIAL))
    rule = {"match": "any", "conditions": [*group.rule["conditions"], asked_filled(made), asked_filled(secret)]}
    groups.change_group(group.id, group.name, Details.of(group), rule)

    removing_fields.remove_field(secret)
    groups.retell()

    assert told(group) == f",page:{made.page_id},special,"


def asked_filled(field):
    return {"fact": f"field:{field.id}", "operator": "filled", "value": None}


def test_who_deletes_a_field_is_told_which_groups_ask_about_it(asking):
    made, _, group = asking
    hidden = groups.add_group("Hidden", details=Details(**SPECIAL), rule=group.rule)

    whole = removing_fields.groups_using(made)
    with acting_as(replace(system(made.org_id), hidden=frozenset({DataSet.SPECIAL}))):
        limited = removing_fields.groups_using(made)

    assert whole == ([hidden.name, group.name], 0)
    assert limited == ([group.name], 1)


def test_an_option_that_is_no_longer_offered_can_still_be_asked_about(asking):
    made, design, group = asking
    away = [TypedOption("o001", "S", is_archived=True), TypedOption("o002", "L")]

    changed(made, replace(design, options=away), fields.find_page(made.page_id))

    assert all_facts()[f"field:{made.id}"].options == [("o001", "S"), ("o002", "L")]
    assert membership.is_whole(Group.get_by_id(group.id))


def test_an_option_that_a_rule_asks_about_is_put_away_instead_of_taken_away(asking):
    made, design, group = asking
    without = [TypedOption("o001", ""), TypedOption("o002", "")]

    changed(made, replace(design, options=[*without, TypedOption("", "XL")]), fields.find_page(made.page_id))

    kept = [(option["name"], option["is_archived"]) for option in Field.get_by_id(made.id).options]
    assert kept == [("S", True), ("XL", False)]
    assert membership.is_whole(Group.get_by_id(group.id))
