"""Restrictions in an organisation put back from a backup: who was restricted since stays so (POPIA s 14(6))."""

from portal.activity.models import LogEntry
from portal.consent import restricting
from portal.consent.grounds import RESTRICTIONS
from portal.contacts.models import Contact
from portal.core.db import transaction

_SET, _LIFTED = "contact.restricted", "contact.unrestricted"


def restrict_again(since: int) -> int:
    """Restrict again who was restricted after this entry of the record, and is still so by the last that it says of
    him; how many. One that was lifted since stays as the backup has it: to lift it again is for a human being. Twice
    does no harm.
    """
    last: dict[int, LogEntry] = {}
    told = LogEntry.select().where(LogEntry.seq > since, LogEntry.action.in_((_SET, _LIFTED)))
    for entry in told.order_by(LogEntry.seq):
        last[entry.contact_id] = entry
    wanted = {contact_id: entry for contact_id, entry in last.items() if entry.action == _SET}
    there = Contact.select(Contact.id).where(Contact.id.in_(sorted(wanted) or [0]), Contact.erased_at.is_null())
    again = 0
    for (contact_id,) in list(there.tuples()):
        if restricting.of(contact_id) is None:
            with transaction():
                restricting.restrict(contact_id, *_why(wanted[contact_id]))
            again += 1
    return again


def _why(entry: LogEntry) -> tuple[str, str]:
    changes = (entry.detail or {}).get("changes", {})
    words = changes.get("why", [None, ""])[1]
    reason = next((name for name, shown in RESTRICTIONS.items() if shown == words), "contested")
    return reason, str(changes.get("detail", [None, ""])[1])
