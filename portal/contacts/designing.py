"""Designing pages and fields, whoever asks: a page of the settings, a command or a test.

They belong to all contacts of the organisation, so who sees only some of these designs nothing, and what is checked
(names, limits, values that stand in a field) is checked for all. Fields and pages hidden from the actor are not there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from peewee import IntegrityError, fn

from portal.accounts.service import today
from portal.activity import log
from portal.contacts import groups, record_values
from portal.contacts.design_rules import (
    MOST_FIELDS,
    MOST_LISTED,
    MOST_PAGES,
    Design,
    Unfit,
    columns_of,
    name_of,
)
from portal.contacts.field_facts import tells_of
from portal.contacts.fields import FieldNotFound, PageNotFound, Sheet, find_field
from portal.contacts.models import Field, Page, Value
from portal.contacts.self_service import LEVELS, refusal
from portal.core.actor import current_actor, require, seeing_everything
from portal.core.clock import now
from portal.core.db import lock_table, transaction
from portal.core.permissions import Denied, Permission
from portal.documents import service as documents


def sheets() -> list[Sheet]:
    """Every page that the actor may see, with all its fields, those put away included."""
    by_page: dict[int, list[Field]] = {}
    for field in Field.select().order_by(Field.position, Field.id):
        by_page.setdefault(field.page_id, []).append(field)
    return [Sheet(page, by_page.get(page.id, [])) for page in Page.select().order_by(Page.position, Page.id)]


def add_page(name: str) -> Page:
    _may_design()
    name = name_of(name, "page")
    with transaction():
        lock_table(Page)
        with seeing_everything():
            if Page.select().count() >= MOST_PAGES:
                raise Unfit("name", f"An organisation has at most {MOST_PAGES} pages. Put fields on one of those.")
            last = Page.select(fn.MAX(Page.position)).scalar()
        _refuse_same_page(name, None)
        page = _unless_taken(lambda: Page.create(name=name, position=(last or 0) + 1), f"page called {name}")
        log.write("page.added", subject_id=page.id, changes={"name": [None, name]})
    return page


def rename_page(page: Page, name: str) -> None:
    _may_design(page.id)
    name = name_of(name, "page")
    if name == page.name:
        return
    with transaction():
        _refuse_same_page(name, page.id)
        update = Page.update(name=name).where(Page.id == page.id)
        _unless_taken(update.execute, f"page called {name}")
        log.write("page.changed", subject_id=page.id, changes={"name": [page.name, name]})


def order_pages(page_ids: Sequence[int]) -> None:
    """Put the pages into this order. Raises PageNotFound for one that is not there, Unfit when one is left out."""
    _may_design()
    with transaction():
        lock_table(Page)
        mine = [page.id for page in Page.select(Page.id)]
        with seeing_everything():
            whole = list(Page.select().order_by(Page.position, Page.id))
            changes = _ordered(whole, mine, page_ids, PageNotFound("There is no such page."))
            for page, place in changes:
                Page.update(position=place).where(Page.id == page.id).execute()
        if changes:
            log.write("page.moved", order=[page.id for page in Page.select(Page.id).order_by(Page.position, Page.id)])


def archive_page(page: Page) -> None:
    """Put a page away with all that stands in it; it can be taken out again."""
    _set_page_archived(page, is_archived=True)


def restore_page(page: Page) -> None:
    _set_page_archived(page, is_archived=False)


def remove_page(page: Page) -> None:
    """Remove a page that has no fields. Raises Unfit while it has any."""
    _may_design(page.id)
    with transaction():
        lock_table(Field)
        with seeing_everything():
            left = Field.select().where(Field.page_id == page.id).count()
        if left:
            raise Unfit("page", "Fields stand on this page. Move them to another page or delete them first.")
        Page.delete().where(Page.id == page.id).execute()
        log.write("page.removed", subject_id=page.id, changes={"name": [page.name, None]})


def add_field(page: Page, design: Design) -> Field:
    _may_design(page.id)
    columns = columns_of(design, today())
    with transaction():
        lock_table(Field)
        with seeing_everything():
            if Field.select().count() >= MOST_FIELDS:
                raise Unfit("name", f"An organisation has at most {MOST_FIELDS} fields. Delete one that nobody needs.")
            last = Field.select(fn.MAX(Field.position)).where(Field.page_id == page.id).scalar()
        _check_free(columns)
        field = _unless_taken(
            lambda: Field.create(page_id=page.id, position=(last or 0) + 1, **columns),
            f"field called {columns['name']}",
        )
        told = {name: [None, value] for name, value in columns.items() if value and name != "name_key"}
        log.write("field.added", subject_id=field.id, changes=told, page=page.id)
    return field


def change_field(field: Field, design: Design, page: Page) -> None:
    """Make a field equal to a design, on this page. Its kind stays once values stand in it."""
    _may_design(field.page_id)
    _may_design(page.id)
    with transaction():
        lock_table(Field)
        used = used_options(field)
        columns = columns_of(design, today(), field.options, used, int(field.limits.get("options_made", 0)))
        if columns["kind"] != field.kind and count_values(field):
            raise Unfit("kind", "Values stand in this field, so its kind stays. Archive it and make a new one.")
        _check_free(columns, field.id, is_shown=field.archived_at is None)
        if page.id != field.page_id:
            columns |= {"page_id": page.id, "position": _last_position(page) + 1}
        changes = {name: [getattr(field, name), value] for name, value in columns.items()}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1] and name != "position"}
        if not changes:
            return
        update = Field.update(**columns).where(Field.id == field.id)
        _unless_taken(update.execute, f"field called {columns['name']}")
        if changes.keys() & {"is_searched", "options"}:
            record_values.find_again(field, columns["options"], is_searched=bool(columns["is_searched"]))
        if changes.keys() & {"sensitivity", "page_id"}:
            groups.retell()
            _retell_files(field.id)
        log.write("field.changed", subject_id=field.id, changes=_told(changes))


def _retell_files(field_id: int) -> None:
    """Hide the documents in a field as the field itself is hidden from now on."""
    with seeing_everything():
        field = Field.get_by_id(field_id)
        in_it = Value.select(Value.document_id).where(Value.field_id == field_id, Value.document_id.is_null(False))
        documents.retell([row[0] for row in in_it.tuples()], tells_of(Page.get_by_id(field.page_id), field))


def set_self_service(levels: Mapping[int, int]) -> None:
    """Say of these fields, by their ids, what contacts see and change of them on their own pages. Raises Unfit, whose
    `at` is the id of the field, FieldNotFound and Denied.
    """
    _may_design()
    with transaction():
        lock_table(Field)
        for field_id, level in levels.items():
            field = find_field(field_id)
            if field.self_service == level:
                continue
            _may_design(field.page_id)
            if words := refusal(level, field.kind, field.sensitivity):
                raise Unfit(str(field_id), words)
            Field.update(self_service=level).where(Field.id == field.id).execute()
            told = _told({"self_service": [field.self_service, level]})
            log.write("field.changed", subject_id=field.id, changes=told)


def order_fields(page: Page, field_ids: Sequence[int]) -> None:
    """Put the fields of a page into this order. Raises FieldNotFound for one that is not on it, Unfit when one is left
    out.
    """
    _may_design(page.id)
    with transaction():
        lock_table(Field)
        on_page = Field.page_id == page.id
        mine = [field.id for field in Field.select(Field.id).where(on_page)]
        with seeing_everything():
            whole = list(Field.select().where(on_page).order_by(Field.position, Field.id))
            changes = _ordered(whole, mine, field_ids, FieldNotFound("There is no such field."))
            for field, place in changes:
                Field.update(position=place).where(Field.id == field.id).execute()
        if changes:
            order = Field.select(Field.id).where(on_page).order_by(Field.position, Field.id)
            log.write("field.moved", page=page.id, order=[field.id for field in order])


def archive_field(field: Field) -> None:
    """Put a field away with what stands in it; it can be taken out again."""
    _set_field_archived(field, is_archived=True)


def restore_field(field: Field) -> None:
    _set_field_archived(field, is_archived=False)


def count_values(field: Field) -> int:
    """How many contacts have a value in it."""
    query = Value.select(fn.COUNT(Value.contact_id.distinct())).where(Value.field_id == field.id)
    return int(query.scalar() or 0)


def used_options(field: Field) -> set[str]:
    """The ids of the options that contacts have, or that rules of groups ask about."""
    if not field.options:
        return set()
    query = Value.select(Value.text).where(Value.field_id == field.id).distinct()
    return {row[0] for row in query.tuples()} | groups.values_asked(f"field:{field.id}")


def _may_design(page_id: int | None = None) -> None:
    require(Permission.SETTINGS)
    actor = current_actor()
    if actor.is_limited:
        raise Denied("Pages and fields belong to all contacts, and some are hidden from you.")
    if page_id in actor.read_only_pages:
        raise Denied("You may read this page but not change it.")


def _refuse_same_page(name: str, page_id: int | None) -> None:
    with seeing_everything():
        pages = Page.select(Page.id, Page.name)
        taken = any(page.name.casefold() == name.casefold() and page.id != page_id for page in pages)
    if taken:
        raise Unfit("name", f"There is already a page called {name}.")


def _check_free(columns: dict[str, Any], own_id: int = 0, *, is_shown: bool = True) -> None:
    """The name is free, and there is room for one more column in the list."""
    with seeing_everything():
        taken = Field.get_or_none(Field.name_key == columns["name_key"], Field.id != own_id)
        listed = Field.select().where(Field.is_listed == 1, Field.archived_at.is_null(), Field.id != own_id).count()
    if taken is not None:
        put_away = ", put away" if taken.archived_at else ""
        raise Unfit("name", f"There is already a field called {columns['name']}{put_away}.")
    if columns["is_listed"] and is_shown and listed >= MOST_LISTED:
        raise Unfit("is_listed", f"The list shows at most {MOST_LISTED} fields. Take another one out first.")


def _unless_taken(act: Callable[[], Any], what: str) -> Any:
    """Names are unique in the database too, for two who write at the same moment."""
    try:
        with transaction():
            return act()
    except IntegrityError as error:
        raise Unfit("name", f"There is already a {what}.") from error


def _ordered(whole: Sequence[Any], mine: Sequence[int], wanted: Sequence[int], unknown: LookupError) -> list[Any]:
    """The rows whose place changes, with the new one. Those the actor does not see keep theirs."""
    if set(wanted) - set(mine):
        raise unknown
    if len(wanted) != len(mine) or set(wanted) != set(mine):
        raise Unfit("order", "This was changed in the meantime. Reload the page and try again.")
    by_id = {row.id: row for row in whole}
    order = iter(wanted)
    placed = [by_id[next(order)] if row.id in set(mine) else row for row in whole]
    if placed == list(whole):
        return []
    return [(row, place) for place, row in enumerate(placed) if row.position != place]


def _last_position(page: Page) -> int:
    with seeing_everything():
        return int(Field.select(fn.MAX(Field.position)).where(Field.page_id == page.id).scalar() or 0)


def _set_page_archived(page: Page, *, is_archived: bool) -> None:
    _may_design(page.id)
    if bool(page.archived_at) == is_archived:
        return
    with transaction():
        Page.update(archived_at=now() if is_archived else None).where(Page.id == page.id).execute()
        if not is_archived:
            groups.retell()
        log.write("page.archived" if is_archived else "page.restored", subject_id=page.id, name=page.name)


def _set_field_archived(field: Field, *, is_archived: bool) -> None:
    _may_design(field.page_id)
    if bool(field.archived_at) == is_archived:
        return
    with transaction():
        lock_table(Field)
        if not is_archived:
            _check_free({"name": field.name, "name_key": field.name_key, "is_listed": field.is_listed}, field.id)
        Field.update(archived_at=now() if is_archived else None).where(Field.id == field.id).execute()
        if not is_archived:
            groups.retell()
        log.write("field.archived" if is_archived else "field.restored", subject_id=field.id, name=field.name)


def _told(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    words = {"self_service": [LEVELS[level] for level in changes.get("self_service", ())]}
    return {name: words.get(name, pair) for name, pair in changes.items() if name != "name_key"}
