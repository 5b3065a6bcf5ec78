"""From where a person may sign in and work (R55, H03). Pure: what is known of an address goes in, a verdict comes out.

The table, in order; the first that fits decides:

| the address                                   | staff pages                                          |
| of this machine itself (loopback)              | open: whoever sits there needs no network            |
| in PORTAL_ALLOWED_NETWORKS                     | open                                                 |
| private, or of no known network                | closed, unless a door is open for everybody          |
| any, while the country data cannot be read     | closed, unless a door is open for everybody          |
| of a country that the data does not know       | closed, unless a door is open for everybody          |
| of an allowed country                          | open                                                 |
| of another country                             | open while an exception for it lasts, else closed    |
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

HOME = "ZA"
EVERYWHERE = "*"  # the country of an exception that opens the door for everybody

LOCAL, LISTED, PRIVATE, KNOWN, UNKNOWN, UNREADABLE = "local", "listed", "private", "known", "unknown", "unreadable"

# What no country has: private use (RFC 1918, RFC 4193), shared by a provider's customers (RFC 6598), of one link only
# (RFC 3927, RFC 4291), "this network" and what is sent to many. Any other address is looked up.
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "0.0.0.0/8", "224.0.0.0/4",
        "240.0.0.0/4", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "::/128",
    )
)  # fmt: skip

REASONS = {
    "local": "the address is of this machine itself",
    "listed": "the address is in PORTAL_ALLOWED_NETWORKS",
    "country": "the country is allowed",
    "exception": "the country is allowed for a time",
    "door": "the door was opened for everybody by command",
    "elsewhere": "the country is not allowed",
    "private": "the address is of a private network, whose country nobody knows",
    "unknown": "the country of the address is not known",
    "unreadable": "the country data cannot be read",
}


@dataclass(frozen=True)
class Place:
    """What is known about an address: its kind, and its country when there is one."""

    kind: str
    country: str = ""


@dataclass(frozen=True)
class Exempt:
    """A country somebody may come from beyond the usual ones; without an end it is for good."""

    country: str
    until: datetime | None


@dataclass(frozen=True)
class Verdict:
    is_allowed: bool
    reason: str  # a key of REASONS
    country: str = ""


def kind_of(address: str, listed: Sequence[str] = ()) -> str:
    """What can be told from the address alone: local, listed, private, or known, when its country is to be looked up.

    A mapped IPv4 address (::ffff:a.b.c.d) is that IPv4 address. What is no address at all is unknown.
    """
    try:
        parsed: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    if parsed.is_loopback:
        return LOCAL
    if any(parsed in ipaddress.ip_network(network, strict=False) for network in listed):
        return LISTED
    return PRIVATE if any(parsed in network for network in _PRIVATE) else KNOWN


def judge(place: Place, allowed: frozenset[str], exempt: Iterable[Exempt], now: datetime) -> Verdict:
    """Whether somebody may come in from this place, by the table above."""
    if place.kind in (LOCAL, LISTED):
        return Verdict(True, place.kind)
    if place.kind == KNOWN and place.country in allowed:
        return Verdict(True, "country", place.country)
    lasting = [one.country for one in exempt if one.until is None or one.until > now]
    if EVERYWHERE in lasting:
        return Verdict(True, "door", place.country)
    if place.kind != KNOWN:
        return Verdict(False, place.kind)
    if place.country in lasting:
        return Verdict(True, "exception", place.country)
    return Verdict(False, "elsewhere", place.country)


def allowed_in(own: Iterable[str], ceiling: frozenset[str]) -> frozenset[str]:
    """The countries of an organisation: its own, within what the host allows; an empty ceiling is none. Where none of
    its own is within, the host's, so that nobody is left without a country.
    """
    countries = frozenset(own) or frozenset({HOME})
    return countries & ceiling or ceiling if ceiling else countries
