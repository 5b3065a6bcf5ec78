"""Commands about what people may ask for: `portal privacy replay` after a restore."""

import sys
from dataclasses import asdict

import click

from portal.commanding import as_json, installation, say
from portal.core.actor import acting_as, system
from portal.core.shutting import Shut
from portal.core.tenancy import Org
from portal.privacy import replaying
from portal.privacy.replaying import Replayed

_SHUT = "It is shut, for it is being put back from a backup: this is done for it before it opens. See portal doctor."


def register(cli: click.Group) -> None:
    cli.add_command(privacy)


@click.group()
def privacy() -> None:
    """Erasures and wishes to be left alone."""


@privacy.command("replay")
@as_json
def replay(as_json: bool) -> None:
    """After a backup was put back, and before anybody signs in: erase again whom the backup still holds, and leave
    alone again who asked for it since. Exit code 1 when the journal of an organisation is not whole, or one is shut.
    """
    found = {}
    with installation():
        for org in list(Org.select().order_by(Org.id)):
            with acting_as(system(org.id)):
                found[org.slug] = _replayed()
    lines = [
        f"{slug}: {done.erased} erased again, {done.de_identified} made nameless again, {done.suppressed} addresses "
        f"and {done.refused} refusals noted again. {done.trouble}".strip()
        for slug, done in found.items()
    ]
    say({slug: asdict(done) for slug, done in found.items()}, "\n".join(lines), as_json)
    sys.exit(1 if any(done.trouble for done in found.values()) else 0)


def _replayed() -> Replayed:
    try:
        return replaying.replay()
    except Shut:
        return Replayed(trouble=_SHUT)
