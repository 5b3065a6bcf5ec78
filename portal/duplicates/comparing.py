"""Two contacts side by side, field by field, as far as the reader may see them; and what would become of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.activity.models import LogEntry
from portal.activity.sentences import WORDS
from portal.contacts import history, queries
from portal.contacts.field_rules import show
from portal.contacts.fields import fields_in_use, shape_of, values_of
from portal.contacts.models import Address, Contact, ContactPart, Email, Note, Telephone
from portal.contacts.more_models import Identity
from portal.contacts.relations import of as relations_of
from portal.contacts.rules import told
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.documents.models import Document
from portal.duplicates import uniting

LABELS = WORDS | {
    "title": "title", "initials": "initials", "language": "language", "trading_name": "trading name",
    "photo_id": "photo",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A field of which one value stays. Where both have one and they differ, somebody chooses."""

    name: str
    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return bool(self.one and self.other and self.one != self.other)

    def result(self, side: str) -> str:
        """What stays, where the value of this side does."""
        mine, theirs = (self.one, self.other) if side == "one" else (self.other, self.one)
        return mine or theirs


@dataclass(frozen=True)
class United:
    """What both keep: what hangs on the one and on the other, and all of it together."""

    label: str
    one: list[str]
    other: list[str]

    @property
    def both(self) -> list[str]:
        return list(dict.fromkeys([*self.one, *self.other]))


def choices(one: Contact, other: Contact) -> list[Choice]:
    """The contacts' own fields, and the designed ones that hold one thing, of which either has a value."""
    found = []
    for name in uniting.CHOSEN:
        if name == "photo_id":
            continue
        label = LABELS.get(name, name.replace("_", " "))
        texts = [history.show(name, uniting.plain(getattr(c, name))) for c in (one, other)]
        found.append(Choice(name, label[:1].upper() + label[1:], *texts))
    return [choice for choice in [*found, *_designed(one, other)] if choice.one or choice.other]


def united(one: Contact, other: Contact) -> list[United]:
    """What hangs on them, and is kept of both."""
    ids = [one.id, other.id]
    found = []
    parts: tuple[tuple[str, type[ContactPart]], ...] = (
        ("Email addresses", Email), ("Telephones", Telephone), ("Addresses", Address), ("Notes", Note),
    )  # fmt: skip
    for label, kind in parts:
        rows = queries.parts_of(kind, ids)
        texts = {i: [_shown(part) for part in rows.get(i, [])] for i in ids}
        found.append(United(label, texts[one.id], texts[other.id]))
    numbers = queries.parts_of(Identity, ids)
    found.append(United("Numbers", *([n.masked for n in numbers.get(i, [])] for i in ids)))
    groups = queries.group_names(ids)
    found.append(United("Groups", groups.get(one.id, []), groups.get(other.id, [])))
    related = relations_of(ids)
    found.append(United("Relations", *([f"{r.words} {r.name}" for r in related.get(i, [])] for i in ids)))
    roles = [[r for r in c.roles.split(",") if r] for c in (one, other)]
    found.append(United("Roles", *roles))
    if current_actor().may(Permission.DOCUMENT_READ):
        titles: dict[int, list[str]] = {i: [] for i in ids}
        for document in Document.select().where(Document.contact_id.in_(ids)).order_by(Document.id):
            titles[document.contact_id].append(document.title)
        found.append(United("Documents", titles[one.id], titles[other.id]))
    return [line for line in found if line.one or line.other]


def default_kept(one: Contact, other: Contact) -> str:
    """Who is kept unless somebody says otherwise: of whom more is known to the record, else who was there first."""
    counts = {c.id: LogEntry.select().where(LogEntry.contact_id == c.id).count() for c in (one, other)}
    return "other" if (counts[other.id], -other.id) > (counts[one.id], -one.id) else "one"


def sides(chosen: Mapping[str, str], keep: str) -> dict[str, str]:
    """What was chosen by side of the page, as uniting wants it: who is kept or the other."""
    return {name: "kept" if side == keep else "other" for name, side in chosen.items()}


def _designed(one: Contact, other: Contact) -> list[Choice]:
    fields = [field for field in fields_in_use() if field.kind not in ("choices", "file", "person")]
    values = values_of([one.id, other.id], [field.id for field in fields])
    found = []
    for field in fields:
        texts = []
        for contact in (one, other):
            mine = values.get(contact.id, {}).get(field.id, [])
            texts.append(show(shape_of(field), mine) if mine else "")
        found.append(Choice(f"field:{field.id}", field.name, *texts))
    return found


def _shown(part: Any) -> str:
    name = "telephone" if isinstance(part, Telephone) else "address" if isinstance(part, Address) else "note"
    return history.show(name, told(part))
