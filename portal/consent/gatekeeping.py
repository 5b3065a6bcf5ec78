"""What the gate tells other features: which addresses asked not to be written to, and who is shown as such; and how
what was recorded of a contact is erased.
"""

from collections.abc import Sequence

from portal.consent import block, suppressing
from portal.consent.models import ConsentEvent, Justification, Restriction, rewriting
from portal.consent.queries import restricted_of, suppression_reasons
from portal.contacts.address_guards import register_guard
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.models import Email
from portal.contacts.panels import Chip, Panel, register_chip, register_panel
from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission

TONES = {
    "unsubscribed": ("Unsubscribed", "warn"),
    "complained": ("Complained", "bad"),
    "objected": ("Objected", "warn"),
}


def register() -> None:
    register_chip("standing", Chip(standing))
    register_chip("restricted", Chip(restricted))
    register_panel(Panel("basis", "consent/_basis.html", block.load, Permission.CONTACT_READ))
    register_holder("justification", erase, Pointer(Justification))
    register_holder("consent_event", erase_events, Pointer(ConsentEvent, door=rewriting))
    register_holder("restriction", erase_restrictions, Pointer(Restriction))
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


def restricted(contact_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    return dict.fromkeys(restricted_of(contact_ids), ("Restricted", "bad"))


def erase(contact_ids: list[int]) -> None:
    Justification.delete().where(Justification.contact_id.in_(contact_ids)).execute()


def erase_events(contact_ids: list[int]) -> None:
    with rewriting():
        ConsentEvent.delete().where(ConsentEvent.contact_id.in_(contact_ids)).execute()


def erase_restrictions(contact_ids: list[int]) -> None:
    Restriction.delete().where(Restriction.contact_id.in_(contact_ids)).execute()
