"""The doorbell: names a job for the workers once the transaction is committed.

What is to be done is a state in the database; a job only says "look". So a Redis that is away, emptied or slow
loses nothing: the sweeper in workers/schedule.py rings again. The portal never imports the workers; a job is
named by its path. What takes long hangs at bells of its own, so that no message waits for it (workers/lanes.py).
"""

import logging
import time
from functools import partial
from typing import Any

from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from portal.core.actor import current_actor
from portal.core.db import after_commit

log = logging.getLogger("portal.queue")

SEND_CAMPAIGN = "workers.delivery.send_campaign"
SEND_MAIL = "workers.delivery.send_mail"
SEND_PORTAL_MAIL = "workers.delivery.send_portal_mail"
READ_RETURNED = "workers.bounces.read_returned"
FETCH_RETURNED = "workers.bounces.fetch_returned"
SCAN_DOCUMENT = "workers.documents.scan_document"
RUN_IMPORT = "workers.imports.run_import"
RUN_EXPORT = "workers.exports.run_export"
RECORD_GROUNDS = "workers.grounds.record_grounds"
UNDO_IMPORT = "workers.imports.undo_import"
SEAL_DELIVERIES = "workers.log.seal_deliveries"
FIND_DUPLICATES = "workers.duplicates.find_duplicates"
MERGE_MANY = "workers.duplicates.merge_many"
CHECK_LOG = "workers.log.check_log"
ANCHOR_LOG = "workers.log.anchor_log"
SCRUB = "workers.privacy.scrub"
RUN_ERASURE = "workers.privacy.run_erasure"
BEAT = "workers.pulse.beat"
MAKE_BACKUP = "workers.backups.make_backup"
COPY_JOURNAL = "workers.backups.copy_journal"

# Messages and signs of life must not wait; WORK is what people asked for; what goes through everything is WHOLE.
NAME, WORK, WHOLE = "portal", "portal-work", "portal-whole"
BELLS = (NAME, WORK, WHOLE)
_LONG = {
    **dict.fromkeys((RUN_IMPORT, UNDO_IMPORT, RUN_EXPORT, RECORD_GROUNDS, FIND_DUPLICATES, MERGE_MANY), WORK),
    **dict.fromkeys((RUN_ERASURE, SCRUB, SCAN_DOCUMENT, SEAL_DELIVERIES, COPY_JOURNAL), WORK),
    **dict.fromkeys((MAKE_BACKUP, CHECK_LOG, ANCHOR_LOG), WHOLE),
}
WHILE = 900  # seconds a job may take: one that takes longer goes on where it was when it is rung for again
# What goes through the record begins again when it is broken off: it must get through ten million entries. So does a
# backup, which goes through everything.
LONGER = {CHECK_LOG: 6 * 3600, ANCHOR_LOG: 6 * 3600, MAKE_BACKUP: 6 * 3600}
_redis: Redis | None = None
_last_warning = 0.0


def connect(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=None)


def use(url: str) -> None:
    """Set the Redis the doorbell hangs on. Opens no connection."""
    global _redis
    _redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)


def bell_of(job: str) -> str:
    """At which bell this job is rung for."""
    return _LONG.get(job, NAME)


def bell(name: str, redis: Redis) -> Queue:
    return Queue(name, connection=redis, serializer=JSONSerializer)


def waiting(name: str) -> int:
    """How many jobs wait at this bell; 0 while Redis is away."""
    try:
        return int(bell(name, _redis).count) if _redis is not None else 0
    except (RedisError, OSError):
        return 0


def enqueue(job: str, **ids: int | str) -> None:
    """Ring for a job of the current organisation after commit. Arguments are ids; never names or addresses."""
    org_id = current_actor().org_id
    after_commit(partial(_ring_quietly, job, org_id=org_id, **ids))


def enqueue_for_portal(job: str, **ids: int | str) -> None:
    """Ring for a job of the installation, which belongs to no organisation, after commit."""
    after_commit(partial(_ring_quietly, job, **ids))


def _ring_quietly(job: str, **ids: Any) -> None:
    ring(job, **ids)


def ring(job: str, **ids: Any) -> bool:
    """Ring now. Returns whether Redis heard it; a Redis that is away is logged once a minute and never raises."""
    global _last_warning
    if _redis is None:
        return False
    try:
        bell(bell_of(job), _redis).enqueue(
            job, kwargs=ids, result_ttl=0, failure_ttl=86_400, job_timeout=LONGER.get(job, WHILE)
        )
    except (RedisError, OSError) as error:
        if time.monotonic() - _last_warning > 60:
            _last_warning = time.monotonic()
            log.warning("the queue cannot be reached: %s", type(error).__name__)
        return False
    return True
