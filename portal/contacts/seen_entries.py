"""Which entries of the log a reader is told of: conditions in SQL, so that a contact's time line, the diary, the
activity report and every count of them leave out the same. That something hidden is
there at all, he would learn by its entry.

Whose contact is out of his sight is left out below this already (tenancy.ContactRow).
"""

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import fn

from portal.activity.models import LogEntry
from portal.contacts.field_words import PREFIX
from portal.contacts.models import Address, Contact, ContactPart, Email, Field, Group, Note, Page, Telephone
from portal.core.actor import Actor, current_actor
from portal.core.db import json_has_key, json_number
from portal.core.permissions import DataSet, Permission
from portal.documents.models import Document

# How the actions that concern one kind of part begin.
PARTS: dict[str, type[ContactPart]] = {"email": Email, "telephone": Telephone, "address": Address, "note": Note}
IN_GROUPS = ("contact.grouped", "contact.ungrouped")
# What these entries are about stands in their detail alone.
ABOUT_FIELDS = ("contact.fields_changed", "contact.updated_by_import", "contact.import_undone")
ABOUT_OTHERS = ("contact.relation_added", "contact.relation_changed", "contact.relation_removed")
# Who is told of what was done to no contact, by how the action begins.
OPEN = ("contacts.", "contact.", "report.", "task.", "document.")
NEEDING = {
    "campaign.": Permission.CAMPAIGN_READ, "sender.": Permission.CAMPAIGN_READ, "user.": Permission.USERS,
    "review.": Permission.USERS, "organisation.": Permission.SETTINGS, "operator.": Permission.SETTINGS,
    "notice.": Permission.SETTINGS, "purpose.": Permission.SETTINGS, "import.": Permission.CONTACT_IMPORT,
    "export.": Permission.CONTACT_EXPORT,
    "duty.": Permission.PRIVACY, "request.": Permission.PRIVACY,
    "form.": Permission.SETTINGS, "backup.": Permission.SETTINGS,
    "duplicates.": Permission.CONTACT_MERGE,
    "erasure.": Permission.CONTACT_DELETE, "retention.": Permission.SETTINGS,
}  # fmt: skip
REGISTERS = (
    "purpose.",
    "operator.",
    "retention.",
)  # not told to whom Settings are closed, not even what he entered himself
OF_THINGS: dict[str, Callable[[], Any]] = {
    "group.": lambda: Group.select(Group.id),
    "page.": lambda: Page.select(Page.id),
    "field.": lambda: Field.select(Field.id),
}


def conditions() -> list[Any]:
    """The conditions that leave out entries about parts, notes, documents, groups, pages, fields, others and affairs of
    the organisation that are hidden from the reader.
    """
    actor = current_actor()
    found: list[Any] = [~_begins(f"contact.{word}_") for word, kind in PARTS.items() if not kind.is_shown()]
    if not actor.sees(DataSet.SPECIAL):
        found.append(~_begins("contact.special_"))
    if not actor.may(Permission.NOTE_READ):
        found.append(LogEntry.contact_id.is_null() | ~_begins("task."))
    if not actor.may(Permission.PRIVACY):
        found.append(LogEntry.contact_id.is_null() | ~_begins("request."))
    if not actor.may(Permission.DOCUMENT_READ):
        found += [~_begins(word) for word in ("document.", "contact.photo_")]
    if _is_hindered(actor):
        known = LogEntry.subject_id.in_(Group.select(Group.id))
        found.append(LogEntry.action.not_in(IN_GROUPS) | (LogEntry.subject_id.is_null(False) & known))
        found += [_of_known_fields(), _of_known_others()]
    if _is_hindered(actor) or not actor.may(Permission.USERS):  # some documents need that right
        seen = LogEntry.subject_id.in_(Document.select(Document.id))
        found.append(~_begins("document.") | seen)
    return [*found, *_about_no_contact(actor)]


def _begins(word: str) -> Any:
    """The action begins so. No LIKE: it does not tell small letters from large ones, which takes time."""
    return fn.SUBSTR(LogEntry.action, 1, len(word)) == word


def _is_hindered(actor: Actor) -> bool:
    """Whether anything at all is hidden from this actor: a group may tell of notes, a field of documents."""
    hides = actor.is_limited or actor.hidden or actor.hidden_pages
    return bool(hides) or not (actor.may(Permission.NOTE_READ) and actor.may(Permission.DOCUMENT_READ))


def _of_known_fields() -> Any:
    """Tells of more than fields that are hidden or gone. Whose detail was erased tells of nothing."""
    known = [f"{PREFIX}{row[0]}" for row in Field.select(Field.id).tuples()]
    told = json_has_key(LogEntry.detail, "changes", unlike=f"{PREFIX}%", or_in=known)
    return LogEntry.action.not_in(ABOUT_FIELDS) | LogEntry.detail.is_null() | told


def _of_known_others() -> Any:
    """How a contact belongs to another one is told of others whom the reader may see."""
    places = [json_number(LogEntry.detail, "changes", "relation", place, "contact") for place in (0, 1)]
    other = fn.COALESCE(*places)
    return LogEntry.action.not_in(ABOUT_OTHERS) | other.is_null() | other.in_(Contact.select(Contact.id))


def _about_no_contact(actor: Actor) -> list[Any]:
    """What was done to no contact. Of what nobody has spoken of here, who is hindered in anything is not told."""
    ways: list[Any] = [LogEntry.contact_id.is_null(False)]
    known = [*OPEN, *NEEDING, *OF_THINGS]
    ways += [_begins(word) for word in OPEN]
    for word, permission in NEEDING.items():
        if actor.may(permission):
            ways.append(_begins(word))
        elif word not in REGISTERS:  # of what one did oneself one knows
            ways.append(_begins(word) & (LogEntry.user_id == actor.user_id))
    for word, things in OF_THINGS.items():
        seen = LogEntry.subject_id.is_null() | LogEntry.subject_id.in_(things())
        ways.append(_begins(word) & (seen if _is_hindered(actor) else LogEntry.id > 0))
    if not _is_hindered(actor):
        if all(actor.may(permission) for permission in NEEDING.values()):
            return []
        ways.append(reduce(and_, [~_begins(word) for word in known]))
    return [reduce(or_, ways)]
