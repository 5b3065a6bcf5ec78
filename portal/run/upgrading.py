"""`portal upgrade`: a backup, the new program, the new schema, and everything as it was when any of it fails.

The old program is at rest meanwhile: `portal up` ends its tree, waits as long as the upgrade lives, and begins anew
with whatever program is there then. The schema changes in one transaction, so that nobody has to put it back.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from portal.config import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCK = "upgrade.lock"
LONGEST_END = 60.0  # seconds until the old program is at rest
FOR_ALL = 0o022  # the program is root's, and the service reads it; all else that is written is for the portal only
BEFORE, MIGRATE, CHECK = ["before-upgrade"], ["migrate"], ["routes"]


class NotUpgraded(RuntimeError):
    """The old version is in its place. The message says what failed."""


class _Failed(RuntimeError):
    """One of the steps."""


Say = Callable[[str], None]


def upgrade(settings: Settings, say: Say, *, to: str = "", is_fetched: bool = False, root: Path = ROOT) -> None:
    """Raises NotUpgraded, and then everything is as it was. `is_fetched`: the new program lies here already."""
    try:
        say(_portal(settings, BEFORE))
        old = "" if is_fetched else _git(root, "rev-parse", "HEAD")
    except _Failed as error:
        raise NotUpgraded(f"Nothing was changed. {error}") from None
    with _at_rest(settings, say):
        try:
            if not is_fetched:
                _fetch(root, to)
                _install(root)
                say(f"The program is now that of {_git(root, 'log', '-1', '--format=%h, %s')}.")
            _portal(settings, CHECK)
            say(_portal(settings, MIGRATE))
        except _Failed as error:
            if old:
                _git(root, "reset", "--quiet", "--keep", old)
                _install(root)
            raise NotUpgraded(f"{error} The version from before goes on.") from None


def wait_for(folder: Path) -> bool:
    """Return once no upgrade is under way; whether there was one. Who upgrades may die: the kernel lets its lock go."""
    path = folder / LOCK
    if not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(file, fcntl.LOCK_SH)
            return True
    return False


@contextmanager
def _at_rest(settings: Settings, say: Say) -> Iterator[None]:
    """Hold the lock that `portal up` waits for, and let a running one end its tree."""
    path = settings.data_dir / LOCK
    with path.open("w") as lock:
        owner = settings.data_dir.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotUpgraded("Another upgrade is under way.") from None
        running = settings.data_dir / "portal.lock"
        if running.exists():
            with running.open() as file:
                _let_end(file, say)
        yield


def _let_end(file: IO[str], say: Say) -> None:
    if _is_free(file):
        return
    say("The portal pauses.")
    os.kill(int(file.read().strip()), signal.SIGHUP)
    until = time.monotonic() + LONGEST_END
    while not _is_free(file):
        if time.monotonic() > until:
            raise NotUpgraded("The running portal did not pause. Nothing was changed.")
        time.sleep(0.2)


def _is_free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _fetch(root: Path, to: str) -> None:
    """The version named, else the newest of the branch."""
    if to:
        _git(root, "fetch", "--quiet", "--tags")
        _git(root, "checkout", "--quiet", to)
    else:
        _git(root, "pull", "--quiet", "--ff-only")


def _install(root: Path) -> None:
    _run([str(root / "tools" / "install"), "demo"], cwd=root, umask=FOR_ALL)


def _git(root: Path, *words: str) -> str:
    return _run(["git", *words], cwd=root, umask=FOR_ALL)


def _portal(settings: Settings, words: list[str]) -> str:
    """A command of the program as it lies there now, as whom the data belongs to: root must not own what it makes."""
    owner = settings.data_dir.stat()
    who: dict[str, Any] = {}
    if os.geteuid() == 0 and owner.st_uid != 0:
        who = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    return _run([sys.executable, "-m", "portal.cli", *words], cwd=ROOT, **who)


def _run(command: list[str], **how: Any) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **how)
    if ended.returncode:
        last = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
        raise _Failed(f"{' '.join(command[-3:])} failed: {' '.join(last)}")
    return ended.stdout.strip()
