"""The numbers of signing in, case by case (R50 to R53)."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.networks import network_of
from portal.signin.browsers import name_of
from portal.signin.rules import (
    Counts,
    Step,
    is_fresh,
    is_over,
    may_trust_first,
    needs_captcha,
    next_step,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("account", "address", "is_known", "needed"),
    [
        (0, 0, False, False),
        (2, 2, False, False),
        (3, 0, False, True),
        (3, 0, True, True),  # somebody else's guesses trouble the owner too, but do not keep him out
        (0, 3, False, True),
        (0, 3, True, False),  # what a neighbour does behind the same address does not
        (0, 5_000, True, False),
        (10, 10, True, True),
    ],
)
def test_when_a_captcha_is_asked_for(account, address, is_known, needed):
    assert needs_captcha(Counts(account, address), is_known) is needed


@pytest.mark.parametrize(
    ("is_proved", "has_factor", "is_shown", "step"),
    [
        (False, False, False, Step.DEVICE),
        (False, True, False, Step.DEVICE),
        (False, True, True, Step.DEVICE),
        (True, False, False, Step.DONE),
        (True, True, False, Step.FACTOR),
        (True, True, True, Step.DONE),
    ],
)
def test_what_is_still_to_be_shown(is_proved, has_factor, is_shown, step):
    assert next_step(is_proved, has_factor, is_shown) is step


@pytest.mark.parametrize(
    ("is_caught", "is_local", "has_devices", "trusted"),
    [
        (True, True, False, True),
        (True, True, True, False),
        (True, False, False, False),
        (False, True, False, False),
        (False, False, False, False),
    ],
)
def test_a_first_device_is_believed_only_where_no_mail_could_be_read(is_caught, is_local, has_devices, trusted):
    assert may_trust_first(is_caught, is_local, has_devices) is trusted


@pytest.mark.parametrize(
    ("minutes", "to_look", "to_send"), [(0, True, True), (14, True, True), (16, False, True), (31, False, False)]
)
def test_how_long_a_proof_of_who_one_is_serves(minutes, to_look, to_send):
    then = NOW - timedelta(minutes=minutes)

    assert (is_fresh(then, NOW, is_safe=True), is_fresh(then, NOW, is_safe=False)) == (to_look, to_send)


def test_a_series_that_rested_a_day_is_over():
    assert not is_over(NOW - timedelta(hours=23), NOW, timedelta(hours=24))
    assert is_over(NOW - timedelta(hours=25), NOW, timedelta(hours=24))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("41.0.0.1", "41.0.0.1"),
        ("2c0f:f970:1:2:3:4:5:6", "2c0f:f970:1:2::/64"),
        ("2c0f:f970:1:2::9", "2c0f:f970:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_are_counted_by_what_one_customer_is_given(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
            "Chrome on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on an iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) SamsungBrowser/29.0 Chrome/136.0 Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19 Safari/605", "Safari on a Mac"),
        ("curl/8.0", "An unknown browser"),
        ("<script>alert(1)</script>", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_browsers_are_named_as_people_name_them(agent, name):
    assert name_of(agent) == name
