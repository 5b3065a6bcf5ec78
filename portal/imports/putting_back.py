"""Gives an updated contact back what it had before an import, except where somebody has changed it since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.service import today
from portal.activity.models import LogEntry
from portal.contacts import identities, record, record_values
from portal.contacts.field_rules import Entry, InvalidValue, read
from portal.contacts.fields import shape_of, values_of
from portal.contacts.group_rules import ByRule
from portal.contacts.models import Address, Contact, ContactPart, Email, Field, Group, Note, Telephone
from portal.contacts.more_models import Identity
from portal.contacts.queries import parts_of
from portal.contacts.rules import told
from portal.core.actor import current_actor

ACTION = "contact.import_undone"
OWN = ("contact.updated_by_import", "contact.details_changed")  # of a birth date that came with an ID number
PARTS: dict[str, type[ContactPart]] = {"email": Email, "telephone": Telephone, "address": Address, "note": Note}
DATES = frozenset({"birth_date"})


@dataclass
class Outcome:
    has_changed: bool = False
    left: list[str] = field(default_factory=list)  # what stays as it is, by its name

    @property
    def word(self) -> str:
        if not self.left:
            return "put_back"
        return "partly" if self.has_changed else "kept"


def field_ids_of(entries: Iterable[LogEntry]) -> set[int]:
    """The designed fields that these entries tell of."""
    names = [name for entry in entries for name in _changes(entry)]
    return {int(name.partition(":")[2]) for name in names if name.startswith("field:")}


def put_back(
    contact: Contact, mine: Sequence[LogEntry], later: Sequence[LogEntry], fields: Mapping[int, Field]
) -> Outcome:
    """Undo what the import's own entries tell, the latest part first. `later` are the entries of everybody else."""
    outcome = Outcome()
    _own_columns(contact, _net(mine), outcome)
    _designed(contact, _net(mine), fields, outcome)
    for word, kind in PARTS.items():
        added = [_changes(e)[word][1] for e in mine if e.action == f"contact.{word}_added" and word in _changes(e)]
        _parts(contact, word, kind, added, outcome)
    for entry in mine:
        if entry.action == "contact.grouped":
            _group(contact, entry, later, outcome)
        elif entry.action == "contact.identity_changed":
            outcome.left += sorted(_changes(entry))  # the number before is sealed away for good
        elif entry.action == "contact.identity_added":
            _identity(contact, entry, outcome)
    outcome.left = list(dict.fromkeys(outcome.left))
    return outcome


def _changes(entry: LogEntry) -> dict[str, list[Any]]:
    return (entry.detail or {}).get("changes") or {}


def _net(mine: Iterable[LogEntry]) -> dict[str, tuple[Any, Any]]:
    """{field: (before the import, after it)}, also where one person stood twice in the file."""
    found: dict[str, tuple[Any, Any]] = {}
    for entry in mine:
        if entry.action in OWN:
            for name, (old, new) in _changes(entry).items():
                found[name] = (found[name][0] if name in found else old, new)
    return found


def _own_columns(contact: Contact, net: Mapping[str, tuple[Any, Any]], outcome: Outcome) -> None:
    values: dict[str, Any] = {}
    for name, (old, new) in net.items():
        if name.startswith("field:"):
            continue
        present = getattr(contact, name)
        if str(present or "") != str(new or ""):
            outcome.left.append(name)
        elif name in DATES:
            values[name] = date.fromisoformat(old) if old else None
        else:
            values[name] = old or ""
    outcome.has_changed |= bool(values) and record.change(contact, ACTION, **values)


def _designed(
    contact: Contact, net: Mapping[str, tuple[Any, Any]], fields: Mapping[int, Field], outcome: Outcome
) -> None:
    wanted: dict[int, Sequence[Entry]] = {}
    names = {name: int(name.partition(":")[2]) for name in net if name.startswith("field:")}
    standing = values_of([contact.id], sorted(names.values())).get(contact.id, {}) if names else {}
    for name, field_id in names.items():
        old, new = net[name]
        of = fields.get(field_id)
        if of is None or not current_actor().may_write_page(of.page_id):
            outcome.left.append(name)
            continue
        entries = _read(of, old)
        if entries is None or record_values.told_of(of, standing.get(field_id, [])) != new:
            outcome.left.append(name)
        else:
            wanted[field_id] = entries
    if wanted:
        record_values.set_values(contact.id, [fields[i] for i in wanted], wanted, ACTION)
        outcome.has_changed = True


def _read(of: Field, old: str | None) -> list[Entry] | None:
    """What stood there, from how the log tells it; None when that cannot be made again."""
    if old is None:
        return []
    if of.kind in ("person", "file"):
        return None
    try:
        entries = read(shape_of(of), old, today=today())
    except InvalidValue:
        return None
    return entries if record_values.told_of(of, entries) == old else None


def _parts(contact: Contact, word: str, kind: type[ContactPart], added: Sequence[Any], outcome: Outcome) -> None:
    there = {told(part): part for part in parts_of(kind, [contact.id]).get(contact.id, [])} if added else {}
    for text in added:
        if text not in there:
            outcome.left.append(word)
            continue
        record.remove_part(there[text], f"contact.{word}_removed")
        outcome.has_changed = True
    rest = parts_of(kind, [contact.id]).get(contact.id, []) if outcome.has_changed and added else []
    if rest and word != "note" and not any(part.is_primary for part in rest):
        record.change_part(rest[0], f"contact.{word}_changed", is_primary=1)


def _group(contact: Contact, entry: LogEntry, later: Sequence[LogEntry], outcome: Outcome) -> None:
    """Leave the group, unless somebody has put the contact in or taken it out since."""
    about = ("contact.grouped", "contact.ungrouped")
    group = Group.get_or_none(Group.id == entry.subject_id)
    if group is None or any(one.action in about and one.subject_id == entry.subject_id for one in later):
        outcome.left.append("group")
        return
    try:
        outcome.has_changed |= bool(record.ungroup([contact.id], group.id, group.name))
    except ByRule:
        outcome.left.append("group")


def _identity(contact: Contact, entry: LogEntry, outcome: Outcome) -> None:
    for kind, (_, masked) in _changes(entry).items():
        row = Identity.get_or_none(Identity.contact_id == contact.id, Identity.kind == kind)
        if row is None or row.masked != masked:
            outcome.left.append(kind)
        else:
            identities.change(contact, identities.stamp(contact.id), [], [kind])
            outcome.has_changed = True
