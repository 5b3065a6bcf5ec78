"""Designed fields as columns of the list of contacts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.contacts import field_files, fields
from portal.contacts.field_rules import KINDS
from portal.contacts.fields import Outline
from portal.contacts.models import Field

MOST = 4  # columns: more would push the names off a screen


@dataclass(frozen=True)
class Column:
    name: str
    sort: str  # its word in the address of the page, or nothing: a field without an order
    field: Field

    @property
    def is_short(self) -> bool:
        """Whether its values stand in one line: those of numbers and dates."""
        return self.field.kind in ("number", "money", "date")


def listed(outlines: Iterable[Outline]) -> list[Column]:
    """The columns among these fields in use: one query, none when there are none."""
    ids = [field.id for field in outlines if field.is_listed and KINDS[field.kind].may_merge][:MOST]
    chosen = sorted(fields.in_use_among(ids), key=lambda field: ids.index(field.id))
    return [Column(f.name, f"field:{f.id}" if KINDS[f.kind].may_sort else "", f) for f in chosen]


def cells(columns: Sequence[Column], contact_ids: Sequence[int]) -> dict[int, list[str]]:
    """What stands in each column for these contacts, in their order: one query, none without columns."""
    texts = fields.texts_of(contact_ids, [column.field.id for column in columns])
    return {
        contact_id: [field_files.shown(column.field, mine.get(column.field.id, [])) for column in columns]
        for contact_id, mine in texts.items()
    }
