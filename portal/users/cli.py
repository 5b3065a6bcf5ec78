"""Commands about what users may see."""

from typing import cast

import click

from portal.accounts import service as accounts
from portal.commanding import as_json, for_org, organisation, say
from portal.users import queries


def register(cli: click.Group) -> None:
    cast(click.Group, cli.commands["user"]).add_command(report)


@click.command()
@for_org
@click.option("--email", required=True)
@as_json
def report(slug: str, email: str, as_json: bool) -> None:
    """Say what a user may see and do, counted by the filter that guards the data."""
    with organisation(slug):
        found = queries.report(accounts.member_by_email(email))
        membership = found.membership
        answer = {
            "user": membership.user.email, "name": membership.user.name, "role": membership.role,
            "sees": found.sees, "of": found.total, "counted": found.counted, "hidden": found.hidden,
            "pages": dict(found.pages), "may": found.may, "may_not": found.may_not, "later": found.later,
            "has_second_factor": queries.has_factor(membership.user), "sentences": found.sentences,
        }  # fmt: skip
        say(answer, "\n".join(found.sentences), as_json)
