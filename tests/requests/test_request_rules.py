"""By when a request is answered, what an answer must hold, and when it is closed: tables of the law."""

from datetime import date

import pytest

from portal.requests import texts
from portal.requests.rules import (
    COMPLAINTS,
    GROUNDS,
    KINDS,
    OUTCOMES,
    RESULT_OF,
    TAKEN_BACK,
    Reply,
    counted,
    due_on,
    extended,
    problems,
    why_open,
    year_of,
)

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-03", "2026-12-03"),  # an ordinary Thursday
        ("2026-10-02", "2026-11-02"),  # thirty days later is a Sunday
        ("2026-11-16", "2026-12-17"),  # 16 December is a holiday
        ("2026-11-25", "2026-12-28"),  # Christmas, the day after, and then a Sunday
        ("2027-02-24", "2027-03-27"),  # Good Friday moves by the moon; a Saturday counts
        ("2027-02-26", "2027-03-30"),  # Easter Sunday, then Family Day
        ("2026-07-10", "2026-08-11"),  # 9 August is a Sunday: the Monday is a holiday too
        ("2026-12-02", "2027-01-02"),  # New Year's Day
    ],
)
def test_thirty_days_later_moved_past_sundays_and_public_holidays(received, expected):
    assert due_on(date.fromisoformat(received)) == date.fromisoformat(expected)


def test_the_one_longer_time_is_thirty_days_more():
    assert extended(date(2026, 11, 16)) == date(2026, 12, 17)


GOOD = {"text": "Dear Thandi, …", "how": "post"}


@pytest.mark.parametrize(
    ("kind", "reply", "is_verified", "fields"),
    [
        ("access", Reply("given", **GOOD), True, set()),
        ("access", Reply("given", **GOOD), False, {"outcome"}),
        ("marketing", Reply("stopped", **GOOD), False, set()),
        ("marketing", Reply("refused", **GOOD, ground="law", reasons="x"), True, {"outcome", "ground"}),
        ("access", Reply("given", text=" ", how="post"), True, {"text"}),
        ("access", Reply("given", text="x", how="pigeon"), True, {"how"}),
        ("access", Reply("refused", **GOOD), True, {"ground", "reasons"}),
        ("access", Reply("refused", **GOOD, ground="privilege", reasons="A court case"), True, set()),
        ("access", Reply("refused", **GOOD, ground="identity", reasons="Did not come"), False, set()),
        ("access", Reply("refused", **GOOD, ground="law", reasons="x"), True, {"ground"}),
        ("access", Reply("part", **GOOD, ground="third_party", reasons="x"), True, {"refused"}),
        ("access", Reply("part", **GOOD, ground="third_party", reasons="x", refused="A letter"), True, set()),
        ("correct", Reply("corrected", **GOOD), True, set()),
        ("correct", Reply("refused", **GOOD), True, {"outcome", "ground", "reasons"}),
        ("correct", Reply("evidence", **GOOD), True, {"reasons"}),
        ("correct", Reply("statement", **GOOD), True, {"about", "statement"}),
        ("delete", Reply("refused", **GOOD, ground="law", reasons="Tax, five years"), True, set()),
        ("complaint", Reply("unfounded", **GOOD), False, {"reasons"}),
    ],
)
def test_what_keeps_an_answer_from_being_given(kind, reply, is_verified, fields):
    assert set(problems(kind, reply, is_verified=is_verified)) == fields


@pytest.mark.parametrize(
    ("kind", "outcome", "is_answered", "is_gone", "may_close"),
    [
        ("access", "given", False, False, False),
        ("access", "given", True, False, True),
        ("complaint", "unfounded", True, False, True),
        ("delete", "deleted", True, False, False),
        ("delete", "deleted", False, True, False),
        ("delete", "deleted", True, True, True),
        ("delete", "refused", True, False, True),
        ("correct", "deleted", True, False, True),
    ],
)
def test_when_a_request_may_be_closed(kind, outcome, is_answered, is_gone, may_close):
    assert (why_open(kind, outcome, is_answered=is_answered, is_gone=is_gone) == "") is may_close


def test_every_end_of_a_request_is_counted_and_every_refusal_has_a_ground_of_the_law():
    offered = {outcome for kind in KINDS.values() for outcome in kind.outcomes}
    assert set(OUTCOMES) == set(RESULT_OF) == offered | {TAKEN_BACK}
    assert TAKEN_BACK not in offered  # nobody chooses it: the person went
    refusable = {name for name, kind in KINDS.items() if {"part", "refused"} & set(kind.outcomes)}
    assert refusable <= {kind for ground in GROUNDS.values() for kind in ground.kinds}
    assert "refused" not in KINDS["marketing"].outcomes  # s 11(3)(b): it cannot be decided away
    assert COMPLAINTS == ("spam", "complaint")


def test_the_counters_of_a_year():
    row = {"kind": "access", "outcome": "", "ground": "", "is_answered": False, "is_late": False, "is_extended": False}
    answered = row | {"is_answered": True, "outcome": "given"}
    refused = row | {"is_answered": True, "outcome": "refused", "ground": "safety", "is_extended": True}

    taken_back = row | {"is_answered": True, "outcome": TAKEN_BACK}

    line = counted([row | {"is_late": True}, answered, answered, refused, taken_back])["access"]

    assert (line.received, line.full, line.refused, line.waiting, line.late, line.extended) == (5, 2, 1, 1, 1, 1)
    assert line.grounds == {"safety": 1}
    assert (year_of(date(2027, 3, 31)), year_of(date(2027, 4, 1))) == (2026, 2027)


def test_every_text_to_begin_with_belongs_to_an_end_and_names_only_what_can_be_filled_in():
    assert set(texts.BODIES) <= set(texts.KEYS)
    for key in texts.KEYS:
        assert "[[" not in texts.filled(texts.standard(key), dict.fromkeys(texts.FIELDS, "x"))
