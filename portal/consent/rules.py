"""May we write to this address? One ordered table of checks; the first refusal wins (domain.md 1.16).

This is the gate of requirement L02. Rows 1, 2, 4, 5, 6, 7 and 13 stand here, and of row 10 that a refused consent
stops direct marketing; the rest joins this table later, in its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from portal.contacts.child_rules import Standing


class Purpose(StrEnum):
    """What a message is for. Asking for a gift is direct marketing too (POPIA s 1)."""

    DIRECT_MARKETING = "direct_marketing"
    INFORMATION = "information"
    TRANSACTIONAL = "transactional"


BULK = frozenset({Purpose.DIRECT_MARKETING, Purpose.INFORMATION})
_DM = frozenset({Purpose.DIRECT_MARKETING})


@dataclass(frozen=True)
class Facts:
    """What is known about one message to one address at the moment of asking."""

    purpose: Purpose
    missing: tuple[str, ...] = ()  # details of the organisation that are not set
    is_suspended: bool = False
    is_erased: bool = False
    has_address: bool = True
    address_state: str = ""  # "" | undeliverable | complained
    suppressed: str = ""  # the reason of the suppression, if there is one
    is_withheld: bool = False  # was asked for consent, and said no
    is_handled: bool = False  # this campaign has a row for the same address already
    is_deceased: bool = False
    is_archived: bool = False
    child: Standing = Standing.NONE


@dataclass(frozen=True)
class Allow:
    pass


@dataclass(frozen=True)
class Refuse:
    reason: str


@dataclass(frozen=True)
class Defer:
    until: datetime


Answer = Allow | Refuse | Defer


@dataclass(frozen=True)
class Check:
    reason: str
    words: str  # how the waterfall names it: "minus …"
    refuses: Callable[[Facts], bool]
    purposes: frozenset[Purpose] = field(default_factory=lambda: frozenset(Purpose))


def _is_spared_appeals(facts: Facts) -> bool:
    return facts.child is Standing.CONSENTED


# The order is the law's and the person's: what stops everything first, what is about this one message last.
CHECKS: tuple[Check, ...] = (
    Check("suspended", "the organisation is suspended", lambda f: f.is_suspended),
    Check("incomplete", "the organisation's own details are not complete", lambda f: bool(f.missing)),
    Check("erased", "removed since", lambda f: f.is_erased),
    Check("deceased", "deceased", lambda f: f.is_deceased),
    Check("archived", "archived", lambda f: f.is_archived),
    Check("child", "a child without the consent of a parent or guardian", lambda f: f.child is Standing.PENDING),
    Check("child_appeal", "a child whose parent or guardian did not agree to appeals", _is_spared_appeals, _DM),
    Check("no_address", "without an email address", lambda f: not f.has_address),
    Check("undeliverable", "could not be reached before", lambda f: f.address_state == "undeliverable", BULK),
    Check("complained", "complained about a message", lambda f: "complained" in (f.address_state, f.suppressed), BULK),
    Check("unsubscribed", "unsubscribed", lambda f: f.suppressed in ("unsubscribed", "objected"), BULK),
    Check("suppressed", "asked not to be contacted", lambda f: bool(f.suppressed), BULK),
    Check("withheld", "asked, and said no", lambda f: f.is_withheld, _DM),
    Check("same_address", "same address as another", lambda f: f.is_handled, BULK),
)
WORDS: dict[str, str] = {check.reason: check.words for check in CHECKS} | {"cancelled": "cancelled"}

# What stops the whole organisation, not this one message: sending waits until it is mended.
WHOLE_ORGANISATION = frozenset({"suspended", "incomplete"})

# What every message must say about its sender (POPIA s 69(4), R70), and how the page names it.
IDENTITY: dict[str, str] = {
    "legal_name": "legal name",
    "email": "email address",
    "telephone": "telephone number",
    "address": "address",
    "information_officer": "information officer",
}


def may_send(facts: Facts, now: datetime) -> Answer:
    """Allow, refuse with the first reason that applies, or defer. Pure: the same facts give the same answer."""
    for check in CHECKS:
        if facts.purpose in check.purposes and check.refuses(facts):
            return Refuse(check.reason)
    return Allow()


def standing_of(standings: Sequence[str]) -> str:
    """What a contact's justifications, the oldest first, come to: proven, asserted, withheld or missing.

    The latest counts. But who said no is asked no more (POPIA s 69(3)(a)): only a consent that can be proven takes a
    refusal back, not the word of whoever brings in a list.
    """
    standing = "missing"
    for later in standings:
        if standing != "withheld" or later == "proven":
            standing = later
    return standing


def missing_identity(details: dict[str, str]) -> tuple[str, ...]:
    """Which details every message must carry are not set."""
    return tuple(name for name in IDENTITY if not (details.get(name) or "").strip())
