"""What is held of people who subscribed, and how it is erased."""

from collections.abc import Sequence

from portal.contacts.holders import Pointer, register_holder
from portal.contacts.needles import needles_of
from portal.contacts.sweeps import register_sweep
from portal.subscribing.models import Subscription


def register() -> None:
    register_holder("subscription", erase, Pointer(Subscription))
    register_sweep("sign-ups that wait to be confirmed", waiting)


def erase(contact_ids: list[int]) -> None:
    Subscription.delete().where(Subscription.contact_id.in_(contact_ids)).execute()


def waiting(contact_ids: Sequence[int]) -> int:
    """Forget what was typed for the address of one of these and nobody has confirmed."""
    needles = needles_of(contact_ids)
    gone = [
        row.id
        for row in Subscription.select(Subscription.id, Subscription.email, Subscription.typed).where(
            Subscription.contact_id.is_null(), Subscription.email != ""
        )
        if needles.address_in(row.email)
    ]
    return int(Subscription.delete().where(Subscription.id.in_(gone)).execute()) if gone else 0
