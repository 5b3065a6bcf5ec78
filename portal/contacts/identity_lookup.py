"""Finds contacts by a whole identity number, under the keyed hash; nobody else than who sees such numbers."""

from collections.abc import Iterable
from typing import Any

from portal.accounts.service import today
from portal.contacts.identity_rules import sought
from portal.contacts.models import Contact
from portal.contacts.more_models import Identity
from portal.core.actor import current_actor
from portal.core.keys import address_macs
from portal.core.permissions import DataSet


def channel_of(kind: str) -> str:
    """The purpose under which numbers of this kind are hashed."""
    return f"identity:{kind}"


def found_by(text: str) -> Any:
    """The condition on Contact that the text is one of its numbers; None where it is no number, or hidden."""
    if not current_actor().sees(DataSet.IDENTITY):
        return None
    numbers = sought(text, today=today())
    if not numbers:
        return None
    macs = [mac for kind, normal in numbers for mac in _macs(kind, normal)]
    return Contact.id.in_(Identity.select(Identity.contact_id).where(Identity.mac.in_(macs)))


def contacts_with(kind: str, normals: Iterable[str]) -> dict[str, list[int]]:
    """{number: contacts that have it}; nothing where such numbers are hidden from the actor."""
    if not current_actor().sees(DataSet.IDENTITY):
        return {}
    numbers = {mac: normal for normal in normals for mac in _macs(kind, normal)}
    found: dict[str, list[int]] = {}
    if numbers:
        query = Identity.select(Identity.contact_id, Identity.mac).where(Identity.mac.in_(sorted(numbers)))
        for contact_id, mac in query.order_by(Identity.id).tuples():
            found.setdefault(numbers[mac], []).append(contact_id)
    return found


def _macs(kind: str, normal: str) -> list[str]:
    return address_macs(current_actor().org_id, channel_of(kind), normal)
