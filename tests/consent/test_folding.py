"""What everything a contact said comes to, as a table; and when people may be disturbed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.consent.folding import MISSING, fold
from portal.consent.grounds import is_evidence
from portal.consent.hours import HOME, holidays, next_permitted

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
EMAIL, OTHER = (1, "email"), (2, "email")
GRANTED, ASSERTED = ("granted", "proven"), ("granted", "asserted")
AGAIN, NO, BACK = ("reconfirmed", "proven"), ("withheld", "asserted"), ("withdrawn", "asserted")
OBJECTED, EXPIRED, ASKED = ("objected", "asserted"), ("expired", "asserted"), ("requested", "asserted")


@dataclass
class Said:
    id: int
    kind: str
    proof: str
    at: datetime
    purpose_id: int = 1
    channel: str = "email"
    given_by: str = "self"
    import_id: int | None = None


def said(*events, **more):
    return [Said(n, kind, proof, MONDAY + timedelta(days=n), **more) for n, (kind, proof) in enumerate(events)]


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ([], "missing"),
        ([ASSERTED], "asserted"),
        ([ASSERTED, GRANTED], "proven"),
        ([GRANTED, ASSERTED], "proven"),  # hearsay takes no proof away
        ([GRANTED, NO], "withheld"),
        ([NO, ASSERTED], "withheld"),  # who said no is not brought back by a list (s 69(2))
        ([NO, ASSERTED, ASSERTED], "withheld"),
        ([NO, GRANTED], "proven"),
        ([NO, GRANTED, NO, ASSERTED], "withheld"),
        ([GRANTED, BACK], "withdrawn"),
        ([GRANTED, BACK, ASSERTED], "withdrawn"),
        ([GRANTED, BACK, AGAIN], "proven"),
        ([ASSERTED, BACK, NO, AGAIN], "proven"),
        ([BACK, AGAIN], "withdrawn"),  # of somebody else's consent, while the two were one
        ([AGAIN], "missing"),
        ([GRANTED, EXPIRED, BACK, AGAIN], "withdrawn"),
        ([OBJECTED], "objected"),
        ([GRANTED, OBJECTED, ASSERTED], "objected"),
        ([OBJECTED, NO], "objected"),  # a milder no does not soften it
        ([OBJECTED, BACK], "objected"),
        ([OBJECTED, ASKED], "objected"),
        ([OBJECTED, GRANTED], "proven"),
        ([ASKED], "requested"),
        ([ASSERTED, ASKED], "asserted"),  # asking for proof takes nothing away
        ([NO, ASKED], "withheld"),
        ([GRANTED, EXPIRED], "expired"),
        ([GRANTED, EXPIRED, ASSERTED], "asserted"),
        ([NO, EXPIRED], "withheld"),
    ],
)
def test_what_was_said_comes_to_one_standing(events, standing):
    found = fold(said(*events))
    assert (found[EMAIL].standing if events else "missing") == standing


def test_the_order_is_that_of_saying_not_of_writing_down():
    old_paper = Said(9, "granted", "proven", MONDAY - timedelta(days=300))

    assert fold([*said(BACK), old_paper])[EMAIL].standing == "withdrawn"


def test_an_objection_counts_for_all_marketing_and_is_lifted_for_one_alone():
    found = fold(said(GRANTED, OBJECTED), marketing=[EMAIL, OTHER, (1, "sms")])
    assert {state.standing for state in found.values()} == {"objected"}

    again = [*said(OBJECTED), Said(9, "granted", "proven", MONDAY + timedelta(days=9), purpose_id=2)]
    found = fold(again, marketing=[EMAIL, OTHER])
    assert (found[EMAIL].standing, found[OTHER].standing) == ("objected", "proven")


def test_a_parent_or_guardian_can_speak_for_a_child():
    assert fold(said(GRANTED, given_by="competent"))[EMAIL].given_by == "competent"


@pytest.mark.parametrize(
    ("method", "what", "expected"),
    [
        ("paper", {}, False),
        ("paper", {"document_id": 1}, True),
        ("web", {"wording_id": 1}, True),
        ("telephone", {}, False),
        ("telephone", {"wording_id": 1}, False),  # a call counts with its recording only (P-11-7)
        ("telephone", {"recording": "  "}, False),
        ("telephone", {"recording": "Call 17 of 3 May"}, True),
    ],
)
def test_what_proves_a_consent(method, what, expected):
    assert is_evidence(method, **{"document_id": None, "recording": "", "wording_id": None} | what) is expected


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.mark.parametrize(
    ("asked", "permitted"),
    [
        ("2026-11-27T19:59:59", "2026-11-27T19:59:59"),  # a Friday
        ("2026-11-27T20:00:00", "2026-11-28T09:00:00"),
        ("2026-11-28T13:00:00", "2026-11-30T08:00:00"),
        ("2026-11-28T08:59:59", "2026-11-28T09:00:00"),
        ("2026-11-29T12:00:00", "2026-11-30T08:00:00"),  # a Sunday
        ("2026-11-30T07:59:59", "2026-11-30T08:00:00"),
        ("2026-08-10T10:00:00", "2026-08-11T08:00:00"),  # Monday after Women's Day, which is a Sunday
        ("2027-03-26T10:00:00", "2027-03-27T09:00:00"),  # Good Friday
        ("2027-03-29T10:00:00", "2027-03-30T08:00:00"),  # Family Day
        ("2027-03-22T10:00:00", "2027-03-23T08:00:00"),  # 21 March is a Sunday
        ("2026-12-24T21:00:00", "2026-12-28T08:00:00"),  # Christmas, Goodwill on a Saturday, a Sunday
    ],
)
def test_when_people_may_be_disturbed(asked, permitted):
    assert next_permitted(at(asked)) == at(permitted)


def test_a_holiday_on_a_saturday_gives_no_other():
    assert date(2026, 12, 26) in holidays(2026)
    assert date(2026, 12, 28) not in holidays(2026)


FILE, ANOTHER = 7, 8


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ([("granted", FILE), ("expired", FILE)], "expired"),
        ([("granted", None), ("granted", FILE), ("expired", FILE)], "asserted"),
        ([("granted", FILE), ("granted", None), ("expired", FILE)], "asserted"),
        ([("granted", ANOTHER), ("expired", FILE)], "asserted"),  # of two that were merged since
        ([("granted", FILE), ("expired", None)], "expired"),
        ([("expired", FILE)], "missing"),
    ],
)
def test_an_import_that_is_undone_takes_back_what_it_said_itself(events, standing):
    told = [Said(n, kind, "asserted", MONDAY + timedelta(days=n), import_id=by) for n, (kind, by) in enumerate(events)]

    assert fold(told).get((1, "email"), MISSING).standing == standing
