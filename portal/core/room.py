"""Why something could not be written: no room, nothing may be written, or the disk fails (J03, J04). Whoever catches
it says so in words; nothing of what failed is kept.
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
_SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY, errno.EIO: FAILING}


def trouble_of(error: BaseException) -> str:
    """What of the above stands behind an error, or "": looked for in what it came from too, for a transaction that
    SQLite ended by itself fails once more when its savepoint is rolled back.
    """
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        at = waiting.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if found := _own(at):
            return found
        waiting += [one for one in (at.__cause__, at.__context__, *at.args) if isinstance(one, BaseException)]
    return ""


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


def _own(error: BaseException) -> str:
    if isinstance(error, OSError):
        return _SYSTEM.get(error.errno or 0, "")
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF, "")
    return _POSTGRESQL.get(getattr(error, "sqlstate", None) or "", "")
