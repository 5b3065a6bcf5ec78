"""The `portal` command. Each feature adds its own commands in its `cli.py`; this module only collects them."""

import logging
import sys

import click

from portal.config import BadSettings, Settings
from portal.run.commands import register as register_run

FEATURES = (register_run,)


@click.group()
def cli() -> None:
    """In Contact: keep contacts, write to them lawfully, and prove it."""


for register in FEATURES:
    register(cli)


def main() -> None:
    """Run a command. What the user can mend is said in a sentence, with exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        cli(standalone_mode=True)
    except (BadSettings, ValueError, LookupError, RuntimeError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def settings() -> Settings:
    return Settings.from_environment()


if __name__ == "__main__":
    main()
