"""Consents for tests that are about something else than consent: without one the gate sends nothing."""

from collections.abc import Sequence

from portal.consent.models import ConsentEvent
from portal.consent.purposes import first
from portal.consent.recording import record
from portal.contacts.models import Contact
from portal.core.db import transaction


def agree(contact_ids: Sequence[int]) -> None:
    """These contacts agree to news and appeals by email."""
    with transaction():
        record(contact_ids, purpose_id=first().id, channels=["email"], kind="granted", method="paper", source="own")


def everybody_agrees() -> None:
    """Whoever of the current organisation has not said anything yet agrees."""
    said = {event.contact_id for event in ConsentEvent.select(ConsentEvent.contact_id)}
    agree([contact.id for contact in Contact.select(Contact.id) if contact.id not in said])
