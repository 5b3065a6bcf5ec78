"""What belongs to a contact beside its details, told to the contact's page, its lists and its erasure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.contacts import children, identities, queries, relations, states
from portal.contacts.child_rules import Standing
from portal.contacts.holders import Pointer, register_fixed, register_holder, register_pointers
from portal.contacts.identity_rules import ID_NUMBER
from portal.contacts.models import Address, Contact, Email, GroupMember, Note, Telephone, Value, recording
from portal.contacts.more_models import Identity, Relation
from portal.contacts.panels import Chip, Panel, register_chip, register_panel
from portal.contacts.rules import ADDRESS_FIELDS
from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission


@dataclass(frozen=True)
class Numbers:
    """The numbers of a contact, with what is odd about them."""

    rows: list[Identity]
    warnings: list[str]
    others: list[tuple[int, str]]  # other contacts with the same number: (id, name)
    is_open: bool  # whether the actor may see them whole


def register() -> None:
    register_chip("deceased", Chip(states.chips_of_deceased))
    register_chip("archived", Chip(states.chips_of_archived))
    register_chip("child", Chip(children.chips))
    register_panel(Panel("relations", "contacts/_relations.html", related, Permission.CONTACT_READ))
    register_panel(Panel("numbers", "contacts/_numbers.html", numbers, Permission.CONTACT_READ))
    register_panel(Panel("standing", "contacts/_standing.html", no_more, Permission.CONTACT_READ))
    register_holder("contact_identity", identities.erase, Pointer(Identity, beside=("kind",), door=recording))
    one = Pointer(Relation, beside=("other_id", "kind"), apart="other_id", is_mutual=True, door=recording)
    two = Pointer(Relation, "other_id", ("contact_id", "kind"), apart="contact_id", is_mutual=True, door=recording)
    register_holder("contact_relation", relations.erase, one, two)
    for model, beside in ((Email, ("normal",)), (Telephone, ("number",)), (Address, ADDRESS_FIELDS), (Note, ())):
        register_pointers(Pointer(model, beside=beside, is_part=True, is_watched=True, door=recording))
    register_pointers(
        Pointer(GroupMember, beside=("group_id",), door=recording),
        Pointer(Value, beside=("field_id", "key"), is_watched=True, door=recording),
        Pointer(Value, "person_id", ("contact_id", "field_id"), apart="contact_id", key="key", door=recording),
    )
    register_fixed("log_entry.contact_id", "what was done is never rewritten; the time line of who is kept tells it")
    register_fixed("contact.merged_into", "it is what merging writes")


def no_more(_contact_ids: Sequence[int]) -> dict[int, None]:
    """Whether a contact has died or is archived stands in its own columns."""
    return {}


def related(contact_ids: Sequence[int]) -> dict[int, tuple[list[relations.Shown], Standing]]:
    """Who belongs to these contacts, and how they stand as children."""
    found, standing = relations.of(contact_ids), children.standings(contact_ids)
    return {i: (found.get(i, []), standing[i]) for i in contact_ids}


def numbers(contact_ids: Sequence[int]) -> dict[int, Numbers]:
    kept = queries.parts_of(Identity, contact_ids)
    born = dict(Contact.select(Contact.id, Contact.birth_date).where(Contact.id.in_(list(contact_ids))).tuples())
    return {i: _told(kept.get(i, []), born.get(i)) for i in contact_ids}


def _told(rows: list[Identity], birth_date: Any) -> Numbers:
    warnings = [
        "The ID number states another birth date than the details. Registers hold errors too; compare the card."
        for row in rows
        if row.kind == ID_NUMBER and row.born and birth_date and row.born != birth_date
    ]
    sees = current_actor().sees(DataSet.IDENTITY)
    same = queries.by_ids(sorted({i for row in rows for i in identities.others_with(row)}))
    return Numbers(rows, warnings, [(contact.id, queries.name_of(contact)) for contact in same], sees)
