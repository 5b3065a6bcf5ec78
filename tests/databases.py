"""Real databases for the tests: a SQLite file, and a PostgreSQL cluster of our own on a private socket.

It does not look at its tables by itself in the middle of a test, which would change how it answers the next one.

The cluster's sessions are not in UTC on purpose: a time that depends on the session's zone shows here.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# What a host with a database server must set, for tests.
KEYS = {
    "PORTAL_SECRET_KEY": "an only key for tests of 40 letters and more",
    "PORTAL_ADDRESS_KEY": "v1:another key for tests of 40 letters and more",
}


def programs() -> Path:
    """The folder of initdb and postgres: the newest Debian has, else wherever the PATH leads."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is not installed; tools/needs.txt names its package")
    return Path(found).parent


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; give the address of its server without a database's name."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    if as_user:
        os.chown(folder, 65534, 65534)
    environ = {**os.environ, "TZ": "Africa/Johannesburg", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    data = folder / "data"
    subprocess.run(
        [*as_user, programs() / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, env=environ, cwd=folder,
    )  # fmt: skip
    options = [
               "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off",
               "-c", "timezone=Africa/Johannesburg", "-c", "max_connections=60", "-c", "full_page_writes=off",
               "-c", "autovacuum=off",
               ]  # fmt: skip
    server = subprocess.Popen(
        [*as_user, programs() / "postgres", "-D", data, *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ, cwd=folder,
    )  # fmt: skip
    try:
        _wait(folder)
        yield f"postgresql://tester@/{{name}}?host={folder}"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def execute(url: str, statement: str) -> None:
    """Run one statement outside a transaction, such as CREATE DATABASE."""
    with psycopg.connect(url.format(name="postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _wait(folder: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if (folder / ".s.PGSQL.5432").exists():
            try:
                execute(f"postgresql://tester@/{{name}}?host={folder}", "SELECT 1")
            except psycopg.OperationalError:  # not ready yet
                time.sleep(0.1)
            else:
                return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start")
