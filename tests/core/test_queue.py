"""The doorbell, at a Redis of its own."""

import subprocess
import time

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from portal.activity import anchors
from portal.core import queue
from portal.core.actor import acting_as, system
from portal.run import redis as own_redis
from workers import log


@pytest.fixture
def bell(tmp_path, monkeypatch):
    """A Redis at which the doorbell hangs."""
    socket = tmp_path / "s"
    server = subprocess.Popen(own_redis.command(socket, tmp_path))
    try:
        until = time.monotonic() + 10
        while not own_redis.answers(socket):
            assert time.monotonic() < until
            time.sleep(0.05)
        monkeypatch.setattr(queue, "_queue", None)
        queue.use(f"unix://{socket}")
        yield Redis.from_url(f"unix://{socket}")
    finally:
        server.terminate()
        server.wait(10)


def test_a_check_of_the_whole_record_may_take_hours(bell):
    assert queue.ring(queue.BEAT)
    assert queue.ring(queue.CHECK_LOG, org_id=1, check_id=1)

    jobs = [Job.fetch(name, connection=bell, serializer=JSONSerializer) for name in queue._queue.job_ids]
    assert [job.timeout for job in jobs] == [900, 6 * 3600]


def noted(org):
    with acting_as(system(org.id)):
        return bool(anchors.read().anchors)


def test_a_worker_notes_the_last_entry_and_the_clock_does_not_wait_for_it(bell, app, olivia, org):
    queue.use(f"unix://{bell.connection_pool.connection_kwargs['path']}")
    log.anchor()
    assert not noted(org)
    SimpleWorker([queue._queue], connection=bell, serializer=JSONSerializer).work(burst=True)
    assert noted(org)


def test_without_redis_the_clock_notes_it_itself(app, olivia, org):
    log.anchor()
    assert noted(org)
