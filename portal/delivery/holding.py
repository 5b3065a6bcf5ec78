"""How deliveries of an erased contact are emptied: states and hashes stay, the address goes."""

from portal.contacts.holders import Pointer, register_holder
from portal.core.clock import now
from portal.delivery.ledger import OPEN
from portal.delivery.models import SUPPRESSED, Delivery, DeliveryEvent


def erase(contact_ids: list[int]) -> None:
    """Empty the addresses and the servers' words, which may name them; what was waiting is suppressed."""
    mine = Delivery.contact_id.in_(contact_ids)
    Delivery.update(state=SUPPRESSED, reason="erased", ended_at=now(), lease=None).where(
        mine, Delivery.state.in_(OPEN)
    ).execute()
    Delivery.update(address="", reply="").where(mine).execute()


def erase_events(contact_ids: list[int]) -> None:
    DeliveryEvent.update(detail={}, source="", agent="").where(DeliveryEvent.contact_id.in_(contact_ids)).execute()


def register() -> None:
    register_holder("delivery", erase, Pointer(Delivery))
    register_holder("delivery_event", erase_events, Pointer(DeliveryEvent))
