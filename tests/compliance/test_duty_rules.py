"""How a duty stands on a day, and when it comes again."""

from datetime import date, timedelta

import pytest

from portal.compliance.catalogue import DUTIES, Whose
from portal.compliance.rules import DONE, DUE, OPEN, OVERDUE, PLANNED, SOON, STATES, next_due, state

TODAY = date(2026, 11, 29)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "done", "found"),
    [
        (None, None, OPEN),
        (None, TODAY, DONE),
        (TODAY - DAY, None, OVERDUE),
        (TODAY - DAY, TODAY - 9 * DAY, OVERDUE),
        (TODAY, None, DUE),
        (TODAY + SOON, TODAY, DUE),
        (TODAY + SOON + DAY, TODAY, DONE),
        (TODAY + SOON + DAY, None, PLANNED),
    ],
)
def test_how_a_duty_stands(due, done, found):
    assert state(due, done, TODAY) == found
    assert found in STATES


@pytest.mark.parametrize(
    ("done", "months", "due"),
    [
        (date(2026, 11, 29), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 29), 12, date(2027, 11, 29)),
    ],
)
def test_when_it_comes_again(done, months, due):
    assert next_due(done, months) == due


def test_there_are_twenty_each_with_its_law_and_whose_it_is():
    assert len(DUTIES) == 20
    for duty in DUTIES.values():
        assert "POPIA section" in duty.law
        assert duty.title
        assert duty.words.endswith(".")
        assert duty.months > 0
    assert {duty.whose for duty in DUTIES.values()} == set(Whose)
