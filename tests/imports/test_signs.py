"""Signs that a list was bought: each by itself, added up, in words; and what a church's own list looks like."""

import pytest

from portal.imports.signs import Count, Facts, is_high, is_of_seller, score_of, seller_headings, sentences, signs_in

PEOPLE = ("thandi", "sipho", "anna", "zanele", "pieter", "lerato", "fatima", "johan", "naledi", "craig") * 4
PLACES = ("gmail.com", "telkomsa.net", "hopehouse.example", "webmail.co.za", "hopehouse.example")


def counted(rows: list[tuple[str, bool, int]], filename: str = "members.csv", headings=("Name", "Email")) -> Facts:
    count = Count()
    for email, has_name, filled in rows:
        count.add([email] if email else [], has_name=has_name, filled=filled)
    return count.facts(filename, headings)


def found(facts: Facts) -> set[str]:
    return {name for name, _, _ in signs_in(facts)}


OWN = [(f"{name}{n}@{PLACES[n % 5]}", True, 4) for n, name in enumerate(PEOPLE)]
SPREAD = [(f"{name}@firm{n * 7919 % 400}.co.za", True, 4) for n, name in enumerate(PEOPLE)]


@pytest.mark.parametrize(
    ("facts", "signs"),
    [
        (counted(OWN), set()),
        (counted([(email, False, 2) for email, _, _ in OWN]), {"unnamed"}),
        (counted([(email, False, 1) for email, _, _ in OWN]), {"unnamed", "bare"}),
        (counted([(f"info@firm{n * 7919 % 400}.co.za", True, 3) for n in range(40)]), {"roles", "domains"}),
        (counted(SPREAD), {"domains"}),
        (counted(sorted(OWN)), {"in_order"}),
        (counted([("info@a.co.za", False, 1)] * 19), set()),  # so few say nothing
        (counted([("", True, 2)] * 40), set()),
        (counted(OWN, "2024_b2b_leads_list.csv"), {"seller_name"}),
        (counted(OWN, headings=("Email", "Lead source", "LinkedIn URL")), {"seller_headings"}),
        (Facts(rows=40, addresses=40, refused=3), {"refused"}),
        (Facts(rows=40, addresses=40, refused=2), set()),
        (Facts(rows=4000, addresses=4000, refused=100), set()),
    ],
)
def test_a_file_shows_these_signs(facts, signs):
    assert found(facts) == signs


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("members 2026.xlsx", False), ("skenkers.csv", False), ("Bethlehem leaders.csv", False),
        ("leads-list.csv", True), ("email_database_SA.xlsx", True), ("50k contacts.csv", True),
        ("apollo-export.csv", True), ("Purchased.csv", True), ("open day sign ups.csv", False),
    ],
)  # fmt: skip
def test_a_file_is_called_as_sellers_call_theirs(name, is_one):
    assert is_of_seller(name) is is_one


def test_headings_of_a_register_are_not_those_of_a_seller():
    assert seller_headings(["First name", "Surname", "Cell", "Company", "Employer", "Source", "Notes"]) == 0


def test_one_sign_is_not_much_and_several_are():
    one, many = (
        signs_in(counted(sorted(OWN))),
        signs_in(counted([(f"info@f{n}.co.za", False, 1) for n in range(100, 140)])),
    )

    assert (is_high(score_of(one)), is_high(score_of(many))) == (False, True)
    assert score_of([*many, ["seller_name", 1, 1], ["seller_headings", 3, 0]]) == 100


def test_signs_are_kept_as_numbers_and_told_in_sentences():
    assert sentences([["unnamed", 4100, 5000], ["gone since", 1, 1]]) == [
        ("4,100 of 5,000 rows with an email address have no name.", 20)
    ]
