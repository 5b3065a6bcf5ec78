"""Which contacts of an import are as it left them: what was done to them since, by whomever."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.activity.models import LogEntry
from portal.contacts.models import Contact, Value
from portal.contacts.more_models import Relation
from portal.delivery.models import CANCELLED, SUPPRESSED, Delivery
from portal.imports.models import Import, ImportedContact

REASONS = {
    "edited": "changed since", "written_to": "written to since", "elsewhere": "joined to something else since",
    "gone": "deleted since",
}  # fmt: skip
# What leaves a contact as it is.
LOOKS = ("document.opened", "contact.identity_shown", "contact.proof_made")


@dataclass(frozen=True)
class Plan:
    """What undoing would do, in numbers of those whom the import brought: two who were made one since count as two."""

    removed: int
    edited: int
    written_to: int
    elsewhere: int
    updated: int

    @property
    def kept(self) -> int:
        return self.edited + self.written_to + self.elsewhere


def plan(the_import: Import) -> Plan:
    """What would happen if it were undone now."""
    added = _waiting(the_import, was_added=1)
    edited = _edited(the_import)
    written_to = _written_to(added) - edited
    elsewhere = _elsewhere(the_import, added) - edited - written_to
    rows = Counter(row[0] for row in added.tuples())
    kept, written, joined = (sum(rows[i] for i in some) for some in (edited, written_to, elsewhere))
    updated = _waiting(the_import, was_added=0).count()
    return Plan(rows.total() - kept - written - joined, kept, written, joined, updated)


def entries_of(the_import: Import, ids: Sequence[int]) -> tuple[dict[int, list[LogEntry]], dict[int, list[LogEntry]]]:
    """What the log tells of each contact since the import came to it: by the import, and by everybody else."""
    stretches: dict[int, list[tuple[int, int]]] = {}
    rows = ImportedContact.select().where(
        ImportedContact.import_id == the_import.id, ImportedContact.contact_id.in_(list(ids))
    )
    for row in rows:
        stretches.setdefault(row.contact_id, []).append((row.seq_from, row.seq_to))
    first = min((start for stretch in stretches.values() for start, _ in stretch), default=0)
    mine: dict[int, list[LogEntry]] = {}
    later: dict[int, list[LogEntry]] = {}
    query = LogEntry.select().where(LogEntry.contact_id.in_(list(ids)), LogEntry.seq >= first)
    for entry in query.order_by(LogEntry.seq):
        stretch = stretches[entry.contact_id]
        if any(start <= entry.seq <= end for start, end in stretch):
            mine.setdefault(entry.contact_id, []).append(entry)
        elif entry.seq > min(stretch)[0] and entry.action not in LOOKS:
            later.setdefault(entry.contact_id, []).append(entry)
    return mine, later


def reasons_to_stay(
    the_import: Import, rows: Sequence[ImportedContact], there: dict[int, Contact], later: dict[int, list[LogEntry]]
) -> dict[int, str]:
    """Why some of them stay as they are; the first reason of each."""
    ids = [row.contact_id for row in rows]
    added = [row.contact_id for row in rows if row.was_added]
    gone = {i for i in ids if i not in there or there[i].erased_at is not None}
    found = dict.fromkeys(gone, "gone")
    for reason, whom in (
        ("edited", later.keys() & set(added)),
        ("written_to", _written_to(added)),
        ("elsewhere", _elsewhere(the_import, added)),
    ):
        for contact_id in whom:
            found.setdefault(contact_id, reason)
    return found


def _waiting(the_import: Import, *, was_added: int) -> Any:
    mine = (ImportedContact.import_id == the_import.id) & ImportedContact.outcome.is_null()
    return ImportedContact.select(ImportedContact.contact_id).where(
        mine, ImportedContact.is_repeated.is_null(), ImportedContact.was_added == was_added
    )


def _edited(the_import: Import) -> set[int]:
    """Who was added by it and has entries in the log from after the import came to him."""
    same = (ImportedContact.org == LogEntry.org) & (ImportedContact.contact_id == LogEntry.contact_id)
    query = LogEntry.select(LogEntry.contact_id).join(ImportedContact, on=same)
    mine = (ImportedContact.import_id == the_import.id) & ImportedContact.outcome.is_null() & ImportedContact.within()
    added = ImportedContact.is_repeated.is_null() & (ImportedContact.was_added == 1)
    since = (LogEntry.seq > ImportedContact.seq_to) & LogEntry.action.not_in(LOOKS)
    return {row[0] for row in query.where(mine, added, since).distinct().tuples()}


def _written_to(contact_ids: Any) -> set[int]:
    """To whom a message went, or is about to go."""
    went = Delivery.state.not_in([SUPPRESSED, CANCELLED])
    query = Delivery.select(Delivery.contact_id).where(Delivery.contact_id.in_(contact_ids), went)
    return {row[0] for row in query.distinct().tuples()}


def _elsewhere(the_import: Import, contact_ids: Any) -> set[int]:
    """Who also came by another import, or to whom another contact points."""
    others = ImportedContact.select(ImportedContact.contact_id).where(
        ImportedContact.contact_id.in_(contact_ids), ImportedContact.import_id != the_import.id
    )
    related = Relation.select(Relation.other_id).where(Relation.other_id.in_(contact_ids))
    named = Value.select(Value.person_id).where(Value.person_id.in_(contact_ids))
    return {row[0] for query in (others, related, named) for row in query.distinct().tuples()}
