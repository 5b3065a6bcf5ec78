"""What people may ask of the organisation, by when it is answered, and what an answer must hold (POPIA ss 5, 11(3), 23
to 25; regs 2 and 3; PAIA Part 3, chapter 4). Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.consent.hours import holidays
from portal.core.words import later

KEPT = timedelta(days=365)  # so long the words of somebody who is no contact are kept after the answer
DAYS = timedelta(days=30)  # to answer in, counted from the day on which it came (reg 3)


MOST_OWN = 8  # that one person writes on a day, by his own page and by the complaints link together


@dataclass(frozen=True)
class Kind:
    """What is asked: as staff read it, as the person reads it, the law, and which ends it can have."""

    words: str
    own_words: str
    law: str
    outcomes: tuple[str, ...]
    needs_identity: bool = False  # nothing is shown or changed before it is known who asks (P-23-2)
    is_complaint: bool = False


KINDS: dict[str, Kind] = {
    "held": Kind("Whether anything is kept", later("Tell me whether you keep anything about me"), "POPIA s 23(1)(a)",
                 ("given", "nothing", "refused"), needs_identity=True),
    "access": Kind("A copy of what is kept", later("Send me a copy of what you keep about me"), "POPIA s 23(1)(b)",
                   ("given", "part", "nothing", "refused"), needs_identity=True),
    "recipients": Kind("Who had access", later("Tell me who was given my details"), "POPIA s 23(1)(b)",
                       ("given", "part", "nothing", "refused"), needs_identity=True),
    "correct": Kind("A correction", later("Something you keep about me is wrong"), "POPIA s 24(1)(a), Form 2",
                    ("corrected", "destroyed", "deleted", "evidence", "statement"), needs_identity=True),
    "delete": Kind("Deletion", later("Delete what you keep about me"), "POPIA s 24(1), Form 2",
                   ("deleted", "destroyed", "part", "evidence", "statement", "refused"), needs_identity=True),
    "object": Kind("An objection to how details are used", later("I object to how you use my details"),
                   "POPIA s 11(3)(a), Form 1", ("stopped", "part", "refused")),
    "marketing": Kind("No more direct marketing", later("Do not write to me to sell something or to ask for gifts"),
                      "POPIA s 11(3)(b)", ("stopped",)),
    "spam": Kind("A complaint about unwanted mail", later("This is mail that I do not want"), "POPIA s 69",
                 ("stopped",), is_complaint=True),
    "complaint": Kind("A complaint", later("I complain about something else"), "POPIA s 74",
                      ("mended", "part", "unfounded"), is_complaint=True),
}  # fmt: skip
ASKED = tuple(name for name, kind in KINDS.items() if not kind.is_complaint)
COMPLAINTS = tuple(name for name, kind in KINDS.items() if kind.is_complaint)

FORMS = {"object": 1, "correct": 2, "delete": 2}  # of the Regulations of 2018, by the kind that asks by it

TAKEN_BACK = "taken_back"
OUTCOMES: dict[str, str] = {
    "given": "Answered in full",
    "nothing": "Nothing is kept, and that was said",
    "corrected": "Corrected",
    "destroyed": "Destroyed",
    "deleted": "Deleted",
    "evidence": "Left as it is, and what shows that it is right was sent",
    "statement": "Left as it is, with the person's statement beside it",
    "stopped": "Stopped",
    "mended": "The complaint was right, and what was wrong is mended",
    "part": "Granted in part, refused in part",
    "unfounded": "Nothing wrong was found",
    "refused": "Refused",
    TAKEN_BACK: "Taken back: the person was removed",
}
FULL, PART, REFUSED = "full", "part", "refused"
RESULT_OF: dict[str, str] = {
    "given": FULL, "nothing": FULL, "corrected": FULL, "destroyed": FULL, "deleted": FULL, "stopped": FULL,
    "mended": FULL, "part": PART, "statement": PART, "evidence": REFUSED, "unfounded": REFUSED, "refused": REFUSED,
    TAKEN_BACK: TAKEN_BACK,
}  # fmt: skip
REFUSING = frozenset({"part", "refused"})  # which need a ground of the law
EXPLAINED = REFUSING | {"evidence", "unfounded"}  # which need reasons
PASSED_ON = frozenset({"corrected", "destroyed", "deleted"})  # what others who have the details must hear (s 24(3))


@dataclass(frozen=True)
class Ground:
    """Why something may be refused, and the kinds of which."""

    words: str
    law: str
    kinds: frozenset[str]


_ACCESS = frozenset({"held", "access", "recipients"})
_CHANGE = frozenset({"correct", "delete"})
GROUNDS: dict[str, Ground] = {
    "identity": Ground("It was not shown who asks", "POPIA s 23(1)", _ACCESS | _CHANGE),
    "third_party": Ground("It would tell what is private of somebody else", "PAIA s 63", _ACCESS),
    "commercial_of_others": Ground("It holds commercial information of others", "PAIA s 64", _ACCESS),
    "confidence": Ground("It was told by others in confidence", "PAIA s 65", _ACCESS),
    "safety": Ground("It would endanger somebody, or property", "PAIA s 66", _ACCESS),
    "privilege": Ground("It is privileged in legal proceedings", "PAIA s 67", _ACCESS),
    "commercial": Ground("It holds commercial information of our own", "PAIA s 68", _ACCESS),
    "research": Ground("It would spoil research that is under way", "PAIA s 69", _ACCESS),
    "law": Ground("A law demands that it is kept", "POPIA s 14(1)(a)", frozenset({"delete"})),
    "lawful_purpose": Ground("It is still needed for a lawful purpose", "POPIA s 14(1)(b)", frozenset({"delete"})),
    "contract": Ground("An agreement with the person demands it", "POPIA s 14(1)(c)", frozenset({"delete"})),
    "unreasonable": Ground("The objection gives no reasonable ground", "POPIA s 11(3)(a)", frozenset({"object"})),
    "legislation": Ground("A law provides for this use", "POPIA s 11(3)(a)", frozenset({"object"})),
    "unfounded": Ground("That part of the complaint was not found to be so", "POPIA s 74", frozenset({"complaint"})),
}  # fmt: skip

CHANNELS: dict[str, str] = {
    "page": "On the person's own page",
    "link": "By the link of a message",
    "email": "By email",
    "telephone": "By telephone",
    "paper": "On paper",
    "in_person": "In person",
    "sms": "By SMS or WhatsApp",
}
ANSWERED_BY: dict[str, str] = {
    "email": "By email, sent from here",
    "post": "By post",
    "hand": "By hand",
    "own_email": "By email, sent from elsewhere",
}
BY_THEMSELVES = ("page", "link")  # the ways on which no colleague is
UNRECORDED = "unrecorded, not valid evidence"


def due_on(received: date) -> date:
    """Thirty calendar days later; the next day that is no Sunday and no public holiday (P-23-1)."""
    return working(received + DAYS)


def extended(due: date) -> date:
    """The one longer time that the law allows: thirty days more (PAIA s 57)."""
    return working(due + DAYS)


def working(day: date) -> date:
    """The day itself, or the first after it that is no Sunday and no public holiday."""
    while day.weekday() == 6 or day in holidays(day.year):
        day += timedelta(days=1)
    return day


def reference(year: int, number: int) -> str:
    """How a request is called towards people: R2026-0012."""
    return f"R{year}-{number:04d}"


@dataclass(frozen=True)
class Reply:
    """What is said to a request."""

    outcome: str
    text: str
    how: str
    refused: str = ""  # the part that is refused
    ground: str = ""
    reasons: str = ""
    about: str = ""  # which detail a statement is about
    statement: str = ""


def problems(kind: str, reply: Reply, *, is_verified: bool) -> dict[str, str]:
    """What keeps this answer from being given, by the field at which it is mended (ss 23, 24; PAIA s 56(3))."""
    found: dict[str, str] = {}
    asked = KINDS[kind]
    if reply.outcome not in asked.outcomes:
        found["outcome"] = "Choose how it ends."
    if not reply.text.strip():
        found["text"] = "Write the answer: a request cannot be closed without one in writing (s 24(4))."
    if reply.how not in ANSWERED_BY:
        found["how"] = "Choose how the answer reaches the person."
    if reply.outcome in REFUSING and kind not in GROUNDS.get(reply.ground, Ground("", "", frozenset())).kinds:
        found["ground"] = "A refusal rests on a ground of the law: choose it."
    if reply.outcome in EXPLAINED and not reply.reasons.strip():
        found["reasons"] = "Give the reasons: the person must be able to judge them."
    if reply.outcome == "part" and not reply.refused.strip():
        found["refused"] = "Say which part is refused. The rest is still given."
    if reply.outcome == "statement" and not reply.about.strip():
        found["about"] = "Say which detail the statement is about."
    if reply.outcome == "statement" and not reply.statement.strip():
        found["statement"] = "Write what the person says about it."
    is_refused_for_identity = reply.outcome == "refused" and reply.ground == "identity"
    if asked.needs_identity and not is_verified and not is_refused_for_identity:
        found.setdefault("outcome", "Note first how it was checked who asks.")
    return found


def why_open(kind: str, outcome: str, *, is_answered: bool, is_gone: bool) -> str:
    """Why a request may not be closed yet, in a sentence; "" when it may (s 24(4), reg 3)."""
    if not is_answered:
        return "It cannot be closed before the answer was given in writing."
    if kind == "delete" and outcome == "deleted" and not is_gone:
        return "The answer is given; the details are still here and must be deleted now."
    return ""


@dataclass
class Counted:
    """One line of the counters for a year (PAIA s 83(4))."""

    received: int = 0
    full: int = 0
    part: int = 0
    refused: int = 0
    extended: int = 0
    late: int = 0  # not answered in time: which counts as refused (PAIA s 58)
    waiting: int = 0
    grounds: dict[str, int] = field(default_factory=dict)


def counted(rows: Iterable[Mapping[str, object]]) -> dict[str, Counted]:
    """The counters of each kind. A row says `kind`, `outcome`, `ground`, `is_answered`, `is_late`, `is_extended`."""
    found = {kind: Counted() for kind in KINDS}
    for row in rows:
        line = found[str(row["kind"])]
        line.received += 1
        line.extended += bool(row["is_extended"])
        line.late += bool(row["is_late"])
        result = RESULT_OF.get(str(row["outcome"])) if row["is_answered"] else None
        line.waiting += result is None
        line.full += result == FULL
        line.part += result == PART
        line.refused += result == REFUSED
        if result is not None and row["ground"]:
            ground = str(row["ground"])
            line.grounds[ground] = line.grounds.get(ground, 0) + 1
    return found


def year_of(day: date) -> int:
    """The year, from April to March, in which a day lies, named by its first (PA-4)."""
    return day.year if day.month >= 4 else day.year - 1


def bounds_of(year: int) -> tuple[date, date]:
    return date(year, 4, 1), date(year + 1, 3, 31)
