"""`portal contacts export`."""

import sys
from pathlib import Path

import click

from portal.commanding import for_org, organisation
from portal.contacts.queries import Filter
from portal.contacts.service import find_group_by_name
from portal.exports import queries, service


def register(cli: click.Group) -> None:
    group = cli.commands.get("contacts")
    if not isinstance(group, click.Group):
        group = click.Group("contacts", help="Contacts in and out.")
        cli.add_command(group)
    group.add_command(export)


@click.command()
@for_org
@click.option("--group", "name", help="Only the contacts of this group.")
@click.option("--format", "kind", type=click.Choice(list(service.FORMATS)), default="csv", show_default=True)
@click.option("--include", type=click.Choice(["special"]), help="Also special information, which may be passed on.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
def export(slug: str, name: str | None, kind: str, include: str | None, output: Path | None) -> None:
    """Take contacts along as a file that can be imported again."""
    with organisation(slug):
        wanted = Filter(group_ids=(find_group_by_name(name).id,) if name else ())
        is_sensitive = include == "special"
        columns = queries.columns(with_sensitive=is_sensitive)
        service.note(wanted, kind, columns, with_sensitive=is_sensitive)
        if missing := queries.left_out(wanted):
            click.echo(f"{missing} children stay out: no parent or guardian has consented.", err=True)
        stream = output.open("wb") if output else sys.stdout.buffer
        try:
            if kind == "xlsx":
                service.as_xlsx(wanted, stream, columns, with_sensitive=is_sensitive)
            else:
                for line in service.as_csv(wanted, columns, with_sensitive=is_sensitive):
                    stream.write(line.encode())
        finally:
            stream.flush()
            if output:
                stream.close()
