"""The written answer: without it nothing is closed (s 24(4), reg 3). What is refused is refused in part only, with its
ground and reasons and the way to the Regulator; the rest is given (P-23-4).
"""

from typing import Any

from portal.accounts.service import current_org
from portal.activity import log
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text
from portal.core.written import day
from portal.delivery.notices import HOME
from portal.privacy_notice.rules import REGULATOR
from portal.requests import desk, mails, queries, recipients, texts
from portal.requests.models import Request
from portal.requests.rules import EXPLAINED, GROUNDS, PASSED_ON, REFUSING, Reply, problems, why_open

ROUTE = (
    "If you do not agree with this, tell us, or complain to the Information Regulator, free of charge. You may also go "
    "to court.\n\n"
)
LONGEST = 8_000


class BadReply(ValueError):
    """The answer cannot be given so. `errors` has a sentence for each field where something is amiss."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class NotClosed(Misfit):
    """It may not be closed yet; the message says why."""


def draft(request: Request, outcome: str) -> str:
    """The text to begin with for this end of the request, filled in."""
    key = f"{request.kind}.{outcome}"
    return texts.filled(texts.text_of(key), _values(request))


def answer(request: Request, reply: Reply) -> None:
    """Give the answer, in writing; then close the request, unless something is still to be done. A correction is passed
    on to those who were given the details. Raises BadReply.
    """
    require(Permission.PRIVACY)
    with transaction():
        fresh = lock(Request.select().where(Request.id == request.id)).get()
        if fresh.answered_at is not None:
            raise BadReply({"text": "It was answered meanwhile."})
        if wrong := problems(fresh.kind, reply, is_verified=fresh.verified_at is not None):
            raise BadReply(wrong)
        text = whole(reply)
        mail_id = mails.send_answer(fresh, text) if reply.how == "email" else None
        if reply.how == "email" and mail_id is None:
            raise BadReply({"how": "There is no address to send it to. Print it, or answer from elsewhere."})
        is_refused, is_explained = reply.outcome in REFUSING, reply.outcome in EXPLAINED
        is_stated = reply.outcome == "statement"
        values: dict[str, Any] = {
            "outcome": reply.outcome, "refused": reply.refused if reply.outcome == "part" else "",
            "ground": reply.ground if is_refused else "", "reasons": reply.reasons if is_explained else "",
            "about": reply.about if is_stated else "", "statement": reply.statement if is_stated else "",
            "answer": text, "answered_how": reply.how, "answered_by": current_actor().name, "answered_at": now(),
            "mail_id": mail_id,
        }  # fmt: skip
        Request.update(**values).where(Request.id == fresh.id).execute()
        _log("request.answered", fresh, {"outcome": [None, reply.outcome]})
        if fresh.kind in ("correct", "delete") and reply.outcome in PASSED_ON:
            told = recipients.pass_on(fresh)
            if told:
                _log("request.passed_on", fresh, {"tasks": [None, told]})
        if not _why_open(Request.get_by_id(fresh.id)):
            _close(fresh)


def whole(reply: Reply) -> str:
    """The answer as the person reads it: what is refused stands below, with its ground, reasons and the way on."""
    text = clean(reply.text)
    if reply.outcome not in EXPLAINED:
        return text
    parts = [text]
    if reply.outcome == "part":
        parts.append(f"This part is refused: {reply.refused}")
    if reply.outcome in REFUSING:
        ground = GROUNDS[reply.ground]
        parts.append(f"The ground: {ground.words} ({ground.law}).")
    parts += [f"The reasons: {reply.reasons}", ROUTE + REGULATOR]
    return "\n\n".join(parts)


def close(request: Request) -> None:
    """Close what was left open for something that is done by now. Raises NotClosed."""
    require(Permission.PRIVACY)
    with transaction():
        fresh = lock(Request.select().where(Request.id == request.id)).get()
        if not fresh.is_open:
            return
        if words := _why_open(fresh):
            raise NotClosed(words, "close")
        _close(fresh)


def clean(text: str) -> str:
    """The text of an answer as it is kept. Raises BadReply."""
    try:
        return clean_text(text, max_length=LONGEST, lines=True)
    except InvalidText as error:
        raise BadReply({"text": str(error)}) from error


def name_of(request: Request) -> str:
    """Who asks, as he is shown."""
    contact = Contact.get_or_none(Contact.id == request.contact_id) if request.contact_id else None
    if contact is not None:
        return contacts.name_of(contact)
    return request.who or queries.GONE


def _why_open(request: Request) -> str:
    is_here = request.contact_id is not None
    return why_open(request.kind, request.outcome, is_answered=request.answered_at is not None, is_gone=not is_here)


def _close(request: Request) -> None:
    if Request.update(closed_at=now()).where(Request.id == request.id, Request.closed_at.is_null()).execute():
        _log("request.closed", request, {})


def _values(request: Request) -> dict[str, str]:
    org = current_org()
    return {
        "name": name_of(request), "organisation": org.legal_name or org.name, "reference": request.reference,
        "received": day(request.received_on, HOME), "officer": org.information_officer or desk.recipient_name(),
        "recipients": recipients.told(request.contact_id),
    }  # fmt: skip


def _log(action: str, request: Request, changes: dict[str, list[Any]]) -> None:
    told: dict[str, list[Any]] = {"request": [None, request.reference], **changes}
    log.write(action, request.contact_id, subject_id=request.id, changes=told)
