"""The processes behind the web: a worker that answers the bell, the scheduler that rings by the clock and starts a
process where something long waits.
"""

import logging
import signal
import threading
import time
from functools import partial
from typing import Any

from redis import Redis, RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from portal.config import Settings
from portal.core import queue
from workers.lanes import Lanes
from workers.schedule import PERIODIC

log = logging.getLogger("portal.workers")


class _Worker(SimpleWorker):
    """Ends when asked to, though Redis is away: rq asks Redis whether it is at work, and takes no answer for a no to
    ending; here the worker knows by itself.
    """

    max_connection_wait_time = 2.0  # seconds between two tries to reach Redis
    is_asked_to_end = False
    is_at_work = False

    def request_stop(self, *_signal: Any, **_named: Any) -> None:
        type(self).is_asked_to_end = True
        if not self.is_at_work:
            raise StopRequested
        self._stop_requested = True  # when this job is done

    def _set_ip_address(self, _connection: Redis) -> None:
        """Left away: nobody reads it, and redis-py cannot read the answer where a folder's name holds a space."""
        self.ip_address = "unknown"

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Asked for in every round: what the signal raised may have been swallowed, by logging for instance."""
        if self.is_asked_to_end and not self.is_at_work:
            raise StopRequested
        super().heartbeat(*args, **kwargs)

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        self.is_at_work = True
        try:
            return super().perform_job(*args, **kwargs)
        finally:
            self.is_at_work = False


def work(settings: Settings) -> None:
    """Answer the bell of messages until asked to end. A Redis that goes away is waited for."""
    while not _Worker.is_asked_to_end:
        try:
            _worker(settings, queue.NAME).work(logging_level="WARNING")
            return  # only a signal ends the loop of rq
        except StopRequested:
            return
        except (RedisError, OSError) as error:
            log.warning("the queue cannot be reached: %s", type(error).__name__)
            time.sleep(1)


def work_off(settings: Settings, bell: str) -> None:
    """Answer this bell until nothing waits there."""
    try:
        _worker(settings, bell).work(burst=True, logging_level="WARNING")
    except StopRequested:
        return
    except (RedisError, OSError) as error:
        log.warning("the queue cannot be reached: %s", type(error).__name__)


def _worker(settings: Settings, bell: str) -> _Worker:
    connection = Redis.from_url(settings.redis_url, socket_connect_timeout=5)
    worker = _Worker([queue.bell(bell, connection)], connection=connection, serializer=JSONSerializer)
    worker.log_result_lifespan = False
    return worker


def schedule(settings: Settings, most: int) -> None:
    """Tick until asked to end, with at most so many processes for what people asked for."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    lanes = Lanes(partial(work_off, settings), most)
    due = {periodic.name: 0.0 for periodic in PERIODIC}
    while not ended.wait(0.5):
        for periodic in PERIODIC:
            if time.monotonic() >= due[periodic.name]:
                due[periodic.name] = time.monotonic() + periodic.seconds
                try:
                    periodic.run()
                except Exception:
                    log.exception("a tick failed", extra={"job": periodic.name})
        lanes.look()
    lanes.end()
