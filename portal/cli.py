"""The `portal` command. Each feature adds its own commands in its `cli.py`; this module only collects them."""

import logging
import sys

import click
from peewee import OperationalError

from portal import commanding
from portal.accounts import cli as accounts
from portal.activity import cli as activity
from portal.config import BadSettings
from portal.contacts import cli as contacts
from portal.features import prepare
from portal.run import commands as run
from portal.sample import commands as sample

FEATURES = (run.register, accounts.register, activity.register, contacts.register, sample.register)


@click.group()
def cli() -> None:
    """In Contact: keep contacts, write to them lawfully, and prove it."""


for register in FEATURES:
    register(cli)


def main() -> None:
    """Run a command. What the user can mend is said in a sentence, with exit code 1."""
    commanding.use(prepare)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        cli(standalone_mode=True)
    except OperationalError as error:
        click.echo(f"The database cannot be used: {error}. If it is new, run portal migrate first.", err=True)
        sys.exit(1)
    except (BadSettings, ValueError, LookupError, RuntimeError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
