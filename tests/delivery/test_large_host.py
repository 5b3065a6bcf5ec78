"""The large host: PostgreSQL, a Redis over TCP, a real mail server, two workers of their own; no `portal up`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests import databases
from tests.databases import KEYS
from tests.kills import SLUG, Stage, free_port, prepare
from tests.relay import relay
from tests.sink import Plan, sink

RECIPIENTS = 600


@pytest.fixture
def processes():
    """Starts what belongs to a test, and ends it by its number."""
    running = []

    def start(command, **more):
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, **more))

    yield start
    for process in reversed(running):
        process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(20)


def test_two_workers_share_a_campaign_over_a_real_mail_server(postgresql, tmp_path, processes):
    name = "large_host"
    databases.execute(postgresql, f"CREATE DATABASE {name} TEMPLATE template")
    url, redis_port = postgresql.format(name=name), free_port()
    with sink(tmp_path / "journal.jsonl", Plan(), fsync=False) as behind, relay(behind.port) as (port, arrives):
        environ = {
            "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port()),
            **KEYS, "DATABASE_URL": url,
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0", "SMTP_URL": f"smtp://127.0.0.1:{port}",
        }  # fmt: skip
        Path(environ["PORTAL_DATA_DIR"]).mkdir()
        processes(["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", ""], cwd=tmp_path)
        made = Stage(tmp_path, environ, tmp_path / "journal.jsonl")
        prepare(made, RECIPIENTS)
        for command in ("web", "schedule", "worker", "worker"):
            processes([sys.executable, "-m", "portal.cli", command], env=environ)
        made.portal("campaign", "start", 1, "--org", SLUG)

        figures = finished(made)

        assert (figures["accepted"], figures["frozen"]) == (RECIPIENTS, RECIPIENTS)
        with psycopg.connect(url) as connection:
            workers = connection.execute("SELECT count(DISTINCT worker) FROM delivery").fetchone()
        assert workers == (2,)
        levels = {finding["name"]: finding["level"] for finding in made.portal("doctor")}
        assert (levels["database"], levels["processes"], levels["mail"]) == ("good", "good", "good")
        until = time.monotonic() + 60
        while arrives and len(_to_people(behind)) < RECIPIENTS and time.monotonic() < until:
            time.sleep(0.2)
        arrived = _to_people(behind)
        assert set(arrived.values()) == ({1} if arrives else set())
        assert len(arrived) == (RECIPIENTS if arrives else 0)


def _to_people(behind) -> dict:
    """What arrived of the campaign: beside it the day's mark of the record is mailed to the organisation."""
    return {key: count for key, count in behind.delivered().items() if key[1].startswith("p")}


def finished(made: Stage) -> dict:
    until = time.monotonic() + 120
    while (figures := made.portal("campaign", "status", 1, "--org", SLUG))["state"] != "finished":
        assert time.monotonic() < until, figures
        time.sleep(0.3)
    return figures


def test_a_worker_ends_when_asked_though_redis_is_away(tmp_path):
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path), "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "SMTP_URL": "smtp://127.0.0.1:9",
    }  # fmt: skip
    server = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    redis = subprocess.Popen(server, stdout=subprocess.DEVNULL, cwd=tmp_path)
    worker = subprocess.Popen([sys.executable, "-m", "portal.cli", "worker"], env=environ, stderr=subprocess.PIPE)
    client = Redis(port=port, retry=Retry(NoBackoff(), 0))
    until = time.monotonic() + 20
    while not (is_there := _has_worker(client)) and time.monotonic() < until:
        time.sleep(0.1)
    redis.kill()
    redis.wait()
    assert is_there
    assert worker.stderr.readline()  # it has noticed

    worker.terminate()

    try:
        worker.wait(15)
    finally:
        worker.kill()
        worker.communicate()


def _has_worker(client: Redis) -> bool:
    try:
        return bool(client.smembers("rq:workers"))
    except RedisError:
        return False
