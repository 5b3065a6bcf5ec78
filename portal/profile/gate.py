"""The one gate, asked before a message about somebody's own page leaves (L02; domain.md 1.16)."""

from portal.consent.queries import Candidate, facts
from portal.consent.rules import WHOLE_ORGANISATION, WORDS, Aim, PurposeClass, Refuse, may_send
from portal.contacts.models import Contact
from portal.core.actor import seeing_everything
from portal.core.clock import now


def refusal(contact: Contact, normal: str, kind: PurposeClass) -> str:
    """Why this address of the contact's gets no such message, in the gate's words; "" when it does."""
    with seeing_everything():
        answer = may_send(facts([Candidate(contact.id, normal)], Aim(kind))[0], now())
    return WORDS[answer.reason] if isinstance(answer, Refuse) and not _is_owed_all_the_same(answer.reason, kind) else ""


def _is_owed_all_the_same(reason: str, kind: PurposeClass) -> bool:
    """Who asks to see his details is answered also while the organisation may not write to anybody (ss 23, 24)."""
    return kind is PurposeClass.RIGHTS and reason in WHOLE_ORGANISATION
