"""Looking after the duties: giving one to somebody, noting that it was done. Each act and its entry in the log are one
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import IO, Any

from peewee import fn

from portal.accounts.models import Membership
from portal.accounts.service import actor_for, current_org, members, register_founder, today
from portal.activity import log
from portal.activity.models import LogEntry
from portal.compliance import rules
from portal.compliance.catalogue import DUTIES
from portal.compliance.catalogue import Duty as Told
from portal.compliance.models import Duty, DutyDone
from portal.core.actor import current_actor, require
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.readings import Reading, readings_of
from portal.core.text import InvalidText, clean_text
from portal.core.written import day
from portal.delivery import notices
from portal.documents import service as documents
from portal.documents.models import Document
from portal.signin import telling

FOLDER = "Duties"
LONGEST = 2_000
HISTORY = 20
_SAID = {"duty.assigned": "said who looks after it, and by when", "duty.done": "noted that it was done"}


class DutyNotFound(LookupError):
    pass


class BadDuty(Misfit):
    """This cannot be kept so. `field` is where it is mended."""


@dataclass(frozen=True)
class Line:
    """A duty as it stands: what it says, whose it is, what was read of it, and when it was last done."""

    row: Duty
    told: Told
    state: str
    owner: str
    readings: Sequence[Reading]
    last: DutyDone | None
    paper: Document | None  # the evidence, while it is there and the reader may see it

    @property
    def needs_looking(self) -> bool:
        return self.state == rules.OVERDUE or any(reading.is_well is False for reading in self.readings)


@dataclass(frozen=True)
class Past:
    """An entry of the record about a duty."""

    at: datetime
    who: str
    did: str
    changes: Sequence[str]


@dataclass(frozen=True)
class Evidence:
    stream: IO[bytes]
    filename: str


def register() -> None:
    register_founder(begin)


def begin() -> None:
    """Write the twenty duties of a new organisation."""
    Duty.insert_many([{"key": key} for key in DUTIES]).execute()


def colleagues() -> list[tuple[int, str]]:
    """Who can look after a duty: users who see this page."""
    return [(one.user_id, one.user.name) for one in members() if _may(one)]


def everything() -> list[Line]:
    """All duties in the order of the paper, in a fixed number of queries."""
    require(Permission.PRIVACY)
    rows = {row.key: row for row in Duty.select()}
    return _lines([rows[key] for key in DUTIES if key in rows])


def find(duty_id: int) -> Duty:
    row: Duty | None = Duty.get_or_none(Duty.id == duty_id, Duty.key.in_(list(DUTIES)))
    if row is None:
        raise DutyNotFound("There is no such duty.")
    return row


def line_of(row: Duty) -> Line:
    require(Permission.PRIVACY)
    return _lines([row])[0]


def history(row: Duty) -> list[DutyDone]:
    """When it was done, the newest first."""
    return list(DutyDone.select().where(DutyDone.duty_id == row.id).order_by(DutyDone.id.desc()).limit(HISTORY))


def changes(row: Duty) -> list[Past]:
    """What the record tells of it, the newest first."""
    mine = LogEntry.contact_id.is_null() & (LogEntry.subject_id == row.id)
    query = LogEntry.select().where(mine, LogEntry.action.in_(list(_SAID))).order_by(LogEntry.seq.desc())
    return [
        Past(one.at, one.detail["actor"], _SAID[one.action], [_in_words(*pair) for pair in _pairs(one.detail)])
        for one in query.limit(HISTORY)
        if one.detail
    ]


def _pairs(detail: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(name, pair[1]) for name, pair in detail.get("changes", {}).items()]


def _in_words(name: str, value: str | None) -> str:
    if name == "owner":
        return f"{value or 'Nobody'} looks after it."
    told = day(date.fromisoformat(value), notices.HOME) if value else "no day"
    return f"Done on {told}." if name == "done" else f"Due: {told}."


def papers(ids: Sequence[int]) -> dict[int, Document]:
    """These documents, as far as they are there and the actor may see them."""
    if not current_actor().may(Permission.DOCUMENT_READ):
        return {}
    return {one.id: one for one in Document.select().where(Document.id.in_(list(ids) or [0]))}


def assign(row: Duty, user_id: int | None, due: date | None) -> None:
    """Say who looks after it, and by when. Raises BadDuty."""
    require(Permission.PRIVACY)
    names = dict(colleagues())
    if user_id is not None and user_id not in names:
        raise BadDuty("Choose somebody who works here and sees this page.", "user_id")
    if due is not None and not today().year - 2 <= due.year <= today().year + 20:
        raise BadDuty("Enter a day of these years.", "due")
    pairs: dict[str, list[Any]] = {
        "owner": [names.get(row.user_id or 0, ""), names.get(user_id or 0, "")],
        "due": [_day(row.due), _day(due)],
    }
    told = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if not told and user_id == row.user_id:
        return
    with transaction():
        Duty.update(user_id=user_id, due=due, reminded_at=None).where(Duty.id == row.id).execute()
        log.write("duty.assigned", subject_id=row.id, changes=told, duty=DUTIES[row.key].title)


def done(row: Duty, on: date, words: str, due: date | None, evidence: Evidence | None = None) -> DutyDone:
    """Note that it was done, with what shows it, and when it comes again. Raises BadDuty; BadDocument and Denied for a
    paper that cannot be taken in.
    """
    require(Permission.PRIVACY)
    words = _words(words, "Say in a few words what was done, and what shows it.", "words")
    if on > today():
        raise BadDuty("This day is not over yet.", "done_on")
    if on.year < today().year - 10:
        raise BadDuty("This day is long past. Enter the year with four digits.", "done_on")
    if due is not None and due <= on:
        raise BadDuty("It comes again on a day after it was done.", "due")
    actor = current_actor()
    with transaction():
        paper = None
        if evidence is not None:
            paper = documents.add(
                evidence.stream, evidence.filename, kind="evidence", folder=FOLDER, needs=Permission.PRIVACY
            )
        made = DutyDone.create(
            duty_id=row.id, done_on=on, words=words, document_id=paper.id if paper else None,
            sha256=paper.sha256 if paper else "", user_id=actor.user_id, name=actor.name,
        )  # fmt: skip
        Duty.update(done_on=on, due=due, reminded_at=None).where(Duty.id == row.id).execute()
        log.write(
            "duty.done", subject_id=row.id, duty=DUTIES[row.key].title, evidence=made.sha256,
            words=sha256(words.encode()).hexdigest(),  # what it says stands with the duty; this proves it
            changes={"done": [_day(row.done_on), _day(on)], "due": [_day(row.due), _day(due)]},
        )  # fmt: skip
    return made


def tell_what_is_missing(words: str) -> None:
    """Send whoever looks after the installation what is missing in this list (R74)."""
    require(Permission.PRIVACY)
    words = _words(words, "Write first what is missing.", "words")
    org, actor = current_org(), current_actor()
    user = next((one.user for one in members() if one.user_id == actor.user_id), None)
    with transaction():
        for recipient in telling.recipients():
            notices.send(
                "duties_missing", recipient, user_id=actor.user_id, org=org.name, name=actor.name, words=words,
                address=user.email if user else "",
            )  # fmt: skip
        log.write("duty.missing_told")


def overdue() -> int:
    """How many duties are late."""
    return int(Duty.select().where(Duty.due < today()).count())


def _lines(rows: Sequence[Duty]) -> list[Line]:
    on, names = today(), dict(colleagues())
    newest = DutyDone.select(fn.MAX(DutyDone.id)).where(DutyDone.duty_id.in_([row.id for row in rows]))
    last = {one.duty_id: one for one in DutyDone.select().where(DutyDone.id.in_(newest.group_by(DutyDone.duty_id)))}
    known = papers([one.document_id for one in last.values() if one.document_id])
    return [
        Line(
            row=row,
            told=DUTIES[row.key],
            state=rules.state(row.due, row.done_on, on),
            owner=names.get(row.user_id or 0, ""),
            readings=readings_of(row.key),
            last=last.get(row.id),
            paper=known.get(last[row.id].document_id or 0) if row.id in last else None,
        )
        for row in rows
    ]


def _may(membership: Membership) -> bool:
    return membership.user.disabled_at is None and actor_for(membership).may(Permission.PRIVACY)


def _words(text: str, missing: str, field: str) -> str:
    try:
        clean = clean_text(text, max_length=LONGEST, lines=True)
    except InvalidText as error:
        raise BadDuty(str(error), field) from error
    if not clean:
        raise BadDuty(missing, field)
    return clean


def _day(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
