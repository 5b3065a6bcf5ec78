"""The `portal` command. Each feature adds its own commands in its `cli.py`; this module only collects them."""

import logging
import os
import sys

import click
from peewee import OperationalError

from portal import commanding
from portal.accounts import cli as accounts
from portal.activity import cli as activity
from portal.backups import cli as backups
from portal.campaigns import cli as campaigns
from portal.config import BadSettings, Settings
from portal.contacts import cli as contacts
from portal.core import logs
from portal.delivery import bounce_cli
from portal.exports import cli as exports
from portal.features import prepare
from portal.imports import cli as imports
from portal.privacy import cli as privacy
from portal.run import commands as run
from portal.run import migrate, organisation_cli, restore_cli, up
from portal.sample import service as sample
from portal.signin import cli as signin
from portal.support import cli as support
from portal.users import cli as users

FEATURES = (
    run.register,
    accounts.register,
    activity.register,
    contacts.register,
    imports.register,
    exports.register,
    campaigns.register,
    bounce_cli.register,
    signin.register,
    users.register,
    support.register,
    privacy.register,
    backups.register,
    restore_cli.register,
    organisation_cli.register,
)


@click.group()
def cli() -> None:
    """In Contact: keep contacts, write to them lawfully, and prove it."""


for register in FEATURES:
    register(cli)


@cli.command()
def demo() -> None:
    """Make the sample organisation unless it is there, start everything, and say how to sign in."""
    settings = Settings.from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.migrate(settings.database_url)
    logging.getLogger("portal.queue").setLevel(logging.ERROR)  # nobody answers the bell yet
    with commanding.installation():
        password = sample.make(settings.data_dir)
    up.start(_how_to_begin(settings, password))


@cli.command()
@commanding.as_json
def routes(as_json: bool) -> None:
    """List every route with who may enter."""
    from portal.app import create_app  # the pages: no other command needs them
    from portal.web.access import policy_of

    app = create_app(Settings.from_environment())
    found = [
        {
            "rule": rule.rule,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "endpoint": rule.endpoint,
            "who": policy_of(app, rule.endpoint).who,
            "permission": policy_of(app, rule.endpoint).permission,
            "geo": policy_of(app, rule.endpoint).geo,
            "writes": "POST" in (rule.methods or set()),
        }
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    ]
    lines = [f"{','.join(r['methods']):8} {r['rule']:55} {r['who']:7} {r['permission'] or ''}" for r in found]
    commanding.say(found, "\n".join(lines), as_json)


def _how_to_begin(settings: Settings, password: str) -> str:
    lines = [f"Open {settings.base_url}", f"Sign in as {sample.EMAIL} with the password {password}"]
    if settings.smtp_url is None:
        lines.append(f"Caught mail {settings.base_url}/mail")
    return "\n".join(lines)


def main() -> None:
    """Run a command. What the user can mend is said in a sentence, with exit code 1."""
    os.umask(0o077)  # what the portal writes is for the portal only
    commanding.use(prepare)
    logs.setup()
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
