"""`portal bounce`: a message from a pipe or from files, read like one that came by mail."""

import sys
from pathlib import Path

import click

from portal.commanding import as_json, installation, say
from portal.delivery import bouncing


def register(cli: click.Group) -> None:
    cli.add_command(bounce)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recipient", default="", help="The address the message came to, when the mail server knows it.")
@as_json
def bounce(files: tuple[Path, ...], recipient: str, as_json: bool) -> None:
    """Read returned messages: FILES, or one on standard input. What names none of our messages is kept apart."""
    sources = [(str(path), path.read_bytes()) for path in files] or [("-", sys.stdin.buffer.read())]
    answers = []
    with installation():
        for name, source in sources:
            answer = bouncing.read_now(source, recipient, "command")
            found = answer.finding
            answers.append(
                {
                    "file": name,
                    "kind": found.kind,
                    "recipient": found.recipient,
                    "status": found.status,
                    "reason": found.reason,
                    "matched": answer.matched,
                }
            )
    words = [f"{a['file']}: {a['kind']} {a['recipient']} {a['status']} {a['reason']}".rstrip() for a in answers]
    say(answers, "\n".join(words), as_json)
