"""What an export may be, who may have it, and its mark: rules that ask no database (P-15-2, R59, B07)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from portal.core.actor import Actor
from portal.core.permissions import DataSet
from portal.exports import marking
from portal.exports.rules import BadExport, check, is_held, kept_until, limits_of, sees_enough

TODAY = date(2026, 11, 24)


def asked(purpose="tags", recipient="printers", days=30, kind="csv", handing="self"):
    check(purpose, recipient, TODAY + timedelta(days=days), kind, handing, TODAY)


@pytest.mark.parametrize("days", [1, 30, 365])
def test_what_is_whole_is_taken(days):
    asked(days=days)
    asked(kind="xlsx", handing="protected")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"recipient": ""}, "recipient"),
        ({"days": 0}, "expires_on"),
        ({"days": -1}, "expires_on"),
        ({"days": 366}, "expires_on"),
        ({"kind": "pdf"}, "format"),
        ({"kind": "csv", "handing": "protected"}, "format"),
        ({"handing": "mail"}, "handing"),
    ],
)
def test_what_lacks_something_is_sent_back_to_its_field(more, field):
    with pytest.raises(BadExport) as refused:
        asked(**more)
    assert refused.value.field == field


OLD = limits_of(Actor(1, "x", hidden=frozenset({DataSet.EMAIL}), hidden_pages=frozenset({7})))
GROUPED = limits_of(Actor(1, "x", only_group=3))


@pytest.mark.parametrize(
    ("limits", "now", "enough"),
    [
        (limits_of(Actor(1, "x")), {}, True),
        (OLD, {"hidden": frozenset({DataSet.EMAIL}), "hidden_pages": frozenset({7})}, True),
        (OLD, {}, True),
        (OLD, {"hidden": frozenset({DataSet.EMAIL, DataSet.ADDRESS})}, False),
        (OLD, {"hidden_pages": frozenset({7, 8})}, False),
        (limits_of(Actor(1, "x")), {"only_group": 3}, False),
        (GROUPED, {"only_group": 3}, True),
        (GROUPED, {"only_group": 4}, False),
        (GROUPED, {}, True),
        (limits_of(Actor(1, "x")), {"denied_groups": frozenset({3})}, False),
        (limits_of(Actor(1, "x", denied_groups=frozenset({3, 4}))), {"denied_groups": frozenset({3})}, True),
        (limits_of(Actor(1, "x")), {"contact_id": 3}, False),
    ],
)
def test_nobody_is_handed_what_is_hidden_from_him(limits, now, enough):
    assert sees_enough(Actor(1, "y", **now), limits) is enough


def test_a_file_is_kept_for_a_week_or_until_it_must_be_destroyed():
    assert kept_until(TODAY, TODAY + timedelta(days=30)) == TODAY + timedelta(days=7)
    assert kept_until(TODAY, TODAY + timedelta(days=3)) == TODAY + timedelta(days=3)


def test_what_is_special_is_held_by_its_class_or_by_what_a_rule_looks_at():
    for sensitivity, tells, held in (
        ("special", "", True), ("ordinary", "", False), ("financial", "", False), ("ordinary", ",special,", True),
    ):  # fmt: skip
        assert is_held(SimpleNamespace(sensitivity=sensitivity, tells=tells)) is held


def test_marks_are_unlike_one_another_and_read_again_from_the_name_of_a_file():
    marks = {marking.new_mark() for _ in range(2_000)}
    assert len(marks) == 2_000
    for mark in list(marks)[:200]:
        assert mark[0].isalpha()
        for typed in (mark, mark.lower(), f" {mark} ", f"contacts-{mark}.csv", f"Contacts-{mark} (1).XLSX"):
            assert marking.read_mark(typed) == mark
    for typed in ("", "contacts", "K7QM2XDA9", "K7QM2XDA9BB", "K7QM2XDA90"):
        assert marking.read_mark(typed) == ""


def test_passwords_are_long_and_each_another():
    words = {marking.new_password() for _ in range(500)}
    assert len(words) == 500
    assert {len(word.replace("-", "")) for word in words} == {20}
