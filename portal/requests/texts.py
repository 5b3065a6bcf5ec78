"""The texts of answers to begin with, and an organisation's own in place of them. What
is in [[brackets]] is filled in.
"""

import re
from collections.abc import Mapping

from portal.activity import log
from portal.core.actor import current_actor, require
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.core.text import InvalidText, clean_text
from portal.requests.models import AnswerText
from portal.requests.rules import KINDS

LONGEST = 8_000
FIELDS: dict[str, str] = {
    "name": "the name of the person",
    "organisation": "the name of the organisation",
    "reference": "the number of the request",
    "received": "the day on which it came",
    "officer": "the information officer",
    "recipients": "who was given the details",
}
_BEGIN = "Dear [[name]]\n\nThank you for your request [[reference]], which we received on [[received]].\n\n"
_BEGIN_OF_COMPLAINT = (
    "Dear [[name]]\n\nThank you for telling us. We received your complaint [[reference]] on [[received]].\n\n"
)
_END = "\n\n[[officer]]\n[[organisation]]"
_RIGHTS = "\n\nYou may ask us again at any time, and you may ask us to correct what is wrong."  # s 23(2)
_UNWRITTEN = "…"
_NOTHING = "We looked through our records and keep nothing about you."
_STOPPED = "You receive nothing more from us that sells something or asks for gifts."

# What stands between greeting and name, by kind and outcome.
BODIES: dict[str, str] = {
    "held.given": "Yes, we keep details about you. You may see them, free of charge: tell us if you want a copy."
    f"{_RIGHTS}",
    "held.nothing": _NOTHING,
    "access.given": "With this you receive everything that we keep about you, where it came from, and what was done "
    f"with it. These were given your details:\n\n[[recipients]]{_RIGHTS}",
    "access.part": f"With this you receive what we keep about you, but for the part named below.{_RIGHTS}",
    "access.nothing": _NOTHING,
    "recipients.given": f"These were given your details:\n\n[[recipients]]{_RIGHTS}",
    "recipients.nothing": "Nobody outside [[organisation]] was given your details.",
    "correct.corrected": "We corrected it. Whoever was given the wrong details by us is told of it.",
    "correct.evidence": "We looked into it and believe that what we keep is right. This is what shows it:\n\n…",
    "correct.statement": "We could not agree on what is right. Your statement now stands with the details, for "
    "everybody who reads them.",
    "delete.deleted": "We delete what we keep about you as soon as this message has left. Two things stay: a coded "
    "entry of your address, which nobody can read and which keeps us from writing to you again, and the number of "
    "messages that we sent, without your name.",
    "delete.part": "We delete what we keep about you, but for the part named below.",
    "delete.refused": "We cannot delete what we keep about you, for the reason named below.",
    "object.stopped": "We stopped using your details in the way to which you object.",
    "object.refused": "We looked into your objection and cannot follow it, for the reason named below.",
    "marketing.stopped": f"We stopped at once. {_STOPPED} That holds for email, SMS, telephone and post.",
    "spam.stopped": f"We are sorry that it troubled you. Your address was taken out at once. {_STOPPED}",
    "complaint.mended": "You were right, and we are sorry. This is what we did about it:\n\n…",
    "complaint.unfounded": "We looked into it and did not find that something went wrong, for the reason named below.",
}  # fmt: skip
KEYS = tuple(f"{name}.{outcome}" for name, kind in KINDS.items() for outcome in kind.outcomes)
_TOKEN = re.compile(r"\[\[\s*([a-z]+)\s*\]\]")


class BadText(Misfit):
    """The text cannot be kept so."""


def text_of(key: str) -> str:
    """The organisation's own words for this end of a request, or those it begins with."""
    own = AnswerText.get_or_none(AnswerText.key == key)
    return str(own.text) if own else standard(key)


def standard(key: str) -> str:
    """The words that every organisation begins with."""
    begin = _BEGIN_OF_COMPLAINT if KINDS[key.partition(".")[0]].is_complaint else _BEGIN
    return f"{begin}{BODIES.get(key, _UNWRITTEN)}{_END}"


def own_keys() -> set[str]:
    return {row.key for row in AnswerText.select(AnswerText.key)}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is in brackets put in; a word that is none of FIELDS stays as it is."""
    return _TOKEN.sub(lambda found: values.get(found[1], found[0]), text)


def save(key: str, text: str) -> None:
    """Keep the organisation's own words; an empty text takes the standard ones back. Raises BadText."""
    require(Permission.PRIVACY)
    try:
        cleaned = clean_text(text, max_length=LONGEST, lines=True)
    except InvalidText as error:
        raise BadText(str(error), "text") from error
    if wrong := sorted(set(_TOKEN.findall(cleaned)) - set(FIELDS)):
        raise BadText(f"There is nothing to put in for [[{wrong[0]}]].", "text")
    with transaction():
        lock(Org.select().where(Org.id == current_actor().org_id)).get()
        before = text_of(key)
        AnswerText.delete().where(AnswerText.key == key).execute()
        if cleaned and cleaned != standard(key):
            AnswerText.create(key=key, text=cleaned)
        if (cleaned or standard(key)) != before:
            log.write("request.text_changed", text=key)
