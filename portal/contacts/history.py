"""What happened to a contact, in date order and in words, as far as the reader may see it."""

from typing import Any

from portal.activity.models import LogEntry
from portal.activity.sentences import Sentence, sentence
from portal.contacts.rules import DATA_SET_OF_FIELD, LANGUAGES, SOURCES
from portal.contacts.telephones import show_telephone
from portal.core.actor import current_actor
from portal.core.permissions import Permission


def of_contact(contact_id: int, first: int, count: int) -> tuple[list[Sentence], int]:
    """Some sentences, the newest first, and how many there are in all."""
    query = LogEntry.select().where(LogEntry.contact_id == contact_id)
    page = query.order_by(LogEntry.seq.desc()).offset(first).limit(count)
    return [sentence(entry, show, hides) for entry in page], int(query.count())


def show(name: str, value: Any) -> str:
    """A value of the log as people write it."""
    if value is None or value == "":
        return ""
    if name.startswith("telephone") and isinstance(value, str) and value.startswith("+"):
        return show_telephone(value)
    if name == "roles":
        return ", ".join(filter(None, str(value).split(",")))
    if name == "language":
        return LANGUAGES.get(str(value), str(value))
    if name == "source":
        return SOURCES.get(str(value), str(value))
    return str(value)


def hides(name: str) -> bool:
    """Whether the reader may not see this field: parts are named by their first word (email 2, telephone label)."""
    if name == "photo_id" or (name.split()[0] == "document" and not current_actor().may(Permission.DOCUMENT_READ)):
        return True
    return not current_actor().sees(DATA_SET_OF_FIELD.get(name.split()[0]))
