"""Requests and complaints, whoever brings them: noted, given to somebody, checked, put off once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from portal.accounts.service import today
from portal.activity import log
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.delivery.models import Delivery
from portal.requests import desk, mails, stopping
from portal.requests.models import Request
from portal.requests.rules import BY_THEMSELVES, CHANNELS, KEPT, KINDS, due_on, extended

# What of a request goes with the person. The rest names nobody.
FORGOTTEN: dict[str, Any] = {
    "contact_id": None, "who": "", "reach": "", "text": "", "recording": "", "mac": "", "extended_why": "",
    "verified_how": "", "refused": "", "reasons": "", "about": "", "statement": "", "answer": "", "mail_id": None,
}  # fmt: skip
BY_CODE = "By a code sent to an address on file"
OLDEST = 400  # days that a request may have lain about before it is noted here


class RequestNotFound(LookupError):
    pass


class BadRequest(Misfit):
    """It cannot be kept so. `field` is where it is mended."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks, by whichever way it came. `mac` and `delivery` are of the link by which it came."""

    kind: str
    channel: str
    text: str
    received_on: date | None = None  # today
    contact_id: int | None = None
    who: str = ""
    reach: str = ""
    recording: str = ""
    user_id: int | None = None
    mac: str = ""
    delivery: Delivery | None = None
    verified_how: str = ""


def find(request_id: int) -> Request:
    found = Request.get_or_none(Request.id == request_id)
    if found is None:
        raise RequestNotFound("There is no such request.")
    return found


def note(asked: Asked) -> Request:
    """A colleague notes what came by telephone, mail or on paper. Raises BadRequest and ContactNotFound."""
    require(Permission.PRIVACY)
    if asked.contact_id is not None:
        contacts.find(asked.contact_id)
    _check(asked)
    return receive(asked)


def receive(asked: Asked) -> Request:
    """Keep a request, do what must not wait, and tell whoever looks after it."""
    received = asked.received_on or today()
    owner = asked.user_id or desk.recipient_id(asked.contact_id)
    with transaction():
        lock(Org.select().where(Org.id == current_actor().org_id)).get()
        if asked.contact_id is not None:
            lock(Contact.select().where(Contact.id == asked.contact_id)).get()
        made = Request.create(
            contact_id=asked.contact_id, year=received.year, number=_next_number(received.year), kind=asked.kind,
            channel=asked.channel, who=asked.who, reach=asked.reach, text=asked.text, recording=asked.recording,
            mac=asked.mac, campaign_id=asked.delivery.campaign_id if asked.delivery else None, received_on=received,
            due=due_on(received), user_id=owner, added_by=current_actor().name, verified_how=asked.verified_how,
            verified_at=now() if asked.verified_how else None,
            verified_by=current_actor().name if asked.verified_how else "",
        )  # fmt: skip
        _log("request.received", made, {"kind": [None, KINDS[made.kind].words], "due": [None, made.due.isoformat()]})
        stopping.at_once(made, asked.delivery)
        if owner is None or owner != current_actor().user_id:
            mails.tell_colleague(made, desk.address_of(owner))
    return made


def assign(request: Request, user_id: int | None) -> None:
    """Give it to a colleague who may see it, or to nobody. Raises BadRequest."""
    require(Permission.PRIVACY)
    names = dict(desk.colleagues(request.contact_id))
    if user_id is not None and user_id not in names:
        raise BadRequest(desk.NOBODY, "user_id")
    if user_id == request.user_id:
        return
    with transaction():
        Request.update(user_id=user_id).where(Request.id == request.id).execute()
        who = [names.get(request.user_id or 0, ""), names.get(user_id or 0, "")]
        _log("request.assigned", request, {"who": who})
        request.user_id = user_id
        if user_id is not None and user_id != current_actor().user_id:
            mails.tell_colleague(request, desk.address_of(user_id))


def verify(request: Request, how: str) -> None:
    """Note how it was checked who asks (P-23-2). Raises BadRequest."""
    require(Permission.PRIVACY)
    _require_open(request, "how")
    if request.verified_at is not None:
        raise BadRequest("It was checked already who asks.", "how")
    if not how.strip():
        raise BadRequest("Say how it was checked who asks, such as: showed her ID card at the office.", "how")
    with transaction():
        values = {"verified_at": now(), "verified_how": how.strip(), "verified_by": current_actor().name}
        Request.update(**values).where(Request.id == request.id).execute()
        _log("request.verified", request, {})


def extend(request: Request, why: str) -> None:
    """Take the one longer time of the law; the person must have been told before. Raises BadRequest (PAIA s 57)."""
    require(Permission.PRIVACY)
    _require_open(request, "why")
    if request.answered_at is not None:
        raise BadRequest("It is answered already: there is nothing to put off.", "why")
    if request.extended_on is not None:
        raise BadRequest("It was put off once already, and the law allows no more.", "why")
    if request.due < today():
        raise BadRequest("Its time is over: it cannot be put off any more.", "why")
    if not why.strip():
        raise BadRequest("Say why, and how and when the person was told.", "why")
    due = extended(request.due)
    with transaction():
        Request.update(due=due, extended_on=today(), extended_why=why.strip()).where(Request.id == request.id).execute()
        _log("request.extended", request, {"due": [request.due.isoformat(), due.isoformat()]})


def set_contact(request: Request, contact_id: int) -> None:
    """Say which contact it is who asks. Raises ContactNotFound."""
    require(Permission.PRIVACY)
    _require_open(request, "contact_id")
    contacts.find(contact_id)
    with transaction():
        mine = (Request.id == request.id) & Request.contact_id.is_null() & Request.closed_at.is_null()
        if not Request.update(contact_id=contact_id, who="").where(mine).execute():
            return
        fresh = find(request.id)
        _log("request.contact_found", fresh, {})
        stopping.at_once(fresh)


def tidy() -> None:
    """Forget the words of those who are no contacts, a year after they were answered: nobody else would."""
    old = (Request.closed_at < now() - KEPT) & Request.erased_at.is_null() & Request.contact_id.is_null()
    Request.update(**FORGOTTEN, erased_at=now()).where(old).execute()


def _check(asked: Asked) -> None:
    if asked.kind not in KINDS:
        raise BadRequest("Choose what is asked.", "kind")
    if asked.channel not in CHANNELS or asked.channel in BY_THEMSELVES:
        raise BadRequest("Choose how it came.", "channel")
    if asked.contact_id is None and not asked.who.strip():
        raise BadRequest("Enter who asks.", "who")
    if asked.received_on is not None and asked.received_on > today():
        raise BadRequest("This day lies in the future.", "received_on")
    if asked.received_on is not None and (today() - asked.received_on).days > OLDEST:
        raise BadRequest("This day is long past. Enter the year with four digits.", "received_on")
    if asked.user_id is not None and asked.user_id not in dict(desk.colleagues(asked.contact_id)):
        raise BadRequest(desk.NOBODY, "user_id")


def _require_open(request: Request, field: str) -> None:
    if not request.is_open:
        raise BadRequest("This request is closed.", field)


def _next_number(year: int) -> int:
    """The next one of the year, whoever asks: a person sees no requests but his own."""
    with acting_as(system(current_actor().org_id)):
        return int(Request.select(fn.MAX(Request.number)).where(Request.year == year).scalar() or 0) + 1


def _log(action: str, request: Request, changes: dict[str, list[Any]]) -> None:
    told: dict[str, list[Any]] = {"request": [None, request.reference], **changes}
    log.write(action, request.contact_id, subject_id=request.id, changes=told)
