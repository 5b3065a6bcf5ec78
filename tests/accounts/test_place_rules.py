"""From where a person may sign in (R55): the table, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.place_rules import (
    KNOWN,
    LISTED,
    LOCAL,
    PRIVATE,
    UNKNOWN,
    UNREADABLE,
    Exempt,
    Place,
    allowed_in,
    judge,
    kind_of,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZA = frozenset({"ZA"})


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", LOCAL),
        ("127.8.9.10", LOCAL),
        ("::1", LOCAL),
        ("::ffff:127.0.0.1", LOCAL),
        ("10.1.2.3", PRIVATE),
        ("172.31.0.1", PRIVATE),
        ("192.168.1.1", PRIVATE),
        ("100.64.0.1", PRIVATE),
        ("169.254.1.1", PRIVATE),
        ("0.0.0.0", PRIVATE),
        ("224.0.0.1", PRIVATE),
        ("255.255.255.255", PRIVATE),
        ("fd00::1", PRIVATE),
        ("fe80::1", PRIVATE),
        ("ff02::1", PRIVATE),
        ("::", PRIVATE),
        ("::ffff:10.0.0.1", PRIVATE),
        ("172.32.0.1", KNOWN),
        ("41.0.0.1", KNOWN),
        ("::ffff:41.0.0.1", KNOWN),
        ("2c0f:f970::1", KNOWN),
        ("203.0.113.7", KNOWN),  # nobody's, but a country data file says so, not we
        ("unknown", UNKNOWN),
        ("", UNKNOWN),
        ("41.0.0.1, 8.8.8.8", UNKNOWN),
        ("999.1.1.1", UNKNOWN),
    ],
)
def test_what_can_be_told_from_an_address_alone(address, kind):
    assert kind_of(address) == kind


def test_a_private_network_that_the_host_names_is_listed():
    assert kind_of("192.168.1.7", ["192.168.0.0/16"]) == LISTED
    assert kind_of("::ffff:192.168.1.7", ["192.168.0.0/16"]) == LISTED
    assert kind_of("192.168.1.7", ["10.0.0.0/8"]) == PRIVATE


DOOR = Exempt("*", NOW + HOUR)
OLD_DOOR = Exempt("*", NOW - HOUR)


@pytest.mark.parametrize(
    ("place", "exempt", "allowed", "reason"),
    [
        (Place(LOCAL), [], True, "local"),
        (Place(LISTED), [], True, "listed"),
        (Place(KNOWN, "ZA"), [], True, "country"),
        (Place(KNOWN, "PT"), [], False, "elsewhere"),
        (Place(KNOWN, "PT"), [Exempt("PT", NOW + HOUR)], True, "exception"),
        (Place(KNOWN, "PT"), [Exempt("PT", None)], True, "exception"),
        (Place(KNOWN, "PT"), [Exempt("PT", NOW - HOUR)], False, "elsewhere"),
        (Place(KNOWN, "PT"), [Exempt("PT", NOW)], False, "elsewhere"),
        (Place(KNOWN, "PT"), [Exempt("ES", None)], False, "elsewhere"),
        (Place(KNOWN, "PT"), [DOOR], True, "door"),
        (Place(PRIVATE), [], False, "private"),
        (Place(PRIVATE), [Exempt("PT", None)], False, "private"),
        (Place(UNKNOWN), [], False, "unknown"),
        (Place(UNREADABLE), [], False, "unreadable"),
        (Place(UNREADABLE), [DOOR], True, "door"),
        (Place(UNREADABLE), [OLD_DOOR], False, "unreadable"),
        (Place(UNKNOWN), [DOOR], True, "door"),
    ],
)
def test_who_may_come_in(place, exempt, allowed, reason):
    verdict = judge(place, ZA, exempt, NOW)

    assert (verdict.is_allowed, verdict.reason) == (allowed, reason)


@pytest.mark.parametrize(
    ("own", "ceiling", "allowed"),
    [
        (["ZA"], frozenset(), {"ZA"}),
        (["ZA", "NA"], frozenset(), {"ZA", "NA"}),
        ([], frozenset(), {"ZA"}),
        (["ZA", "NA"], frozenset({"ZA"}), {"ZA"}),
        (["NA"], frozenset({"ZA"}), {"ZA"}),
    ],
)
def test_an_organisation_stays_within_what_the_host_allows(own, ceiling, allowed):
    assert allowed_in(own, ceiling) == allowed
