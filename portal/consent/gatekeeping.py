"""What the gate tells other features: which addresses asked not to be written to, and who is shown as such."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.consent.models import Justification
from portal.consent.queries import Candidate, facts, justifications, suppression_reasons
from portal.consent.rules import WHOLE_ORGANISATION, WORDS, Purpose, Refuse, may_send
from portal.contacts.holders import register_holder
from portal.contacts.models import Email
from portal.contacts.panels import Chip, Panel, register_chip, register_panel
from portal.contacts.rules import SOURCES
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.permissions import DataSet, Permission

TONES = {
    "unsubscribed": ("Unsubscribed", "warn"),
    "complained": ("Complained", "bad"),
    "objected": ("Objected", "warn"),
}


@dataclass(frozen=True)
class Verdict:
    """Whether one address may be written to, and why or why not."""

    address: str
    is_yes: bool
    why: str  # "" when yes
    basis: str  # the ground as it was recorded, in words


def register() -> None:
    register_chip("standing", Chip(standing))
    register_panel(Panel("may-we-write", "consent/_may_we.html", verdicts, Permission.CONTACT_READ))
    register_holder("justification", erase)


def standing(contact_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The chip of contacts one of whose addresses is suppressed or undeliverable."""
    if not contact_ids or not current_actor().sees(DataSet.EMAIL):
        return {}
    emails = list(Email.select().where(Email.contact_id.in_(list(contact_ids))))
    reasons = suppression_reasons([e.normal for e in emails])
    found: dict[int, tuple[str, str]] = {}
    for email in emails:
        if email.state == "undeliverable":
            found.setdefault(email.contact_id, ("Undeliverable", "bad"))
        if reason := reasons.get(email.normal):
            found[email.contact_id] = TONES.get(reason, ("Not to be contacted", "warn"))
    return found


def verdicts(contact_ids: Sequence[int]) -> dict[int, list[Verdict]]:
    """What the gate says of each address of these contacts today, for a newsletter."""
    if not current_actor().sees(DataSet.EMAIL):
        return {}
    emails = list(
        Email.select().where(Email.contact_id.in_(list(contact_ids))).order_by(Email.is_primary.desc(), Email.id)
    )
    grounds = justifications(contact_ids)
    known = facts([Candidate(e.contact_id, e.normal) for e in emails], Purpose.DIRECT_MARKETING)
    found: dict[int, list[Verdict]] = {}
    for email, fact in zip(emails, known, strict=True):
        answer = may_send(fact, now())
        is_no = isinstance(answer, Refuse) and answer.reason not in WHOLE_ORGANISATION
        why = WORDS[answer.reason] if is_no and isinstance(answer, Refuse) else ""
        basis = _basis(grounds.get(email.contact_id, []))
        found.setdefault(email.contact_id, []).append(Verdict(email.address, not is_no, why, basis))
    return found


def _basis(grounds: Sequence[Justification]) -> str:
    if not grounds:
        return "No basis is recorded yet."
    last = grounds[-1]
    kind = {"proven": "Agreed, with proof", "asserted": "Agreed, as we were told", "withheld": "Was asked, and said no"}
    said = [kind.get(last.standing, last.standing), SOURCES.get(last.source, last.source).lower()]
    # What a colleague typed begins with a capital, as people type, and so is a sentence of its own.
    sentences = filter(None, [": ".join(filter(None, said)), last.detail])
    return " ".join(f"{words.rstrip('.')}." for words in sentences)


def erase(contact_ids: list[int]) -> None:
    Justification.delete().where(Justification.contact_id.in_(contact_ids)).execute()
