"""What happened to a contact, in date order and in words, as far as the reader may see it. What was done to a part
that is hidden from him is not told at all: that there is one, he would learn by it.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from portal.activity.models import LogEntry
from portal.activity.sentences import Sentence, sentence
from portal.contacts import field_words
from portal.contacts.addresses import show_province
from portal.contacts.identity_rules import BODY_KINDS
from portal.contacts.models import Address, Contact, ContactPart, Email, Group, Note, Telephone
from portal.contacts.queries import name_of
from portal.contacts.rules import DATA_SET_OF_FIELD, LANGUAGES, SOURCES
from portal.contacts.telephones import show_telephone
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.core.written import day
from portal.documents.models import Document

# How the actions that concern one kind of part begin.
PARTS: dict[str, type[ContactPart]] = {"email": Email, "telephone": Telephone, "address": Address, "note": Note}
DAYS = frozenset({"birth_date", "deceased_on", "archived_at", "consented_on", "since", "until"})
IN_GROUPS = ("contact.grouped", "contact.ungrouped")
# What these entries are about stands in their detail alone.
ABOUT_FIELDS = ("contact.fields_changed", "contact.updated_by_import", "contact.import_undone")
ABOUT_OTHERS = ("contact.relation_added", "contact.relation_changed", "contact.relation_removed")


def of_contact(contact_id: int, first: int, count: int) -> tuple[list[Sentence], int]:
    """Some sentences, the newest first, and how many there are in all."""
    query = LogEntry.select().where(LogEntry.contact_id == contact_id, *conditions_of(contact_id))
    page = list(query.order_by(LogEntry.seq.desc()).offset(first).limit(count))
    designed = field_words.read(page)

    def show_any(name: str, value: Any) -> str:
        words = designed.show(name, value)
        return show(name, value) if words is None else words

    def hides_any(name: str) -> bool:
        return designed.hides(name) or hides(name)

    return [sentence(entry, show_any, hides_any, designed.label) for entry in page], int(query.count())


def show(name: str, value: Any) -> str:
    """A value of the log as people write it."""
    if value is None or value == "":
        return ""
    if name.startswith("telephone") and isinstance(value, str) and value.startswith("+"):
        return show_telephone(value)
    if name == "relation" and isinstance(value, dict):
        other = Contact.get_or_none(Contact.id == value["contact"])
        return f"{value['words']} {name_of(other)}" if other else ""
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
    if word == "note":
        return not current_actor().may(Permission.NOTE_READ)
    if word == "document":
        return not current_actor().may(Permission.DOCUMENT_READ)
    return not current_actor().sees(DATA_SET_OF_FIELD.get(word))


def conditions_of(contact_id: int) -> list[Any]:
    """The conditions that leave out entries about parts, documents, groups, fields and others that are hidden from the
    reader.
    """
    conditions: list[Any] = [
        ~LogEntry.action.startswith(f"contact.{word}_") for word, kind in PARTS.items() if not kind.is_shown()
    ]
    actor = current_actor()
    if not actor.may(Permission.DOCUMENT_READ):
        conditions += [~LogEntry.action.startswith(word) for word in ("document.", "contact.photo_")]
    if actor.is_limited or actor.hidden or actor.hidden_pages:
        known = LogEntry.subject_id.in_(Group.select(Group.id))
        conditions.append(LogEntry.action.not_in(IN_GROUPS) | (LogEntry.subject_id.is_null(False) & known))
        seen = LogEntry.subject_id.in_(Document.select(Document.id))
        conditions.append(~LogEntry.action.startswith("document.") | seen)
        conditions += [LogEntry.seq.not_in(hidden)] if (hidden := _hidden_by_detail(contact_id)) else []
    return conditions


def _hidden_by_detail(contact_id: int) -> list[int]:
    """The entries that tell of nothing but hidden fields, or of how the contact belongs to somebody out of sight."""
    mine = LogEntry.action.in_(ABOUT_FIELDS + ABOUT_OTHERS) & (LogEntry.contact_id == contact_id)
    entries = [entry for entry in LogEntry.select().where(mine) if (entry.detail or {}).get("changes")]
    designed = field_words.read(entries)
    others = {entry.seq: other for entry in entries if (other := _other_of(entry.detail["changes"]))}
    known = {row[0] for row in Contact.select(Contact.id).where(Contact.id.in_(sorted(set(others.values())))).tuples()}
    hidden = []
    for entry in entries:
        is_beyond = entry.seq in others and others[entry.seq] not in known
        if is_beyond or all(map(designed.hides, entry.detail["changes"])):
            hidden.append(entry.seq)
    return hidden


def _other_of(changes: dict[str, Any]) -> int:
    """The other contact whom a relation was about; 0 for an entry about something else."""
    told = next(filter(None, changes.get("relation", ())), None)
    return int(told["contact"]) if isinstance(told, dict) else 0
