"""`portal contacts export`, and `portal contacts whose`: who took a file, by its mark."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from portal.accounts import service as accounts
from portal.commanding import as_json, for_org, organisation, say
from portal.contacts.queries import Filter
from portal.contacts.service import find_group_by_name
from portal.exports import keeping, out_there, running, service
from portal.exports.rules import COMMAND, FORMATS, USUAL, BadExport
from portal.exports.service import Wish


def register(cli: click.Group) -> None:
    group = cli.commands.get("contacts")
    if not isinstance(group, click.Group):
        group = click.Group("contacts", help="Contacts in and out.")
        cli.add_command(group)
    group.add_command(export)
    group.add_command(whose)


@click.command()
@for_org
@click.option("--purpose", required=True, help="What the file is needed for.")
@click.option("--recipient", required=True, help="Who will have it.")
@click.option("--expires", metavar="DAY", help="Until when it may be kept, such as 2026-12-31; else 30 days.")
@click.option("--group", "name", help="Only the contacts of this group.")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option(
    "--include",
    "more",
    multiple=True,
    type=click.Choice(["special", "identity", "consents"]),
    help="What goes along beside: special information of those who agreed, ID numbers, standing and consents.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
def export(
    slug: str, purpose: str, recipient: str, expires: str | None, name: str | None, kind: str, more: tuple[str, ...],
    output: Path | None,
) -> None:  # fmt: skip
    """Take contacts along as a file that can be imported again."""
    with organisation(slug):
        wanted = Filter(group_ids=(find_group_by_name(name).id,) if name else ())
        wish = Wish(
            purpose, recipient, _day(expires), kind, COMMAND, with_identity="identity" in more,
            with_sensitive="special" in more, with_consents="consents" in more,
        )  # fmt: skip
        try:
            made = service.ask(wanted, wish)
        except BadExport as error:
            raise click.ClickException(str(error)) from error
        running.run(made.id)
        made = service.find(made.id)
        if not made.is_kept:
            raise click.ClickException(made.problem or "The file could not be made.")
        stream = output.open("wb") if output else sys.stdout.buffer
        try:
            for piece in service.take(made):
                stream.write(piece)
        finally:
            stream.flush()
            if output:
                stream.close()
        keeping.remove(made, "asked")
        click.echo(f"Its mark is {made.mark}.", err=True)
        if made.children_out:
            click.echo(f"{made.children_out} children stay out: no parent or guardian has consented.", err=True)
        if made.special_out:
            click.echo(
                f"The special information of {made.special_out} people stays here: they have not agreed.", err=True
            )


@click.command()
@click.argument("mark")
@for_org
@as_json
def whose(mark: str, slug: str, as_json: bool) -> None:
    """Say who took a file: MARK stands in its name and in its last column."""
    with organisation(slug):
        found = out_there.by_mark(mark)
        if found is None:
            raise click.ClickException("No file of this organisation has this mark.")
        names = ("mark", "user_name", "colleague_name", "recipient", "purpose", "created_at", "taken_at", "done",
                 "expires_on", "destroyed_at")  # fmt: skip
        answer: dict[str, Any] = {name: getattr(found, name) for name in names}
        taken = f"taken on {found.taken_at:%d %b %Y}" if found.taken_at else "never taken"
        by = found.colleague_name or found.user_name
        say(
            answer,
            f"Made for {by} on {found.created_at:%d %b %Y}, {taken}; for {found.recipient}: {found.purpose}.",
            as_json,
        )


def _day(text: str | None) -> date:
    if text is None:
        return accounts.today() + timedelta(days=USUAL)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError("--expires is a day such as 2026-12-31.") from None
