"""`portal up`: web, workers, scheduler, Redis and the mail catcher as one tree on one machine."""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NoReturn

from dotenv import load_dotenv

from portal.config import BadSettings, Settings
from portal.core import logs
from portal.run import redis, upgrading, web
from portal.run.tree import Child, Tree

WORKERS = 2
LONGEST_START = 150.0  # seconds: a small machine that is busy takes its time
SAY = "PORTAL_SAY"  # handed on by `portal demo`; children do not get it


class CannotStart(RuntimeError):
    """The portal cannot start here. The message says why, in words."""


def start(say: str = "") -> NoReturn:
    """Become `portal up`, which says these lines once pages answer. It knows little, so that it is small."""
    environ = os.environ | ({SAY: say} if say else {})
    os.execve(sys.executable, [sys.executable, "-m", "portal.run.up"], environ)


def up(settings: Settings, environ: Mapping[str, str], say: str) -> bool:
    """Run until asked to end; whether to begin anew afterwards, as SIGHUP asks. CannotStart when the folder or the port
    is taken, or the database cannot be used.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with only_one(settings.data_dir):
        bind = web.bind()
        _check_port(bind, settings.port)
        first = _make_ready(environ)
        tree = Tree(_children(settings), environ, str(web.ROOT))
        try:
            tree.start(0)
            _wait_for_redis(settings, tree)
            tree.start(1)
            if _web_answers(bind, settings.port, tree):
                tell_systemd(environ)
                print(say or "\n".join(filter(None, [f"Open {settings.base_url}", first])), flush=True)
            tree.watch()
            return tree.begins_anew
        except BaseException:
            tree.end()
            raise


def _children(settings: Settings) -> list[Child]:
    children = [
        Child("portal", [sys.executable, "-m", "workers", "together", os.environ.get("WORKERS", str(WORKERS))]),
    ]
    if settings.uses_embedded_redis:
        folder = settings.data_dir / "redis"
        children.append(
            Child(
                "redis",
                redis.command(settings.socket_path, folder),
                layer=0,
                before=lambda: redis.make_room(settings.socket_path, folder),
            )
        )
    return children


def only_one(folder: Path) -> IO[str]:
    """Hold the folder's lock; the kernel lets it go however this process ends."""
    file = (folder / "portal.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotStart(f"The portal is already running on the data folder {folder}.") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _check_port(bind: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError:
            raise CannotStart(f"Port {port} is taken by another program. Set PORT to a free one.") from None


def _make_ready(environ: Mapping[str, str]) -> str:
    """Bring database and country data to what this program needs; while nobody is there, how to make the owner."""
    command = [sys.executable, "-m", "portal.cli", "migrate", "--first-run"]
    ended = subprocess.run(command, env=dict(environ), cwd=web.ROOT, capture_output=True, text=True)
    if ended.returncode:
        raise CannotStart(ended.stderr.strip() or "The database could not be brought to this program's schema.")
    return "\n".join(line for line in ended.stdout.splitlines() if line.startswith("Nobody is here"))


def _wait_for_redis(settings: Settings, tree: Tree) -> None:
    """Wait for our own; for another one the workers wait, and pages work without it."""
    until = time.monotonic() + 20
    while settings.uses_embedded_redis and not redis.answers(settings.socket_path):
        if tree.is_ending or time.monotonic() > until:
            break
        time.sleep(0.1)


def _web_answers(bind: str, port: int, tree: Tree) -> bool:
    """Wait until pages answer; False when asked to end before."""
    until = time.monotonic() + LONGEST_START
    while not tree.is_ending:
        try:
            with socket.create_connection((bind, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
        if time.monotonic() > until:
            raise CannotStart("The web server did not start; see the lines above.")
    return False


def tell_systemd(environ: Mapping[str, str]) -> None:
    """A service of Type=notify counts as started once pages answer: sd_notify(3)."""
    name = environ.get("NOTIFY_SOCKET", "")
    if name:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
            line.connect(f"\0{name[1:]}" if name.startswith("@") else name)
            line.sendall(b"READY=1")


def main() -> None:
    os.umask(0o077)
    logs.setup()
    load_dotenv(".env")  # for what is no setting of the portal, such as WEB_WORKERS; the environment wins
    environ = dict(os.environ)
    say = environ.pop(SAY, "")
    try:
        settings = Settings.from_environment()
        if upgrading.wait_for(settings.data_dir) or up(settings, environ, say):
            os.execve(sys.executable, [sys.executable, "-m", "portal.run.up"], environ)
    except (BadSettings, CannotStart, redis.NoRedis) as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
