"""Who wants fewer messages gets fewer, of what promotes something or asks for a gift."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.consent.queries import Candidate, facts
from portal.consent.rules import Aim, Allow, PurposeClass, Refuse, may_send
from portal.consent.spacing import MONTH, SPACINGS, WEEK, is_too_soon
from portal.contacts import record
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import ledger
from portal.delivery.models import ACCEPTED, DEFERRED, HANDED, REFUSED, UNKNOWN, Delivery

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DM = PurposeClass.DIRECT_MARKETING


@pytest.mark.parametrize(
    ("days", "ago", "expected"),
    [
        (0, timedelta(0), False),
        (WEEK, None, False),
        (WEEK, timedelta(0), True),
        (WEEK, timedelta(days=7, seconds=-1), True),
        (WEEK, timedelta(days=7), False),
        (MONTH, timedelta(days=7), True),
        (MONTH, timedelta(days=30, seconds=-1), True),
        (MONTH, timedelta(days=30), False),
    ],
)
def test_when_the_next_is_too_soon(days, ago, expected):
    assert is_too_soon(days, None if ago is None else NOON - ago, NOON) is expected
    assert days in SPACINGS


@pytest.fixture
def letters(org, thandi):
    """Two newsletters to Thandi, of which nothing has left; and she wants at most one a week."""
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
        contacts.group_contacts([thandi.id], group.id)
        wants(thandi, WEEK)
        made = []
        for name in ("First", "Second"):
            letter = campaigns.create(name)
            letter = campaigns.change(letter, letter.version, subject=name, body="<p>Hello</p>")
            sending.choose_audience(letter, [group.id], [])
            sending.start(campaigns.find(letter.id))
            made.append(campaigns.find(letter.id))
        yield made


def wants(contact, days):
    with transaction():
        record.change(contacts.find(contact.id), "contact.details_changed", spacing=days)


def hand(letter):
    [row] = ledger.claim(letter.id, "w", 1)
    return ledger.hand(row, "thandi@example.org", campaigns.aim_of(letter))


def answer(contact, kind=DM):
    return may_send(facts([Candidate(contact.id, "thandi@example.org")], Aim(kind))[0], now())


def test_of_two_newsletters_at_once_one_leaves(letters, thandi):
    assert [hand(letter) for letter in letters] == [True, False]

    assert ledger.reasons(letters[1].id) == {"weekly": 1}
    assert answer(thandi) == Refuse("weekly")
    assert answer(thandi, PurposeClass.TRANSACTIONAL) == Allow()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (HANDED, 0, Refuse("weekly")),
        (UNKNOWN, 1, Refuse("weekly")),
        (ACCEPTED, 6, Refuse("weekly")),
        (ACCEPTED, 8, Allow()),
        (REFUSED, 0, Allow()),
        (DEFERRED, 0, Allow()),
    ],
)
def test_what_may_have_reached_somebody_counts(letters, thandi, state, days, expected):
    Delivery.update(state=state, handed_at=now() - timedelta(days=days)).where(
        Delivery.campaign_id == letters[0].id
    ).execute()

    assert answer(thandi) == expected
    wants(thandi, MONTH)
    assert answer(thandi) == (Refuse("monthly") if state in (HANDED, UNKNOWN, ACCEPTED) else Allow())
    wants(thandi, 0)
    assert answer(thandi) == Allow()
