"""The grammar of a group's rule: what is typed, what is kept, what is told, and what is refused in a sentence."""

from datetime import date

import pytest

from portal.contacts.facts import Fact
from portal.contacts.group_rules import (
    MOST_CONDITIONS,
    OPERATORS,
    OPPOSITE,
    InvalidCondition,
    InvalidRule,
    check,
    operator_of,
    parse,
    typed_of,
    words_of,
)

pytestmark = pytest.mark.each_database

TODAY = date(2026, 11, 24)


def fact(name: str, label: str, kind: str, options=()) -> Fact:
    return Fact(name, label, kind, lambda _operator, _value: None, options)


FACTS = {
    "town": fact("town", "Town", "text"),
    "shoe": fact("shoe", "Shoe size", "number"),
    "wage": fact("wage", "Wage", "money"),
    "updated": fact("updated", "Last updated", "date"),
    "role": fact("role", "Role", "choice", [("donor", "donor"), ("staff", "staff"), ("helper", "helper")]),
    "email": fact("email", "Has an email address", "yes_no"),
    "group": fact("group", "Group", "group", [("1", "Donors"), ("2", "HIV support")]),
    "hiv": fact("hiv", "HIV status", "text"),
}


@pytest.mark.parametrize(
    ("name", "operator", "typed", "kept", "words"),
    [
        ("town", "is", ["Durban"], "Durban", "town is Durban"),
        ("town", "is_not", [" Durban "], "Durban", "town is not Durban"),
        ("town", "contains", ["50%_"], "50%_", "town contains 50%_"),
        ("town", "begins", ["Port"], "Port", "town begins with Port"),
        ("town", "empty", [], None, "town is empty"),
        ("hiv", "filled", [], None, "HIV status is filled in"),
        ("shoe", "at_least", ["1 234"], "1234", "shoe size is at least 1,234"),
        ("shoe", "at_most", ["-3,5"], "-3.5", "shoe size is at most -3.5"),
        ("shoe", "is", ["1,234"], "1234", "shoe size is 1,234"),
        ("wage", "between", ["R1,234.50", "R 12 000"], ["1234.50", "12000"],
         "wage is between R 1 234.50 and R 12 000.00"),
        ("wage", "at_least", ["1 234,50"], "1234.50", "wage is at least R 1 234.50"),
        ("updated", "before", ["1 Jan 2025"], "2025-01-01", "last updated before 1 Jan 2025"),
        ("updated", "after", ["3/4/2025"], "2025-04-03", "last updated after 3 Apr 2025"),
        ("updated", "between", ["2025-01-01", "31 Desember 2025"], ["2025-01-01", "2025-12-31"],
         "last updated between 1 Jan 2025 and 31 Dec 2025"),
        ("updated", "last_days", ["30"], 30, "last updated in the last 30 days"),
        ("updated", "last_months", ["1"], 1, "last updated in the last 1 month"),
        ("updated", "older_months", ["18"], 18, "last updated more than 18 months ago"),
        ("updated", "comes_days", ["7"], 7, "last updated has its day in the next 7 days"),
        ("role", "any_of", ["donor"], ["donor"], "role is donor"),
        ("role", "none_of", ["donor", "staff", "helper"], ["donor", "staff", "helper"],
         "role is not donor, staff or helper"),
        ("role", "any_of", ["donor", "", "donor"], ["donor"], "role is donor"),
        ("email", "yes", [], None, "has an email address: yes"),
        ("email", "no", ["ignored"], None, "has an email address: no"),
        ("group", "in", ["1", "2"], ["1", "2"], "is in Donors or HIV support"),
        ("group", "not_in", ["2"], ["2"], "is not in HIV support"),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_told_and_shown_again(name, operator, typed, kept, words):
    chosen = operator_of(FACTS[name].kind, operator)

    value = parse(FACTS[name], chosen, typed, today=TODAY)

    rule = {"match": "all", "conditions": [{"fact": name, "operator": operator, "value": value}]}
    assert value == kept
    assert words_of(rule, FACTS) == words[0].upper() + words[1:]
    check(rule, FACTS)
    assert parse(FACTS[name], chosen, typed_of(chosen, value), today=TODAY) == kept


@pytest.mark.parametrize(
    ("name", "operator", "typed", "sentence"),
    [
        ("town", "is", [""], "Enter a word or a name."),
        ("town", "is", [], "Enter a word or a name."),
        ("town", "is", ["x" * 201], "Enter at most 200 characters."),
        ("town", "is", ["a\x00b"], "The text holds characters that cannot be shown; type it again."),
        ("shoe", "at_least", ["many"], "Enter a number such as 250 or 1 234.50."),
        ("shoe", "at_least", ["1e9"], "Enter a number such as 250 or 1 234.50."),
        ("shoe", "at_least", ["١٢"], "Enter a number such as 250 or 1 234.50."),
        ("shoe", "at_least", ["9" * 16], "Enter a number such as 250 or 1 234.50."),
        ("shoe", "between", ["1"], "Enter both numbers."),
        ("shoe", "between", ["10", "9"], "The second must not be smaller than the first."),
        ("updated", "before", ["soon"], "Enter a date such as 2026-11-24 or 24/11/2026."),
        ("updated", "before", ["1 Jan 1700"], "Enter a date between 1800 and 2200, such as 1 Jan 2025."),
        ("updated", "before", [""], "Enter a date such as 1 Jan 2025."),
        ("updated", "between", ["1 Jan 2025", ""], "Enter both dates."),
        ("updated", "last_days", ["0"], "Enter a whole number from 1 to 36,600."),
        ("updated", "last_days", ["2.5"], "Enter a whole number from 1 to 36,600."),
        ("updated", "older_months", ["99999999999999"], "Enter a whole number from 1 to 1,200."),
        ("role", "any_of", [], "Choose at least one."),
        ("role", "any_of", ["king"], "Choose from the list."),
        ("role", "any_of", [str(n) for n in range(51)], "Choose at most 50."),
        ("group", "in", ["3"], "Choose from the list."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_a_sentence(name, operator, typed, sentence):
    with pytest.raises(InvalidCondition) as refusal:
        parse(FACTS[name], operator_of(FACTS[name].kind, operator), typed, today=TODAY)

    assert str(refusal.value) == sentence


GOOD = {"fact": "town", "operator": "is", "value": "Durban"}


def one(**changes) -> dict:
    return {"match": "all", "conditions": [{**GOOD, **changes}]}


@pytest.mark.parametrize(
    "rule",
    [
        None,
        "town = 'Durban'",
        {},
        {"match": "all", "conditions": []},
        {"match": "none", "conditions": [GOOD]},
        {"match": "all", "conditions": [GOOD] * (MOST_CONDITIONS + 1)},
        {"match": "all", "conditions": ["1 = 1"]},
        {"match": "all", "conditions": [{"fact": "town"}]},
        {"match": "all", "conditions": [{**GOOD, "sql": "1 = 1"}]},
        one(fact="password"),
        one(fact=["town"]),
        one(operator="or 1 = 1"),
        one(operator="at_least"),
        one(value=""),
        one(value=7),
        one(value=None),
        one(value="x" * 201),
        one(operator="empty", value="x"),
        one(fact="shoe", operator="at_least", value=7),
        one(fact="shoe", operator="at_least", value="1e400"),
        one(fact="shoe", operator="between", value=["1"]),
        one(fact="updated", operator="before", value="2025-13-01"),
        one(fact="updated", operator="before", value="today"),
        one(fact="updated", operator="last_days", value=True),
        one(fact="updated", operator="last_days", value="30"),
        one(fact="updated", operator="last_days", value=99_999),
        one(fact="role", operator="any_of", value=[]),
        one(fact="role", operator="any_of", value=["king"]),
        one(fact="role", operator="any_of", value=[["donor"]]),
        one(fact="role", operator="any_of", value="donor"),
    ],
)
def test_a_rule_outside_the_grammar_is_refused(rule):
    with pytest.raises(InvalidRule):
        check(rule, FACTS)


def test_any_is_told_with_or_and_what_is_gone_is_said_to_be_gone():
    rule = {"match": "any", "conditions": [GOOD, {"fact": "field:9", "operator": "is", "value": "x"}]}

    assert words_of(rule, FACTS) == "Town is Durban or something that is no longer kept, or is hidden from you"


def test_each_opposite_is_an_operator_of_the_same_kind():
    for kind, operators in OPERATORS.items():
        names = {operator.name for operator in operators}
        for name in names & set(OPPOSITE):
            assert OPPOSITE[name] in names, (kind, name)
