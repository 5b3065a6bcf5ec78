"""`portal upgrade`: the schema changes wholly or not at all, and so does the version."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid

import pytest
from peewee import Database

from portal.config import Settings
from portal.core import db as database
from portal.core import watching
from portal.run import migrate, upgrading
from tests import databases
from tests.databases import KEYS
from tests.kills import Stage, free_port
from tests.older import Older, lost, migrate_until

pytestmark = pytest.mark.one_database


@pytest.fixture
def older(request, tmp_path):
    """The address of a database of some versions ago with rows in every table, and the steps that lead to today's."""
    url, name = f"sqlite:///{tmp_path}/older.sqlite3", f"older_{uuid.uuid4().hex}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        databases.execute(server, f"CREATE DATABASE {name}")
        url = server.format(name=name)
    every = migrate.names()
    migrate_until(url, len(every) - 4)
    with Older(url) as there:
        there.fill({})
    yield url, every[-4:]
    database.disconnect()
    if request.param == "postgresql":
        databases.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def state(url):
    """Everything in it, and which steps it has taken. Who was killed has let go of it first."""
    with Older(url) as there:
        if not there.is_sqlite:
            until(
                lambda: there.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") == [(1,)]
            )
        names = {name for (name,) in there.ask("SELECT name FROM schema_migration")}
        return names, there.schema(), there.rows()


def migrate_and_die(url, at):
    """Migrate in a process of its own that is killed before this statement; whether it was."""
    child = os.fork()
    if not child:
        count, execute = [0], Database.execute_sql

        def counted(self, statement, *more):
            count[0] += 1
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, statement, *more)

        Database.execute_sql = counted
        try:
            migrate.migrate(url)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.faults
@pytest.mark.parametrize("older", ["sqlite", "postgresql"], indirect=True)
def test_killed_at_each_statement_the_database_is_as_it_was_and_the_next_try_goes_through(older):
    url, last = older
    was, at, is_done = state(url), 1, False
    while migrate_and_die(url, at):
        now = state(url)
        is_done = set(last) <= now[0]  # it was killed after all was there
        assert is_done or now == was, at
        at += 1
        if is_done:
            break

    assert at > 20
    assert migrate_and_die(url, 0) is False
    names, _, rows = state(url)
    assert set(last) <= names
    assert lost(was[2], rows, last) == []
    with Older(url) as there:
        assert there.broken() == []


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


@pytest.fixture
def versions(checkout, monkeypatch):
    """The newer version has a name; steps of the upgrade do nothing, or what a test sets for one."""
    steps = {}

    def portal(_settings, words):
        return steps.get(words[0], lambda: "Done.")()

    git(checkout.parent / "origin", "tag", "v2")
    monkeypatch.setattr(upgrading, "_portal", portal)
    monkeypatch.setattr(upgrading, "_install", lambda _root: steps.get("install", lambda: None)())
    return steps


def place(root):
    """Where HEAD is: the branch, or none, and every branch with its version."""
    head = subprocess.run(["git", "symbolic-ref", "-q", "HEAD"], cwd=root, capture_output=True, text=True)
    return head.stdout.strip(), git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "refs/heads/main")


def raising(error):
    def step():
        raise error

    return step


def test_after_a_version_by_its_name_the_newest_of_the_branch_can_be_had(tmp_path, versions, checkout):
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    origin = checkout.parent / "origin"
    upgrading.upgrade(settings, str, to="v2", root=checkout)
    (origin / "version").write_text("newer")
    git(origin, "commit", "--quiet", "-am", "Newer")

    upgrading.upgrade(settings, str, root=checkout)

    assert (checkout / "version").read_text() == "newer"
    assert place(checkout)[0] == "refs/heads/main"


@pytest.mark.parametrize("begins", ["branch", "version"])
@pytest.mark.parametrize("to", ["", "v2"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (upgrading._Failed("It failed."), r"It failed\."),
        (KeyboardInterrupt(), r"It was interrupted\."),
        (OSError(8, "Exec format error"), "Exec format error"),
    ],
)
def test_however_it_ends_the_checkout_is_where_it_was(tmp_path, versions, checkout, begins, to, error, words):
    if begins == "version":
        git(checkout, "checkout", "--quiet", "--detach")
    before = place(checkout)
    versions["routes"] = raising(error)
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})

    with pytest.raises(upgrading.NotUpgraded, match=f"{words}.* The version from before goes on"):
        upgrading.upgrade(settings, str, to=to, root=checkout)

    now = place(checkout)
    assert now[:2] == before[:2]
    assert now[2] == before[2] or (begins, to) == ("version", "")  # its branch, which nothing runs from, is newer
    assert (checkout / "version").read_text() == "old"


def test_the_first_error_is_told_when_putting_back_fails_too(tmp_path, versions, checkout):
    versions["routes"] = raising(upgrading._Failed("The first."))
    count = []
    versions["install"] = lambda: count.append(1) if not count else raising(OSError("The second."))()
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})

    with pytest.raises(upgrading.NotUpgraded, match=r"The first\..* could not be put back.*The second\."):
        upgrading.upgrade(settings, str, root=checkout)


@pytest.mark.parametrize(("step", "version"), [("routes", "old"), ("migrate", "new")])
def test_it_is_ended_by_who_asks_for_it_but_not_while_the_schema_changes(tmp_path, versions, checkout, step, version):
    def asked_to_end():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        return ""

    versions[step] = asked_to_end
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so that it is not this test that ends
    try:
        with contextlib.suppress(upgrading.NotUpgraded):
            upgrading.upgrade(settings, str, root=checkout)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)

    assert (checkout / "version").read_text() == version


def test_a_session_that_is_lost_does_not_end_it(tmp_path, versions, checkout):
    said = []

    def lose():
        os.kill(os.getpid(), signal.SIGHUP)
        return ""

    def say(words):
        said.append(words)
        if len(said) > 1:
            raise OSError(5, "Input/output error")

    versions["routes"] = lose
    settings = Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS})
    before = signal.signal(signal.SIGHUP, signal.default_int_handler)  # so that it is not this test that ends
    try:
        upgrading.upgrade(settings, say, root=checkout)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert (checkout / "version").read_text() == "new"
    assert len(said) == 3


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
