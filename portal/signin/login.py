"""Flask-Login over our own sessions: its cookie value is the secret of a row in the database. What the gate asks of
signing in, it asks here.
"""

from flask import Flask, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.local import LocalProxy

from portal.core.actor import Actor, NoActor
from portal.signin import cookies, factors, people, sessions
from portal.signin.sessions import Person
from portal.web import limits


class SignedIn(UserMixin):
    """What Flask-Login keeps for a request: the person, and the secret that is the id."""

    def __init__(self, secret: str, person: Person) -> None:
        self.secret = secret
        self.person = person
        self.is_support = person.is_support and person.seen is None
        self.looking_as = person.seen.user.name if person.seen else ""

    def get_id(self) -> str:
        return self.secret

    def actor(self, address: str) -> Actor | None:
        return self.person.actor(address)

    def is_fresh(self, is_safe: bool) -> bool:
        return self.person.is_fresh(is_safe)

    def detour(self) -> str | None:
        """Where an organisation asks for a second factor, it is set up before anything else."""
        chosen = self.person.membership
        mine = [chosen] if chosen and not self.person.is_support else people.memberships(self.person.user)
        is_asked = any(membership.org.requires_factor for membership in mine)
        return url_for("signin.second_factor") if is_asked and not factors.has(self.person.user) else None


def load(secret: str) -> SignedIn | None:
    person = sessions.person_of(secret)
    return SignedIn(secret, person) if person else None


def signed_in() -> SignedIn | None:
    """The signed-in user of this request, for the gate."""
    user = current_user._get_current_object() if isinstance(current_user, LocalProxy) else current_user
    return user if isinstance(user, SignedIn) else None


def person() -> Person:
    """The person at the browser, in views that need a signed-in user."""
    user = signed_in()
    if user is None:
        raise NoActor("nobody is signed in")
    return user.person


def enter(secret: str) -> None:
    """Make this the browser's session; nothing of before is carried over."""
    session.clear()
    login_user(load(secret))
    session.permanent = True


def renewed(secret: str) -> None:
    """The session has another secret now."""
    session["_user_id"] = secret


def init_app(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # our sessions are rows: ended, listed and renewed there
    manager.user_loader(load)
    limits.use_devices(cookies.device_name)
