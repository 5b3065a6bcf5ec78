"""Designed fields in a letter: which may be named, by whom, and what they become for each reader.

A draft names fields; an approved letter keeps their ids, so that renaming a field changes nothing that was approved.
"""

from collections.abc import Iterable, Mapping, Sequence

from portal.campaigns import merge
from portal.contacts import field_files, fields
from portal.contacts.field_rules import KINDS
from portal.contacts.fields import Sheet
from portal.contacts.models import Field
from portal.core.actor import seeing_everything
from portal.core.permissions import Denied

HIDDEN = "This text uses a field that is hidden from you. Take it out, or ask an administrator."


class SensitiveField(merge.BadField):
    """A text would show what is more than ordinary, and its author has not said that it may."""


def menu(sheets: Sequence[Sheet]) -> list[tuple[str, list[str]]]:
    """What can be put in of these pages: (page, names of its fields)."""
    pages = [(s.page.name, [f.name for f in s.fields if merge.may_be_named(f.name)]) for s in sheets]
    return [(page, names) for page, names in pages if names]


def named_in(text: str) -> dict[str, Field]:
    """The designed fields a text names that the actor may see, by their keys: one query, none without tokens."""
    keys = [key for key in merge.named(text) if key not in merge.FIELDS]
    return {field.name_key: field for field in fields.in_use_called(keys) if KINDS[field.kind].may_merge}


def check(text: str, before: str, *, may_be_sensitive: bool) -> dict[str, Field]:
    """The designed fields of a text that is to be kept. Raises UnknownField, SensitiveField, and Denied for one that
    stood there `before` and is hidden from the actor: of others he is not told that they exist.
    """
    known = named_in(text)
    try:
        merge.check(text, known)
    except merge.UnknownField:
        kept = merge.named(before)
        require_sight(" ".join(f"[[{name}]]" for key, name in merge.named(text).items() if key in kept))
        raise
    if not may_be_sensitive and (sensitive := more_than_ordinary(known.values())):
        names = ", ".join(f"“{field.name}”" for field in sensitive)
        raise SensitiveField(
            f"{names} is more than ordinary information. Tick that this letter may show it, or take it out."
        )
    return known


def require_sight(text: str) -> None:
    """Raise Denied when the text names a designed field that is there but hidden from the actor (B07)."""
    seen = named_in(text)
    with seeing_everything():
        everything = named_in(text)
    if everything.keys() - seen.keys():
        raise Denied(HIDDEN)


def more_than_ordinary(some: Iterable[Field]) -> list[Field]:
    """Those of these fields that are more than ordinary."""
    return [field for field in some if field_files.is_sensitive(field)]


def of_ids(ids: Mapping[str, int]) -> dict[str, Field]:
    """The fields of an approved letter by their keys, archived ones too: what was approved is sent."""
    found = {field.id: field for field in Field.select().where(Field.id.in_(sorted(ids.values())))} if ids else {}
    return {key: found[field_id] for key, field_id in ids.items() if field_id in found}


def values_of(contact_ids: Sequence[int], known: Mapping[str, Field]) -> dict[int, dict[str, str]]:
    """What the tokens become for these contacts, as far as the actor may see it: one query."""
    texts = fields.texts_of(contact_ids, [field.id for field in known.values()])
    return {
        contact_id: {key: field_files.shown(field, mine.get(field.id, [])) for key, field in known.items()}
        for contact_id, mine in texts.items()
    }
