"""When a task comes again, where a day begins, and of what kind an action is: tables of pure rules."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.diary.rules import actions_of, birthdays, bounds, counted, kind_of, next_due


@pytest.mark.parametrize(
    ("first", "repeat", "after", "due"),
    [
        ("2026-11-24", "weekly", "2026-11-24", "2026-12-01"),
        ("2026-11-24", "weekly", "2026-12-14", "2026-12-15"),
        ("2026-11-24", "weekly", "2026-12-15", "2026-12-22"),
        ("2026-11-24", "weekly", "2026-11-01", "2026-11-24"),
        ("2026-01-31", "monthly", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "monthly", "2026-02-28", "2026-03-31"),
        ("2026-01-31", "monthly", "2026-04-01", "2026-04-30"),
        ("2026-12-31", "monthly", "2026-12-31", "2027-01-31"),
        ("2028-01-30", "monthly", "2028-01-30", "2028-02-29"),
        ("2028-02-29", "yearly", "2028-02-29", "2029-02-28"),
        ("2028-02-29", "yearly", "2031-02-28", "2032-02-29"),
        ("2028-02-29", "yearly", "2032-02-28", "2032-02-29"),
        ("2026-11-24", "yearly", "2026-11-24", "2027-11-24"),
        ("2026-11-24", "yearly", "2029-11-25", "2030-11-24"),
        ("2026-11-24", "", "2026-11-24", None),
    ],
)
def test_a_task_is_due_again(first, repeat, after, due):
    found = next_due(date.fromisoformat(first), repeat, date.fromisoformat(after))

    assert found == (date.fromisoformat(due) if due else None)


@pytest.mark.parametrize(
    ("zone", "day", "since", "until"),
    [
        ("Africa/Johannesburg", date(2026, 11, 24), "2026-11-23T22:00", "2026-11-24T22:00"),
        ("Asia/Kolkata", date(2026, 11, 24), "2026-11-23T18:30", "2026-11-24T18:30"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00", "2026-10-25T23:00"),  # a day of 25 hours
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00", "2026-09-07T03:00"),  # which has no midnight
    ],
)
def test_a_day_begins_and_ends_where_the_organisation_is(zone, day, since, until):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (since, until)]

    assert list(bounds(day, day, ZoneInfo(zone))) == moments


@pytest.mark.parametrize(
    ("today", "born", "kept"),
    [
        (date(2026, 11, 24), (11, 24), date(2026, 11, 24)),
        (date(2026, 12, 29), (1, 2), date(2027, 1, 2)),
        (date(2027, 2, 26), (2, 29), date(2027, 2, 28)),
        (date(2028, 2, 26), (2, 29), date(2028, 2, 29)),
        (date(2026, 11, 24), (12, 1), None),
    ],
)
def test_birthdays_of_the_week_and_those_of_29_february(today, born, kept):
    assert birthdays(today, 7).get(born) == kept


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("contact.telephone_changed", "changes"),
        ("contact.note_added", "notes"),
        ("contact.grouped", "groups"),
        ("group.added", "groups"),
        ("contact.unsubscribed", "consents"),
        ("contact.photo_changed", "documents"),
        ("campaign.started", "messages"),
        ("campaign.list_exported", "files"),
        ("field.exported", "files"),
        ("field.added", "settings"),
        ("user.signed_in", "users"),
        ("task.done", "tasks"),
        ("elephant.washed", "changes"),
    ],
)
def test_each_action_is_of_one_kind(action, kind):
    assert kind_of(action) == kind
    assert action == "elephant.washed" or action in actions_of(kind)


def test_what_was_done_is_counted_in_words():
    done = {"contact.added": 1_200, "contact.email_added": 1, "campaign.tested": 1, "contact.note_added": 3}

    assert counted(done) == ["1,201 changes", "3 notes", "1 message"]
