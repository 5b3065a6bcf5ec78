"""How a command enters: with a connection, as the portal itself, for the organisation it names; and how it answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from portal.config import Settings
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.tenancy import Org

Prepare = Callable[[Settings], None]
_prepare: list[Prepare] = []  # portal/cli.py says how; features must not be known down here

as_json = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
for_org = click.option("--org", "slug", required=True, help="The organisation's short name.")


def use(prepare: Prepare) -> None:
    _prepare[:] = [prepare]


@contextmanager
def installation() -> Iterator[Settings]:
    """A connection to the installation, with no organisation."""
    with installed(Settings.from_environment()) as settings:
        yield settings


@contextmanager
def installed(settings: Settings) -> Iterator[Settings]:
    """The same with these settings: of an installation that is only being put back, for instance."""
    _prepare[0](settings)
    with db.connection_context():
        yield settings


@contextmanager
def organisation(slug: str) -> Iterator[Org]:
    """The same, acting as the portal itself for this organisation."""
    with installation():
        org = Org.get_or_none(Org.slug == slug)
        if org is None:
            raise click.ClickException(f"There is no organisation called {slug!r}.")
        shutting.refuse(org.id)
        with acting_as(system(org.id)):
            yield org


def say(answer: Any, words: str, as_json: bool) -> None:
    """One JSON object and nothing else, or words."""
    click.echo(json.dumps(answer, default=str) if as_json else words)
