"""Why something could not be written: no room, nothing may be written, or the disk fails (J03, J04), or the
database is away for a moment. Whoever catches it says so in words; nothing of what failed is kept.
"""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from peewee import DatabaseError

log = logging.getLogger("portal.room")

FULL, READ_ONLY, FAILING = "full", "read-only", "failing"
_SQLITE = {13: FULL, 8: READ_ONLY, 10: FAILING}  # primary result codes: SQLITE_FULL, _READONLY, _IOERR
_POSTGRESQL = {"53100": FULL, "25006": READ_ONLY, "58030": FAILING}  # disk_full, read_only_sql_transaction, io_error
_SQLITE_AWAY = (5, 6, 14)  # SQLITE_BUSY, _LOCKED, _CANTOPEN
# connection exceptions, shut down, too many connections, serialization_failure, deadlock_detected, lock_not_available
_POSTGRESQL_AWAY = ("08", "57P", "53300", "40001", "40P01", "55P03")
_SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY, errno.EIO: FAILING}


def trouble_of(error: BaseException) -> str:
    """What of the above stands behind an error, or "": looked for in what it came from too, for a transaction that
    SQLite ended by itself fails once more when its savepoint is rolled back.
    """
    return next((found for at in _behind(error) if (found := _own(at))), "")


def is_passing(error: BaseException) -> bool:
    """Whether the database could not be reached, or was held by others: the next try may go through."""
    return any(map(_is_away, _behind(error)))


@contextmanager
def if_it_can() -> Iterator[None]:
    """For a note without which a page can be read as well: not made while nothing can be written. Outside of
    transactions only: one that fails is undone as a whole.
    """
    try:
        yield
    except DatabaseError as error:
        if not trouble_of(error):
            raise
        log.warning("a note was not made: the database is %s", trouble_of(error))


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it came from, each once."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        at = waiting.pop()
        if id(at) not in seen:
            seen.add(id(at))
            yield at
            waiting += [one for one in (at.__cause__, at.__context__, *at.args) if isinstance(one, BaseException)]


def _is_away(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_AWAY
    if not hasattr(error, "sqlstate"):
        return False
    if error.sqlstate is None:  # no server said it: libpq could not reach one, or lost it
        return type(error).__name__ == "OperationalError"
    return error.sqlstate.startswith(_POSTGRESQL_AWAY)


def _own(error: BaseException) -> str:
    if isinstance(error, OSError):
        return _SYSTEM.get(error.errno or 0, "")
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF, "")
    return _POSTGRESQL.get(getattr(error, "sqlstate", None) or "", "")
