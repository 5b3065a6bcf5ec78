"""The pages of fields that an organisation has designed for its contacts, and what stands in them, as far as the
actor may see it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

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


# What is enough to show values; reading whole fields costs a page of a contact more than everything else on it.
TO_SHOW = (Field.id, Field.page_id, Field.name, Field.kind, Field.sensitivity, Field.options)


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
    query = Field.select().where(Field.archived_at.is_null()).order_by(Field.position, Field.id)
    places = {
        page.id: place
        for place, page in enumerate(
            Page.select(Page.id).where(Page.archived_at.is_null()).order_by(Page.position, Page.id)
        )
    }
    return sorted((f for f in query if f.page_id in places), key=lambda f: places[f.page_id])


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
    return Field.get_or_none(Field.name_key == fold(name), Field.archived_at.is_null())


def values_of(contact_ids: Iterable[int], field_ids: Sequence[int] | None = None) -> dict[int, Values]:
    """What stands in the fields of these contacts, all of them or those named: one query."""
    wanted = list(contact_ids)
    if not wanted or (field_ids is not None and not field_ids):
        return {}
    query = Value.select().where(Value.contact_id.in_(wanted))
    if field_ids is not None:
        query = query.where(Value.field_id.in_(list(field_ids)))
    found: dict[int, Values] = {}
    for value in query.order_by(Value.id):
        found.setdefault(value.contact_id, {}).setdefault(value.field_id, []).append(value)
    return found
