"""`portal backup key`, `create`, `list`, `verify`."""

import sys
from typing import Any

import click

from portal.backups import checking, keys, losses, making, rules, seals, service
from portal.backups.models import BAD, GOOD, Backup
from portal.commanding import as_json, installation, say
from portal.core.written import moment

_PAPER = """
RECOVERY KEY OF IN CONTACT

{key}

for the public key {recipient}

Print this or write it down NOW, twice, and keep the papers apart from this machine. It is kept nowhere: whoever
loses it loses every backup made for it, and whoever finds it can open them.

To bring everything back on an empty machine, install the portal there, set BACKUP_URL as it is here, and run:

    portal restore --key -

It asks for the key above. Older backups are opened by the key that was printed when they were made.
"""


def register(cli: click.Group) -> None:
    cli.add_command(backup)


@click.group()
def backup() -> None:
    """Backups of the whole installation, made every night by themselves."""


@backup.command("key")
@click.option("--new", is_flag=True, help="Make another, though there is one: from now on backups are made for it.")
@as_json
def key(new: bool, as_json: bool) -> None:
    """Make the recovery key and show it, once. It belongs on paper; nothing on this machine can open a backup."""
    with installation():
        if keys.is_there() and not new:
            raise click.ClickException(
                f"Backups are made for the key {seals.shown(keys.current().recipient)} already; what opens them was "
                "printed when it was made. To make another from now on: portal backup key --new"
            )
        recovery, recipient = keys.make()
    say({"key": recovery, "recipient": recipient}, _PAPER.format(key=recovery, recipient=recipient), as_json)


@backup.command("create")
@as_json
def create(as_json: bool) -> None:
    """Make a backup now and try it out; exit code 1 unless it is good."""
    with installation():
        try:
            made = service.make()
        except (keys.NoKey, making.Busy) as error:
            raise click.ClickException(str(error)) from None
    say(_told(made), _line(made), as_json)
    sys.exit(0 if made.state == GOOD else 1)


@backup.command("list")
@as_json
def list_all(as_json: bool) -> None:
    """The backups of the last 90 days, the newest first."""
    with installation():
        rows = list(Backup.select().order_by(Backup.id.desc()))
    say([_told(row) for row in rows], "\n".join(map(_line, rows)) or "There is no backup yet.", as_json)


@backup.command("verify")
@click.argument("names", nargs=-1)
@as_json
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Read the backups back from every place, or those named, and compare; exit code 1 when something is wrong."""
    with installation():
        checked = checking.check(list(names))
        if names and checked.looked_at < len(set(names)):
            raise click.ClickException("Not all of these are backups: see portal backup list.")
    words = "\n".join(checked.troubles) or f"{checked.looked_at} backups are as they were made."
    say({"looked_at": checked.looked_at, "troubles": checked.troubles}, words, as_json)
    sys.exit(1 if checked.troubles else 0)


def _told(row: Backup) -> dict[str, Any]:
    return {
        "name": row.name, "good": row.state == GOOD, "state": row.state, "words": row.words, "size": row.size,
        "sha256": row.sha256, "rows": row.rows, "documents": row.documents, "unread": row.unread, "places": row.places,
        "key": row.recipient, "started_at": row.started_at, "ended_at": row.ended_at,
    }  # fmt: skip


def _line(row: Backup) -> str:
    state = f"not good: {row.words}" if row.state == BAD else row.state
    state += f", without {losses.in_words(row.unread)}" if row.unread else ""
    where = f" in {' and '.join(row.places)}" if row.places else ""
    return f"{moment(row.started_at, rules.HOME)}  {row.name}  {rules.in_words(row.size):>10}{where}  {state}"
