"""Looking as a colleague: seeing for a while exactly what that person sees, without changing anything.
The beginning and the end stand in the organisation's record.
"""

from datetime import datetime, timedelta

from portal.accounts.models import Membership, Session, User
from portal.accounts.service import actor_for, find_membership, looking_as
from portal.activity import log
from portal.core.actor import acting_as, current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Denied
from portal.signin import sessions
from portal.signin.sessions import Person

LASTS = timedelta(minutes=30)


def begin(person: Person, membership_id: int) -> Membership:
    """Look as this colleague for half an hour, in this session. Raises NotFound, Denied."""
    seen = find_membership(membership_id)
    if looking_as(current_actor(), seen) is None:
        raise Denied("You can look only as a colleague who sees no more than you do.")
    until = now() + LASTS
    with transaction():
        sessions.look_as(person, seen.id, until)
        log.write("user.seen_as", subject_id=seen.user_id, name=seen.user.name, until=until)
    return seen


def end(person: Person, address: str) -> None:
    """See with one's own eyes again; nothing when one does already. Starts its own actor: the request's is the
    colleague's.
    """
    if person.membership is None or person.session.looking_as is None:
        return
    with transaction():
        sessions.look_as(person, None, None)
        _note_end(person.membership, person.session.looking_as, now(), address)


def tidy() -> None:
    """What ended by itself ends in the record too, at its time."""
    over = Session.looking_until.is_null(False) & (Session.looking_until <= now())
    for session in Session.select(Session, User).join(User).where(over):
        membership = session.membership
        if membership is None:
            continue
        with transaction():
            if not Session.update(looking_as=None, looking_until=None).where(Session.id == session.id, over).execute():
                continue
            membership.user = session.user
            _note_end(membership, session.looking_as, session.looking_until, "")


def _note_end(membership: Membership, seen_id: int | None, at: datetime | None, address: str) -> None:
    seen = Membership.get_or_none(Membership.id == seen_id, Membership.org == membership.org_id)
    if seen is not None:
        with acting_as(actor_for(membership, address)):
            log.write("user.seen_as_ended", subject_id=seen.user_id, name=seen.user.name, ended=at)
