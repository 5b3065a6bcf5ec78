"""How much two contacts look like one: the cases somebody who keeps a list would ask about."""

from datetime import date

import pytest

from portal.duplicates.rules import REASONS, Person, compare, level_of, said

EMAIL, NUMBER = frozenset({"thandi@example.org"}), frozenset({"+27825550134"})
STREET, TOWN = frozenset({"12 marion ave | durban"}), frozenset({"durban"})
BORN = date(1986, 3, 14)
THANDI = {"first": "thandi", "last": "ngcobo"}
SLIP = {"first": "thandi", "last": "ngcbo"}
A, B = {"id_number": "a"}, {"id_number": "b"}
SIPHO = {"first": "sipho", "last": "ngcobo"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ({**THANDI, "emails": EMAIL}, {**THANDI, "emails": EMAIL}, "certain"),
        ({**THANDI, "born": BORN, "towns": TOWN}, {**THANDI, "born": BORN, "towns": TOWN}, "certain"),
        ({**THANDI, "born": BORN}, {**THANDI, "born": BORN}, "likely"),
        ({**THANDI, "numbers": NUMBER}, {**THANDI, "numbers": NUMBER}, "likely"),
        ({**THANDI, "emails": EMAIL}, {"first": "thandi", "last": "ngocbo", "emails": EMAIL}, "likely"),
        ({**THANDI, "streets": STREET, "towns": TOWN}, {**SLIP, "streets": STREET, "towns": TOWN}, "likely"),
        ({**THANDI, "emails": EMAIL}, {"first": "t", "last": "ngcobo", "emails": EMAIL}, "likely"),
        ({**THANDI, "emails": EMAIL}, {"emails": EMAIL}, "perhaps"),
        ({**THANDI, "towns": TOWN}, {**THANDI, "towns": TOWN}, "perhaps"),
        ({**THANDI, "towns": TOWN}, {**THANDI, "first": "thamdi", "towns": TOWN}, "perhaps"),
        ({**THANDI, "emails": EMAIL, "born": BORN}, {**THANDI, "emails": EMAIL, "born": date(2010, 3, 14)}, "perhaps"),
        ({"first": "ngcobo", "last": "thandi", "emails": EMAIL}, {**THANDI, "emails": EMAIL}, "likely"),
        ({**THANDI, "identities": A}, {"first": "precious", "last": "zulu", "identities": A}, "certain"),
    ],
)  # fmt: skip
def test_who_may_be_one(one, other, level):
    likeness = compare(Person(**one), Person(**other))

    assert level_of(likeness.score) == level
    assert compare(Person(**other), Person(**one)).score == likeness.score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**THANDI, "emails": EMAIL, "numbers": NUMBER, "streets": STREET, "towns": TOWN},
         {**SIPHO, "emails": EMAIL, "numbers": NUMBER, "streets": STREET, "towns": TOWN}),
        ({**THANDI, "born": BORN, "numbers": NUMBER, "streets": STREET, "towns": TOWN},
         {"first": "thembi", "last": "ngcobo", "born": BORN, "numbers": NUMBER, "streets": STREET, "towns": TOWN}),
        ({**THANDI, "emails": EMAIL}, {"first": "pieter", "last": "botha", "emails": EMAIL}),
        ({**THANDI, "identities": A, "emails": EMAIL}, {**THANDI, "identities": B, "emails": EMAIL}),
        ({**THANDI, "emails": EMAIL}, {"kind": "body", "body": "thandi ngcobo", "emails": EMAIL}),
        (THANDI, {"first": "thabo", "last": "ngcobo"}),
    ],
    ids=["a couple", "twins", "an office", "two identity numbers", "a body", "brothers"],
)  # fmt: skip
def test_who_is_not_one(one, other):
    assert level_of(compare(Person(**one), Person(**other)).score) == ""


def test_a_name_that_only_resembles_is_never_certain():
    everything = {"emails": EMAIL, "numbers": NUMBER, "streets": STREET, "towns": TOWN, "born": BORN}

    assert (
        level_of(compare(Person(**THANDI, **everything), Person("person", "thandi", "ngcobi", **everything)).score)
        == "likely"
    )


def test_what_is_hidden_adds_nothing_and_is_not_said():
    likeness = compare(
        Person(**THANDI, emails=EMAIL, numbers=NUMBER, identities={"id_number": "a"}),
        Person(**THANDI, emails=EMAIL, numbers=NUMBER, identities={"id_number": "a"}),
    )
    hidden = ("telephone", "identity")

    assert likeness.seen(hidden) == 90
    assert said(likeness.reasons, hidden) == ["the same email address", "the same name"]


def test_every_reason_has_points_and_words():
    assert all(points and words for _, points, words in REASONS.values())
