"""`portal groups list`."""

import click

from portal.commanding import as_json, for_org, organisation, say
from portal.contacts import groups, queries


def register(cli: click.Group) -> None:
    cli.add_command(commands)


@click.group("groups")
def commands() -> None:
    """Groups of contacts."""


@commands.command("list")
@for_org
@as_json
def list_groups(slug: str, as_json: bool) -> None:
    """The groups of an organisation: how many are in each, and the rules in words."""
    with organisation(slug):
        sizes = queries.group_sizes()
        found = [
            {
                "id": group.id, "name": group.name, "category": group.category, "sensitivity": group.sensitivity,
                "is_children": bool(group.is_children), "contacts": sizes.get(group.id, 0),
                "rule": groups.words(group.rule) if group.rule is not None else None,
            }
            for group in queries.visible_groups()
        ]  # fmt: skip
        lines = [f"{one['name']}: {one['contacts']}" + (f" ({one['rule']})" if one["rule"] else "") for one in found]
        say({"groups": found}, "\n".join(lines) or "There are no groups.", as_json)
