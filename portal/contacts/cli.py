"""Commands about what users may see of contacts."""

from typing import cast

import click

from portal.accounts import service as accounts
from portal.accounts.rules import known_right
from portal.commanding import as_json, for_org, organisation, say
from portal.contacts import fields, group_cli
from portal.contacts.service import find_group, find_group_by_name


def register(cli: click.Group) -> None:
    cast(click.Group, cli.commands["user"]).add_command(rights)
    group_cli.register(cli)


@click.command()
@for_org
@click.option("--email", required=True)
@click.option(
    "--deny",
    multiple=True,
    metavar="RIGHT",
    help="telephone, email, export … or group:NAME, page:NAME, page-write:NAME.",
)
@click.option("--grant", multiple=True, metavar="RIGHT", help="A right beyond the role, such as special or identity.")
@click.option("--only-group", metavar="GROUP", help="The one group this user may see.")
@as_json
def rights(
    slug: str, email: str, deny: tuple[str, ...], grant: tuple[str, ...], only_group: str | None, as_json: bool
) -> None:
    """Take rights away from a user, and give others beyond the role; the lists replace those before."""
    with organisation(slug):
        denied = [known_right(_with_id(right)) for right in deny]
        only = _group_id(only_group) if only_group else None
        membership = accounts.set_rights(accounts.member_by_email(email).id, denied, only, grant)
        actor = accounts.actor_for(membership)
        effective = {
            "permissions": sorted(actor.permissions),
            "hidden": sorted(actor.hidden),
            "only_group": actor.only_group,
            "denied_groups": sorted(actor.denied_groups),
            "hidden_pages": sorted(actor.hidden_pages),
            "read_only_pages": sorted(actor.read_only_pages),
        }
        say(effective, "\n".join(f"{key}: {value}" for key, value in effective.items()), as_json)


def _with_id(right: str) -> str:
    word, _, name = right.partition(":")
    if word == "group":
        return f"group:{_group_id(name)}"
    if word in ("page", "page-write"):
        return f"{word}:{fields.find_page_by_name(name).id}"
    return right


def _group_id(text: str) -> int:
    return int(find_group(int(text)).id if text.isdigit() else find_group_by_name(text).id)
