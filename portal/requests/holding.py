"""What the erasure of contacts, merges, the diary, Home and the duties ask of the desk."""

from datetime import date, timedelta

from portal.accounts.service import today
from portal.activity import log
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.panels import Panel, register_panel
from portal.contacts.sweeps import register_hold
from portal.core.actor import acting_as, current_actor, system
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.core.readings import Reading, register_reading
from portal.delivery.models import CLAIMED, HANDED, WAITING, SystemMail
from portal.diary.due import Due, register_due
from portal.home.queries import Notice, register_notices
from portal.requests import queries
from portal.requests.models import Request
from portal.requests.rules import TAKEN_BACK
from portal.requests.service import FORGOTTEN

SOON = timedelta(days=7)


def register() -> None:
    register_holder("request", erase, Pointer(Request))
    register_hold("request", "there is a request of theirs that is not answered yet", unanswered, yields=True)
    register_panel(Panel("requests", "requests/_panel.html", queries.of_contacts, Permission.PRIVACY))
    register_panel(Panel("statements", "requests/_statements.html", queries.statements_of, Permission.CONTACT_READ))
    register_notices(notices)
    register_due("request", "requests", due)
    register_reading("up_to_date", reading, Permission.PRIVACY)


def erase(contact_ids: list[int]) -> None:
    """Empty what these people asked and were answered, and close it: a deletion is granted by it, the rest taken back.
    That a request of its kind was answered on a day stays, tied to nobody.
    """
    mine = Request.contact_id.in_(contact_ids)
    open_ids = [row[0] for row in Request.select(Request.id).where(mine, Request.closed_at.is_null()).tuples()]
    ids = [row[0] for row in Request.select(Request.id).where(mine).tuples()]
    with acting_as(system(current_actor().org_id)):  # who names nobody any more is out of sight for some
        Request.update(**FORGOTTEN, erased_at=now()).where(Request.id.in_(ids)).execute()
        mine = Request.id.in_(open_ids)
        waiting = mine & Request.answered_at.is_null()
        Request.update(outcome="deleted", answered_at=now()).where(waiting, Request.kind == "delete").execute()
        Request.update(outcome=TAKEN_BACK, answered_at=now()).where(waiting, Request.kind != "delete").execute()
        Request.update(closed_at=now()).where(mine).execute()
    for request_id in open_ids:
        log.write("request.closed", subject_id=request_id)


def unanswered():  # type: ignore[no-untyped-def] # a query of peewee's
    """The contacts of whom a request waits for its answer, or the answer is still on its way (s 24(4))."""
    leaving = SystemMail.select(SystemMail.id).where(SystemMail.state.in_((WAITING, CLAIMED, HANDED)))
    waits = Request.answered_at.is_null() & Request.closed_at.is_null()
    return Request.select(Request.contact_id).where(
        Request.contact_id.is_null(False), waits | Request.mail_id.in_(leaving)
    )


def notices() -> list[Notice]:
    """For Home: what is late, and what is due within a week."""
    if not current_actor().may(Permission.PRIVACY):
        return []
    late, soon = queries.count_late(), queries.count_due(today(), today() + SOON)
    found = []
    if late:
        words = "1 request or complaint" if late == 1 else f"{late:,} requests or complaints"
        rest = " should have been answered by now."
        found.append(Notice("triangle-alert", words, rest, "requests.index", {"show": "late"}))
    if soon:
        words = "1 request or complaint" if soon == 1 else f"{soon:,} requests or complaints"
        found.append(Notice("inbox", words, " must be answered within a week.", "requests.index", {"show": "soon"}))
    return found


def due(first: date, last: date) -> list[Due]:
    """For the diary: the requests to be answered by a day between these."""
    if not current_actor().may(Permission.PRIVACY):
        return []
    return [
        Due(
            line.request.due, f"{line.request.reference}: {line.kind.words}", "requests.show",
            {"request_id": line.request.id}, line.is_late,
        )
        for line in queries.waiting(first, last)
    ]  # fmt: skip


def reading() -> Reading:
    late, waiting = queries.count_late(), queries.count_open()
    if late:
        words = "1 request was" if late == 1 else f"{late:,} requests were"
        return Reading(f"{words} not answered in time.", False, "requests.index", {"show": "late"})
    words = "1 request waits" if waiting == 1 else f"{waiting:,} requests wait"
    said = f"{words} for an answer, each within its time." if waiting else "No request waits for an answer."
    return Reading(said, True, "requests.index")
