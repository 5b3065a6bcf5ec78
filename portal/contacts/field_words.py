"""What the log says of designed fields, in words: "field:7" by the name it has now, and only while the reader may see
that field. One that was deleted is shown to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from portal.activity.models import LogEntry
from portal.contacts.models import Field
from portal.contacts.page_blocks import UNSEEN, documents_of, names_of, words_of
from portal.core import written
from portal.documents.models import Document

PREFIX = "field:"


@dataclass(frozen=True)
class FieldWords:
    """The fields that some entries speak of, and what they name, as far as the reader may see it."""

    fields: dict[str, Field]
    people: dict[int, str]
    documents: dict[int, Document]

    def hides(self, name: str) -> bool:
        return name.startswith(PREFIX) and name not in self.fields

    def label(self, name: str) -> str | None:
        field = self.fields.get(name)
        return field.name if field else None

    def show(self, name: str, value: Any) -> str | None:
        """The value of a field as people write it; None when this is no field of a page."""
        field = self.fields.get(name)
        if field is None:
            return None
        if not value:
            return ""
        if field.kind == "person":
            return self.people.get(int(value), UNSEEN)
        if field.kind == "file":
            return words_of(self.documents.get(int(value)))
        if field.kind == "date":
            return written.day(date.fromisoformat(str(value)), ZoneInfo("UTC"))
        return str(value)


def read(entries: Iterable[LogEntry]) -> FieldWords:
    """The words for these entries: three queries at most."""
    pairs = [
        (name, values)
        for entry in entries
        for name, values in ((entry.detail or {}).get("changes") or {}).items()
        if name.startswith(PREFIX)
    ]
    ids = {int(name.removeprefix(PREFIX)) for name, _ in pairs}
    if not ids:
        return FieldWords({}, {}, {})
    rows = Field.select(Field.id, Field.name, Field.kind).where(Field.id.in_(sorted(ids))).namedtuples()
    fields = {f"{PREFIX}{field.id}": field for field in rows}

    def named(kind: str) -> list[int]:
        return [int(v) for name, values in pairs if name in fields and fields[name].kind == kind for v in values if v]

    return FieldWords(fields, names_of(named("person")), documents_of(named("file")))
