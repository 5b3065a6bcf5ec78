"""What the gate tells other features: which addresses asked not to be written to, and who is shown as such."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.consent import suppressing
from portal.consent.grounds import GRANTS, KINDS
from portal.consent.models import ConsentEvent, Justification, Restriction, rewriting
from portal.consent.queries import Candidate, events_of, facts, suppression_reasons
from portal.consent.rules import WHOLE_ORGANISATION, WORDS, Aim, PurposeClass, Refuse, may_send
from portal.contacts.address_guards import register_guard
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
    register_holder("consent_event", erase_events)
    register_holder("restriction", erase_restrictions)
    register_guard(suppressing.guard)


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
    grounds = events_of(contact_ids)
    known = facts([Candidate(e.contact_id, e.normal) for e in emails], Aim(PurposeClass.DIRECT_MARKETING))
    found: dict[int, list[Verdict]] = {}
    for email, fact in zip(emails, known, strict=True):
        answer = may_send(fact, now())
        is_no = isinstance(answer, Refuse) and answer.reason not in WHOLE_ORGANISATION
        why = WORDS[answer.reason] if is_no and isinstance(answer, Refuse) else ""
        basis = _basis(grounds.get(email.contact_id, []))
        found.setdefault(email.contact_id, []).append(Verdict(email.address, not is_no, why, basis))
    return found


def _basis(grounds: Sequence[ConsentEvent]) -> str:
    if not grounds:
        return "No basis is recorded yet."
    last = grounds[-1]
    kind = f"Agreed, {'with proof' if last.proof == 'proven' else 'as we were told'}"
    said = [kind if last.kind in GRANTS else KINDS[last.kind], SOURCES.get(last.source, last.source).lower()]
    # What a colleague typed begins with a capital, as people type, and so is a sentence of its own.
    sentences = filter(None, [": ".join(filter(None, said)), last.detail])
    return " ".join(f"{words.rstrip('.')}." for words in sentences)


def erase(contact_ids: list[int]) -> None:
    Justification.delete().where(Justification.contact_id.in_(contact_ids)).execute()


def erase_events(contact_ids: list[int]) -> None:
    with rewriting():
        ConsentEvent.delete().where(ConsentEvent.contact_id.in_(contact_ids)).execute()


def erase_restrictions(contact_ids: list[int]) -> None:
    Restriction.delete().where(Restriction.contact_id.in_(contact_ids)).execute()
