"""The web server forks: no process may talk on a connection to the database that another one has."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import databases
from tests.databases import KEYS
from tests.kills import free_port

pytestmark = pytest.mark.postgres


@pytest.fixture
def web(postgresql, tmp_path):
    """Two processes of the web server on PostgreSQL; the address."""
    databases.execute(postgresql, "CREATE DATABASE forked TEMPLATE template")
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path), "PORT": str(port), **KEYS,
        "DATABASE_URL": postgresql.format(name="forked"), "REDIS_URL": f"unix://{tmp_path}/absent.sock",
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "portal.cli", "web"], env=environ)
    try:
        until = time.monotonic() + 30
        while status(f"http://localhost:{port}/readyz") != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        yield server, f"http://localhost:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(15)
        databases.execute(postgresql, "DROP DATABASE forked WITH (FORCE)")


def status(url) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def sockets(pid) -> set[str]:
    """The open sockets of a process that are connected by a socket of PostgreSQL's folder, by inode."""
    found = set()
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
        except FileNotFoundError:
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


def test_many_visitors_at_once_are_all_answered(web):
    server, base = web
    paths = ["/readyz", "/sign-in", "/first-run", "/password/forgotten"] * 60

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda path: status(base + path), paths))

    assert set(answers) == {200}
    children = [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]
    assert len(children) == 2
    shared = sockets(children[0]) & sockets(children[1])
    listening = sockets(server.pid)
    assert shared <= listening
    assert len(shared) == 1  # the socket that takes visitors, and none besides
