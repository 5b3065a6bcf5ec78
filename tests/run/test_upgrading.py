"""`portal upgrade`: the schema changes wholly or not at all, and so does the version."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from portal.config import Settings
from portal.core import db as database
from portal.core import watching
from portal.run import migrate, upgrading
from tests.databases import KEYS
from tests.kills import Stage, free_port

pytestmark = pytest.mark.one_database


@pytest.fixture
def older(tmp_path, monkeypatch):
    """A database of some versions ago, and how many statements lead to today's."""
    every = migrate.names()
    last = every[-4:]
    path = tmp_path / "older.sqlite3"
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "names", lambda: every[:-4])
        migrate.migrate(f"sqlite:///{path}")
    database.disconnect()
    return path, last


def state(path):
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()


def migrate_and_die(path, at):
    """Migrate in a process of its own that is killed before this statement; whether it was."""
    child = os.fork()
    if not child:
        count, execute = [0], database._Sqlite.execute_sql

        def counted(self, statement, *more):
            count[0] += 1
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, statement, *more)

        database._Sqlite.execute_sql = counted
        try:
            migrate.migrate(f"sqlite:///{path}")
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.faults
def test_killed_at_each_statement_the_database_is_as_it_was_and_the_next_try_goes_through(older, tmp_path):
    before, last = older
    was, at = state(before), 1
    while True:
        path = tmp_path / "tried.sqlite3"
        shutil.copy(before, path)
        if not migrate_and_die(path, at):
            break
        now = state(path)
        with sqlite3.connect(path) as connection:
            names = {name for (name,) in connection.execute("SELECT name FROM schema_migration")}
        assert now == was or set(last) <= names, at
        for left in tmp_path.glob("tried.sqlite3*"):
            left.unlink()
        at += 1

    assert at > 20
    assert migrate_and_die(path, 0) is False
    assert set(last) <= {name for (name,) in sqlite3.connect(path).execute("SELECT name FROM schema_migration")}


def test_what_must_be_done_before_and_fails_changes_nothing(tmp_path, monkeypatch):
    asked = []

    def portal(_settings, words):
        asked.append(words)
        raise upgrading._Failed("The backup before it is not good.")

    monkeypatch.setattr(upgrading, "_portal", portal)
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})

    with pytest.raises(upgrading.NotUpgraded, match=r"Nothing was changed. The backup before it is not good\."):
        upgrading.upgrade(settings, print)

    assert asked == [upgrading.BEFORE]


def git(root, *words):
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    ended = subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True)
    return ended.stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    """A checkout of a program whose newer version waits where it came from."""
    origin, root = tmp_path / "origin", tmp_path / "checkout"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    (origin / "version").write_text("old")
    git(origin, "add", "-A")
    git(origin, "commit", "--quiet", "-m", "Old")
    git(tmp_path, "clone", "--quiet", str(origin), str(root))
    (origin / "version").write_text("new")
    git(origin, "commit", "--quiet", "-am", "New")
    return root


@pytest.mark.parametrize(
    ("fails", "version"), [(None, "new"), ("migrate", "old"), ("routes", "old"), ("install", "old")]
)
def test_when_a_step_fails_the_version_from_before_is_in_its_place(tmp_path, monkeypatch, checkout, fails, version):
    done = []

    def portal(_settings, words):
        done.append((words[0], (checkout / "version").read_text()))
        if words[0] == fails:
            raise upgrading._Failed("It failed.")
        return "Done."

    def install(root):
        done.append(("install", (root / "version").read_text()))
        if fails == "install" and (root / "version").read_text() == "new":
            raise upgrading._Failed("It failed.")

    monkeypatch.setattr(upgrading, "_portal", portal)
    monkeypatch.setattr(upgrading, "_install", install)
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    said = []

    if fails:
        with pytest.raises(upgrading.NotUpgraded, match=r"It failed. The version from before goes on\."):
            upgrading.upgrade(settings, said.append, root=checkout)
    else:
        upgrading.upgrade(settings, said.append, root=checkout)

    assert (checkout / "version").read_text() == version
    assert done[0] == ("before-upgrade", "old")
    assert not fails or done[-1] == ("install", "old")
    assert upgrading.wait_for(tmp_path) is False


@pytest.mark.parametrize("fails", [None, "migrate"])
def test_the_service_may_read_the_program_that_root_brings(tmp_path, monkeypatch, checkout, fails):
    """What the portal writes is for the portal only; the program is root's, and the service reads it."""

    def portal(_settings, words):
        if words[0] == fails:
            raise upgrading._Failed("It failed.")
        return ""

    monkeypatch.setattr(upgrading, "_portal", portal)
    install = checkout / "tools" / "install"
    install.parent.mkdir()
    install.write_text("#!/bin/sh\nrm -rf installed && mkdir installed && cp version installed/version\n")
    install.chmod(0o755)
    (checkout / "version").chmod(0o644)
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})

    own = os.umask(0o077)
    try:
        with contextlib.suppress(upgrading.NotUpgraded):
            upgrading.upgrade(settings, str, root=checkout)
    finally:
        os.umask(own)

    modes = {name: (checkout / name).stat().st_mode & 0o777 for name in ("version", "installed", "installed/version")}
    assert modes == {"version": 0o644, "installed": 0o755, "installed/version": 0o644}
    assert (checkout / "installed" / "version").read_text() == ("old" if fails else "new")


def test_two_upgrades_at_once_are_one(tmp_path, monkeypatch, checkout):
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    monkeypatch.setattr(upgrading, "_portal", lambda *_: "")

    with (
        upgrading._at_rest(settings, print),
        pytest.raises(upgrading.NotUpgraded, match="Another upgrade is under way"),
    ):
        upgrading.upgrade(settings, print, root=checkout)


def test_what_features_do_before_is_done_by_a_command(monkeypatch, tmp_path):
    monkeypatch.setattr(watching, "_before_upgrade", [])
    watching.register_before_upgrade(lambda: "A backup was made.")

    assert [step() for step in watching.steps_before_upgrade()] == ["A backup was made."]


@pytest.mark.faults
def test_a_running_portal_pauses_and_begins_anew(tmp_path):
    environ = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path), "PORT": str(free_port())}
    made = Stage(tmp_path, environ, tmp_path / "journal")
    made.start()
    try:
        log = tmp_path / "up.log"
        until(lambda: log.read_text().count("Open ") == 1)
        command = [sys.executable, "-m", "portal.cli", "upgrade", "--fetched"]
        ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300)

        assert ended.returncode == 0, ended.stderr
        assert "The portal pauses." in ended.stdout
        assert "The portal is up to date." in ended.stdout
        until(lambda: log.read_text().count("Open ") == 2)
        assert made.up.poll() is None
    finally:
        made.end()


def until(holds, seconds=180):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
