"""Makes two contacts one. Everything that points at the one follows to the other, what neither may lose is united, and
what undoing needs is kept: which rows moved, and what was put in place of what.

`Merge.data` holds: `own` of who is kept, {field: [before, after]}; `lost`, the fields of the other; `moved`,
{pointer: ids}; `rows`, as watched rows were when they moved; `dropped`, rows taken out; `chained`, those who had been
merged into the other; `said` and `stops`, what was added so that the stricter wins; `since`, the last event before.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from peewee import DateField, chunked

from portal.activity import log
from portal.consent import uniting as consent
from portal.contacts import record, rules
from portal.contacts.child_rules import Standing
from portal.contacts.children import as_the_gate_sees
from portal.contacts.holders import Pointer, pointers
from portal.contacts.models import Contact, Field, GroupMember, Value, recording
from portal.contacts.names import fold
from portal.core.actor import Actor, acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import UtcField, lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import EVERYTHING, Permission
from portal.duplicates.models import Merge, Pair

BATCH = 400
# The contact's own fields among which is chosen. The roles and the strictest of what concerns sending are united.
CHOSEN = (
    "title", "first_name", "last_name", "preferred_name", "initials", "organisation", "trading_name", "body_kind",
    "registration", "vat_number", "language", "birth_date", "source", "obtained", "photo_id",
)  # fmt: skip
VALUE = "contact_value.contact_id"


class Unmergeable(Misfit):
    """These two are not made one, and why."""

    def __init__(self, words: str) -> None:
        super().__init__(words, "")


class StalePair(Exception):
    """One of the two was changed since they were shown."""


@contextmanager
def seeing_all() -> Iterator[Actor]:
    """The same actor, who reaches every row of the contacts: what is hidden from him is united too, and not shown."""
    actor = current_actor()
    open_to_all = replace(
        actor, permissions=EVERYTHING, hidden=frozenset(), hidden_pages=frozenset(), read_only_pages=frozenset(),
        only_group=None, denied_groups=frozenset(), contact_id=None,
    )  # fmt: skip
    with acting_as(open_to_all) as whole:
        yield whole


def stamp(one: Contact, other: Contact) -> str:
    """A fingerprint of two contacts as they stand, whichever is named first."""
    with seeing_all():
        parts = [[c.id, c.version, str(c.updated_at), _groups(c.id)] for c in sorted((one, other), key=lambda c: c.id)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def check(kept: Contact, other: Contact) -> None:
    """Raises Unmergeable."""
    if kept.id == other.id:
        raise Unmergeable("Choose two contacts.")
    if kept.kind != other.kind:
        raise Unmergeable("A person and an organisation are never the same. Correct the kind of one of them first.")
    if kept.archived_at or other.archived_at:
        raise Unmergeable("One of the two is archived. Bring it back first, so that you see what you merge.")


def unite(
    kept_id: int, other_id: int, chosen: Mapping[str, str] | None = None, *, seen: str = "", run_id: int | None = None
) -> Merge:
    """Make the two one. `chosen` says by field ("birth_date", "field:12") whose value stays where both have one: "kept"
    or "other". Raises Unmergeable, and StalePair when either differs from what was `seen`.
    """
    require(Permission.CONTACT_MERGE)
    chosen = chosen or {}
    with transaction(), recording():
        found = lock(Contact.select().where(Contact.id.in_([kept_id, other_id]), Contact.erased_at.is_null()))
        contacts = {c.id: c for c in found.order_by(Contact.id)}
        if len(contacts) < 2 and kept_id != other_id:
            raise Unmergeable("One of the two is not here any more.")
        kept, other = contacts[kept_id], contacts[other_id]
        check(kept, other)
        if seen and seen != stamp(kept, other):
            raise StalePair
        with seeing_all():
            return _unite(kept, other, chosen, run_id)


def _unite(kept: Contact, other: Contact, chosen: Mapping[str, str], run_id: int | None) -> Merge:
    before = consent.word_of([kept.id, other.id])
    children = as_the_gate_sees([kept.id, other.id])
    data: dict[str, Any] = {"moved": {}, "rows": {}, "dropped": [], "since": consent.last_event()}
    values = own_values(kept, other, chosen)
    data["own"] = {f: [plain(getattr(kept, f)), plain(v)] for f, v in values.items() if getattr(kept, f) != v}
    data["lost"] = {
        f: plain(getattr(other, f)) for f in (*rules.ERASED_FIELDS, "birth_date", "deceased_on", "photo_id")
    }
    _choose_values(kept.id, other.id, chosen, data)
    for pointer in pointers():
        follow(pointer, kept.id, other.id, data)
    chained = [row[0] for row in Contact.select(Contact.id).where(Contact.merged_into == other.id).tuples()]
    data["chained"] = chained
    Contact.update(merged_into=kept.id).where(Contact.id.in_(chained)).execute()
    blank: dict[str, Any] = dict.fromkeys(rules.ERASED_FIELDS, "")
    blank |= {"birth_date": None, "deceased_on": None, "photo_id": None, "erased_at": now(), "merged_into": kept.id}
    Contact.update(**blank, updated_at=now(), version=Contact.version + 1).where(Contact.id == other.id).execute()
    names = {f: values.get(f, getattr(kept, f)) for f in rules.NAME_FIELDS}
    Contact.update(**values, sort_name=rules.sort_name_of(names)).where(Contact.id == kept.id).execute()
    data["said"], data["stops"] = consent.keep_stricter(kept.id, before)
    record.refresh([kept.id])
    if Standing.PENDING in children.values() and as_the_gate_sees([kept.id]).get(kept.id) is not Standing.PENDING:
        raise Unmergeable(
            "One of the two is a child for whom no parent or guardian has agreed, and the merged contact would be "
            "written to. Record what the parent or guardian said with both, or correct the birth date, first."
        )
    _pass_on_pairs(kept.id, other.id)
    actor = current_actor()
    made: Merge = Merge.create(
        contact_id=kept.id, merged_id=other.id, user_id=actor.user_id, user_name=actor.name, run_id=run_id, data=data
    )
    changes = {f: pair for f, pair in data["own"].items() if f not in ("photo_id", *rules.UNTOLD)}
    log.write("contact.merged", kept.id, subject_id=other.id, changes=changes, merge=made.id)
    return made


def own_values(kept: Contact, other: Contact, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the one contact: as chosen, else what is kept has, else what there is."""
    values: dict[str, Any] = {}
    for name in CHOSEN:
        mine, theirs = getattr(kept, name), getattr(other, name)
        takes = theirs and (not mine or chosen.get(name) == "other")
        values[name] = theirs if takes else mine
    values["roles"] = rules.roles_text([*kept.roles.split(","), *other.roles.split(",")])
    values["is_untracked"] = max(kept.is_untracked, other.is_untracked)
    values["spacing"] = max(kept.spacing, other.spacing)
    dead = kept if kept.deceased_on is not None else other
    values["deceased_on"], values["deceased_note"] = dead.deceased_on, dead.deceased_note
    return values


def follow(pointer: Pointer, kept_id: int, other_id: int, data: dict[str, Any]) -> None:
    """Let the rows that name the one name the other, but those that may stand once only and are there already."""
    model: Any = pointer.model
    column = getattr(model, pointer.column)
    rows = list(model.select().where(column == other_id).order_by(model.id))
    if not rows:
        return
    theirs = list(model.select().where(column == kept_id)) if pointer.beside or pointer.is_part else []
    taken = {_beside(pointer, row) for row in theirs} if pointer.beside else set()
    if pointer.is_mutual:
        taken |= _the_other_way_round(pointer, kept_id)
    moving = []
    for row in rows:
        is_itself = pointer.apart and getattr(row, pointer.apart) == kept_id
        if is_itself or (pointer.beside and _beside(pointer, row) in taken):
            drop(pointer, row, data)
        else:
            taken.add(_beside(pointer, row))
            moving.append(row)
    if not moving:
        return
    data["moved"][pointer.name] = [row.id for row in moving]
    if pointer.is_watched or pointer.is_part:
        data["rows"][pointer.name] = {str(row.id): row_as_data(row) for row in moving}
    values: dict[str, Any] = {pointer.column: kept_id}
    values |= {pointer.key: str(kept_id)} if pointer.key else {}
    values |= {"is_primary": 0} if pointer.is_part and theirs else {}
    with pointer.door():
        for few in chunked([row.id for row in moving], BATCH):
            model.update(**values).where(model.id.in_(list(few))).execute()


def drop(pointer: Pointer, row: Any, data: dict[str, Any]) -> None:
    model: Any = pointer.model
    data["dropped"].append([pointer.name, row_as_data(row)])
    with pointer.door():
        model.delete().where(model.id == row.id).execute()


def row_as_data(row: Any) -> dict[str, Any]:
    names = [f.name for f in row._meta.sorted_fields if f.name not in ("id", "org")]
    return {name: plain(getattr(row, name)) for name in names}


def data_as_row(model: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """What row_as_data made of a row, to be written again."""
    fields = model._meta.fields
    return {name: restored(fields[name], value) for name, value in data.items() if name in fields}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def restored(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, UtcField):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(field, DateField) else value


def _choose_values(kept_id: int, other_id: int, chosen: Mapping[str, str], data: dict[str, Any]) -> None:
    """Of a field that holds one thing only, one of two stays; of several choices all do."""
    pointer = next(p for p in pointers() if p.name == VALUE)
    several = {row[0] for row in Field.select(Field.id).where(Field.kind == "choices").tuples()}
    mine, theirs = ({v.field_id: v for v in _values(i) if v.field_id not in several} for i in (kept_id, other_id))
    for field_id in mine.keys() & theirs.keys():
        loses = mine if chosen.get(f"field:{field_id}") == "other" else theirs
        drop(pointer, loses[field_id], data)


def _values(contact_id: int) -> list[Value]:
    return list(Value.select().where(Value.contact_id == contact_id))


def _beside(pointer: Pointer, row: Any) -> tuple[Any, ...]:
    return tuple(fold(v) if isinstance(v, str) and pointer.is_part else v for v in _told(pointer, row))


def _told(pointer: Pointer, row: Any) -> list[Any]:
    return [getattr(row, name) for name in pointer.beside] if pointer.beside else [row.id]


def _the_other_way_round(pointer: Pointer, kept_id: int) -> set[tuple[Any, ...]]:
    model: Any = pointer.model
    rest = [name for name in pointer.beside if name != pointer.apart]
    rows = model.select().where(getattr(model, pointer.apart) == kept_id)
    return {(getattr(row, pointer.column), *(getattr(row, name) for name in rest)) for row in rows}


def _pass_on_pairs(kept_id: int, other_id: int) -> None:
    """Who is not the other, is not who is kept either; what else was found of the other is found again."""
    pairs = list(Pair.select().where((Pair.contact_id == other_id) | (Pair.other_id == other_id)))
    for pair in pairs:
        third = pair.other_id if pair.contact_id == other_id else pair.contact_id
        one, two = min(third, kept_id), max(third, kept_id)
        if pair.state == "dismissed" and third != kept_id:
            there = Pair.get_or_none(Pair.contact_id == one, Pair.other_id == two)
            if there is None:
                row = row_as_data(pair) | {"contact_id": one, "other_id": two}
                Pair.insert(**data_as_row(Pair, row)).execute()
            else:
                Pair.update(state="dismissed", dismissed_by=pair.dismissed_by).where(Pair.id == there.id).execute()
    Pair.delete().where(Pair.id.in_([pair.id for pair in pairs])).execute()


def _groups(contact_id: int) -> list[int]:
    query = GroupMember.select(GroupMember.group_id).where(GroupMember.contact_id == contact_id)
    return sorted(row[0] for row in query.tuples())
