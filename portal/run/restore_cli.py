"""`portal restore`: everything back on an empty machine."""

import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from portal.backups import opening
from portal.backups.losses import in_words
from portal.backups.opening import NotRestored, Source
from portal.commanding import as_json, say
from portal.gateways.backup_places import Folder, from_url
from portal.run import restore as restoring
from portal.run.restore import Restored


def register(cli: click.Group) -> None:
    cli.add_command(restore)


@click.command()
@click.argument("file", required=False)
@click.option("--key", "key", required=True, help="The recovery key, or a file that holds it; - asks for it.")
@click.option("--from", "url", help="Where the backups lie, in place of BACKUP_URL.")
@click.option(
    "--without-journal",
    is_flag=True,
    help="Though the journal of erasures is lost: who was erased since the backup comes back.",
)
@as_json
def restore(file: str | None, key: str, url: str | None, without_journal: bool, as_json: bool) -> None:
    """Bring everything back on an empty machine from one backup: the newest of BACKUP_URL, or FILE, by its name there
    or its path. Web and workers must not run; start them afterwards.
    """
    begun = time.monotonic()
    settings = restoring.read_settings()
    where = url or settings.backup_url
    own = Folder(settings.data_dir / "backups")
    place = from_url(where) if where else own if own.names() else None
    if file:
        place, name = opening.from_file(file, place)
    elif place is None:
        raise NotRestored("Set BACKUP_URL to where the backups lie, or name a file.")
    else:
        name = ""
    source = Source(place, read_key(key))
    done = restoring.restore(settings, source, name or source.newest("in-contact"), with_journal=not without_journal)
    seconds = time.monotonic() - begun
    say({**asdict(done), "seconds": round(seconds, 1)}, words(done, seconds), as_json)
    sys.exit(1 if done.troubles else 0)


def read_key(key: str) -> str:
    """The recovery key as it was given: itself, in a file, or typed in when it is "-"."""
    if key == "-":
        return str(click.prompt("Recovery key", hide_input=sys.stdin.isatty(), err=True))
    path = Path(key)
    return path.read_text() if len(key) < 4_000 and path.is_file() else key


def words(done: Restored, seconds: float) -> str:
    lines = [
        f"{done.archive} was put back in {seconds:,.0f} seconds: {done.rows:,} rows, {done.documents:,} documents.",
        "Everybody is signed out, and has to show each device anew.",
    ]
    lines += [
        f"{name} was passed over: it has no seal, so that its making was broken off." for name in done.passed_over
    ]
    if done.unread:
        lines.append(f"These could not be read when it was made, and are not in it: {in_words(done.unread)}.")
    if done.removed:
        lines.append(f"{done.removed:,} files were removed while it was made, and are not in it.")
    for slug, told in done.replayed.items():
        lines.append(
            f"{slug}: {told['erased']} erased again, {told['de_identified']} made nameless again, "
            f"{told['suppressed']} addresses and {told['refused']} refusals noted again."
        )
    for slug, paused in done.paused.items():
        lines += [f"{slug}: {name} is paused; {count:,} messages are not certain." for name, count in paused.items()]
    return "\n".join([*lines, *done.troubles, "Now start it: portal up"])
