"""Who was merged into whom. A contact that was merged keeps its entries in the log, which tell of who is kept."""

from collections.abc import Sequence

from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor, system


def with_merged(contact_ids: Sequence[int]) -> list[int]:
    """These contacts, and all who were merged into them."""
    if not contact_ids:
        return []
    with acting_as(system(current_actor().org_id)):
        query = Contact.select(Contact.id).where(Contact.merged_into.in_(list(contact_ids)))
        return [*contact_ids, *sorted(row[0] for row in query.tuples())]


def kept_of(contact_id: int) -> Contact | None:
    """Who is kept in place of this one, if he was merged, and if the actor may see who is kept."""
    with acting_as(system(current_actor().org_id)):
        merged = Contact.get_or_none(Contact.id == contact_id, Contact.merged_into.is_null(False))
    if merged is None:
        return None
    found: Contact | None = Contact.get_or_none(Contact.id == merged.merged_into, Contact.erased_at.is_null())
    return found
