"""Commands about what users may see of contacts."""

from typing import cast

import click

from portal.accounts import service as accounts
from portal.accounts.rules import known_right
from portal.commanding import as_json, for_org, organisation, say
from portal.contacts.service import find_group, find_group_by_name


def register(cli: click.Group) -> None:
    cast(click.Group, cli.commands["user"]).add_command(rights)


@click.command()
@for_org
@click.option("--email", required=True)
@click.option("--deny", multiple=True, metavar="RIGHT", help="telephone, email, address, reports … or group:NAME.")
@click.option("--only-group", metavar="GROUP", help="The one group this user may see.")
@as_json
def rights(slug: str, email: str, deny: tuple[str, ...], only_group: str | None, as_json: bool) -> None:
    """Take rights away from a user; the list replaces the one before."""
    with organisation(slug):
        denied = [known_right(_with_id(right)) for right in deny]
        membership = accounts.set_rights(email, denied, _group_id(only_group) if only_group else None)
        actor = accounts.actor_for(membership)
        effective = {
            "permissions": sorted(actor.permissions),
            "hidden": sorted(actor.hidden),
            "only_group": actor.only_group,
            "denied_groups": sorted(actor.denied_groups),
        }
        say(effective, "\n".join(f"{key}: {value}" for key, value in effective.items()), as_json)


def _with_id(right: str) -> str:
    return f"group:{_group_id(right.removeprefix('group:'))}" if right.startswith("group:") else right


def _group_id(text: str) -> int:
    return int(find_group(int(text)).id if text.isdigit() else find_group_by_name(text).id)
