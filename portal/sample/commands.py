"""`portal demo`: the sample organisation at work, in one command."""

import click

from portal.commanding import installation
from portal.config import Settings
from portal.run import migrate, up
from portal.sample import service


def register(cli: click.Group) -> None:
    cli.add_command(demo)


@click.command()
def demo() -> None:
    """Make the sample organisation unless it is there, start everything, and say how to sign in."""
    settings = Settings.from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.migrate(settings.database_url)
    with installation():
        password = service.make(settings.data_dir)
    up.up(settings, lambda: _say(settings, password))


def _say(settings: Settings, password: str) -> None:
    click.echo(f"Open {settings.base_url}")
    click.echo(f"Sign in as {service.EMAIL} with the password {password}")
    if settings.smtp_url is None:
        click.echo(f"Caught mail {settings.base_url}/mail")
