"""The only writer of contacts. A change and its entry in the log are one transaction; nothing changed, no entry.

Many at once go through `add_many` and `change_many`, which write in bulk. Whoever changes a telephone, email or
address here also keeps the contact's search columns and its time of change.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from peewee import chunked

from portal.activity import log
from portal.activity.log import Entry
from portal.contacts import record_values, rules
from portal.contacts.group_rules import ByRule
from portal.contacts.holders import holders
from portal.contacts.models import (
    Address,
    Contact,
    ContactPart,
    Email,
    Field,
    Group,
    GroupMember,
    Note,
    RecordedModel,
    Telephone,
    Value,
    recording,
)
from portal.core.actor import acting_as, current_actor, seeing_everything, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Denied

BATCH = 400
Part = TypeVar("Part", bound=ContactPart)
Model = type[RecordedModel]
CLEAN: dict[str, Any] = {
    "state": "", "state_reason": "", "state_words": "", "state_at": None, "state_delivery_id": None,
}  # fmt: skip # an address of which nothing bad is known


def add(action: str = "contact.added", *, more: Mapping[str, Any] | None = None, **values: Any) -> Contact:
    """Add one contact with its own fields; parts are added after it by `add_part`."""
    values = {**values, "sort_name": rules.sort_name_of(values)}
    with transaction(), recording():
        contact = Contact.create(**values)
        shown = {name: [None, _plain(v)] for name, v in values.items() if v and name not in rules.UNTOLD}
        log.write(action, contact.id, changes=shown, **(more or {}))
        refresh([contact.id])
    return contact


def change(contact: Contact, action: str, **values: Any) -> bool:
    """Set the values that differ and log them; return whether anything did."""
    changes = {f: [_plain(getattr(contact, f)), _plain(v)] for f, v in values.items() if getattr(contact, f) != v}
    if not changes:
        return False
    with transaction(), recording():
        for field in changes:
            setattr(contact, field, values[field])
        contact.sort_name = rules.sort_name_of({f: getattr(contact, f) for f in rules.NAME_FIELDS})
        contact.save(only=[*changes, "sort_name"])
        log.write(action, contact.id, changes=changes)
        refresh([contact.id])
    return True


def add_part(kind: type[Part], contact_id: int, action: str, **values: Any) -> Part:
    """Add an email, telephone, address or note to a contact."""
    _may_touch(kind)
    with transaction(), recording():
        part = kind.create(contact_id=contact_id, **values)
        log.write(action, contact_id, changes={rules.PART_NAME[kind.__name__]: [None, rules.told(part)]})
        refresh([contact_id])
    return part


def change_part(part: ContactPart, action: str, **values: Any) -> bool:
    """Change a part; return whether anything differed."""
    _may_touch(type(part))
    before = rules.told(part)
    changed = {name: value for name, value in values.items() if getattr(part, name) != value}
    if not changed:
        return False
    with transaction(), recording():
        for name, value in changed.items():
            setattr(part, name, value)
        part.save(only=list(changed))
        after = rules.told(part)
        name = rules.PART_NAME[type(part).__name__]
        told = (
            {name: [before, after]}
            if before != after
            else {f"{name} {k.removeprefix('is_')}": [None, v] for k, v in changed.items()}
        )
        log.write(action, part.contact_id, changes=told)
        refresh([part.contact_id])
    return True


def remove_part(part: ContactPart, action: str) -> None:
    _may_touch(type(part))
    with transaction(), recording():
        type(part).delete().where(type(part).id == part.id).execute()
        log.write(action, part.contact_id, changes={rules.PART_NAME[type(part).__name__]: [rules.told(part), None]})
        refresh([part.contact_id])


def add_many(new: Sequence["rules.NewContact"], action: str, **more: Any) -> list[int]:
    """Add contacts with their parts and groups in bulk; one entry each. Returns their ids, in order. Raises ByRule."""
    _check_by_hand({group_id for contact in new for group_id in contact.group_ids})
    ids: list[int] = []
    fields = {f.id: f for f in Field.select().where(Field.id.in_(sorted({i for c in new for i in c.values}) or [0]))}
    for batch in chunked(new, BATCH):
        with transaction(), recording():
            rows = [{**c.fields, "sort_name": rules.sort_name_of(c.fields), **rules.search_of(c)} for c in batch]
            given = Contact.insert_many(_even(rows)).returning(Contact.id).execute()
            made = sorted(row.id if hasattr(row, "id") else row[0] for row in given)
            pairs = list(zip(made, batch, strict=True))
            for kind, name in ((Email, "emails"), (Telephone, "telephones"), (Address, "addresses"), (Note, "notes")):
                parts = [{"contact_id": i, **part} for i, c in pairs for part in getattr(c, name)]
                for few in chunked(_even(parts), BATCH):
                    kind.insert_many(few).execute()
            members = [{"group_id": g, "contact_id": i} for i, c in pairs for g in c.group_ids]
            for few in chunked(members, BATCH):
                GroupMember.insert_many(few).execute()
            record_values.insert(
                record_values.row_of(i, fields[f], entry) for i, c in pairs for f in c.values for entry in c.values[f]
            )
            told = [rules.told_of(c) | record_values.told_of_new(fields, c.values) for c in batch]
            log.write_many(Entry(action, i, changes=t, more=more) for i, t in zip(made, told, strict=True))
            ids += made
    return ids


def change_many(
    contacts: Iterable[tuple[int, Mapping[str, list[Any]]]], action: str, subject_id: int | None = None, **more: Any
) -> None:
    """Log one entry for each (contact id, {field: [old, new]}) that a bulk writer of this module has just changed."""
    log.write_many(Entry(action, contact_id, subject_id, dict(changes), more) for contact_id, changes in contacts)


def group(contact_ids: Sequence[int], group_id: int, name: str) -> int:
    """Put contacts into a group; return how many were not in it before. Raises ByRule."""
    _check_by_hand([group_id])
    joined = 0
    for batch in chunked(contact_ids, BATCH):
        with transaction(), recording():
            inside = {
                m.contact_id
                for m in GroupMember.select(GroupMember.contact_id).where(
                    GroupMember.group_id == group_id, GroupMember.contact_id.in_(list(batch))
                )
            }
            fresh = [i for i in batch if i not in inside]
            if fresh:
                GroupMember.insert_many([{"group_id": group_id, "contact_id": i} for i in fresh]).execute()
                change_many([(i, {"group": [None, name]}) for i in fresh], "contact.grouped", group_id)
                joined += len(fresh)
    return joined


def ungroup(contact_ids: Sequence[int], group_id: int, name: str) -> int:
    """Take contacts out of a group; return how many were in it. Raises ByRule."""
    _check_by_hand([group_id])
    left = 0
    for batch in chunked(contact_ids, BATCH):
        with transaction(), recording():
            mine = (GroupMember.group_id == group_id) & GroupMember.contact_id.in_(list(batch))
            inside = [m.contact_id for m in GroupMember.select(GroupMember.contact_id).where(mine)]
            if inside:
                GroupMember.delete().where(mine).execute()
                change_many([(i, {"group": [name, None]}) for i in inside], "contact.ungrouped", group_id)
                left += len(inside)
    return left


def erase(contact_ids: Sequence[int], why: str = "", action: str = "contact.erased") -> int:
    """Empty contacts to nameless tombstones, with all that hangs on them, also what the actor is not shown; return
    how many were erased. What is asked of people when they are removed, portal.privacy.erasing does: this is its part
    that knows of contacts, and all of it when an import is taken back.
    """
    erased = 0
    for batch in chunked(contact_ids, BATCH):
        with transaction(), recording(), seeing_everything():
            query = Contact.select(Contact.id).where(Contact.id.in_(list(batch)), Contact.erased_at.is_null())
            ids = [c.id for c in query]
            if not ids:
                continue
            for kind in (Email, Telephone, Address, Note, GroupMember, Value):
                kind.delete().where(kind.contact_id.in_(ids)).execute()
            Value.delete().where(Value.person_id.in_(ids)).execute()
            for holder in holders():
                holder.erase(ids)
            blank = dict.fromkeys(rules.ERASED_FIELDS, "")
            bare = {**blank, "birth_date": None, "deceased_on": None, "archived_at": None}
            Contact.update(**bare, erased_at=now(), updated_at=now()).where(Contact.id.in_(ids)).execute()
            # Of who was merged into one of them the log alone still tells.
            told = ids + [row[0] for row in Contact.select(Contact.id).where(Contact.merged_into.in_(ids)).tuples()]
            log.erase_detail(told)
            reason = {"why": [None, why]} if why else {}
            log.write_many(Entry(action, i, changes=reason) for i in told)
            erased += len(ids)
    return erased


def confirm(contact_ids: Sequence[int]) -> int:
    """Note that what is kept of these contacts was looked through and is right (s 16): it counts as updated today."""
    done = 0
    for batch in chunked(contact_ids, BATCH):
        with transaction():
            ids = [c.id for c in Contact.select(Contact.id).where(Contact.id.in_(batch), Contact.erased_at.is_null())]
            log.write_many(Entry("contact.confirmed", i) for i in ids)
            refresh(ids)
            done += len(ids)
    return done


def mark_email(normal: str, state: str, reason: str, *, words: str = "", delivery_id: int | None = None) -> int:
    """Set the state of an address on every contact that has it: undeliverable, complained, or none again.

    `reason` is for people, `words` are the mail server's own. Returns how many contacts were changed.
    """
    values = CLEAN
    if state:
        told = {"state_reason": reason, "state_words": words, "state_delivery_id": delivery_id}
        values = {"state": state, "state_at": now(), **told}
    changed = 0
    with transaction(), recording():
        for part in Email.select().where(Email.normal == normal, Email.state != state):
            changed += 1
            Email.update(**values).where(Email.id == part.id).execute()
            log.write(
                "contact.email_state_changed",
                part.contact_id,
                changes={"email state": [part.state or None, state or None]},
                reason=reason,
            )
    return changed


def refresh(contact_ids: Sequence[int]) -> None:
    """Bring the search columns, version and time of change of these contacts up to date: also of one that is not yet,
    or no longer, in the one group the actor sees.
    """
    with transaction(), recording(), acting_as(system(current_actor().org_id)):
        emails = _by_contact(Email, contact_ids)
        telephones = _by_contact(Telephone, contact_ids)
        for contact in Contact.select().where(Contact.id.in_(list(contact_ids))):
            columns = rules.search_columns(
                {f: getattr(contact, f) for f in rules.NAME_FIELDS},
                [e.normal for e in emails.get(contact.id, [])],
                [t.number for t in telephones.get(contact.id, [])],
            )
            Contact.update(**columns, version=Contact.version + 1, updated_at=now()).where(
                Contact.id == contact.id
            ).execute()


def _by_contact(kind: type[Part], contact_ids: Sequence[int]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = {}
    for part in kind.select().where(kind.contact_id.in_(list(contact_ids))):
        found.setdefault(part.contact_id, []).append(part)
    return found


def _check_by_hand(group_ids: Iterable[int]) -> None:
    """Nobody is put into a group that a rule fills, whether the actor knows of it or not."""
    ids = sorted(group_ids)
    if not ids:
        return
    with acting_as(system(current_actor().org_id)):
        ruled = Group.get_or_none(Group.id.in_(ids), Group.rule.is_null(False))
    if ruled is not None:
        raise ByRule(ruled.name)


def _may_touch(kind: type[ContactPart]) -> None:
    if not kind.is_shown():
        raise Denied("This part of a contact is hidden from you.")


def _even(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the same keys in each: one INSERT has one list of columns."""
    keys = {key: "" for row in rows for key in row}
    return [{**keys, **({"birth_date": None} if "birth_date" in keys else {}), **row} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
