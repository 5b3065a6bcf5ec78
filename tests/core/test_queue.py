"""The doorbell, at a Redis of its own."""

import subprocess
import time

from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from portal.core import queue
from portal.run import redis as own_redis


def test_a_check_of_the_whole_record_may_take_hours(tmp_path, monkeypatch):
    socket = tmp_path / "s"
    server = subprocess.Popen(own_redis.command(socket, tmp_path))
    try:
        until = time.monotonic() + 10
        while not own_redis.answers(socket):
            assert time.monotonic() < until
            time.sleep(0.05)
        monkeypatch.setattr(queue, "_queue", None)
        queue.use(f"unix://{socket}")
        assert queue.ring(queue.BEAT)
        assert queue.ring(queue.CHECK_LOG, org_id=1, check_id=1)

        connection = Redis.from_url(f"unix://{socket}")
        jobs = [Job.fetch(name, connection=connection, serializer=JSONSerializer) for name in queue._queue.job_ids]
        assert [job.timeout for job in jobs] == [900, 6 * 3600]
    finally:
        server.terminate()
        server.wait(10)
