"""The pages of fields that an organisation has designed for its contacts, and what stands in them, as far as the
actor may see it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL

from portal.contacts.field_rules import Shape
from portal.contacts.models import Field, Page, Value
from portal.contacts.names import fold

Values = dict[int, list[Value]]  # field id -> its values


class PageNotFound(LookupError):
    pass


class FieldNotFound(LookupError):
    pass


@dataclass(frozen=True)
class Sheet:
    """A page with those of its fields that are in use, in their order."""

    page: Page
    fields: list[Field]


@dataclass(frozen=True)
class Outline:
    """What a menu of fields needs of one."""

    id: int
    page: str
    name: str
    kind: str
    sensitivity: str
    is_listed: int


def outlines() -> list[Outline]:
    """The fields in use in the order of their pages, of which there may be hundreds: one light query."""
    columns = (Field.id, Page.name, Field.name, Field.kind, Field.sensitivity, Field.is_listed)
    query = Field.select(*columns).join(Page, on=(Page.id == Field.page_id)).where(Page.within())
    query = query.where(Page.archived_at.is_null(), Field.archived_at.is_null())
    return [Outline(*row) for row in query.order_by(Page.position, Page.id, Field.position, Field.id).tuples()]


# What is enough to show values; reading whole fields costs a page of a contact more than everything else on it.
TO_SHOW = (
    Field.id, Field.page_id, Field.name, Field.kind, Field.sensitivity, Field.options, Field.self_service,
)  # fmt: skip


def sheets(*columns: Any) -> list[Sheet]:
    """The pages in use, each with at least one field: two queries however many there are. When columns are named, the
    fields are plain rows of those.
    """
    by_page: dict[int, list[Field]] = {}
    query = Field.select(*columns).where(Field.archived_at.is_null()).order_by(Field.position, Field.id)
    for field in query.namedtuples() if columns else query:
        by_page.setdefault(field.page_id, []).append(field)
    pages = Page.select().where(Page.archived_at.is_null()).order_by(Page.position, Page.id)
    return [Sheet(page, by_page[page.id]) for page in pages if page.id in by_page]


def fields_in_use() -> list[Field]:
    """The fields in use on pages in use, in the order of the pages."""
    return [field for sheet in sheets() for field in sheet.fields]


def in_use_among(field_ids: Iterable[int]) -> list[Field]:
    """Those of these fields that are in use: one query, none for no ids."""
    ids = sorted(set(field_ids))
    return list(_in_use(Field.select()).where(Field.id.in_(ids))) if ids else []


def in_use_called(name_keys: Iterable[str]) -> list[Field]:
    """The fields in use with these folded names: one query, none for no names."""
    keys = sorted(set(name_keys))
    return list(_in_use(Field.select()).where(Field.name_key.in_(keys))) if keys else []


def searched_ids() -> list[int]:
    """The fields in use that are found by typing."""
    return [row[0] for row in _in_use(Field.select(Field.id)).where(Field.is_searched == 1).tuples()]


def _in_use(query: Any) -> Any:
    pages = Page.select(Page.id).where(Page.archived_at.is_null())
    return query.where(Field.archived_at.is_null(), Field.page_id.in_(pages))


def shape_of(field: Field) -> Shape:
    return Shape(field.kind, field.options, field.limits)


def find_page(page_id: int) -> Page:
    page = Page.get_or_none(Page.id == page_id)
    if page is None:
        raise PageNotFound("There is no such page.")
    return page


def find_page_by_name(name: str) -> Page:
    """The page with this name in any case. Raises PageNotFound."""
    for page in Page.select():
        if page.name.casefold() == name.strip().casefold():
            return page
    raise PageNotFound(f"There is no page called {name}.")


def find_field(field_id: int) -> Field:
    field = Field.get_or_none(Field.id == field_id)
    if field is None:
        raise FieldNotFound("There is no such field.")
    return field


def find_field_by_name(name: str) -> Field | None:
    """The field in use with this name, written in any case; a name stands once in an organisation."""
    return _in_use(Field.select()).where(Field.name_key == fold(name)).first()


def texts_of(contact_ids: Iterable[int], field_ids: Sequence[int]) -> dict[int, dict[int, list[str]]]:
    """The texts of these fields of these contacts, {contact: {field: texts}}: one query, without a row's weight."""
    wanted = list(contact_ids)
    if not wanted or not field_ids:
        return {}
    columns = (Value.contact_id, Value.field_id, Value.text)
    query = Value.select(*columns).where(Value.contact_id.in_(wanted), _among(field_ids))
    found: dict[int, dict[int, list[str]]] = {}
    for contact_id, field_id, text in query.order_by(Value.id).tuples():
        found.setdefault(contact_id, {}).setdefault(field_id, []).append(text)
    return found


def _among(field_ids: Sequence[int]) -> Any:
    """The condition that a value is of these fields, so written that no database reads all values of the fields to
    find those of a few contacts.
    """
    return (Value.field_id + SQL("0")).in_(list(field_ids))


def values_of(contact_ids: Iterable[int], field_ids: Sequence[int] | None = None) -> dict[int, Values]:
    """What stands in the fields of these contacts, all of them or those named: one query."""
    wanted = list(contact_ids)
    if not wanted or (field_ids is not None and not field_ids):
        return {}
    query = Value.select().where(Value.contact_id.in_(wanted))
    if field_ids is not None:
        query = query.where(_among(field_ids))
    found: dict[int, Values] = {}
    for value in query.order_by(Value.id):
        found.setdefault(value.contact_id, {}).setdefault(value.field_id, []).append(value)
    return found
