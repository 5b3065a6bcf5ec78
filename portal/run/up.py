"""`portal up`: web, workers, scheduler, Redis and the mail catcher as one tree on one machine."""

import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from redis import Redis, RedisError

from portal.config import Settings
from portal.run import redis
from portal.run.migrate import migrate
from portal.run.tree import Child, Tree

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2


class CannotStart(RuntimeError):
    """The portal cannot start here. The message says why, in words."""


def up(settings: Settings, ready: Callable[[], None] | None = None) -> None:
    """Run until asked to end; `ready` is called once pages answer. CannotStart when the folder or port is taken."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.data_dir):
        bind = os.environ.get("PORTAL_BIND", "127.0.0.1")
        _check_port(bind, settings.port)
        migrate(settings.database_url)
        tree = Tree(_children(settings, bind), os.environ, str(ROOT))
        try:
            tree.start(0)
            _wait_for_redis(settings)
            tree.start(1)
            _wait_for_web(bind, settings.port)
            (ready or (lambda: print(f"Open {settings.base_url}", flush=True)))()
            tree.watch()
        except BaseException:
            tree.end()
            raise


def _children(settings: Settings, bind: str) -> list[Child]:
    python = sys.executable
    children = [
        Child("web", web_command(python, bind, settings.port)),
        Child("scheduler", [python, "-m", "workers", "schedule"]),
        *(
            Child(f"worker {n + 1}", [python, "-m", "workers", "work"])
            for n in range(int(os.environ.get("WORKERS", WORKERS)))
        ),
    ]
    if settings.smtp_url is None:
        children.append(Child("mail catcher", [python, "-m", "portal.delivery.catcher"]))
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


def web_command(python: str, bind: str, port: int) -> list[str]:
    return [
        python, "-m", "gunicorn", "wsgi:app", "--worker-class", "gthread", "--preload",
        "--workers", os.environ.get("WEB_WORKERS", "2"), "--threads", os.environ.get("WEB_THREADS", "4"),
        "--bind", f"{bind}:{port}", "--graceful-timeout", "6", "--timeout", "60", "--keep-alive", "15",
        "--log-level", "warning", "--logger-class", "portal.run.web_log.WebLog", "--chdir", str(ROOT),
    ]  # fmt: skip


def _only_one(folder: Path) -> IO[str]:
    """Hold the folder's lock; the kernel lets it go however this process ends."""
    file = (folder / "portal.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"The portal is already running on the data folder {folder}.") from None
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


def _wait_for_redis(settings: Settings) -> None:
    client = Redis.from_url(settings.redis_url, socket_connect_timeout=1)
    until = time.monotonic() + (20 if settings.uses_embedded_redis else 3)
    while time.monotonic() < until:
        try:
            client.ping()
            return
        except (RedisError, OSError):
            time.sleep(0.1)
    # Redis is only a doorbell: pages work without it, and the workers wait for it.
    print("Redis cannot be reached yet; newsletters wait until it can.", file=sys.stderr, flush=True)


def _wait_for_web(bind: str, port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with socket.create_connection((bind, port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise CannotStart("The web server did not start; see the lines above.")
