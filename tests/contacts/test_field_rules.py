"""What may stand in a field of each kind, how it is shown, and that keys order as the values do."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contacts.field_rules import InvalidValue, Shape, number_key, read, show

TODAY = date(2026, 11, 24)
OPTIONS = [{"id": "1", "name": "Kitchen"}, {"id": "2", "name": "Driving, short"}, {"id": "3", "name": "Garden"}]


@pytest.mark.parametrize(
    ("kind", "typed", "shown"),
    [
        ("text", "  Sea  Point ", "Sea  Point"),
        ("long", "one\r\ntwo", "one\ntwo"),
        ("number", "1 234,5", "1 234.5"),
        ("number", "1,234", "1 234"),
        ("number", "-0.50", "−0.5"),
        ("number", "12.00", "12"),
        ("money", "R 1 234.5", "R 1 234.50"),
        ("money", "1.234,56", "R 1 234.56"),
        ("money", "-20", "−R 20.00"),
        ("date", "24/11/2026", "2026-11-24"),
        ("date", "3 Mar 2031", "2031-03-03"),
        ("date", "3/3/31", "2031-03-03"),
        ("date", "3/3/99", "1999-03-03"),
        ("yes_no", "Ja", "Yes"),
        ("yes_no", "0", "No"),
        ("choice", "3", "Garden"),
        ("choice", "kitchen", "Kitchen"),
        ("choices", ["3", "1"], "Kitchen, Garden"),
        ("choices", "garden; kitchen", "Kitchen, Garden"),
        ("choices", "Driving, short", "Driving, short"),
        ("link", "www.hopehouse.example/help", "https://www.hopehouse.example/help"),
        ("text", "   ", ""),
    ],
)
def test_what_is_typed_is_shown(kind, typed, shown):
    shape = Shape(kind, OPTIONS)

    assert show(shape, read(shape, typed, today=TODAY)) == shown


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("text", "x" * 201, "at most 200"),
        ("text", "a\u202eb", "hidden characters"),
        ("number", "twelve", "Enter a number"),
        ("number", "1e309", "Enter a number"),
        ("number", "9" * 25, "too large"),
        ("number", "0.123456", "at most 4 digits"),
        ("money", "1.234", "at most 2 digits"),
        ("date", "31/02/2026", "Enter a date"),
        ("yes_no", "perhaps", "yes or no"),
        ("choice", "Roof", "is not in the list"),
        ("link", "javascript:alert(1)", "address of a web page"),
        ("link", "https://user@host.example", "address of a web page"),
        ("link", "http://[", "address of a web page"),
        ("person", "Thandi", "Choose one"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(kind, typed, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        read(Shape(kind, OPTIONS), typed, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "limits", "typed", "sentence"),
    [
        ("number", {"least": "1"}, "0", "1 or more"),
        ("money", {"most": "100.00"}, "100.01", "R 100.00 or less"),
        ("date", {"least": "2026-01-01"}, "2025-12-31", "2026-01-01 or later"),
    ],
)
def test_limits_are_kept(kind, limits, typed, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        read(Shape(kind, (), limits), typed, today=TODAY)


@given(st.lists(st.decimals(min_value=-(10**13), max_value=10**13, places=4), min_size=2, max_size=2))
def test_keys_of_numbers_order_as_the_numbers_do(pair):
    one, other = map(Decimal, pair)

    assert (number_key(one) < number_key(other)) == (one < other)
