"""What happened to a contact, in date order and in words, as far as the reader may see it. What was done to a part
that is hidden from him is not told at all: that there is one, he would learn by it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from portal.activity.models import LogEntry
from portal.activity.sentences import Sentence, sentence
from portal.contacts import field_words, seen_entries
from portal.contacts.addresses import show_province
from portal.contacts.identity_rules import BODY_KINDS
from portal.contacts.merged import with_merged
from portal.contacts.models import Contact
from portal.contacts.queries import name_of
from portal.contacts.rules import DATA_SET_OF_FIELD, LANGUAGES, SOURCES
from portal.contacts.telephones import show_telephone
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.core.written import day

DAYS = frozenset({"birth_date", "due", "deceased_on", "archived_at", "consented_on", "since", "until"})


def of_contact(contact_id: int, first: int, count: int) -> tuple[list[Sentence], int]:
    """Some sentences, the newest first, and how many there are in all."""
    query = LogEntry.select().where(LogEntry.contact_id.in_(with_merged([contact_id])), *seen_entries.conditions())
    page = list(query.order_by(LogEntry.seq.desc()).offset(first).limit(count))
    return sentences(page), int(query.count())


def sentences(entries: Sequence[LogEntry]) -> list[Sentence]:
    """These entries in words, in the same order: a fixed number of queries. Whether the reader may know of an entry at
    all was to be asked before (seen_entries).
    """
    designed = field_words.read(entries)
    others = names_of(sorted({int(pair["contact"]) for entry in entries for pair in _relations(entry)}))

    def show_any(name: str, value: Any) -> str:
        if name == "relation" and isinstance(value, dict):
            other = others.get(int(value["contact"]))
            return f"{value['words']} {other}" if other else ""
        words = designed.show(name, value)
        return show(name, value) if words is None else words

    def hides_any(name: str) -> bool:
        return designed.hides(name) or hides(name)

    return [sentence(entry, show_any, hides_any, designed.label) for entry in entries]


def names_of(contact_ids: Sequence[int]) -> dict[int, str]:
    """The names of those of these contacts whom the reader may see; of who was merged, that of who is kept."""
    if not contact_ids:
        return {}
    found = {c.id: c for c in Contact.select().where(Contact.id.in_(list(contact_ids)))}
    kept_ids = sorted({c.merged_into for c in found.values() if c.merged_into})
    kept = {c.id: c for c in Contact.select().where(Contact.id.in_(kept_ids))} if kept_ids else {}
    return {i: name_of(kept.get(c.merged_into, c)) for i, c in found.items()}


def _relations(entry: LogEntry) -> list[dict[str, Any]]:
    pair = ((entry.detail or {}).get("changes") or {}).get("relation", ())
    return [told for told in pair if isinstance(told, dict)]


def show(name: str, value: Any) -> str:
    """A value of the log as people write it."""
    if value is None or value == "":
        return ""
    if name.startswith("telephone") and isinstance(value, str) and value.startswith("+"):
        return show_telephone(value)
    if name in DAYS:
        return day(date.fromisoformat(str(value)[:10]), ZoneInfo("UTC"))
    if name.split()[0] == "address":  # in one line, with the code of its province
        return ", ".join(show_province(words) for words in str(value).split(", "))
    if name == "body_kind":
        return BODY_KINDS.get(str(value), str(value))
    if name == "roles":
        return ", ".join(filter(None, str(value).split(",")))
    if name == "language":
        return LANGUAGES.get(str(value), str(value))
    if name == "source":
        return SOURCES.get(str(value), str(value))
    return str(value)


def hides(name: str) -> bool:
    """Whether the reader may not see this field: parts are named by their first word (email 2, telephone label)."""
    word = name.split()[0]
    if name == "photo_id":
        return True
    if word in ("note", "task"):
        return not current_actor().may(Permission.NOTE_READ)
    if word == "document":
        return not current_actor().may(Permission.DOCUMENT_READ)
    return not current_actor().sees(DATA_SET_OF_FIELD.get(word))
