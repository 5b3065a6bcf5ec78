"""ID, passport, tax and registration numbers: the vectors of the domain, and what people and spreadsheets write."""

from datetime import date

import pytest

from portal.contacts.identity_rules import (
    InvalidIdentity,
    InvalidRegistration,
    age,
    contradicts,
    id_number,
    mask,
    normalise_registration,
    normalise_vat,
    passport,
    sought,
    tax_number,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("7503305044089", date(1975, 3, 30)),
        ("8001015009087", date(1980, 1, 1)),
        ("8506155234188", date(1985, 6, 15)),  # a permanent resident
        ("9001015000283", date(1990, 1, 1)),  # C = 2
        ("1002280123089", date(2010, 2, 28)),
        ("750330 5044 089", date(1975, 3, 30)),
        ("7503305044089.0", date(1975, 3, 30)),  # a spreadsheet took it for a number
    ],
)
def test_a_number_is_read_with_the_birth_date_it_states(text, born):
    assert id_number(text, today=TODAY).born == born


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8503305044089", "last digit"),
        ("1002290123088", "birth date"),  # 2010 had no 29 February
        ("7513305044089", "birth date"),
        ("7503305044389", "eleventh digit"),
        ("750330504408", "zeros"),  # never filled up: it would be another person's
        ("7.50331E+12", "13 digits"),
        ("75033050440891", "13 digits"),
        ("A503305044089", "13 digits"),
        ("", "13 digits"),
    ],
)
def test_what_cannot_be_a_number_is_refused_in_words_that_do_not_repeat_it(text, words):
    with pytest.raises(InvalidIdentity) as refusal:
        id_number(text, today=TODAY)
    assert words in str(refusal.value)
    assert not text or text not in str(refusal.value)


def numbered(first_six: str) -> str:
    """A right number with these six digits."""
    for last in range(10):
        try:
            return id_number(f"{first_six}012308{last}", today=TODAY).normal
        except InvalidIdentity:
            continue
    raise AssertionError(first_six)


@pytest.mark.parametrize(
    ("first_six", "known", "born"),
    [
        ("261123", None, date(2026, 11, 23)),  # born yesterday, or a hundred years old: treated as the child
        ("261123", date(1926, 11, 23), date(1926, 11, 23)),  # the birth date we have decides
        ("261123", date(1950, 1, 1), date(2026, 11, 23)),  # one that fits neither does not
        ("261125", None, date(1926, 11, 25)),  # tomorrow is no birth date yet
        ("161124", None, date(2016, 11, 24)),
        ("151124", None, date(2015, 11, 24)),  # 1915 would be 111 years ago
    ],
)
def test_the_century_is_the_one_that_gives_an_age_from_0_to_110(first_six, known, born):
    assert id_number(numbered(first_six), today=TODAY, known_birth=known).born == born


def test_a_mask_shows_the_birth_date_and_little_more():
    assert mask("id_number", "7503305044089") == "750330 **** 08 9"
    assert mask("tax_number", "0001339050") == "*******050"


def test_another_birth_date_is_worth_a_word():
    number = id_number("7503305044089", today=TODAY)
    assert [contradicts(number, day) for day in (None, date(1975, 3, 30), date(1975, 3, 31))] == [False, False, True]


@pytest.mark.parametrize("text", ["0001339050", "000 133 9050", "0001339050.0"])
def test_a_tax_number_is_read(text):
    assert tax_number(text).normal == "0001339050"


@pytest.mark.parametrize("text", ["0001339051", "4001339050", "133905", "x001339050", ""])
def test_a_wrong_tax_number_is_refused(text):
    with pytest.raises(InvalidIdentity):
        tax_number(text)


def test_a_passport_has_a_number_and_a_country():
    found = passport("a 123-4567", "zw")
    assert (found.normal, found.country, found.born) == ("A1234567", "ZW", None)
    for number, country in (("A1234567", ""), ("A1234567", "ZIM"), ("PASSPORT", "ZW"), ("A1", "ZW"), ("A<12345", "ZW")):
        with pytest.raises(InvalidIdentity):
            passport(number, country)


def test_a_search_looks_for_whole_numbers_only():
    assert ("id_number", "7503305044089") in sought("750330 5044 089", today=TODAY)
    assert ("tax_number", "0001339050") in sought("0001339050", today=TODAY)
    assert sought("75033", today=TODAY)[0][0] == "passport"
    assert sought("Thandi Ngcobo", today=TODAY) == []


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("company", "2014/123456/07", "2014/123456/07"),
        ("company", "2014 123456 06", "2014/123456/06"),
        ("company", "201412345607", "2014/123456/07"),
        ("close_corporation", "2004/123456/23", "2004/123456/23"),
        ("npc", "2014/123456/08", "2014/123456/08"),
        ("npc", "123-456 npo", "123-456 NPO"),
        ("trust", "it 1234/2010", "IT 1234/2010"),
        ("trust", "IT1234/2010(C)", "IT 1234/2010 (C)"),
        ("trust", "123-456 NPO", "123-456 NPO"),
        ("association", "NPO 123 456", "123-456 NPO"),
        ("association", "Branch 7", "BRANCH 7"),
        ("school", "700400123", "700400123"),
        ("", "2014/123456/07", "2014/123456/07"),
        ("company", "  ", ""),
    ],
)
def test_the_number_of_a_body_is_written_as_its_register_writes_it(kind, text, kept):
    assert normalise_registration(kind, text) == kept


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("company", "2014/123456/23"),  # a close corporation's
        ("close_corporation", "2014/123456/07"),
        ("npc", "2014/123456/07"),
        ("company", "1714/123456/07"),
        ("company", "IT 1234/2010"),
        ("trust", "2014/123456/07"),
        ("association", "123-456 7"),
        ("school", "x" * 41),
    ],
)
def test_a_number_of_another_kind_of_body_is_refused(kind, text):
    with pytest.raises(InvalidRegistration):
        normalise_registration(kind, text)


def test_a_vat_number_has_ten_digits_that_begin_with_4():
    assert normalise_vat("412 345 6789") == "4123456789"
    assert normalise_vat("") == ""
    for text in ("5123456789", "412345678", "412345678x"):
        with pytest.raises(InvalidRegistration):
            normalise_vat(text)


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2010, 2, 28), date(2028, 2, 27), 17),
        (date(2010, 2, 28), date(2028, 2, 28), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_an_age_is_in_whole_years(born, today, years):
    assert age(born, today) == years
