"""One worker, and a backup that takes long: mail leaves meanwhile."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.backups import keys, stores
from portal.backups.models import GOOD, RUNNING, Backup
from portal.config import Settings
from portal.core import queue
from portal.core.actor import acting_as, system
from portal.core.tenancy import Org
from portal.delivery.models import ACCEPTED, SystemMail
from portal.run import redis as own_redis
from tests.backups.s3 import Store, serve
from tests.kills import free_port

pytestmark = [pytest.mark.faults, pytest.mark.one_database]


@pytest.fixture
def store(settings: Settings, app: object) -> Iterator[Store]:
    """A second place that takes nothing in for now."""
    with serve() as found:
        found.may_go.clear()
        stores.use(replace(settings, backup_url=found.url))
        keys.make()
        yield found
        found.may_go.set()


@pytest.fixture
def workers(settings: Settings, store: Store) -> Iterator[subprocess.Popen[bytes]]:
    """The processes behind the web as `portal up` runs them, with WORKERS=1."""
    socket = settings.data_dir / "s"
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": secrets.token_hex(32), "PORTAL_ADDRESS_KEY": f"v1:{settings.address_keys['v1'].decode()}",
        "REDIS_URL": f"unix://{socket}", "BACKUP_URL": store.url, "PORT": str(free_port()), "WEB_WORKERS": "1",
    }  # fmt: skip
    server = subprocess.Popen(own_redis.command(socket, settings.data_dir))
    until(lambda: own_redis.answers(socket))
    with (settings.data_dir / "workers.log").open("wb") as log:
        command = [sys.executable, "-m", "workers", "together", "1"]
        tree = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    queue.use(f"unix://{socket}")
    yield tree
    tree.terminate()
    tree.wait(15)
    server.terminate()
    server.wait(10)


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def states() -> list[str]:
    return [row.state for row in Backup.select()]


def processes(parent: int) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        words = entry.read_text() if entry.exists() else ""
        name, _, rest = words.partition("(")[2].rpartition(")")
        if rest.split()[1:2] == [str(parent)]:
            found += [name, *processes(int(entry.parent.name))]
    return found


def test_mail_leaves_while_the_only_worker_would_be_at_a_backup(
    settings: Settings, org: Org, store: Store, workers: subprocess.Popen[bytes]
) -> None:
    until(store.is_waited_for.is_set)
    with acting_as(system(org.id)):
        made = SystemMail.create(kind="test", recipient="a@example.org", sender="b@example.org", message="Subject: A")
        queue.ring(queue.SEND_MAIL, org_id=org.id, mail_id=made.id)
        until(lambda: SystemMail.get_by_id(made.id).state == ACCEPTED)
    assert states() == [RUNNING]
    assert processes(workers.pid).count("whole") == 1

    store.may_go.set()

    until(lambda: states() == [GOOD])
    until(lambda: "whole" not in processes(workers.pid))
