"""Consents for tests that are about something else than consent: without one the gate sends nothing."""

from collections.abc import Sequence

from portal.consent.models import ConsentEvent
from portal.consent.purposes import first
from portal.consent.recording import record
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.tenancy import Org
from portal.exports.leaving import purpose_handed_on


def agree(contact_ids: Sequence[int]) -> None:
    """These contacts agree to news and appeals by email."""
    with transaction():
        record(contact_ids, purpose_id=first().id, channels=["email"], kind="granted", method="paper", source="own")


def agree_to_hand_on(org: Org, *contact_ids: int, proof: str = "asserted", kind: str = "granted") -> None:
    """These contacts agree to their special information being handed on, or say what else `kind` is."""
    with acting_as(system(org.id)), transaction():
        purpose_id = purpose_handed_on().id
        record(contact_ids, purpose_id=purpose_id, channels=["email"], kind=kind, method="paper", proof=proof)


def everybody_agrees() -> None:
    """Whoever of the current organisation has not said anything yet agrees."""
    said = {event.contact_id for event in ConsentEvent.select(ConsentEvent.contact_id)}
    agree([contact.id for contact in Contact.select(Contact.id) if contact.id not in said])
