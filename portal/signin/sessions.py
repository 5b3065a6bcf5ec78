"""Sessions: rows in the database, known to the browser by a secret. They end by idleness, by age, by their owner, and
with every change of password or role.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.accounts import places
from portal.accounts.models import Membership, Session, User
from portal.accounts.service import actor_for, looking_as
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.keys import fingerprint
from portal.core.room import if_it_can
from portal.core.tenancy import Org
from portal.signin.rules import is_fresh

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)


class NotYours(LookupError):
    """The membership or session belongs to somebody else."""


@dataclass
class Person:
    """The person at the browser: what the gate and the pages know of a session."""

    session: Session
    user: User
    membership: Membership | None
    seen: Membership | None = None  # the colleague through whose eyes this person looks just now

    @property
    def is_support(self) -> bool:
        return bool(self.user.is_support)

    def actor(self, address: str) -> Actor | None:
        if self.membership is None:
            return None
        own = actor_for(self.membership, address)
        return (looking_as(own, self.seen) if self.seen else None) or own

    def is_fresh(self, is_safe: bool) -> bool:
        """Whether the person proved who he is a short while ago."""
        return is_fresh(self.session.confirmed_at, now(), is_safe)


def begin(user: User, membership: Membership | None, device_id: int | None, browser: str, address: str) -> str:
    """Begin a session and return its secret. Belongs to a transaction."""
    secret = secrets.token_urlsafe(32)
    Session.create(
        token_hash=fingerprint(secret), user=user, membership=membership, device_id=device_id, browser=browser,
        address=address, country=places.where(address).country,
    )  # fmt: skip
    return secret


def person_of(secret: str) -> Person | None:
    """Who holds this session, if it lives. Its last use is noted once a minute."""
    query = Session.select(Session, User).join(User).where(Session.token_hash == fingerprint(secret))
    session = query.first()
    if session is None:
        return None
    at = now()
    if at - session.seen_at > IDLE or at - session.started_at > LONGEST or session.user.disabled_at is not None:
        with if_it_can():
            Session.delete().where(Session.id == session.id).execute()
        return None
    if at - session.seen_at > timedelta(minutes=1):
        with if_it_can():
            Session.update(seen_at=at).where(Session.id == session.id).execute()
    membership = None
    if session.membership_id:
        joined = Membership.select(Membership, Org).join(Org).where(Membership.id == session.membership_id)
        membership = joined.first()
    if membership:
        membership.user = session.user
    return Person(session, session.user, membership, _seen(session, membership))


def _seen(session: Session, membership: Membership | None) -> Membership | None:
    """Whom this person looks as: somebody of the same organisation, for as long as that may go on."""
    if membership is None or session.looking_as is None or session.looking_until <= now():
        return None
    query = Membership.select(Membership, User).join(User).where(Membership.id == session.looking_as)
    seen = query.first()
    return seen if seen and looking_as(actor_for(membership), seen) else None


def look_as(person: Person, membership_id: int | None, until: datetime | None) -> None:
    """Look through the eyes of a colleague from the next request on; None for one's own again."""
    query = Session.update(looking_as=membership_id, looking_until=until)
    query.where(Session.id == person.session.id).execute()


def renew(person: Person, **values: object) -> str:
    """Give the session another secret, as it comes to stand for more than before; the old one is dead at once."""
    secret = secrets.token_urlsafe(32)
    Session.update(token_hash=fingerprint(secret), **values).where(Session.id == person.session.id).execute()
    return secret


def of(user: User) -> list[Session]:
    return list(Session.select().where(Session.user == user).order_by(Session.seen_at.desc()))


def end(person: Person, session_id: int) -> None:
    """End one session of this person."""
    if not Session.delete().where(Session.user == person.user, Session.id == session_id).execute():
        raise NotYours("There is no such session.")


def end_own(person: Person) -> None:
    Session.delete().where(Session.id == person.session.id).execute()


def end_others(person: Person) -> None:
    Session.delete().where(Session.user == person.user, Session.id != person.session.id).execute()


def end_all(user: User) -> None:
    Session.delete().where(Session.user == user).execute()


def tidy() -> None:
    """Forget sessions that have ended by themselves."""
    Session.delete().where((Session.seen_at < now() - IDLE) | (Session.started_at < now() - LONGEST)).execute()
