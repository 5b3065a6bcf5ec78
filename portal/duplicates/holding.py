"""What duplicates tell other features: how their rows are erased, what stands on a contact's page, what follows an
import, and whom a new contact looks like.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.contacts.holders import register_fixed, register_holder
from portal.contacts.look_alikes import LookAlike, register_looker
from portal.contacts.models import Contact
from portal.contacts.panels import Panel, register_panel
from portal.contacts.queries import name_of
from portal.core.permissions import Permission
from portal.duplicates import finding
from portal.duplicates.models import Merge, Pair
from portal.duplicates.rules import said
from portal.imports.follow_ups import FollowUp, register_follow_up


def register() -> None:
    register_holder("duplicate_pair", _erase_pairs)
    register_holder("contact_merge", _erase_merges)
    for column in ("contact_id", "other_id"):
        register_fixed(f"duplicate_pair.{column}", "merging passes on what was said of a pair itself")
    for column in ("contact_id", "merged_id"):
        register_fixed(f"contact_merge.{column}", "it tells of one merge, whatever was merged since")
    words = "Look for duplicates among the {n} added"
    register_follow_up(FollowUp(words, "duplicates.of_import", Permission.CONTACT_MERGE))
    register_panel(Panel("look-alikes", "duplicates/_of_contact.html", look_alikes, Permission.CONTACT_EDIT))
    register_looker(look)


def look(names: Mapping[str, Any], email: str, telephone: str) -> list[LookAlike]:
    """Whom a contact about to be added looks like."""
    return [_told(one) for one in finding.like(names, email, telephone)]


def look_alikes(contact_ids: Sequence[int]) -> dict[int, list[LookAlike]]:
    """Whom these contacts look like, at this moment."""
    return {contact.id: [_told(one) for one in finding.of(contact)] for contact in _contacts(contact_ids)}


def _contacts(contact_ids: Sequence[int]) -> list[Contact]:
    return list(Contact.select().where(Contact.id.in_(list(contact_ids)), Contact.erased_at.is_null()))


def _told(one: finding.Like) -> LookAlike:
    reasons = said(one.likeness.reasons, finding.hidden_sets())
    return LookAlike(one.contact.id, name_of(one.contact), reasons)


def _erase_pairs(contact_ids: list[int]) -> None:
    Pair.delete().where(Pair.contact_id.in_(contact_ids) | Pair.other_id.in_(contact_ids)).execute()


def _erase_merges(contact_ids: list[int]) -> None:
    """What undoing would need tells of both."""
    either = Merge.contact_id.in_(contact_ids) | Merge.merged_id.in_(contact_ids)
    Merge.update(data={}, stayed=[]).where(either).execute()
