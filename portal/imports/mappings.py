"""Which column was what, remembered by the headings: who brings the same kind of file again need not say it again."""

import hashlib
import json
from collections.abc import Sequence

from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.core.text import InvalidText, clean_text
from portal.imports.headings import FIELDS, IGNORE
from portal.imports.models import Import, Mapping
from portal.imports.sight import without_hidden
from portal.imports.targets import targets


class MappingNotFound(LookupError):
    pass


class BadName(ValueError):
    """Columns cannot be called so; the message says why."""


def key_of(headings: Sequence[str]) -> str:
    """The same for the same headings in any order and case."""
    plain = sorted(heading.casefold() for heading in headings)
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def known(headings: Sequence[str]) -> tuple[Mapping, dict[str, str]] | None:
    """What these headings meant the last time, as far as the actor may still bring that in; None if never seen."""
    row = Mapping.select().where(Mapping.key == key_of(headings)).order_by(Mapping.used_at.desc()).first()
    if row is None:
        return None
    before = {heading.casefold(): word for heading, word in row.columns.items()}
    designed = targets()
    words = {heading: before.get(heading.casefold(), IGNORE) for heading in headings}
    there = {heading: word if word in FIELDS or word in designed else IGNORE for heading, word in words.items()}
    return row, without_hidden(there)


def remember(the_import: Import) -> None:
    """Keep the columns of an import that begins, in place of what was known; within its transaction."""
    headings = the_import.headings
    user_id = current_actor().user_id or 0
    values = {"columns": the_import.mapping, "used_at": now(), "user_id": user_id}
    mine = (Mapping.key == key_of(headings)) & (Mapping.user_id == user_id)
    if not Mapping.update(**values).where(mine).execute():
        row = {"key": key_of(headings), "name": the_import.filename[:100], **values}
        Mapping.insert(row).on_conflict_ignore().execute()


def every() -> list[Mapping]:
    return list(Mapping.select().order_by(Mapping.used_at.desc(), Mapping.id))


def find(mapping_id: int) -> Mapping:
    found = Mapping.get_or_none(Mapping.id == mapping_id)
    if found is None:
        raise MappingNotFound("There are no such columns.")
    return found


def rename(mapping: Mapping, name: str) -> None:
    require(Permission.CONTACT_IMPORT)
    try:
        plain = clean_text(name, max_length=100)
    except InvalidText as error:
        raise BadName(str(error)) from None
    if not plain:
        raise BadName("Enter a name.")
    with transaction():
        Mapping.update(name=plain).where(Mapping.id == mapping.id).execute()


def forget(mapping: Mapping) -> None:
    require(Permission.CONTACT_IMPORT)
    with transaction():
        Mapping.delete().where(Mapping.id == mapping.id).execute()
