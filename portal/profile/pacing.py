"""How often a person wants to be written to: his own word, which the gate obeys."""

from portal.consent.spacing import SPACINGS
from portal.contacts import record
from portal.contacts.models import Contact
from portal.core.db import lock, transaction
from portal.profile.links import Link


def choose(link: Link, typed: str) -> bool:
    """Keep how often; return whether that is new. What is not offered changes nothing."""
    if typed not in map(str, SPACINGS):
        return False
    with transaction():
        fresh = lock(Contact.select().where(Contact.id == link.contact.id)).get()
        return record.change(fresh, "contact.details_changed", spacing=int(typed))
