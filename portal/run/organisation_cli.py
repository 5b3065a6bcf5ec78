"""`portal restore-organisation`: one organisation back from a backup, while the portal and all others go on."""

import sys
import time
from dataclasses import asdict

import click

from portal.backups import opening, stores
from portal.backups.opening import NotRestored, Source
from portal.commanding import as_json, for_org, installation, say
from portal.gateways.backup_places import Place
from portal.run import organisation_restore as restoring
from portal.run.organisation_restore import PutBack
from portal.run.restore_cli import read_key


def register(cli: click.Group) -> None:
    cli.add_command(restore_organisation)


@click.command("restore-organisation")
@for_org
@click.option("--key", "key", required=True, help="The host's recovery key or the organisation's own; - asks for it.")
@click.option("--archive", help="The backup, by its name or its path; without it, the newest good one.")
@as_json
def restore_organisation(slug: str, key: str, archive: str | None, as_json: bool) -> None:
    """Put one organisation back as it was in a backup. The portal keeps running, and all other organisations go on;
    this one is shut until it is done. What it wrote since the backup is lost, but for its record, its erasures and
    refusals.
    """
    begun = time.monotonic()
    with installation() as settings:
        source, name = _source(read_key(key), archive)
    done = restoring.restore(settings, slug, source, name)
    seconds = time.monotonic() - begun
    say({**asdict(done), "seconds": round(seconds, 1)}, words(done, seconds), as_json)
    sys.exit(1 if done.troubles else 0)


def _source(key: str, archive: str | None) -> tuple[Source, str]:
    """Where the archive lies: here when it can be had here, for then it is the nearest."""
    if archive:
        place, name = opening.from_file(archive, _first_with(archive))
        return Source(place, key), name
    refused = NotRestored("There is no backup yet.")
    for place in stores.every():
        source = Source(place, key)
        try:
            return source, restoring.newest(source)
        except NotRestored as error:
            refused = error
    raise refused


def _first_with(name: str) -> Place:
    return next((place for place in stores.every() if name in place.names()), stores.own())


def words(done: PutBack, seconds: float) -> str:
    told, people = done.replayed, done.people
    lines = [
        f"{done.organisation} was put back from {done.archive} in {seconds:,.0f} seconds: {done.rows:,} rows, and "
        f"{done.documents:,} documents that were lost here.",
        "Its people are signed out. Nothing of other organisations was changed.",
        f"{told['erased']} erased again, {told['de_identified']} made nameless again, {told['suppressed']} addresses "
        f"and {told['refused']} refusals noted again; {done.restricted} contacts restricted again.",
    ]
    lines += [f"{name} is paused; {count:,} messages are not certain." for name, count in done.paused.items()]
    lines += _of("May enter again, as when the backup was made; look whether they should", people.again)
    lines += _of("May enter no more: they came after the backup", people.no_more)
    lines += _of("Could not be brought back, for another has the address or the number", people.left_out)
    return "\n".join([*lines, *done.troubles])


def _of(what: str, addresses: list[str]) -> list[str]:
    return [f"{what}: {', '.join(addresses)}."] if addresses else []
