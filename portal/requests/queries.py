"""What the desk shows: requests and complaints as lines, the time line of one, and the counters of a year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.accounts.service import day_of, today
from portal.activity.models import LogEntry
from portal.activity.sentences import Sentence
from portal.campaigns.models import Campaign
from portal.contacts import history, seen_entries
from portal.contacts import queries as contacts
from portal.contacts.merged import with_merged
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.diary.queries import names_of as users_of
from portal.requests import desk
from portal.requests.models import Request
from portal.requests.rules import BY_THEMSELVES, COMPLAINTS, KINDS, Counted, Kind, bounds_of, counted, year_of

GONE = "Somebody who was removed since"
SHOWS: dict[str, str] = {
    "": "Open", "late": "Late", "soon": "Due within a week", "mine": "Mine", "nobody": "Nobody's", "closed": "Closed",
    "all": "All",
}  # fmt: skip
OWN_ACTS = ("request.received", "request.contact_found", "request.assigned", "request.verified", "request.extended",
            "request.answered", "request.passed_on", "request.closed")  # fmt: skip
# What is done to a contact because he asked, and is told on the time line of his request.
ACTS: dict[str, tuple[str, ...]] = {
    "held": ("contact.proof_made",),
    "access": ("contact.proof_made",),
    "recipients": ("contact.proof_made",),
    "correct": (
        "contact.details_changed", "contact.email_added", "contact.email_changed", "contact.email_removed",
        "contact.telephone_added", "contact.telephone_changed", "contact.telephone_removed", "contact.address_added",
        "contact.address_changed", "contact.address_removed", "contact.fields_changed", "contact.identity_changed",
        "contact.identity_removed", "contact.note_removed", "document.removed",
    ),
    "delete": ("contact.note_removed", "document.removed", "contact.erased"),
    "object": ("contact.restricted", "contact.unrestricted", "contact.objected", "contact.consent_withdrawn"),
    "marketing": ("contact.objected", "contact.unsubscribed", "contact.consent_withdrawn"),
    "spam": ("contact.objected", "contact.complained", "contact.consent_withdrawn"),
    "complaint": ("contact.objected", "contact.restricted", "contact.unrestricted"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A request as it stands in a list."""

    request: Request
    kind: Kind
    name: str  # who asks
    owner: str
    is_late: bool
    days: int  # until it is due; below nothing when it is late


@dataclass(frozen=True)
class Filter:
    show: str = ""  # of SHOWS
    kind: str = ""  # of rules.KINDS
    user_id: int = 0  # whose, for "mine"


def page(wanted: Filter, size: int, offset: int) -> list[Line]:
    """Open ones first, by the day on which they are due; then the closed, the newest first."""
    query = _found(wanted).order_by(Request.closed_at.is_null(False), Request.closed_at.desc(), Request.due, Request.id)
    return lines(query.limit(size).offset(offset))


def count(wanted: Filter) -> int:
    return int(_found(wanted).count())


def count_late() -> int:
    return int(_late().count())


def count_open() -> int:
    return int(Request.select().where(Request.answered_at.is_null(), Request.closed_at.is_null()).count())


def count_due(first: date, last: date) -> int:
    return int(_waiting(first, last).count())


def waiting(first: date, last: date) -> list[Line]:
    """Those to be answered by a day between these."""
    return lines(_waiting(first, last).order_by(Request.due, Request.id))


def lines(requests: Iterable[Request]) -> list[Line]:
    """These requests as lines: two queries however many there are."""
    rows = list(requests)
    names = history.names_of(sorted({row.contact_id for row in rows if row.contact_id}))
    owners = users_of({row.user_id for row in rows})
    day = today()
    return [
        Line(
            row, KINDS[row.kind], names.get(row.contact_id or 0, row.who or GONE),
            owners.get(row.user_id or 0, ""), row.answered_at is None and row.is_open and row.due < day,
            (row.due - day).days,
        )
        for row in rows
    ]  # fmt: skip


def line(request: Request) -> Line:
    return lines([request])[0]


def of_contacts(contact_ids: Sequence[int]) -> dict[int, list[Line]]:
    """The requests of these contacts, the newest first."""
    found: dict[int, list[Line]] = {i: [] for i in contact_ids}
    query = Request.select().where(Request.contact_id.in_(list(contact_ids))).order_by(Request.id.desc())
    for one in lines(query):
        found.setdefault(one.request.contact_id or 0, []).append(one)
    return found


def statements_of(contact_ids: Sequence[int]) -> dict[int, list[Request]]:
    """What these contacts say of details that they contest, and that must stand beside them (s 24(2)(d))."""
    mine = Request.contact_id.in_(list(contact_ids)) & (Request.outcome == "statement")
    found: dict[int, list[Request]] = {}
    for row in Request.select().where(mine).order_by(Request.id):
        found.setdefault(row.contact_id, []).append(row)
    return found


def own(contact_id: int) -> list[Request]:
    """What a person sees of his own requests, the newest first."""
    return list(Request.select().where(Request.contact_id == contact_id).order_by(Request.id.desc()).limit(20))


def candidates(request: Request) -> list[tuple[int, str]]:
    """The contacts who may be the one who asks, by name, of somebody who was noted as none."""
    if request.contact_id is not None or not request.who:
        return []
    found = contacts.page(contacts.Filter(text=request.who), 1, 5)
    return [(row.contact.id, ", ".join(filter(None, [contacts.name_of(row.contact), row.email]))) for row in found]


def newsletter(request: Request) -> Campaign | None:
    """The newsletter about which somebody complains, of who may see newsletters."""
    if (
        request.campaign_id is None
        or request.kind not in COMPLAINTS
        or not current_actor().may(Permission.CAMPAIGN_READ)
    ):
        return None
    found: Campaign | None = Campaign.get_or_none(Campaign.id == request.campaign_id)
    return found


def own_today(contact_id: int) -> int:
    """How many a person has written himself in the last day."""
    lately = Request.created_at > now() - timedelta(days=1)
    return int(
        Request.select().where(Request.contact_id == contact_id, Request.channel.in_(BY_THEMSELVES), lately).count()
    )


def time_line(request: Request) -> list[Sentence]:
    """What was done with the request, and to the contact because of it, in order, as far as the reader may know."""
    mine = (LogEntry.subject_id == request.id) & LogEntry.action.in_(OWN_ACTS)
    if request.contact_id is not None:
        acts = LogEntry.contact_id.in_(with_merged([request.contact_id])) & LogEntry.action.in_(ACTS[request.kind])
        acts = acts & (LogEntry.at >= request.created_at)
        if request.closed_at is not None:
            acts = acts & (LogEntry.at <= request.closed_at)
        mine = mine | acts
    entries = list(LogEntry.select().where(mine, *seen_entries.conditions()).order_by(LogEntry.seq))
    return history.sentences(entries)


def counters(year: int) -> dict[str, Counted]:
    """The counters of the year that begins on 1 April, of requests that came in it (PAIA s 83(4))."""
    first, last = bounds_of(year)
    columns = (Request.kind, Request.outcome, Request.ground, Request.answered_at, Request.due, Request.extended_on,
               Request.closed_at)  # fmt: skip
    rows = Request.select(*columns).where(Request.received_on.between(first, last))
    return counted(
        {
            "kind": row.kind, "outcome": row.outcome, "ground": row.ground, "is_answered": row.answered_at is not None,
            "is_late": _was_late(row), "is_extended": row.extended_on is not None,
        }
        for row in rows
    )  # fmt: skip


def years() -> list[int]:
    """The years of which there is something to count, the newest first."""
    first = Request.select(Request.received_on).order_by(Request.received_on).first()
    this = year_of(today())
    return list(range(this, (year_of(first.received_on) if first else this) - 1, -1))


def _was_late(row: Request) -> bool:
    if row.answered_at is not None:
        return day_of(row.answered_at) > row.due
    return row.closed_at is None and today() > row.due


def _late() -> Any:
    return Request.select().where(Request.answered_at.is_null(), Request.closed_at.is_null(), Request.due < today())


def _waiting(first: date, last: date) -> Any:
    return Request.select().where(
        Request.answered_at.is_null(), Request.closed_at.is_null(), Request.due.between(first, last)
    )


def _found(wanted: Filter) -> Any:
    query = Request.select()
    if wanted.show == "late":
        query = _late()
    elif wanted.show == "soon":
        query = _waiting(today(), today() + timedelta(days=7))
    elif wanted.show == "closed":
        query = query.where(Request.closed_at.is_null(False))
    elif wanted.show != "all":
        query = query.where(Request.closed_at.is_null())
    if wanted.show == "mine":
        query = query.where(Request.user_id == wanted.user_id)
    elif wanted.show == "nobody":
        query = query.where(Request.user_id.is_null() | Request.user_id.not_in([i for i, _ in desk.colleagues()]))
    if wanted.kind == "complaints":
        query = query.where(Request.kind.in_(COMPLAINTS))
    elif wanted.kind:
        query = query.where(Request.kind == wanted.kind)
    return query
