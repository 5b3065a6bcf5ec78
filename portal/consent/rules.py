"""May we write to this address? One ordered table of checks; the first refusal wins (domain.md 1.16).

This is the gate of requirement L02. Row 8 (the national registry of opt-outs) joins this table with the registry
itself, between `suppressed` and `asked`; row 15 (rates and credit) is kept where messages leave.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from portal.consent.hours import next_permitted
from portal.consent.spacing import MONTH, WEEK
from portal.contacts.child_rules import Standing


class PurposeClass(StrEnum):
    """What kind of message it is. Asking for a gift is direct marketing too (POPIA s 1)."""

    DIRECT_MARKETING = "direct_marketing"
    INFORMATION = "information"
    TRANSACTIONAL = "transactional"
    CONSENT_REQUEST = "consent_request"  # may we write to you? (s 69(2))
    RIGHTS = "rights"  # an answer to somebody who used a right of his
    BREACH = "breach"  # his information got into wrong hands (s 22)


# The classes a purpose of the register or a campaign can be of: words, and what is meant by it.
CLASSES: dict[str, tuple[str, str]] = {
    "direct_marketing": ("Direct marketing", "promotes something or asks for a gift, also by the way"),
    "information": ("Information", "tells people what they need to know, and asks for nothing"),
    "transactional": ("Answer to what somebody did", "such as a receipt or a confirmation"),
}


@dataclass(frozen=True)
class Aim:
    """What a message is for: its class, and the purpose of the register; none is the organisation's first."""

    purpose_class: PurposeClass
    purpose_id: int | None = None
    channel: str = "email"


_DM = frozenset({PurposeClass.DIRECT_MARKETING})
_ASKING = frozenset({PurposeClass.CONSENT_REQUEST})
BULK = _DM | {PurposeClass.INFORMATION}
_UNASKED = BULK | _ASKING  # what reaches people who did nothing to get it
_OWED = frozenset({PurposeClass.RIGHTS, PurposeClass.BREACH})  # what the law obliges us to tell, whatever else is so
_NOT_OWED = frozenset(PurposeClass) - _OWED


@dataclass(frozen=True)
class Facts:
    """What is known about one message to one address at the moment of asking."""

    purpose: PurposeClass
    missing: tuple[str, ...] = ()  # details of the organisation that are not set
    is_suspended: bool = False
    is_erased: bool = False
    has_address: bool = True
    is_theirs: bool = True  # the contact still has this address
    address_state: str = ""  # "" | undeliverable | complained
    suppressed: str = ""  # the reason of the suppression, if there is one
    has_left: bool = False  # unsubscribed or complained, at whatever address, and has not come back since
    is_handled: bool = False  # this campaign has a row for the same address already
    is_deceased: bool = False
    is_archived: bool = False
    child: Standing = Standing.NONE
    channel: str = "email"
    is_restricted: bool = False
    consent: str = "missing"  # the standing of the purpose and channel: see folding.State
    needs_proof: bool = False  # the organisation counts a consent only once it can be proven
    is_asked: bool = False  # was asked for consent before, or has refused it, at this address
    is_justified: bool = True  # kept on some ground, for whatever purpose
    is_compatible: bool = True  # … for this purpose
    lacks_transfer: bool = False  # would pass through a country without a ground for it (POPIA s 72)
    spacing: int = 0  # wants at most one piece of direct marketing in so many days; 0 is everything
    is_too_soon: bool = False  # … and had one within them
    had_at: datetime | None = None
    is_stopped: bool = False  # the suppression stops every message but those the law obliges us to send


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
    purposes: frozenset[PurposeClass] = field(default_factory=lambda: frozenset(PurposeClass))


def _is_spared_appeals(facts: Facts) -> bool:
    return facts.child is Standing.CONSENTED


def _is_not_asked(facts: Facts) -> bool:
    """A child cannot agree: its parent or guardian says so where the child is entered (P-35-2)."""
    return facts.child in (Standing.CONSENTED, Standing.MARKETING)


def _has_no_consent(facts: Facts) -> bool:
    """Whether nobody agreed, neither the person nor, for a child, a parent or guardian."""
    return facts.consent not in ("asserted", "proven") and facts.child is not Standing.MARKETING


def _has_agreed(facts: Facts) -> bool:
    """Whether there is nothing left to ask: a word is worth asking about only where proof is wanted."""
    return facts.consent == "proven" or (facts.consent == "asserted" and not facts.needs_proof)


def _has_unsubscribed(facts: Facts) -> bool:
    return facts.suppressed in ("unsubscribed", "objected") or facts.has_left


def _is_unproven(facts: Facts) -> bool:
    return facts.needs_proof and facts.consent != "proven"


# The order is the law's and the person's: what stops everything first, what is about this one message last.
CHECKS: tuple[Check, ...] = (
    Check("suspended", "the organisation is suspended", lambda f: f.is_suspended),
    Check("incomplete", "the organisation's own details are not complete", lambda f: bool(f.missing)),
    Check("erased", "removed since", lambda f: f.is_erased),
    Check("deceased", "deceased", lambda f: f.is_deceased),
    Check("archived", "archived", lambda f: f.is_archived, _NOT_OWED),
    Check("restricted", "restricted: nothing may be done but keeping", lambda f: f.is_restricted, _NOT_OWED),
    Check(
        "child", "a child without the consent of a parent or guardian", lambda f: f.child is Standing.PENDING,
        _NOT_OWED,
    ),
    Check("child_appeal", "a child whose parent or guardian did not agree to appeals", _is_spared_appeals, _DM),
    Check("child_asked", "a child, whom nobody asks for consent", _is_not_asked, _ASKING),
    Check("no_address", "without an email address", lambda f: not f.has_address),
    Check("moved", "has another address since", lambda f: not f.is_theirs),
    Check("undeliverable", "could not be reached before", lambda f: f.address_state == "undeliverable", _UNASKED),
    Check(
        "complained", "complained about a message", lambda f: "complained" in (f.address_state, f.suppressed), _UNASKED
    ),
    Check("objected", "objected to direct marketing", lambda f: f.consent == "objected", _DM | _ASKING),
    Check("unsubscribed", "unsubscribed", _has_unsubscribed, _UNASKED),
    Check("withdrawn", "took the consent back", lambda f: f.consent == "withdrawn", _UNASKED),
    Check("suppressed", "asked not to be contacted", lambda f: bool(f.suppressed), _UNASKED),
    Check("stopped", "asked not to be contacted at all", lambda f: f.is_stopped, _NOT_OWED),
    Check("asked", "was asked before, and is not asked twice", lambda f: f.is_asked, _ASKING),
    Check("withheld", "asked, and said no", lambda f: f.consent == "withheld", _DM | _ASKING),
    Check("agreed", "agreed already", _has_agreed, _ASKING),
    Check("no_consent", "no consent on record", _has_no_consent, _DM),
    Check("unproven", "the consent is not proven yet", _is_unproven, _DM),
    Check("unjustified", "no ground on record for keeping them", lambda f: not f.is_justified, BULK),
    Check("incompatible", "kept for another purpose", lambda f: not f.is_compatible, BULK),
    Check(
        "weekly", "asked for at most one message a week, and had one", lambda f: f.is_too_soon and f.spacing == WEEK,
        _DM,
    ),
    Check(
        "monthly", "asked for at most one message a month, and had one", lambda f: f.is_too_soon and f.spacing == MONTH,
        _DM,
    ),
    Check("same_address", "same address as another", lambda f: f.is_handled, _UNASKED),
    Check("no_transfer", "no consent to pass their address abroad", lambda f: f.lacks_transfer),
)  # fmt: skip
WORDS: dict[str, str] = {check.reason: check.words for check in CHECKS} | {"cancelled": "cancelled"}

# What stops the whole organisation, not this one message: sending waits until it is mended.
WHOLE_ORGANISATION = frozenset({"suspended", "incomplete"})
SPACED = frozenset({"weekly", "monthly"})
# What somebody who works for the organisation can mend by writing down what it knows.
MENDED_BY_RECORDING = frozenset({"no_consent", "unjustified", "incompatible"})

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
    # Row 12 only puts off, and so comes last: nobody is put off who would be refused in the end.
    if facts.channel == "sms" and facts.purpose in _DM:
        until = next_permitted(now)
        if until > now:
            return Defer(until)
    return Allow()


def missing_identity(details: dict[str, str]) -> tuple[str, ...]:
    """Which details every message must carry are not set."""
    return tuple(name for name in IDENTITY if not (details.get(name) or "").strip())
