"""Relations between contacts: read from either side, and written with an entry in the log of both."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from peewee import IntegrityError

from portal.accounts.service import today
from portal.activity import log
from portal.activity.log import Entry
from portal.contacts import record, relation_rules
from portal.contacts.models import Contact, recording
from portal.contacts.more_models import Relation
from portal.contacts.queries import name_of
from portal.contacts.relation_rules import Entered, Unrelated
from portal.contacts.service import ContactNotFound, Stale, find
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.db import transaction
from portal.core.permissions import Permission


@dataclass(frozen=True)
class Shown:
    """A relation as it reads on one contact's page: this contact is `words` the other."""

    relation: Relation
    words: str
    other: Contact
    name: str
    is_for_me: bool  # the consent in it, if any, is for this contact


def of(contact_ids: Sequence[int]) -> dict[int, list[Shown]]:
    """The relations of these contacts to those whom the actor sees too: two queries."""
    mine = set(contact_ids)
    query = Relation.select().where(Relation.contact_id.in_(sorted(mine)) | Relation.other_id.in_(sorted(mine)))
    rows = list(query.order_by(Relation.id))
    ids = sorted({i for row in rows for i in (row.contact_id, row.other_id)})
    known = {c.id: c for c in Contact.select().where(Contact.id.in_(ids), Contact.erased_at.is_null())}
    found: dict[int, list[Shown]] = {}
    for row in rows:
        for me, other, is_other_side in ((row.contact_id, row.other_id, False), (row.other_id, row.contact_id, True)):
            if me in mine and other in known:
                shown = Shown(
                    row,
                    relation_rules.words(row.kind, is_other_side),
                    known[other],
                    name_of(known[other]),
                    is_other_side and row.kind in relation_rules.COMPETENT,
                )
                found.setdefault(me, []).append(shown)
    return found


Listener = Callable[[int, Entered], None]
_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    """Let a higher feature keep what a parent or guardian said for a child, within the transaction that notes it."""
    if listener not in _listeners:
        _listeners.append(listener)


def find_relation(contact: Contact, relation_id: int) -> Relation:
    mine = (Relation.contact_id == contact.id) | (Relation.other_id == contact.id)
    found = Relation.get_or_none(Relation.id == relation_id, mine)
    if found is None:
        raise ContactNotFound("There is no such relation.")
    return found


def stamp(relation: Relation) -> str:
    kept = [str(getattr(relation, name)) for name in asdict(Entered())]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def add(contact: Contact, choice: str, other_id: int, entered: Entered) -> Relation:
    """Relate two contacts. `choice` says what the first is to the other, in a word of relation_rules.choices."""
    require(Permission.CONTACT_EDIT)
    other = find(other_id)
    relation_rules.check(choice, contact.kind, other.kind)
    if other.id == contact.id:
        raise Unrelated("Choose another contact than this one.")
    kind, is_other_side = relation_rules.split(choice)
    relation_rules.check_entered(kind, entered, today())
    one, two = (other, contact) if is_other_side else (contact, other)
    if relation_rules.is_mutual(kind) and one.id > two.id:
        one, two = two, one
    try:
        with transaction(), recording():
            made = Relation.create(contact_id=one.id, other_id=two.id, kind=kind, **_values(entered))
            _tell("contact.relation_added", made, lambda told: [None, told], _given(entered))
            _pass_on(two.id, entered)
            record.refresh([one.id, two.id])
    except IntegrityError as error:
        raise Unrelated("The two are related so already.") from error
    return made


def change(contact: Contact, relation: Relation, seen: str, entered: Entered) -> None:
    """Change the days of a relation, and the consent in it."""
    require(Permission.CONTACT_EDIT)
    relation_rules.check_entered(relation.kind, entered, today())
    with transaction(), recording():
        fresh = find_relation(contact, relation.id)
        if seen != stamp(fresh):
            raise Stale("Somebody changed this while you were writing.")
        values = _values(entered)
        changes = {n: [_plain(getattr(fresh, n)), _plain(v)] for n, v in values.items() if getattr(fresh, n) != v}
        if not changes:
            return
        Relation.update(**values).where(Relation.id == fresh.id).execute()
        _tell("contact.relation_changed", fresh, lambda told: [told, told], changes)
        if changes.keys() & {"consented_on", "consent_note", "is_marketing_too"}:
            _pass_on(fresh.other_id, entered)
        record.refresh([fresh.contact_id, fresh.other_id])


def remove(relation: Relation) -> None:
    require(Permission.CONTACT_EDIT)
    with transaction(), recording():
        Relation.delete().where(Relation.id == relation.id).execute()
        _tell("contact.relation_removed", relation, lambda told: [told, None], {})
        record.refresh([relation.contact_id, relation.other_id])


def erase(contact_ids: list[int]) -> None:
    """For the erasure of contacts: also relations to those whom the actor does not see."""
    with acting_as(system(current_actor().org_id)):
        either = Relation.contact_id.in_(contact_ids) | Relation.other_id.in_(contact_ids)
        Relation.delete().where(either).execute()


def _pass_on(child_id: int, entered: Entered) -> None:
    if entered.consented_on is not None:
        for hear in _listeners:
            hear(child_id, entered)


def _tell(action: str, relation: Relation, pair: Callable[[Any], list[Any]], more: dict[str, list[Any]]) -> None:
    """One entry for each side. The words of a consent stand with whom it is for, and go when that one is erased."""
    one = relation_rules.told(relation.kind, False, relation.other_id)
    two = relation_rules.told(relation.kind, True, relation.contact_id)
    plain = {name: values for name, values in more.items() if name != "consent_note"}
    log.write_many(
        [
            Entry(action, relation.contact_id, changes={"relation": pair(one), **plain}),
            Entry(action, relation.other_id, changes={"relation": pair(two), **more}),
        ]
    )


def _values(entered: Entered) -> dict[str, Any]:
    return {**asdict(entered), "is_marketing_too": int(entered.is_marketing_too)}


def _given(entered: Entered) -> dict[str, list[Any]]:
    return {name: [None, _plain(value)] for name, value in _values(entered).items() if value}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
