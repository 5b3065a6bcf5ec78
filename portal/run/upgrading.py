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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portal.config import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCK = "upgrade.lock"
LONGEST_END = 60.0  # seconds until the old program is at rest
FOR_ALL = 0o022  # the program is root's, and the service reads it; all else that is written is for the portal only
DETACHED = "HEAD"  # what git calls the branch while a version by its name is checked out
BEFORE, MIGRATE, CHECK = ["before-upgrade"], ["migrate"], ["routes"]


GOES_ON = "The version from before goes on."
LOST = {signal.SIGHUP: signal.SIG_IGN, signal.SIGTERM: signal.default_int_handler}  # lost sessions; asked to end
NOTHING = dict.fromkeys((signal.SIGHUP, signal.SIGTERM, signal.SIGINT), signal.SIG_IGN)


class NotUpgraded(RuntimeError):
    """The old version is in its place. The message says what failed."""


class _Failed(RuntimeError):
    """One of the steps."""


@dataclass(frozen=True)
class _Place:
    """Where a checkout is: the version, and the branch unless a version was named."""

    version: str
    branch: str


Say = Callable[[str], None]


def upgrade(settings: Settings, say: Say, *, to: str = "", is_fetched: bool = False, root: Path = ROOT) -> None:
    """Raises NotUpgraded, and then everything is as it was. `is_fetched`: the new program lies here already.

    A lost session does not end it; who asks it to end gets the version from before, unless the schema is changing.
    """
    try:
        say(_portal(settings, BEFORE))
        old = None if is_fetched else _place(root)
    except _Failed as error:
        raise NotUpgraded(f"Nothing was changed. {error}") from None
    with _hearing(LOST), _at_rest(settings, say):
        try:
            if not is_fetched:
                _fetch(root, to)
                _install(root)
                _tell(say, f"The program is now that of {_git(root, 'log', '-1', '--format=%h, %s')}.")
            _portal(settings, CHECK)
            with _hearing(NOTHING):
                steps = _portal(settings, MIGRATE)
        except BaseException as error:
            what = str(error) or "It was interrupted."
            with _hearing(NOTHING):
                raise NotUpgraded(f"{what} {_put_back(root, old) if old else GOES_ON}") from error
        _tell(say, steps)


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
def _hearing(how: Mapping[signal.Signals, Any]) -> Iterator[None]:
    """Answer signals so; programs that are started meanwhile ignore what is ignored here."""
    before = {number: signal.signal(number, answer) for number, answer in how.items()}
    try:
        yield
    finally:
        for number, answer in before.items():
            signal.signal(number, answer)


def _tell(say: Say, words: str) -> None:
    with suppress(OSError):  # nobody may be there any more
        say(words)


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
    number = file.read().strip()
    if not number:
        raise NotUpgraded("The portal is starting, or being restored. Try again afterwards. Nothing was changed.")
    _tell(say, "The portal pauses.")
    os.kill(int(number), signal.SIGHUP)
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


def _place(root: Path) -> _Place:
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    return _Place(_git(root, "rev-parse", "HEAD"), "" if branch == DETACHED else branch)


def _fetch(root: Path, to: str) -> None:
    """The version named, else the newest of the branch; after a version by its name, of the branch of its origin."""
    if to:
        _git(root, "fetch", "--quiet", "--tags")
        _git(root, "checkout", "--quiet", to)
        return
    if not _place(root).branch:
        origin = _git(root, "rev-parse", "--abbrev-ref", "origin/HEAD")
        _git(root, "checkout", "--quiet", origin.removeprefix("origin/"))
    _git(root, "pull", "--quiet", "--ff-only")


def _put_back(root: Path, old: _Place) -> str:
    """The program where it was; in words, how that went."""
    try:
        _git(root, "checkout", "--quiet", old.branch or old.version)
        _git(root, "reset", "--quiet", "--keep", old.version)
        _install(root)
    except (_Failed, OSError) as error:
        return f"The version from before, {old.version[:8]}, could not be put back: {error}"
    return GOES_ON


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
