"""`portal campaign …`: the same services as the pages, with the same refusals."""

from pathlib import Path

import click

from portal.campaigns import sending, service
from portal.campaigns.models import Campaign
from portal.commanding import as_json, for_org, organisation, say
from portal.consent.rules import CLASSES, PurposeClass
from portal.contacts.service import find_group_by_name


def register(cli: click.Group) -> None:
    cli.add_command(campaign)


@click.group()
def campaign() -> None:
    """Campaigns: write, send, follow."""


@campaign.command()
@for_org
@click.option("--name", required=True)
@click.option("--subject", required=True)
@click.option("--html", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--group", "groups", multiple=True, required=True, help="A group it goes to.")
@click.option("--exclude", "excluded", multiple=True, help="A group it does not go to.")
@click.option("--channel", type=click.Choice(["email"]), default="email")
@click.option("--purpose-class", "purpose", type=click.Choice(list(CLASSES)), help="Else that of its purpose.")
@click.option("--reason", default="", help="Why it is not direct marketing; kept with the campaign.")
@click.option("--sensitive", is_flag=True, help="It may show special information.")
@as_json
def create(
    slug: str,
    name: str,
    subject: str,
    html: Path,
    groups: tuple[str, ...],
    excluded: tuple[str, ...],
    channel: str,
    purpose: str | None,
    reason: str,
    sensitive: bool,
    as_json: bool,
) -> None:
    """Write a draft from an HTML file."""
    with organisation(slug):
        made = service.create(name, purpose=PurposeClass(purpose) if purpose else None, reason=reason)
        made = service.change(
            made, made.version, subject=subject, body=html.read_text(encoding="utf-8"), is_sensitive=int(sensitive)
        )
        sending.choose_audience(
            made, [find_group_by_name(n).id for n in groups], [find_group_by_name(n).id for n in excluded]
        )
        say({"id": made.id}, f"Draft {made.id} is written; portal campaign start {made.id} sends it.", as_json)


def _step(name: str, words: str) -> None:
    """A command that takes a campaign to its next state and answers with its figures."""

    @campaign.command(name, help=words)
    @click.argument("campaign_id", type=int)
    @for_org
    @as_json
    def step(campaign_id: int, slug: str, as_json: bool) -> None:
        with organisation(slug):
            found = service.find(campaign_id)
            if name != "status":
                getattr(sending, name)(found)
            _say(found, as_json)


for _name, _words in (
    ("start", "Send a draft now."),
    ("pause", "Stop before the next message."),
    ("resume", "Go on."),
    ("cancel", "Stop for good."),
    ("status", "How far it is; the figures after `frozen` add up to it."),
):
    _step(_name, _words)


def _say(found: Campaign, as_json: bool) -> None:
    status = sending.status(found)
    say(status, "  ".join(f"{key} {value}" for key, value in status.items()), as_json)
