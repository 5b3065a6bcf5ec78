"""Commands about the log."""

import sys

import click

from portal.activity import log as chain
from portal.commanding import as_json, for_org, organisation, say


def register(cli: click.Group) -> None:
    cli.add_command(log)


@click.group()
def log() -> None:
    """The record of what was done."""


@log.command("verify")
@for_org
@as_json
def verify(slug: str, as_json: bool) -> None:
    """Check the chain of an organisation's log; exit code 1 when it was changed."""
    with organisation(slug):
        verdict = chain.verify()
    words = f"{verdict.entries} entries, unbroken." if verdict.ok else f"Broken at entry {verdict.first_bad}."
    say({"ok": verdict.ok, "entries": verdict.entries, "first_bad": verdict.first_bad}, words, as_json)
    sys.exit(0 if verdict.ok else 1)
