"""Entries of the log in words. Data is written; sentences are made when they are read, and can be made better later."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.activity.models import LogEntry

# action -> (icon, what was done)
ACTIONS: dict[str, tuple[str, str]] = {
    "contact.added": ("plus", "added this contact"),
    "contact.imported": ("upload", "imported this contact"),
    "contact.updated_by_import": ("upload", "updated this contact by an import"),
    "contact.details_changed": ("pencil", "changed the details"),
    "contact.roles_changed": ("tag", "changed the roles"),
    "contact.email_added": ("mail", "added an email address"),
    "contact.email_changed": ("mail", "changed the email address"),
    "contact.email_removed": ("mail", "removed an email address"),
    "contact.email_state_changed": ("mail-x", "noted what came of an email address"),
    "contact.telephone_added": ("phone", "added a telephone"),
    "contact.telephone_changed": ("phone", "changed the telephone"),
    "contact.telephone_removed": ("phone", "removed a telephone"),
    "contact.address_added": ("map-pin", "added an address"),
    "contact.address_changed": ("map-pin", "changed the address"),
    "contact.address_removed": ("map-pin", "removed an address"),
    "contact.note_added": ("sticky-note", "wrote a note"),
    "contact.note_removed": ("sticky-note", "removed a note"),
    "contact.grouped": ("layers", "put this contact into the group"),
    "contact.ungrouped": ("layers", "took this contact out of the group"),
    "contact.unsubscribed": ("ban", "unsubscribed from email"),
    "contact.resubscribed": ("check", "asked to be written to again"),
    "contact.complained": ("ban", "called a message spam"),
    "contact.photo_changed": ("image", "changed the photo"),
    "contact.photo_removed": ("image", "removed the photo"),
    "document.added": ("paperclip", "added a document"),
    "document.changed": ("pencil", "changed what is noted of a document"),
    "document.replaced": ("refresh-cw", "put another file in place of a document"),
    "document.removed": ("trash-2", "removed a document"),
    "document.opened": ("eye", "opened a document"),
    "document.quarantined": ("triangle-alert", "found malware in a document, which is held back"),
    "contact.erased": ("trash-2", "deleted this contact"),
}
WORDS = {
    "first_name": "first name", "last_name": "last name", "preferred_name": "known as", "birth_date": "birth date",
    "organisation": "organisation", "kind": "kind", "obtained": "how they came here", "source": "source",
}  # fmt: skip

Show = Callable[[str, Any], str]


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Sentence:
    """A line of history: who did what, and the pairs of before and after."""

    icon: str
    actor: str
    words: str
    changes: list[Change]
    entry: LogEntry


def sentence(entry: LogEntry, show: Show, hides: Callable[[str], bool]) -> Sentence:
    """The entry in words. `show` writes a value for people; `hides` says which fields the reader may not see."""
    icon, words = ACTIONS.get(entry.action, ("history", entry.action.replace(".", ": ").replace("_", " ")))
    if entry.detail is None:
        return Sentence(icon, "", "The details of this entry were removed", [], entry)
    pairs = (entry.detail.get("changes") or {}).items()
    changes = [
        Change(WORDS.get(name, name.replace("_", " ")), show(name, old), show(name, new))
        for name, (old, new) in pairs
        if not hides(name) and (old or new)
    ]
    return Sentence(icon, entry.detail.get("actor", ""), words, changes, entry)
