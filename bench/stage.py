"""What the benchmarks share: an installation in a folder of its own, somebody signed in, a clock."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from portal.accounts import service as accounts
from portal.accounts.models import Membership, User
from portal.app import create_app
from portal.config import Settings
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.permissions import Role
from portal.run.migrate import migrate
from portal.signin import sessions

EMAIL, PASSWORD = "bench@example.org", "seven green buses"


@dataclass(frozen=True)
class Stage:
    app: Flask
    folder: Path
    org_id: int


@contextmanager
def installation(more: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """An empty one with one organisation and its owner; acting as the portal itself. `more` is of its environment."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({"PORTAL_DATA_DIR": folder, **(more or {})})
        migrate(settings.database_url)
        app = create_app(settings)
        with db.connection_context():
            org = accounts.create_org("Bench")
            with acting_as(system(org.id)):
                accounts.create_user(EMAIL, "Bench", Role.OWNER, PASSWORD)
                yield Stage(app, Path(folder), org.id)


def signed_in(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    user = User.get(User.email == EMAIL)
    secret = sessions.begin(user, Membership.get(Membership.user == user), None, "bench", "127.0.0.1")
    with client.session_transaction() as session:
        session["_user_id"] = secret
    return client


def times(action: Callable[[], object], rounds: int = 40) -> list[float]:
    return [seconds(action) for _ in range(rounds)]


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def milliseconds(taken: list[float]) -> Mapping[str, float]:
    """The middle, the slowest of a hundred, and the slowest, in milliseconds."""
    ordered = sorted(taken)
    return {
        "p50": statistics.median(ordered) * 1000,
        "p99": ordered[int(len(ordered) * 0.99)] * 1000,
        "max": ordered[-1] * 1000,
    }
