"""What must be read again is kept sealed; what may be run is never taken from the queue (J01)."""

import os
import pickle
import subprocess
import time

import pytest
from redis import Redis
from rq import Queue
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer

from portal.core import keys
from portal.core.sealing import Unopened, open_sealed, seal
from portal.run import redis as own_redis


@pytest.fixture
def roots():
    before = dict(keys._roots)
    keys.use({"v1": b"one key of the installation, long enough"})
    yield
    keys.use(before)


def test_what_was_sealed_is_opened_and_not_in_the_open(roots):
    sealed = seal("totp", "a secret")

    assert open_sealed("totp", sealed) == "a secret"
    assert "secret" not in sealed
    assert seal("totp", "a secret") != sealed


def test_it_opens_for_its_purpose_only(roots):
    with pytest.raises(Unopened):
        open_sealed("other", seal("totp", "a secret"))


def test_a_new_root_key_opens_what_the_old_one_sealed(roots):
    sealed = seal("totp", "a secret")
    keys.use({"v1": b"one key of the installation, long enough", "v2": b"another key that came later, long too"})

    assert open_sealed("totp", sealed) == "a secret"
    newer = seal("totp", "a secret")
    keys.use({"v1": b"one key of the installation, long enough"})
    with pytest.raises(Unopened):
        open_sealed("totp", newer)


@pytest.mark.parametrize("text", ["", "x", "gAAAAAB"])
def test_nonsense_is_not_opened(roots, text):
    with pytest.raises(Unopened):
        open_sealed("totp", text)


class Poison:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def test_a_pickled_job_in_the_queue_is_not_run(tmp_path):
    """Whoever reaches Redis can put in what he likes: it is read as JSON, or not at all."""
    socket, marker = tmp_path / "s", tmp_path / "ran"
    server = subprocess.Popen(own_redis.command(socket, tmp_path))
    try:
        until = time.monotonic() + 10
        while not own_redis.answers(socket):
            assert time.monotonic() < until
            time.sleep(0.05)
        connection = Redis.from_url(f"unix://{socket}")
        queue = Queue("portal", connection=connection, serializer=JSONSerializer)
        job = queue.enqueue("workers.pulse.beat")
        connection.hset(f"rq:job:{job.id}", "data", pickle.dumps(Poison(marker)))

        with pytest.raises((DeserializationError, ValueError)):
            Job.fetch(job.id, connection=connection, serializer=JSONSerializer).perform()

        assert not marker.exists()
    finally:
        server.terminate()
        server.wait(10)
