"""Whose address a request comes from, whatever it says of itself (H01)."""

import pytest

from portal.web.proxies import true_address

PROXY, CDN = "10.0.0.1", "173.245.48.0/20"


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("41.0.0.1", [], [], "41.0.0.1"),
        ("41.0.0.1", ["8.8.8.8"], [], "41.0.0.1"),
        ("41.0.0.1", ["8.8.8.8"], [PROXY], "41.0.0.1"),
        ("127.0.0.1", ["8.8.8.8"], [], "127.0.0.1"),
        (PROXY, ["8.8.8.8"], [PROXY], "8.8.8.8"),
        (PROXY, ["1.1.1.1, 8.8.8.8"], [PROXY], "8.8.8.8"),
        (PROXY, ["1.1.1.1", "8.8.8.8"], [PROXY], "8.8.8.8"),
        (PROXY, ["8.8.8.8, 10.0.0.1"], [PROXY], "8.8.8.8"),
        (PROXY, ["1.1.1.1, 8.8.8.8, 173.245.48.9"], [PROXY, CDN], "8.8.8.8"),
        (PROXY, ["8.8.8.8, 173.245.48.9"], [PROXY], "173.245.48.9"),
        (PROXY, [], [PROXY], PROXY),
        (PROXY, [""], [PROXY], PROXY),
        (PROXY, [" , ,"], [PROXY], PROXY),
        (PROXY, ["10.0.0.1, 10.0.0.1"], [PROXY], PROXY),
        (PROXY, ["nonsense"], [PROXY], "unknown"),
        (PROXY, ["8.8.8.8, nonsense"], [PROXY], "unknown"),
        (PROXY, ["nonsense, 8.8.8.8"], [PROXY], "8.8.8.8"),
        (PROXY, ["8.8.8.8:443"], [PROXY], "unknown"),
        (PROXY, ["[2c0f:f970::1]"], [PROXY], "unknown"),
        (PROXY, ["2c0f:f970::1"], [PROXY], "2c0f:f970::1"),
        (PROXY, ["2C0F:F970:0:0::1"], [PROXY], "2c0f:f970::1"),
        (PROXY, ["::ffff:8.8.8.8"], [PROXY], "8.8.8.8"),
        ("::ffff:10.0.0.1", ["8.8.8.8"], [PROXY], "8.8.8.8"),
        ("::ffff:41.0.0.1", [], [], "41.0.0.1"),
        ("::1", ["8.8.8.8"], ["::1"], "8.8.8.8"),
        ("fd00::9", ["8.8.8.8"], ["fd00::/8"], "8.8.8.8"),
        ("10.0.0.2", ["8.8.8.8"], [PROXY], "10.0.0.2"),
        ("", ["8.8.8.8"], [], "unknown"),
        ("unix:", ["8.8.8.8"], [], "unknown"),
        (PROXY, ["8.8.8.8\u200b"], [PROXY], "unknown"),
        (PROXY, ["127.0.0.1"], [PROXY], "127.0.0.1"),
        (PROXY, ["1" * 5_000], [PROXY], "unknown"),
    ],
)
def test_the_right_most_hop_that_is_not_ours_counts(peer, forwarded, trusted, address):
    assert true_address(peer, forwarded, trusted) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "is_handed_on", "address"),
    [
        ("127.0.0.1", ["8.8.8.8"], True, "unknown"),
        ("::1", ["8.8.8.8"], True, "unknown"),
        ("127.0.0.1", [], True, "unknown"),  # a proxy that adds nothing is seen by how it speaks
        ("127.0.0.1", [], False, "127.0.0.1"),
        ("41.0.0.1", ["8.8.8.8"], True, "41.0.0.1"),
        ("10.0.0.1", [], True, "unknown"),
        ("10.0.0.1", ["10.0.0.1"], True, "unknown"),
        ("10.0.0.1", ["8.8.8.8"], True, "8.8.8.8"),
    ],
)
def test_behind_https_what_does_not_say_for_whom_it_comes_is_nobody(peer, forwarded, is_handed_on, address):
    found = true_address(peer, forwarded, ["10.0.0.1"], is_https=True, is_handed_on=is_handed_on)

    assert found == address
