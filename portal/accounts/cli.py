"""Commands about organisations and users."""

import sys

import click

from portal.accounts import service
from portal.commanding import as_json, for_org, installation, organisation, say
from portal.core.permissions import Role


def register(cli: click.Group) -> None:
    for group in (org, user, support):
        cli.add_command(group)


@click.group()
def org() -> None:
    """Organisations."""


@org.command("create")
@click.argument("name")
@as_json
def create_org(name: str, as_json: bool) -> None:
    """Make an organisation."""
    with installation():
        made = service.create_org(name)
        say({"org": made.slug}, f"{made.name} is ready; its short name is {made.slug}.", as_json)


@org.command("set")
@click.argument("slug")
@click.argument("details", nargs=-1, required=True, metavar="KEY=VALUE…")
@as_json
def set_details(slug: str, details: tuple[str, ...], as_json: bool) -> None:
    """Set details of an organisation, such as legal_name="Hope House NPC"."""
    values = {}
    for detail in details:
        key, mark, value = detail.partition("=")
        if not mark:
            raise click.UsageError(f"{detail!r} is not KEY=VALUE.")
        values[key] = value
    with organisation(slug):
        service.set_details(**values)
        say({"org": slug, "set": sorted(values)}, "Saved.", as_json)


@click.group()
def user() -> None:
    """Users of an organisation."""


@user.command("create")
@for_org
@click.option("--email", required=True)
@click.option("--name", default="")
@click.option("--role", type=click.Choice([str(r) for r in Role]), required=True)
@click.option("--password-stdin", is_flag=True, required=True, expose_value=False, help="Read the password from there.")
@as_json
def create_user(slug: str, email: str, name: str, role: str, as_json: bool) -> None:
    """Give a person a role. A known email gets a further membership and keeps its password."""
    password = sys.stdin.readline().rstrip("\n")
    with organisation(slug):
        made = service.create_user(email, name, Role(role), password)
        say({"user": made.id}, f"{made.email} may now sign in.", as_json)


@click.group()
def support() -> None:
    """Users of the installation itself."""


@support.command("create")
@click.option("--email", required=True)
@click.option("--name", default="")
@click.option("--password-stdin", is_flag=True, required=True, expose_value=False, help="Read the password from there.")
@as_json
def create_support(email: str, name: str, as_json: bool) -> None:
    """Make a support user, who belongs to no organisation."""
    password = sys.stdin.readline().rstrip("\n")
    with installation():
        made = service.create_support(email, name, password)
        say({"user": made.id}, f"{made.email} is a support user.", as_json)
