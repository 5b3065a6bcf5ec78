"""Flask-Login over our own sessions: its cookie value is the secret of a row in the database."""

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.local import LocalProxy

from portal.core.actor import Actor, NoActor
from portal.signin import service


class SignedIn(UserMixin):
    """What Flask-Login keeps for a request: the person, and the secret that is the id."""

    def __init__(self, secret: str, person: service.Person) -> None:
        self.secret = secret
        self.person = person
        self.is_support = person.is_support

    def get_id(self) -> str:
        return self.secret

    def actor(self, address: str) -> Actor | None:
        return self.person.actor(address)


def load(secret: str) -> SignedIn | None:
    person = service.person_of(secret)
    return SignedIn(secret, person) if person else None


def signed_in() -> SignedIn | None:
    """The signed-in user of this request, for the gate."""
    user = current_user._get_current_object() if isinstance(current_user, LocalProxy) else current_user
    return user if isinstance(user, SignedIn) else None


def person() -> service.Person:
    """The person at the browser, in views that need a signed-in user."""
    user = signed_in()
    if user is None:
        raise NoActor("nobody is signed in")
    return user.person


def init_app(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # our sessions are rows: ended, listed and renewed there
    manager.user_loader(load)
