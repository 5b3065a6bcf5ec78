"""An organisation that is being put back from a backup while the others go on: nobody enters it, nothing of it is sent,
and no transaction for it begins, but for whoever puts it back. One that was broken off stays shut (R60).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from portal.core.actor import acting_org
from portal.core.db import db, is_sqlite, lock, register_at_the_door, transaction
from portal.core.tenancy import Org

_let_in: ContextVar[int | None] = ContextVar("let_in", default=None)


class Shut(RuntimeError):
    """The organisation is being put back. The message is for whoever wanted to enter."""

    def __init__(self) -> None:
        super().__init__("This organisation is being put back from a backup. Please come back in a little while.")


def refuse(org_id: int) -> None:
    """Raises Shut while this organisation is being put back by somebody else."""
    if is_shut(org_id):
        raise Shut


def is_shut(org_id: int) -> bool:
    """Whether it is being put back by somebody else."""
    return _let_in.get() != org_id and _is_shut(org_id, shared=False)


def shut() -> list[Org]:
    """The organisations that are shut now."""
    return list(Org.select().where(Org.restoring != "").order_by(Org.id))


def shut_for(org_id: int, archive: str) -> None:
    """Shut it. When this returns, no transaction for it is under way any more."""
    with transaction():
        lock(Org.select().where(Org.id == org_id)).get()
        Org.update(restoring=archive).where(Org.id == org_id).execute()


def open_again(org_id: int) -> None:
    """Belongs to the transaction in which the last of it is put right."""
    Org.update(restoring="").where(Org.id == org_id).execute()


@contextmanager
def let_in(org_id: int) -> Iterator[None]:
    """Whoever puts it back may enter."""
    token = _let_in.set(org_id)
    try:
        yield
    finally:
        _let_in.reset(token)


def register() -> None:
    register_at_the_door(_look)


def _look() -> None:
    org_id = acting_org()
    if org_id is not None and _let_in.get() != org_id and _is_shut(org_id, shared=True):
        raise Shut


def _is_shut(org_id: int, *, shared: bool) -> bool:
    """Shared, the row is held until the transaction ends, so that `shut_for` waits for it."""
    share = " FOR KEY SHARE" if shared and not is_sqlite() else ""
    # ast-grep-ignore: no-raw-sql - asked at every page and every transaction; one row by its id
    row = db.execute_sql(f"SELECT restoring FROM org WHERE id = {int(org_id)}{share}").fetchone()  # noqa: S608
    return row is not None and row[0] != ""
