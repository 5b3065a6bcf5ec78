"""The doorbell, at a Redis of its own."""

import os
import subprocess
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from portal.activity import anchors
from portal.core import queue
from portal.core.actor import acting_as, system
from portal.core.db import connected, db, is_sqlite
from portal.run import queue_state
from portal.run import redis as own_redis
from workers import lanes as lanes_module
from workers import log, run
from workers.lanes import Lanes


@contextmanager
def redis_in(folder):
    socket = folder / "s"
    server = subprocess.Popen(own_redis.command(socket, folder))
    try:
        until = time.monotonic() + 10
        while not own_redis.answers(socket):
            assert time.monotonic() < until
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def bell(tmp_path, monkeypatch):
    """A Redis at which the doorbell hangs."""
    with redis_in(tmp_path) as url:
        monkeypatch.setattr(queue, "_redis", None)
        queue.use(url)
        yield Redis.from_url(url)


def test_a_check_of_the_whole_record_may_take_hours(bell):
    assert queue.ring(queue.BEAT)
    assert queue.ring(queue.CHECK_LOG, org_id=1, check_id=1)

    ids = [*queue.bell(queue.NAME, bell).job_ids, *queue.bell(queue.WHOLE, bell).job_ids]
    jobs = [Job.fetch(name, connection=bell, serializer=JSONSerializer) for name in ids]
    assert [job.timeout for job in jobs] == [900, 6 * 3600]


def test_only_messages_and_signs_of_life_hang_at_the_bell_of_messages():
    jobs = {name: job for name, job in vars(queue).items() if isinstance(job, str) and job.startswith("workers.")}

    assert {name for name, job in jobs.items() if queue.bell_of(job) == queue.NAME} == {
        "SEND_CAMPAIGN", "SEND_MAIL", "SEND_PORTAL_MAIL", "READ_RETURNED", "FETCH_RETURNED", "BEAT"
    }  # fmt: skip


def test_a_process_is_started_for_each_long_job_that_waits_up_to_the_most(bell, tmp_path):
    def answer(name):
        (tmp_path / f"{name}-{os.getpid()}").touch()
        time.sleep(60)

    def begun():
        return sorted(path.name.rpartition("-")[0] for path in tmp_path.glob("portal-*-*"))

    lanes = Lanes(answer, 2)
    queue.ring(queue.SEND_MAIL, org_id=1, mail_id=1)
    lanes.look()
    for job in (queue.RUN_IMPORT, queue.MAKE_BACKUP):
        queue.ring(job)
    for _ in range(5):
        lanes.look()
    until = time.monotonic() + 20
    while len(begun()) < 3:
        assert time.monotonic() < until
        time.sleep(0.05)
    lanes.end()

    assert begun() == [queue.WHOLE, queue.WORK, queue.WORK]


def test_a_worker_answers_where_the_name_of_the_folder_holds_a_space(tmp_path, monkeypatch):
    (tmp_path / "a b").mkdir()
    monkeypatch.setattr(queue, "_redis", None)
    with redis_in(tmp_path / "a b") as url:
        queue.use(url)
        queue.ring("os.getpid")
        assert queue.waiting(queue.NAME) == 1
        run.work_off(SimpleNamespace(redis_url=url), queue.NAME)

        assert queue.waiting(queue.NAME) == 0


def test_the_status_counts_what_waits_at_every_bell(bell):
    for job in (queue.BEAT, queue.RUN_IMPORT, queue.MAKE_BACKUP):
        queue.ring(job)

    assert queue_state.read(f"unix://{bell.connection_pool.connection_kwargs['path']}").waiting == 3


def noted(org):
    with acting_as(system(org.id)):
        return bool(anchors.read().anchors)


def test_a_worker_notes_the_last_entry_and_the_clock_does_not_wait_for_it(bell, app, olivia, org):
    queue.use(f"unix://{bell.connection_pool.connection_kwargs['path']}")
    log.anchor()
    assert not noted(org)
    SimpleWorker([queue.bell(queue.WHOLE, bell)], connection=bell, serializer=JSONSerializer).work(burst=True)
    assert noted(org)


def test_without_redis_the_clock_notes_it_itself(app, olivia, org):
    log.anchor()
    assert noted(org)


def test_a_long_job_talks_to_the_database_on_a_connection_of_its_own(bell, app, tmp_path):
    def answer(_name):
        with connected():
            (tmp_path / "own").write_text(name_of_connection())

    queue.use(f"unix://{bell.connection_pool.connection_kwargs['path']}")
    with connected():
        mine = name_of_connection()
    lanes = Lanes(answer, 1)
    queue.ring(queue.RUN_IMPORT)
    lanes.look()
    with connected():
        (tmp_path / "mine").write_text(name_of_connection())
    until = time.monotonic() + 20
    while not (tmp_path / "own").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    lanes.end()
    db.connection_context().__enter__()  # which the fixture leaves; starting a process closed its own

    assert len({mine, (tmp_path / "own").read_text()}) == 2
    assert (tmp_path / "own").read_text() != (tmp_path / "mine").read_text()


def name_of_connection():
    """On PostgreSQL the process of the server that answers; on SQLite nobody is at the other end."""
    if is_sqlite():
        return f"{os.getpid()}"
    return str(db.execute_sql("SELECT pg_backend_pid()").fetchone()[0])


def test_after_a_process_that_failed_the_next_waits_for_a_while(bell, monkeypatch):
    begun = []
    monkeypatch.setattr(
        lanes_module, "Forked", lambda *_: begun.append(1) or SimpleNamespace(poll=lambda: 1, returncode=1)
    )
    lanes = Lanes(lambda _name: None, 2)
    queue.ring(queue.RUN_IMPORT)

    for _ in range(10):
        lanes.look()

    assert len(begun) == 1
