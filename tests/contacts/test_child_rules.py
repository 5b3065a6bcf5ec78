"""Who is a child, and what the word of a parent or guardian allows: what a lawyer would ask about."""

from datetime import date, timedelta

import pytest

from portal.contacts.child_rules import Consent, Standing, is_child, latest_birth, standing

TODAY = date(2026, 11, 24)
GIVEN = date(2026, 5, 3)
YOUNG, GROWN = date(2012, 1, 1), date(1990, 1, 1)


@pytest.mark.parametrize(
    ("birth_date", "stated", "is_grouped", "is_one"),
    [
        (YOUNG, None, False, True),
        (GROWN, None, False, False),
        (date(2008, 11, 25), None, False, True),  # eighteen tomorrow
        (date(2008, 11, 24), None, False, False),  # eighteen today
        (None, YOUNG, False, True),
        (None, GROWN, False, False),
        (None, None, True, True),  # nobody knows, and among the learners
        (None, None, False, False),
        (GROWN, None, True, False),  # the teacher among the learners
        (None, GROWN, True, False),
        (GROWN, YOUNG, False, False),  # the date a colleague entered is believed over the number
        (YOUNG, GROWN, False, True),
    ],
)
def test_who_is_a_child(birth_date, stated, is_grouped, is_one):
    assert is_child(birth_date, stated, is_grouped, TODAY) is is_one


@pytest.mark.parametrize(
    ("is_one", "consents", "expected"),
    [
        (True, [], Standing.PENDING),
        (True, [Consent(None)], Standing.PENDING),
        (True, [Consent(GIVEN)], Standing.CONSENTED),
        (True, [Consent(GIVEN, is_marketing_too=True)], Standing.MARKETING),
        (True, [Consent(GIVEN), Consent(GIVEN, is_marketing_too=True)], Standing.MARKETING),  # one of two parents
        (True, [Consent(TODAY)], Standing.CONSENTED),
        (True, [Consent(TODAY + timedelta(1))], Standing.PENDING),
        (True, [Consent(GIVEN, until=TODAY)], Standing.PENDING),  # no guardian any more
        (True, [Consent(GIVEN, until=TODAY + timedelta(1))], Standing.CONSENTED),
        (True, [Consent(GIVEN, True, TODAY), Consent(GIVEN)], Standing.CONSENTED),
        (True, [Consent(None, is_marketing_too=True)], Standing.PENDING),
        (False, [], Standing.NONE),
        (False, [Consent(GIVEN)], Standing.RENEW),
        (False, [Consent(GIVEN, until=TODAY)], Standing.NONE),
    ],
)
def test_how_a_contact_stands(is_one, consents, expected):
    assert standing(is_one, consents, TODAY) is expected


def test_nobody_has_grown_up_whose_birth_date_is_not_known():
    assert standing(False, [Consent(GIVEN)], TODAY, is_dated=False) is Standing.NONE
    assert standing(True, [Consent(GIVEN)], TODAY, is_dated=False) is Standing.CONSENTED


def test_the_latest_birth_of_a_grown_person_agrees_with_the_age_on_every_day():
    day = date(2023, 1, 1)
    while day < date(2029, 1, 1):
        latest = latest_birth(day)
        assert not is_child(latest, None, False, day), day
        assert is_child(latest + timedelta(1), None, False, day), day
        day += timedelta(1)
