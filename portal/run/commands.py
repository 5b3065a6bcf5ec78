"""Commands that run the portal: up, web, worker, schedule, listen, migrate, doctor, bench."""

import json
import os
import sys

import click

from portal.commanding import as_json as json_option
from portal.commanding import installation, say
from portal.config import Settings
from portal.core import watching
from portal.core.db import db
from portal.core.watching import WRONG
from portal.gateways import geoip
from portal.run import benching, doctor_mail, moving, upgrading
from portal.run import doctor as examining
from portal.run import migrate as migrations
from portal.run import up as tree
from portal.run import web as web_server
from portal.signin.first_run import new_code


def register(cli: click.Group) -> None:
    for command in (up, web, worker, schedule, listen, migrate, doctor, upgrade, before_upgrade, move_database, bench):
        cli.add_command(command)


@click.command()
def up() -> None:
    """Run everything on this machine: web, workers, scheduler, Redis and, without SMTP_URL, the mail catcher."""
    tree.start()


@click.command()
def web() -> None:
    """Run the web server alone."""
    settings = Settings.from_environment()
    command = web_server.command(settings.port)
    os.execv(command[0], command)


@click.command()
def worker() -> None:
    """Run one worker alone: it sends what is to be sent."""
    os.execv(sys.executable, [sys.executable, "-m", "workers", "work"])


@click.command()
def schedule() -> None:
    """Run the scheduler alone. One is enough; two do no harm."""
    os.execv(sys.executable, [sys.executable, "-m", "workers", "schedule"])


@click.command()
def listen() -> None:
    """Take returned mail alone, at BOUNCE_LISTEN; `portal up` does it by itself."""
    if not Settings.from_environment().bounce_listen:
        raise click.ClickException("Set BOUNCE_LISTEN, such as lmtp://127.0.0.1:2424, and BOUNCE_ADDRESS.")
    os.execv(sys.executable, [sys.executable, "-m", "workers", "listen"])


@click.command()
@click.option("--first-run", is_flag=True, help="While nobody is there, also print the code for the first owner.")
@json_option
def migrate(first_run: bool, as_json: bool) -> None:
    """Bring the database to the schema of this program, and the country data to its place."""
    settings = Settings.from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    done = migrations.migrate(settings.database_url)
    if settings.geoip_database is None:
        geoip.install(settings.country_database)
    click.echo(json.dumps({"migrated": done}) if as_json else f"{len(done)} steps done." if done else "Nothing to do.")
    if first_run and not as_json:
        with installation():
            code = new_code()
        if code:
            click.echo(f"Nobody is here yet: open {settings.base_url}/first-run and enter the code {code}")


@click.command()
@click.option("--mail", "address", metavar="ADDRESS", help="Also send one message there, and say what was answered.")
@json_option
def doctor(address: str | None, as_json: bool) -> None:
    """Look at the whole installation and say what is right and what is not; exit code 1 when something is wrong."""
    with installation() as settings:
        findings = examining.examine(settings)
        if address:
            with db.connection_context():
                findings.append(doctor_mail.send_one(address))
    words = "\n".join(
        f"{finding.level:9} {finding.name}: {finding.words}{f' Try: {finding.helps}' if finding.helps else ''}"
        for finding in findings
    )
    say([vars(finding) for finding in findings], words, as_json)
    sys.exit(1 if any(finding.level == WRONG for finding in findings) else 0)


@click.command()
@click.option("--to", default="", metavar="VERSION", help="A version by its name; without it, the newest.")
@click.option("--fetched", is_flag=True, help="The new program lies here already, such as in a container.")
@json_option
def upgrade(to: str, fetched: bool, as_json: bool) -> None:
    """Bring a newer version: backup, program, schema; everything as it was when any of it fails."""
    said: list[str] = []

    def tell(words: str) -> None:
        said.append(words)
        if not as_json:
            click.echo(words)

    upgrading.upgrade(Settings.from_environment(), tell, to=to, is_fetched=fetched)
    say({"upgraded": True, "steps": said}, "The portal is up to date.", as_json)


@click.command("before-upgrade", hidden=True)
def before_upgrade() -> None:
    """What features do before an upgrade."""
    with installation():
        for step in watching.steps_before_upgrade():
            click.echo(step())


@click.command("move-database")
@click.argument("url")
@json_option
def move_database(url: str, as_json: bool) -> None:
    """Copy everything from SQLite into an empty PostgreSQL database, and compare every value; the portal must rest.
    URL is its address; - asks for it, as one with a password demands.
    """
    if url == "-":
        url = str(click.prompt("Address of the database", hide_input=sys.stdin.isatty(), err=True)).strip()
    elif moving.has_password(url):
        raise moving.NotMoved(
            "Others on this machine can read a password that stands in a command, and the shell keeps it. "
            "Say portal move-database - and enter the address when it is asked for."
        )
    settings = Settings.from_environment()
    with tree.only_one(settings.data_dir):
        counts = moving.move(settings, url)
        path = moving.write_settings(settings, url)
    words = f"{sum(counts.values()):,} rows of {len(counts)} tables are there, each compared. SQLite's file stays.\n"
    words += f"Now put the lines of {path} into .env, remove that file, and start the portal."
    say({"tables": counts, "settings": str(path)}, words, as_json)


@click.group()
def bench() -> None:
    """Measure this machine. Nothing of the installation is touched."""


@bench.command("send")
@click.option("--recipients", default=5_000, show_default=True, type=click.IntRange(1, 1_000_000))
@json_option
def bench_send(recipients: int, as_json: bool) -> None:
    """Our own sending against Postfix's smtp-source, into one smtp-sink on this machine."""
    told = benching.bench_send(recipients)
    words = "{emails_per_second:,.0f} emails/s; the reference made {reference_per_second:,.0f}: {ratio:.2f} of it"
    say(told, words.format(**told), as_json)
