"""How the queue and its workers stand, for who looks after the installation. Changes nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from redis import Redis, RedisError
from rq import Worker
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from portal.core import queue

MOST_FAILED = 10


@dataclass(frozen=True)
class Working:
    """One process that works: what it is at, and since when it is there."""

    name: str
    is_busy: bool
    since: datetime | None
    done: int
    failed: int


@dataclass(frozen=True)
class QueueState:
    """`answers` is False while Redis cannot be reached: then nothing else is known."""

    answers: bool = False
    waiting: int = 0
    failed: int = 0
    workers: list[Working] = field(default_factory=list)
    last_failed: list[tuple[str, datetime | None]] = field(default_factory=list)


def read(url: str) -> QueueState:
    """Ask Redis, for a second at most."""
    try:
        return _read(Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1))
    except (RedisError, OSError):
        return QueueState()


def _read(redis: Redis) -> QueueState:
    bells = [queue.bell(name, redis) for name in queue.BELLS]
    failures = [FailedJobRegistry(queue=bell) for bell in bells]
    ids = [name for failed in failures for name in failed.get_job_ids(desc=True)[:MOST_FAILED]]
    jobs = [bells[0].fetch_job(name) for name in ids]
    workers = Worker.all(connection=redis, serializer=JSONSerializer)
    return QueueState(
        answers=True,
        waiting=sum(bell.count for bell in bells),
        failed=sum(failed.count for failed in failures),
        workers=[
            Working(one.name[:8], one.get_state() == "busy", _utc(one.birth_date), one.successful_job_count,
                    one.failed_job_count)
            for one in workers
        ],
        last_failed=_newest([(str(job.func_name).rpartition(".")[2], _utc(job.ended_at)) for job in jobs if job]),
    )  # fmt: skip


def _newest(failed: list[tuple[str, datetime | None]]) -> list[tuple[str, datetime | None]]:
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(failed, key=lambda one: one[1] or oldest, reverse=True)[:MOST_FAILED]


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
