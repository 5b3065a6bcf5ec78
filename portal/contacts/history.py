"""What happened to a contact, in date order and in words, as far as the reader may see it."""

from typing import Any

from portal.activity.models import LogEntry
from portal.activity.sentences import Sentence, sentence
from portal.contacts import field_words
from portal.contacts.identity_rules import BODY_KINDS
from portal.contacts.models import Contact, Group
from portal.contacts.queries import name_of
from portal.contacts.rules import DATA_SET_OF_FIELD, LANGUAGES, SOURCES
from portal.contacts.telephones import show_telephone
from portal.core.actor import acting_as, current_actor, system
from portal.core.permissions import Permission


def of_contact(contact_id: int, first: int, count: int) -> tuple[list[Sentence], int]:
    """Some sentences, the newest first, and how many there are in all."""
    query = LogEntry.select().where(LogEntry.contact_id == contact_id)
    page = list(query.order_by(LogEntry.seq.desc()).offset(first).limit(count))
    designed = field_words.read(page)
    hidden = _hidden_groups()

    def show_any(name: str, value: Any) -> str:
        if name == "group" and value in hidden:
            return "another group"
        words = designed.show(name, value)
        return show(name, value) if words is None else words

    def hides_any(name: str) -> bool:
        return designed.hides(name) or hides(name)

    return [sentence(entry, show_any, hides_any, designed.label) for entry in page], int(query.count())


def _hidden_groups() -> frozenset[str]:
    """The names of groups the reader may not know of."""
    known = {group.name for group in Group.select(Group.name)}
    with acting_as(system(current_actor().org_id)):
        return frozenset({group.name for group in Group.select(Group.name)} - known)


def show(name: str, value: Any) -> str:
    """A value of the log as people write it."""
    if value is None or value == "":
        return ""
    if name.startswith("telephone") and isinstance(value, str) and value.startswith("+"):
        return show_telephone(value)
    if name == "relation" and isinstance(value, dict):
        other = Contact.get_or_none(Contact.id == value["contact"])
        return f"{value['words']} {name_of(other)}" if other else ""
    if name == "archived_at":
        return str(value)[:10]
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
    if name == "photo_id" or (name.split()[0] == "document" and not current_actor().may(Permission.DOCUMENT_READ)):
        return True
    return not current_actor().sees(DATA_SET_OF_FIELD.get(name.split()[0]))
