"""A database of any earlier version is brought to today's schema, on SQLite and on PostgreSQL, and loses nothing."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.core import db as database
from portal.run import migrate
from tests import databases
from tests.older import Older, Rows, lost, migrate_until

NAMES = migrate.names()
STOPS = sorted({1, 2, 3, *range(5, len(NAMES), 5), len(NAMES) - 1})  # at these a database is left to wait


@dataclass
class Walk:
    """From the first schema to today's, each new table and column filled on the way."""

    url: str
    rows: list[Rows] = field(default_factory=list)  # after each step, before and after its new columns were filled
    filled: list[Rows] = field(default_factory=list)
    waiting: dict[int, str] = field(default_factory=dict)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    folder, mark = tmp_path_factory.mktemp("walk"), uuid.uuid4().hex[:8]

    def address(name: object, of: str = "") -> str:
        """A database of this name, new or a copy of another."""
        if server:
            copied = urlsplit(of).path.strip("/") or "template0"
            databases.execute(server, f"CREATE DATABASE walk_{mark}_{name} TEMPLATE {copied}")
            return server.format(name=f"walk_{mark}_{name}")
        path = folder / f"{name}.sqlite3"
        if of:
            shutil.copy(of.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    made, before = Walk(address("live")), {}
    for step in range(1, len(NAMES) + 1):
        migrate_until(made.url, step)
        with Older(made.url) as there:
            made.rows.append(there.rows())
            there.fill(before)
            before = there.columns()
            made.filled.append(there.rows())
        if step in STOPS:
            made.waiting[step] = address(step, made.url)
    made.waiting[0] = address("new")
    yield made
    database.disconnect()
    for name in ("live", "new", *STOPS) if server else ():
        databases.execute(server, f"DROP DATABASE walk_{mark}_{name} WITH (FORCE)")


def test_no_step_loses_what_was_there(walk: Walk) -> None:
    found: list[Any] = [
        (NAMES[step], lost(walk.filled[step - 1], walk.rows[step], [NAMES[step]])) for step in range(1, len(NAMES))
    ]

    assert [(name, words) for name, words in found if words] == []
    assert all(len(rows) >= 2 for rows in walk.filled[-1].values())


def test_from_wherever_it_waits_it_comes_to_today_in_one_go(walk: Walk) -> None:
    migrate_until(walk.waiting[0], len(NAMES))
    with Older(walk.waiting[0]) as there:
        schema = there.schema()

    for step in STOPS:
        migrate_until(walk.waiting[step], len(NAMES))
        with Older(walk.waiting[step]) as there:
            assert lost(walk.filled[step - 1], there.rows(), NAMES[step:]) == [], step
            assert there.schema() == schema, step
            assert there.broken() == [], step
