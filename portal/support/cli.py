"""`portal org suspend` and `portal org resume`."""

import click

from portal.accounts.cli import org
from portal.commanding import as_json, organisation, say
from portal.support import suspending


def register(_cli: click.Group) -> None:
    """Beside the other commands about organisations."""
    org.add_command(suspend)
    org.add_command(resume)


@click.command("suspend")
@click.argument("slug")
@click.option("--reason", required=True, help="Its owners read it.")
@as_json
def suspend(slug: str, reason: str, as_json: bool) -> None:
    """Stop an organisation's sending before the next message, and tell its owners."""
    with organisation(slug):
        suspending.suspend(reason)
        say({"org": slug, "suspended": True}, "Suspended. Its owners are told.", as_json)


@click.command("resume")
@click.argument("slug")
@click.option("--reason", required=True, help="Kept in the record; its owners read it.")
@as_json
def resume(slug: str, reason: str, as_json: bool) -> None:
    """Lift an organisation's suspension."""
    with organisation(slug):
        suspending.resume(reason)
        say({"org": slug, "suspended": False}, "Lifted. What was begun goes on.", as_json)
