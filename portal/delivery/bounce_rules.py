"""What a mail server's refusal means: is the address of no use, is something wrong for a while, or is it about us?

RFC 3463's codes decide (domain.md E-10); a server's words only where it gave no code, or one that says nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HARD, SOFT, POLICY = "hard", "soft", "policy"
BOUNCES = (HARD, SOFT, POLICY)
SOFT_NEEDED = 5
SOFT_SPAN = timedelta(days=14)


@dataclass(frozen=True)
class Reason:
    """Why a message could not be delivered: of what kind that is, and the words for a person."""

    kind: str
    words: str


REASONS: dict[str, Reason] = {
    "no_mailbox": Reason(HARD, "There is no such mailbox"),
    "no_domain": Reason(HARD, "The part after @ does not exist, or takes no mail"),
    "not_an_address": Reason(HARD, "The address is not written correctly"),
    "closed": Reason(HARD, "The mailbox was closed"),
    "moved": Reason(HARD, "The mailbox moved to another address"),
    "letters": Reason(HARD, "The mail server does not take addresses with such letters"),
    "unsaid": Reason(HARD, "The mail server would not take it, and did not say why"),
    "full": Reason(SOFT, "The mailbox is full"),
    "too_large": Reason(SOFT, "The message was too large for the mailbox"),
    "unreachable": Reason(SOFT, "The mail server could not be reached"),
    "busy": Reason(SOFT, "The mail server could not take the message at the time"),
    "unreadable": Reason(SOFT, "The mail server could not read the message"),
    "policy": Reason(POLICY, "The mail server refused the message by its own rules"),
    "complained": Reason("complaint", "Marked the message as spam"),
}

# Codes in the order they are tried. What says nothing (x.0.0) is left to the words.
_BY_STATUS: tuple[tuple[str, str], ...] = (
    (r"5\.1\.(1|0?11)$", "no_mailbox"),
    (r"5\.1\.(2|10)$", "no_domain"),
    (r"5\.4\.(4|310)$", "no_domain"),
    (r"5\.1\.3$", "not_an_address"),
    (r"5\.1\.6$", "moved"),
    (r"5\.2\.1$", "closed"),
    (r"[45]\.2\.2$", "full"),
    (r"[45]\.3\.1$", "full"),
    (r"[45]\.(2\.3|3\.4)$", "too_large"),
    (r"5\.6\.7$", "letters"),
    (r"5\.7\.\d+$", "policy"),
    (r"[45]\.4\.\d+$", "unreachable"),
    (r"5\.6\.\d+$", "unreadable"),
    (r"4\.", "busy"),
)
# Words, the most telling first. A server that names spam or rules speaks about us, whatever else it says.
_WHO = "(user|mailbox|recipient|account|address|alias|person|name)"
_CLOSED = (
    "(disabled|suspended|deactivated|inactive|discontinued|closed|expired|not active|"
    "no longer (active|in use|available|valid))"
)
_NOT_THERE = (
    "(unknown|not (be )?found|does(n.t| not) exist|is invalid|not exist|not known|not listed|not recogni[sz]ed|"
    "isn.t valid|no such|not (a )?valid|not here|is not a user|not have an account)"
)
_BAD = "(unknown|invalid|bad|illegal|non-?existent|unrouteable|undeliverable|unrecognized|incorrect)"
_BY_WORDS: dict[str, tuple[str, ...]] = {
    "full": (
        r"over ?quota", r"quota violation", r"quota (has been )?(exceed|full)",
        r"exceed\w* (the |your |his |its )?\w* ?quota", r"mailbox (is )?full", r"mailbox .{0,60}\bfull\b",
        r"inbox is full", r"storage allocation", r"insufficient (disk|storage|system storage)",
        r"not enough (disk|storage)", r"disk (space|quota)", r"out of storage",
        r"has exceeded .{0,40}(limit|storage)", r"too many messages in",
    ),
    "too_large": (
        r"message (size|is too|too) (large|big|exceeds)", r"too (large|big) for", r"size (limit|exceed)",
        r"exceed\w* .{0,30}size", r"maximum .{0,20}size",
    ),
    "closed": (

        rf"{_WHO} .{{0,80}}\b{_CLOSED}",
        r"no longer (active|with|works|employed|valid|here)",
        r"(disabled|inactive|closed|suspended|expired) (account|mailbox|user|recipient|address)",
        r"account has been disabled",
    ),
    "moved": (
        r"has moved", r"user moved", r"new address is", r"has changed (his|her|their) e?-?mail",
    ),
    "no_mailbox": (
        r"(no|any) such (user|mailbox|person|recipient|account|address|local|alias|name)", r"there is no one",
        r"isn.t listed",
        rf"{_WHO}\S* .{{0,80}}\b{_NOT_THERE}",
        rf"{_BAD} .{{0,30}}({_WHO}|name|person|destination mailbox)",
        r"(doesn.t|does not|don.t|do not) have .{0,40}(account|mailbox|user)", r"not (our|a known) customer",
        r"no mailbox (here )?by that name", r"not listed in", r"recipient rejected", r"mailbox unavailable",
        r"recipient address rejected: access denied", r"address rejected", r"user unknown", r"unknown user",
        r"unknown local", r"no (valid )?(recipients?|mailbox|account)",
        r"can.?not find .{0,40}(user|mailbox|recipient|name)", r"destinataire", r"onbekende (gebruiker|ontvanger)",
        r"bestaan nie", r"benutzer .{0,40}unbekannt", r"not in .{0,30}directory",
    ),
    "no_domain": (
        r"host .{0,60}(not found|unknown)", r"unknown (host|domain)",
        r"domain .{0,80}(not (be )?found|does ?n.?o?t exist|unknown)", r"name or service not known", r"no mx",
        r"null mx", r"nxdomain", r"no such (host|domain)", r"bad domain", r"couldn.t find any host",
        r"unrouteable mail domain", r"dns (error|lookup)",
    ),
    "not_an_address": (
        r"syntax error", r"malformed address", r"bad address syntax", r"invalid characters",
    ),
    "policy": (
        r"\bspam", r"blacklist", r"block ?list", r"\brbl\b", r"spamhaus", r"reputation", r"\bpolicy", r"\bpolicies",
        r"dmarc", r"\bspf\b", r"dkim", r"unsolicited", r"blocked", r"not allowed", r"prohibited", r"permission",
        r"denied", r"authenti[cf]ation", r"not authori[sz]ed", r"unauthori[sz]ed", r"banned", r"content rejected",
        r"virus", r"listed (at|by|in|on)", r"rejected (due|for|by) ", r"restricted", r"relay",
    ),
    "unreachable": (
        r"timed? ?out", r"timeout", r"connection (refused|lost|reset|dropped|closed)", r"could not connect",
        r"unreachable", r"no route", r"not (accepting|responding)", r"network", r"retry time", r"too many hops",
        r"looping", r"mail loop", r"unable to (connect|contact)", r"could(n.t| not) be contacted",
        r"failed \d+ attempts", r"lost connection", r"expired", r"hop count", r"loops back",
    ),
    "busy": (
        r"try (again )?later", r"temporar", r"gr[ae]y-?list", r"busy", r"deferred",
        r"too many (connections|recipients|errors)", r"rate", r"overload", r"maintenance", r"local (error|problem)",
        r"system (problem|error|resources)", r"delay", r"still (trying|being)", r"queue",
    ),
}  # fmt: skip
_VAGUE = re.compile(r"^[45]\.(0\.0|1\.0|5\.\d+|3\.0|2\.0|0\.\d+)$")
_SMTP = re.compile(r"(?<![\d.])([45]\d\d)(?=[\s\-#:(]|$)(?!\.\d)")
_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ACCESS_DENIED = re.compile(r"recipient address rejected: access denied|AS\(?201806281", re.IGNORECASE)


def classify(status: str, words: str) -> str:
    """The reason (a key of REASONS) for a refusal with this code of RFC 3463, if any, and these words of the server.

    A 4.x.x or a reply of 4xx is never a reason to give an address up at once; 5.7.x never is one at all.
    """
    status = status or enhanced_in(words)
    by_words = _by_words(words)
    if status.startswith("5.4.1") and _ACCESS_DENIED.search(words):
        return "no_mailbox"  # how Microsoft 365 says that it has no such person
    if status and not _VAGUE.match(status):
        reason = next((name for pattern, name in _BY_STATUS if re.match(pattern, status)), "")
        if reason:
            return reason
    code = _SMTP.search(words)
    is_passing = status.startswith("4") or (not status and code is not None and code[1].startswith("4"))
    if is_passing and REASONS[by_words or "busy"].kind != SOFT:
        return "busy"
    if by_words:
        return by_words
    return "busy" if is_passing else "unsaid"


def kind_of(reason: str) -> str:
    return REASONS[reason].kind


def enhanced_in(words: str) -> str:
    """The first code of RFC 3463 in a server's words; "" when there is none."""
    found = _ENHANCED.search(words)
    return found[1] if found else ""


def is_given_up(soft: Sequence[datetime]) -> bool:
    """Whether these refusals of the passing kind, one for each message, are enough to call an address undeliverable.

    Five or more, the first and the last at least fourteen days apart (domain.md E-10): a week of holidays or a server
    that was away for days silences nobody.
    """
    return len(soft) >= SOFT_NEEDED and max(soft) - min(soft) >= SOFT_SPAN


def _by_words(words: str) -> str:
    text = " ".join(words.split())[:4000]
    return next((name for pattern, name in _COMPILED if pattern.search(text)), "")


_COMPILED = tuple((re.compile("|".join(some), re.IGNORECASE), name) for name, some in _BY_WORDS.items())
