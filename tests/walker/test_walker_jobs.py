"""Jobs and commands: each names its organisation, or is one of the few that belong to the whole installation."""

import contextlib
import importlib
import inspect
import pkgutil

import click
import pytest

import workers
from portal.cli import cli
from portal.core import queue
from tests.walker_checks import PORTAL_JOBS, check_jobs
from tests.walking import digest
from workers.base import JobFailed

pytestmark = pytest.mark.each_database

# Commands that belong to no organisation.
PORTAL_COMMANDS = {
    "up", "web", "worker", "schedule", "listen", "migrate", "doctor", "bench send", "demo", "routes", "first-run",
    "org create", "support create", "bounce", "geo update", "geo open", "geo close", "geo status",
    "upgrade", "before-upgrade", "move-database",
    "backup create", "backup list", "backup verify", "backup key", "restore",
    "privacy replay",  # after a restore, for every organisation at once
    # One person has one account, whichever organisations he works for.
    "user let-in", "user attempts", "user lock", "user unlock", "user password", "user forget-factor",
}  # fmt: skip


def jobs() -> dict[str, object]:
    """The functions that the queue names, by module and name."""
    found = {}
    for module in pkgutil.iter_modules(workers.__path__):
        if module.name in ("__main__", "run", "base", "schedule"):
            continue
        loaded = importlib.import_module(f"workers.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and hasattr(function, "__wrapped__"):
                found[f"{module.name}.{name}"] = function
    return found


def test_every_job_names_its_organisation(app):
    known = jobs()
    assert check_jobs(known) >= 6
    named = {value for name, value in vars(queue).items() if name.isupper() and str(value).startswith("workers.")}
    assert {path.removeprefix("workers.") for path in named} <= known.keys() | {"pulse.beat"}


def test_a_job_for_another_organisation_finds_nothing_of_this_one(app, ours, theirs):
    """The ids of one organisation under the name of the other, or of one that there is not: nothing is done."""
    before = digest()
    for name, job in jobs().items():
        arguments = inspect.signature(job).parameters  # of the function that was wrapped
        if name in PORTAL_JOBS or not arguments:  # one that names nothing does what is its organisation's own
            continue
        for org_id in (theirs.org_id, 31_337):
            for value in sorted(set(ours.ids.values()) | {more for ids in ours.others for more in ids.values()}):
                with contextlib.suppress(JobFailed):  # and is rung for again
                    job(org_id, **dict.fromkeys(arguments, value))
    assert digest() == before


def commands(group: click.Group, path: str = "") -> dict[str, click.Command]:
    found = {}
    for name, command in group.commands.items():
        here = f"{path} {name}".strip()
        found |= commands(command, here) if isinstance(command, click.Group) else {here: command}
    return found


def test_every_command_about_an_organisation_names_it():
    nameless = [path for path, command in commands(cli).items() if "slug" not in {p.name for p in command.params}]
    assert set(nameless) <= PORTAL_COMMANDS
