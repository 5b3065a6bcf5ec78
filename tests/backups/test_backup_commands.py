"""`portal backup …` and `portal restore`, as a host types them."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.cli import cli
from portal.commanding import use
from portal.core.db import db, disconnect
from portal.features import prepare
from portal.run.migrate import migrate

pytestmark = pytest.mark.one_database


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the machine of this name; both know the same second place."""
    use(prepare)
    monkeypatch.chdir(tmp_path)

    def portal(machine: str, *words: str, typed: str = "") -> Result:
        folder = tmp_path / machine
        environ = {"PORTAL_DATA_DIR": str(folder), "BACKUP_URL": f"file://{tmp_path}/second"}
        if words == ("migrate",):
            folder.mkdir()
            migrate(f"sqlite:///{folder}/portal.sqlite3")
        told = CliRunner().invoke(cli, list(words), env=environ, input=typed)
        if db.obj is not None:
            disconnect()
        return told

    return portal


def test_from_the_first_evening_to_the_morning_after(portal: Any, tmp_path: Path) -> None:
    portal("one", "migrate")
    assert portal("one", "org", "create", "Hope House").exit_code == 0
    assert "portal backup key" in portal("one", "backup", "create").output
    key = json.loads(portal("one", "backup", "key", "--json").output)["key"]
    assert "already" in portal("one", "backup", "key").output
    made = portal("one", "backup", "create", "--json")
    assert (made.exit_code, json.loads(made.output)["good"]) == (0, True)
    name = json.loads(made.output)["name"]
    assert name in portal("one", "backup", "list").output
    assert portal("one", "backup", "verify").output == "1 backups are as they were made.\n"
    assert portal("one", "backup", "verify", "in-contact-x.age").exit_code == 1

    back = portal("two", "restore", "--key", "-", "--json", typed=f"{key.lower()}\n")
    assert back.exit_code == 0, back.output
    assert portal("two", "log", "verify", "--org", "hope-house").exit_code == 0
    named = portal("three", "restore", str(tmp_path / "second" / name), "--key", key)
    assert f"{name} was put back" in named.output

    (tmp_path / "second" / name).write_bytes(b"")
    cut = portal("one", "backup", "verify")
    assert (cut.exit_code, f"{name} in {tmp_path}/second was cut off" in cut.output) == (1, True)
    again = portal("one", "backup", "key", "--new", "--json")
    assert json.loads(again.output)["key"] != key


def test_what_cannot_be_put_back_is_said(portal: Any, tmp_path: Path) -> None:
    told = portal("two", "restore", "nowhere.age", "--key", "AGE-SECRET-KEY-1")
    assert str(told.exception) == "There is no file nowhere.age."
    told = portal("two", "restore", "--key", "nonsense")
    assert "This is no recovery key" in str(told.exception)
    assert not (tmp_path / "two" / "portal.sqlite3").exists()


def test_one_organisation_as_a_host_types_it(portal: Any, tmp_path: Path) -> None:
    portal("one", "migrate")
    portal("one", "org", "create", "Hope House")
    portal("one", "org", "create", "Second Chance")
    key = json.loads(portal("one", "backup", "key", "--json").output)["key"]
    name = json.loads(portal("one", "backup", "create", "--json").output)["name"]
    command = ("restore-organisation", "--org", "hope-house", "--key", "-")
    told = portal("one", *command, typed=f"{key}\n")
    assert (told.exit_code, f"hope-house was put back from {name}" in told.output) == (0, True)
    assert portal("one", "log", "verify", "--org", "hope-house").exit_code == 0

    (tmp_path / "one" / "backups" / name).unlink()  # it lies in the second place too
    assert portal("one", *command, typed=f"{key}\n").exit_code == 0
    assert portal("one", *command, "--archive", name, typed=f"{key}\n").exit_code == 0
    path = str(tmp_path / "second" / name)
    assert portal("one", *command, "--archive", path, typed=f"{key}\n").exit_code == 0
    told = portal("one", "restore-organisation", "--org", "nowhere", "--key", key)
    assert str(told.exception) == "There is no organisation called 'nowhere'."
    told = portal("one", *command, "--archive", "in-contact-x.age", typed=f"{key}\n")
    assert str(told.exception) == "There is no file in-contact-x.age."


def test_a_command_for_an_organisation_that_is_shut_says_so(portal: Any, tmp_path: Path) -> None:
    portal("one", "migrate")
    portal("one", "org", "create", "Hope House")
    with sqlite3.connect(tmp_path / "one" / "portal.sqlite3") as database:
        database.execute("UPDATE org SET restoring = 'in-contact-x.age'")
    database.close()
    told = portal("one", "log", "verify", "--org", "hope-house")
    assert "This organisation is being put back from a backup." in str(told.exception)
