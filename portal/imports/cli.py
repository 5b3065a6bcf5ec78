"""`portal contacts import`."""

import io
import sys
from pathlib import Path

import click

from portal.commanding import as_json, for_org, organisation, say
from portal.config import Settings
from portal.documents.rules import BadDocument
from portal.imports import running, service
from portal.imports.headings import FIELDS
from portal.imports.targets import PREFIX, word_of_name


def register(cli: click.Group) -> None:
    group = cli.commands.get("contacts")
    if not isinstance(group, click.Group):
        group = click.Group("contacts", help="Contacts in and out.")
        cli.add_command(group)
    group.add_command(import_file)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@for_org
@click.option("--group", "groups", multiple=True, help="Put everybody into this group; it is made if there is none.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="HEADING=FIELD",
    help=f"FIELD is one of {', '.join(FIELDS)}, or field:NAME of a page of yours.",
)
@click.option("--existing", type=click.Choice(["update", "skip", "add"]), default="update", show_default=True)
@click.option("--source", type=click.Choice([s for s in service.SOURCES if s != "bought"]), default="own")
@click.option("--obtained", default="", help="How and when these people came to be on the list.")
@click.option("--wording", default="", help="What they agreed to, word for word.")
@click.option(
    "--evidence",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A paper that shows it; needed of a list that another organisation passed on.",
)
@click.option("--consent", "channels", multiple=True, type=click.Choice(["email"]), help="A channel they agreed to.")
@as_json
def import_file(
    file: Path,
    slug: str,
    groups: tuple[str, ...],
    maps: tuple[str, ...],
    existing: str,
    source: str,
    obtained: str,
    wording: str,
    evidence: Path | None,
    channels: tuple[str, ...],
    as_json: bool,
) -> None:
    """Bring contacts in from a CSV or XLSX file, at once."""
    with organisation(slug), file.open("rb") as stream:
        made = service.take_in(Settings.from_environment().data_dir / "imports", file.name, stream)
        mapping = {**made.mapping, **dict(_pair(text, made.mapping) for text in maps)}
        paper = service.Evidence(io.BytesIO(evidence.read_bytes()), evidence.name) if evidence else None
        further = service.Further(wording=wording, evidence=paper)
        try:
            service.declare(made, mapping, source, obtained, list(channels), further)
        except (service.NotReady, BadDocument) as refusal:
            service.cancel(made)
            raise click.ClickException(str(refusal)) from refusal
        ids = [service.group_id(name) for name in groups]
        service.start(service.find(made.id), existing, ids)
        running.run(made.id)
        ended = service.find(made.id)
        errors = [{"row": p.row, "column": p.column, "message": p.message} for p in service.problems_of(ended)]
    answer = {name: getattr(ended, name) for name in ("added", "updated", "skipped", "failed")} | {"errors": errors}
    words = f"{ended.added} added, {ended.updated} updated, {ended.skipped} skipped, {ended.failed} could not be read."
    lines = [words, *(f"Row {e['row']}, {e['column'] or 'the row'}: {e['message']}" for e in errors)]
    say(answer, "\n".join(lines), as_json)
    sys.exit(0 if ended.state == "finished" else 1)


def _pair(text: str, known: dict[str, str]) -> tuple[str, str]:
    heading, _, name = text.rpartition("=")
    if name.startswith(PREFIX):
        name = word_of_name(name.removeprefix(PREFIX))
    if heading not in known or not (name in FIELDS or name.startswith(PREFIX)):
        raise click.UsageError(f"{text!r} is not HEADING=FIELD with a heading of the file and one of the fields.")
    return heading, name
