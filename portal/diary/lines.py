"""Entries of the log as lines of the diary and the report: who, what, to whom, and what stood there before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.activity.models import LogEntry
from portal.activity.sentences import Change
from portal.campaigns.models import Campaign
from portal.contacts import history
from portal.contacts.models import Contact, Field, Group, Page
from portal.contacts.queries import name_of
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.diary import queries
from portal.documents.models import Document

# What an entry about no contact was done to, by how its action begins. What is hidden from the reader has no name here.
NAMED: dict[str, Callable[[], Any]] = {
    "group": lambda: Group.select(Group.id, Group.name),
    "page": lambda: Page.select(Page.id, Page.name),
    "field": lambda: Field.select(Field.id, Field.name),
    "document": lambda: Document.select(Document.id, Document.title),
    "campaign": lambda: Campaign.select(Campaign.id, Campaign.name),
}
USERS = ("user",)
KEPT_NAME = frozenset({"group", "page", "field", "campaign", "sender"})  # their entries keep a name of those that went


@dataclass(frozen=True)
class Line:
    """One line, in words. `contact_id` is 0 where there is no page of a contact to go to."""

    entry: LogEntry
    icon: str
    who: str
    words: str
    about: str
    contact_id: int
    changes: list[Change]

    @property
    def details(self) -> str:
        """The changes in one line of text."""
        return "; ".join(f"{c.field}: {' → '.join(filter(None, (c.old, c.new)))}" for c in self.changes)


def lines(entries: Sequence[LogEntry]) -> list[Line]:
    """A line of each entry, in the same order: a fixed number of queries."""
    people = _contacts(entries)
    names = _names(entries)
    users = queries.names_of({entry.user_id for entry in entries if entry.detail is None})
    found = []
    for told in history.sentences(entries):
        entry = told.entry
        about, contact_id = (
            (_thing(entry, names), 0) if entry.contact_id is None else people.get(entry.contact_id, ("", 0))
        )
        who = told.actor or users.get(entry.user_id or 0, "")
        found.append(Line(entry, told.icon, who, told.words, about, contact_id, _shown(told.changes, entry)))
    return found


def _contacts(entries: Sequence[LogEntry]) -> dict[int, tuple[str, int]]:
    ids = sorted({entry.contact_id for entry in entries if entry.contact_id})
    query = Contact.select().where(Contact.id.in_(ids or [0]))
    return {c.id: (name_of(c), 0 if c.erased_at else c.id) for c in query}


def _names(entries: Sequence[LogEntry]) -> dict[tuple[str, int], str]:
    ids: dict[str, set[int]] = {}
    for entry in entries:
        if entry.contact_id is None and entry.subject_id is not None:
            ids.setdefault(entry.action.split(".")[0], set()).add(entry.subject_id)
    found: dict[tuple[str, int], str] = {}
    for word, named in NAMED.items():
        if word in ids and (word != "campaign" or current_actor().may(Permission.CAMPAIGN_READ)):
            query = named()
            model = query.model
            found |= {(word, row[0]): row[1] for row in query.where(model.id.in_(sorted(ids[word]))).tuples()}
    for word in USERS:
        found |= {(word, i): name for i, name in queries.names_of(ids.get(word, ())).items()}
    return found


def _thing(entry: LogEntry, names: dict[tuple[str, int], str]) -> str:
    word = entry.action.split(".")[0]
    if word in USERS and entry.subject_id == entry.user_id:
        return ""  # what somebody did to himself, such as signing in
    if known := names.get((word, entry.subject_id or 0)):
        return known
    kept = (entry.detail or {}).get("name", "") if word in KEPT_NAME else ""
    return kept if isinstance(kept, str) else ""


def _shown(changes: list[Change], entry: LogEntry) -> list[Change]:
    """Rights are told in words on the page of the user, not as they are kept."""
    return [] if entry.action == "user.rights_changed" else changes
