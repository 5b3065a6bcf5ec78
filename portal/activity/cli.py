"""Commands about the log."""

import re
import sys

import click

from portal.activity import anchors, checking, heads
from portal.activity.anchors import Anchor
from portal.commanding import as_json, for_org, organisation, say


def register(cli: click.Group) -> None:
    cli.add_command(log)


@click.group()
def log() -> None:
    """The record of what was done."""


def _read_anchors(_context: object, _option: object, given: tuple[str, ...]) -> list[Anchor]:
    found = []
    for text in given:
        match = re.fullmatch(r"([0-9]{1,10}):([0-9a-f]{64})", text.strip())
        if match is None:
            raise click.BadParameter("write it as it was mailed, such as 812:5f3a…, the number and 64 digits.")
        found.append(Anchor(int(match[1]), match[2], "the day it was mailed"))
    return found


@log.command("verify")
@for_org
@click.option("--anchor", "known", multiple=True, callback=_read_anchors, help="SEQ:HASH of a head that was mailed.")
@click.option("--since-anchor", is_flag=True, help="Only what was written since the last head that was noted.")
@as_json
def verify(slug: str, known: list[Anchor], since_anchor: bool, as_json: bool) -> None:
    """Check the chain of an organisation's log; exit code 1 when it was changed."""
    with organisation(slug):
        verdict = checking.verify(since_anchor=since_anchor, known=known)
    since = f" since entry {verdict.first - 1}" if verdict.first > 1 else ""
    words = f"{verdict.entries} entries{since}, unbroken."
    if not verdict.ok:
        words = f"Broken at entry {verdict.first_bad}. {verdict.why}"
    answer = {
        "ok": verdict.ok, "entries": verdict.entries, "first_bad": verdict.first_bad, "why": verdict.why,
        "about": verdict.about, "warnings": verdict.warnings,
    }  # fmt: skip
    say(answer, "\n".join([words, *verdict.warnings]), as_json)
    sys.exit(0 if verdict.ok else 1)


@log.command("head")
@for_org
@as_json
def head(slug: str, as_json: bool) -> None:
    """The last entry of an organisation's log, to be kept somewhere else and compared by `log verify --anchor`."""
    with organisation(slug):
        last = heads.current()
        noted = anchors.read().anchors
    seq, hash_ = (last.seq, last.hash) if last else (0, "")
    answer = {"seq": seq, "hash": hash_, "noted": noted[-1].seq if noted else None}
    say(answer, f"{seq}:{hash_}" if seq else "Nothing has been written yet.", as_json)
