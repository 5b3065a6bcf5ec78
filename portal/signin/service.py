"""Signing in and out: passwords checked, sessions begun, renewed and ended. Sessions live in the database."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from portal.accounts.models import Membership, Session, User
from portal.accounts.passwords import hash_password, is_outdated, is_right
from portal.accounts.rules import check_password
from portal.accounts.service import actor_for
from portal.activity import log
from portal.core.actor import Actor, acting_as
from portal.core.clock import now
from portal.core.db import transaction

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)


class WrongPassword(Exception):
    """Email or password is not right: the same words whether the account exists or not."""


class NotYours(LookupError):
    """The membership or session belongs to somebody else."""


@dataclass
class Person:
    """The person at the browser: what the gate and the pages know of a session."""

    session: Session
    user: User
    membership: Membership | None

    @property
    def is_support(self) -> bool:
        return bool(self.user.is_support)

    def actor(self, address: str) -> Actor | None:
        return actor_for(self.membership, address) if self.membership else None


def tidy() -> None:
    """Forget sessions that have ended by themselves."""
    Session.delete().where((Session.seen_at < now() - IDLE) | (Session.started_at < now() - LONGEST)).execute()


def sign_in(email: str, password: str, browser: str, address: str) -> str:
    """Begin a session and return its secret for the cookie, or raise WrongPassword."""
    user = User.get_or_none(User.email == email.strip().lower())
    is_known = is_right(user.password_hash if user else "", password[:1024])
    if user is None or not is_known or user.disabled_at is not None:
        raise WrongPassword("Email or password is not right.")
    if is_outdated(user.password_hash):
        User.update(password_hash=hash_password(password)).where(User.id == user.id).execute()
    mine = memberships(user)
    membership = mine[0] if len(mine) == 1 else None
    secret = secrets.token_urlsafe(32)
    with transaction():
        Session.create(token_hash=_hash(secret), user=user, membership=membership, browser=browser[:200])
        if membership:
            _log(membership, "user.signed_in", address)
    return secret


def memberships(user: User) -> list[Membership]:
    return list(Membership.select().where(Membership.user == user).order_by(Membership.id))


def choose(person: Person, membership_id: int, address: str) -> None:
    """Work for this organisation from now on."""
    membership = Membership.get_or_none(Membership.id == membership_id, Membership.user == person.user)
    if membership is None:
        raise NotYours("You do not belong to that organisation.")
    with transaction():
        Session.update(membership=membership).where(Session.id == person.session.id).execute()
        _log(membership, "user.signed_in", address)


def person_of(secret: str) -> Person | None:
    """Who holds this session, if it lives. Its last use is noted once a minute."""
    query = Session.select(Session, User).join(User).where(Session.token_hash == _hash(secret))
    session = query.first()
    if session is None:
        return None
    at = now()
    if at - session.seen_at > IDLE or at - session.started_at > LONGEST or session.user.disabled_at is not None:
        Session.delete().where(Session.id == session.id).execute()
        return None
    if at - session.seen_at > timedelta(minutes=1):
        Session.update(seen_at=at).where(Session.id == session.id).execute()
    membership = Membership.get_or_none(Membership.id == session.membership_id) if session.membership_id else None
    if membership:
        membership.user = session.user
    return Person(session, session.user, membership)


def sign_out(person: Person, *, everywhere: bool = False) -> None:
    """End this session, or all of this person's."""
    with transaction():
        if person.membership:
            _log(person.membership, "user.signed_out", "")
        mine = Session.user == person.user
        Session.delete().where(mine if everywhere else Session.id == person.session.id).execute()


def sessions_of(user: User) -> list[Session]:
    return list(Session.select().where(Session.user == user).order_by(Session.seen_at.desc()))


def change_password(person: Person, current: str, new: str) -> None:
    """Set a new password; every other session of this person ends."""
    if not is_right(person.user.password_hash, current):
        raise WrongPassword("The password you have now is not right.")
    check_password(new, [person.user.name, person.user.email.split("@")[0]])
    with transaction():
        User.update(password_hash=hash_password(new)).where(User.id == person.user.id).execute()
        Session.delete().where(Session.user == person.user, Session.id != person.session.id).execute()
        if person.membership:
            _log(person.membership, "user.password_changed", "")


def _log(membership: Membership, action: str, address: str) -> None:
    with acting_as(actor_for(membership, address)):
        log.write(action, subject_id=membership.user_id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
