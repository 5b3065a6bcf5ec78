"""When a backup is due, how long it stays, when somebody is told (R60, I06, I09)."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.backups import rules

NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)  # twelve o'clock in South Africa


def ago(**lapse: float) -> datetime:
    return NOON - timedelta(**lapse)


@pytest.mark.parametrize(
    ("last_good", "last_try", "is_due"),
    [
        (None, None, True),
        (None, ago(minutes=59), False),  # it failed, and is tried again after an hour
        (None, ago(minutes=60), True),
        (None, NOON + timedelta(days=1), True),  # the clock was ahead when it was tried
        (ago(hours=11), ago(hours=11), False),  # one of today
        (ago(hours=12, minutes=1), ago(hours=12, minutes=1), True),  # one of yesterday, by the clock here
        (ago(hours=12, minutes=1), ago(minutes=5), False),
    ],
)
def test_when_one_is_due(last_good: datetime | None, last_try: datetime | None, is_due: bool) -> None:
    assert rules.is_due(NOON, last_good, last_try) is is_due


def test_nights_are_left_in_peace_until_one() -> None:
    half_past_twelve = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert not rules.is_due(half_past_twelve, half_past_twelve - timedelta(hours=20), None)
    assert rules.is_due(half_past_twelve + timedelta(minutes=30), half_past_twelve - timedelta(hours=20), None)


@pytest.mark.parametrize(
    ("last_good", "begun", "is_alarming"),
    [
        (None, None, False),
        (None, ago(hours=26), False),
        (None, ago(hours=26, minutes=1), True),
        (ago(hours=26), ago(days=90), False),
        (ago(hours=26, minutes=1), ago(days=90), True),
    ],
)
def test_when_somebody_is_told(last_good: datetime | None, begun: datetime | None, is_alarming: bool) -> None:
    assert rules.is_alarming(NOON, last_good, begun) is is_alarming


def test_ninety_days_are_kept_and_the_newest_good_one_for_ever() -> None:
    names = {days: rules.new_name(ago(days=days)) for days in (0, 1, 89, 90, 91)}
    assert rules.too_old(names.values(), NOON) == sorted([names[90], names[91]])
    assert rules.too_old(names.values(), NOON, spared={names[90]}) == [names[91]]


@pytest.mark.parametrize(
    "name", ["", "notes.txt", "in-contact-20261123-010000-0000.age", "in-contact-20261399-010000-0123abcd.age"]
)
def test_files_that_are_not_ours_are_left_alone(name: str) -> None:
    assert rules.made_at(name) is None
    assert rules.too_old([name], NOON) == []


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (2_500_000, "2.5 MB"), (10**10, "10.0 GB")],
)
def test_sizes(size: int, words: str) -> None:
    assert rules.in_words(size) == words


@pytest.mark.parametrize(
    ("unread", "files", "is_gone"),
    [
        (0, 0, False), (0, 40, False), (1, 1, False),  # one that is lost looks like this too; it is told of
        (2, 2, True), (3, 3, True), (2, 3, False), (3, 4, False), (4, 5, True), (4, 40, False), (5, 40, True),
        (10, 100, False), (11, 100, True), (1_000, 10_000, False), (1_001, 10_000, True), (10_000, 10_000, True),
    ],
)  # fmt: skip
def test_so_much_is_lost_that_the_store_must_be_gone(unread: int, files: int, is_gone: bool) -> None:
    assert rules.is_store_gone(unread, files) is is_gone
