"""Undoes a merge within 30 days. What was changed since the merge stays as it is, and is named."""

from datetime import timedelta
from typing import Any

from peewee import chunked

from portal.activity import log
from portal.activity.log import Entry
from portal.consent import uniting as consent
from portal.consent.models import ConsentEvent, rewriting
from portal.contacts import record, rules
from portal.contacts.holders import Pointer, pointers
from portal.contacts.models import Contact, recording
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Permission
from portal.duplicates.models import Merge
from portal.duplicates.uniting import VALUE, data_as_row, plain, restored, row_as_data, seeing_all

KEPT_FOR = timedelta(days=30)
BATCH = 400
# How what stays is named; of what hangs on a contact by its table.
STAYS = {
    "contact_email": "an email address", "contact_telephone": "a telephone", "contact_address": "an address",
    "contact_note": "a note", "contact_value": "a field of a page",
}  # fmt: skip
_PASSING = ("contact_id", "person_id", "other_id", "is_primary")


class CannotPart(Exception):
    """The merge cannot be undone; the message says why."""


class MergeNotFound(LookupError):
    pass


def find(merge_id: int) -> Merge:
    found = Merge.get_or_none(Merge.id == merge_id)
    if found is None:
        raise MergeNotFound("There is no such merge.")
    return found


def check(merge: Merge) -> None:
    """Raises CannotPart."""
    if merge.undone_at is not None:
        raise CannotPart("This was undone already.")
    if merge.created_at < now() - KEPT_FOR:
        raise CannotPart("A merge can be undone for 30 days. This one is older.")
    if not merge.data:
        raise CannotPart("What this would need was deleted with the contact.")
    kept = Contact.get_or_none(Contact.id == merge.contact_id)
    if kept is None or (kept.erased_at is not None and kept.merged_into is None):
        raise CannotPart("Who was kept is not here any more.")
    later = Merge.select().where(Merge.id > merge.id, Merge.undone_at.is_null())
    either = [merge.contact_id, merge.merged_id]
    if later.where(Merge.contact_id.in_(either) | Merge.merged_id.in_(either)).exists():
        raise CannotPart("One of the two was merged once more since. Undo that first.")


def part(merge: Merge) -> list[str]:
    """Take the two apart again; return what stayed as it is, because it was changed since. Raises CannotPart."""
    require(Permission.CONTACT_MERGE)
    with transaction(), recording():
        fresh = lock(Merge.select().where(Merge.id == merge.id)).get()
        list(lock(Contact.select(Contact.id).where(Contact.id.in_([fresh.contact_id, fresh.merged_id]))).tuples())
        check(fresh)
        with seeing_all():
            return _part(fresh)


def tidy() -> None:
    """What undoing would need is kept no longer than it can be undone."""
    old = (Merge.created_at < now() - KEPT_FOR) & Merge.undone_at.is_null()
    due = [row.id for row in Merge.select(Merge.id).where(old, Merge.data != {}).limit(10_000)]
    for few in chunked(due, BATCH):
        Merge.update(data={}).where(Merge.id.in_(list(few))).execute()


def _part(merge: Merge) -> list[str]:
    kept_id, other_id, data = merge.contact_id, merge.merged_id, merge.data
    stayed: list[str] = []
    since = consent.refusals_since(kept_id, data["since"])
    fields = Contact._meta.fields
    lost = {name: restored(fields[name], value) for name, value in data["lost"].items()}
    Contact.update(**lost, erased_at=None, merged_into=None).where(Contact.id == other_id).execute()
    Contact.update(merged_into=other_id).where(Contact.id.in_(data["chained"])).execute()
    for pointer in pointers():
        stayed += _give_back(pointer, kept_id, other_id, data)
    _put_back(data)
    stayed += _own(kept_id, data["own"])
    _give_words_back(kept_id, other_id, data, since)
    record.refresh([kept_id, other_id])
    stayed = list(dict.fromkeys(stayed))
    actor = current_actor()
    Merge.update(undone_at=now(), undone_by=actor.name, stayed=stayed, data={}).where(Merge.id == merge.id).execute()
    log.write_many(
        [Entry("contact.merge_undone", i, other, more={"merge": merge.id, "stayed": stayed})
         for i, other in ((kept_id, other_id), (other_id, kept_id))]
    )  # fmt: skip
    return stayed


def _give_back(pointer: Pointer, kept_id: int, other_id: int, data: dict[str, Any]) -> list[str]:
    """The rows that had moved, as far as they still are what they were."""
    model: Any = pointer.model
    ids = data["moved"].get(pointer.name, [])
    if not ids:
        return []
    before = data["rows"].get(pointer.name, {})
    stayed, back = [], []
    for few in chunked(ids, BATCH):
        there = {row.id: row for row in model.select().where(model.id.in_(list(few)))}
        for row_id in few:
            row = there.get(row_id)
            if row is None or getattr(row, pointer.column) != kept_id:
                if pointer.is_watched:
                    stayed.append(f"{STAYS[model._meta.table_name]} that was removed since")
            elif pointer.is_watched and _facts(row_as_data(row)) != _facts(before[str(row_id)]):
                stayed.append(f"{STAYS[model._meta.table_name]} that was changed since")
            else:
                back.append(row_id)
    values: dict[str, Any] = {pointer.column: other_id}
    values |= {pointer.key: str(other_id)} if pointer.key else {}
    with pointer.door():
        for few in chunked(back, BATCH):
            model.update(**values).where(model.id.in_(list(few))).execute()
        for row_id in back:
            if pointer.is_part and before[str(row_id)]["is_primary"]:
                model.update(is_primary=1).where(model.id == row_id).execute()
    return stayed


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _PASSING and not name.startswith("state")}


def _put_back(data: dict[str, Any]) -> None:
    """The rows that had been taken out, where nothing has taken their place."""
    by_name = {pointer.name: pointer for pointer in pointers()}
    for name, row in reversed(data["dropped"]):
        pointer = by_name[name]
        model: Any = pointer.model
        values = data_as_row(model, row)
        beside = ("field_id",) if name == VALUE else pointer.beside
        same = [getattr(model, column) == values[column] for column in {pointer.column, *beside}]
        if not model.select().where(*same).exists():
            with pointer.door():
                model.insert(**values).execute()


def _own(kept_id: int, own: dict[str, list[Any]]) -> list[str]:
    """The fields of who is kept as they were before, but those that were changed since."""
    kept = Contact.get_by_id(kept_id)
    fields = Contact._meta.fields
    same = {name: before for name, (before, after) in own.items() if plain(getattr(kept, name)) == after}
    if same:
        values = {name: restored(fields[name], before) for name, before in same.items()}
        names = {f: values.get(f, getattr(kept, f)) for f in rules.NAME_FIELDS}
        Contact.update(**values, sort_name=rules.sort_name_of(names)).where(Contact.id == kept_id).execute()
    return [
        f"{name.replace('_id', '').replace('_', ' ')}, which was changed since" for name in own.keys() - same.keys()
    ]


def _give_words_back(kept_id: int, other_id: int, data: dict[str, Any], since: list[ConsentEvent]) -> None:
    """A refusal that was said once more because of the other is the other's; what was refused since holds for both."""
    theirs = [event_id for event_id, owner in data["said"] if owner == other_id]
    with rewriting():
        mine = ConsentEvent.id.in_(theirs) & (ConsentEvent.contact_id == kept_id)
        ConsentEvent.update(contact_id=other_id).where(mine).execute()
    consent.lift_carried(data["stops"])
    consent.repeat_for(other_id, since)
