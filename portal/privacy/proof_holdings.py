"""Everything that is held about a contact, table by table, as far as the actor may see it.

The tables are found by the models of the program, so that none is forgotten: a test compares them with the database's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peewee import BlobField

from portal.activity.models import LogEntry
from portal.campaigns.models import Campaign
from portal.consent.models import Purpose
from portal.contacts.models import Contact, ContactPart, Field, Group
from portal.core.actor import Actor, current_actor
from portal.core.permissions import DataSet, Permission
from portal.core.tenancy import OrgModel

# How the tables are called on paper; one that is not here is called by its own name.
TITLES = {
    "contact": "The contact", "contact_email": "Email addresses", "contact_telephone": "Telephones",
    "contact_address": "Addresses", "contact_note": "Notes", "group_member": "Groups", "contact_value": "Fields",
    "contact_identity": "Identity and tax numbers", "contact_relation": "Who belongs to this contact",
    "consent_event": "What was said about being written to", "justification": "On what ground the contact is kept",
    "restriction": "Restrictions", "delivery": "Messages", "delivery_event": "What came back of messages",
    "document": "Documents",
}  # fmt: skip
# What serves the program alone, or would let a stranger into something.
_INNER = frozenset(
    {
        "org", "mac", "key_version", "sealed", "sealed_key", "place", "token", "worker", "lease", "salt", "found",
        "key", "normal", "sort_name", "search_names", "search_emails", "search_numbers", "version", "seal_id", "tells",
        "path",
    }
)  # fmt: skip
_OTHERS = ("other_id", "person_id")  # columns by which a row about somebody else names the contact
# Columns that name something: what its name is looked up in. A row about what is hidden from the actor is left out.
_NAMED: dict[str, tuple[type[OrgModel], str]] = {
    "field_id": (Field, "field"), "group_id": (Group, "group"), "purpose_id": (Purpose, "purpose"),
}  # fmt: skip
# What mail servers say names the address.
_COLUMNS_OF = {
    ("delivery", "address"): DataSet.EMAIL, ("delivery", "reply"): DataSet.EMAIL,
    ("delivery_event", "detail"): DataSet.EMAIL,
}  # fmt: skip


@dataclass(frozen=True)
class Holdings:
    """The rows of each table, and in words what was left out because the actor may not see it."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def tables() -> list[type[OrgModel]]:
    """Every table with a contact column but the log, which is proven by itself."""
    found, waiting = [], [OrgModel]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += [model for model in below if not model.__subclasses__() and "contact_id" in model._meta.fields]
        waiting += below
    return sorted((model for model in found if model is not LogEntry), key=lambda model: model._meta.table_name)


def of_contact(contact: Contact) -> Holdings:
    held = Holdings({"contact": [_plain(contact)]})
    actor = current_actor()
    campaigns = _campaigns()
    for model in tables():
        name = model._meta.table_name
        if issubclass(model, ContactPart) and not model.is_shown():
            held.left_out.append(f"{title(name)}: hidden from {actor.name}.")
            continue
        if name not in TITLES and not is_whole(actor):
            held.left_out.append(f"{title(name)}: not shown to {actor.name}, from whom something is hidden.")
            continue
        rows = _rows(model, contact.id)
        if rows:
            held.tables[name] = [_named(row, campaigns) for row in rows]
    held.left_out.extend(_hidden_in(actor))
    return held


def title(table: str) -> str:
    return TITLES.get(table, table.replace("_", " ").capitalize())


def is_whole(actor: Actor) -> bool:
    """Whether nothing at all is hidden from this actor."""
    sight = {Permission.NOTE_READ, Permission.DOCUMENT_READ}
    return not (actor.hidden or actor.hidden_pages or actor.is_limited) and sight <= actor.permissions


def _rows(model: Any, contact_id: int) -> list[dict[str, Any]]:
    columns = [model.contact_id, *(getattr(model, name) for name in _OTHERS if name in model._meta.fields)]
    mine = columns[0] == contact_id
    for column in columns[1:]:
        mine = mine | (column == contact_id)
    found = list(model.select().where(mine).order_by(model.id))
    named = {name: _names(found, name, *_NAMED[name]) for name in _NAMED if name in model._meta.fields}
    rows = []
    for row in found:
        plain = _plain(row)
        seen = [(name, names.get(getattr(row, name))) for name, names in named.items() if getattr(row, name)]
        if all(word is not None for _, word in seen):
            rows.append(plain | {_NAMED[name][1]: word for name, word in seen})
    return rows


def _names(rows: Sequence[Any], column: str, model: Any, _word: str) -> dict[int, str]:
    ids = sorted({getattr(row, column) for row in rows if getattr(row, column)})
    return dict(model.select(model.id, model.name).where(model.id.in_(ids)).tuples()) if ids else {}


def _plain(row: Any) -> dict[str, Any]:
    """The columns that say something, in plain values; those that are empty are left out."""
    actor, table = current_actor(), row._meta.table_name
    found = {}
    for column in row._meta.sorted_fields:
        value = getattr(row, column.column_name)
        is_hidden = not actor.sees(_COLUMNS_OF.get((table, column.name)))
        if column.name in _INNER or is_hidden or isinstance(column, BlobField) or value in (None, "", [], {}):
            continue
        found[column.name] = value.isoformat() if isinstance(value, date | datetime) else value
    return found


def _campaigns() -> Mapping[int, str]:
    if not current_actor().may(Permission.CAMPAIGN_READ):
        return {}
    return dict(Campaign.select(Campaign.id, Campaign.name).tuples())


def _named(row: dict[str, Any], campaigns: Mapping[int, str]) -> dict[str, Any]:
    name = campaigns.get(row.get("campaign_id", 0))
    return row | {"campaign": name} if name else row


def _hidden_in(actor: Actor) -> list[str]:
    """What is hidden inside the tables that are shown."""
    found = []
    if actor.hidden_pages or actor.hidden & {DataSet.IDENTITY, DataSet.SPECIAL, DataSet.CHILD, DataSet.FINANCIAL}:
        found.append(f"Fields, groups and documents of a kind hidden from {actor.name}.")
    if not actor.may(Permission.DOCUMENT_READ):
        found.append(f"Documents: hidden from {actor.name}.")
    return found
