"""What the gate tells other features: which addresses asked not to be written to, and who is shown as such."""

from collections.abc import Sequence

from portal.consent.models import Justification
from portal.consent.queries import suppression_reasons
from portal.contacts.holders import register_holder
from portal.contacts.models import Email
from portal.contacts.panels import Chip, register_chip
from portal.core.actor import current_actor
from portal.core.permissions import DataSet

TONES = {
    "unsubscribed": ("Unsubscribed", "warn"),
    "complained": ("Complained", "bad"),
    "objected": ("Objected", "warn"),
}


def register() -> None:
    register_chip("standing", Chip(standing))
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


def erase(contact_ids: list[int]) -> None:
    Justification.delete().where(Justification.contact_id.in_(contact_ids)).execute()
