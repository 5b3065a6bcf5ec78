"""The export's job: rows by the hundred into a sealed file of the store. It is made whole or not at all: a job that was
broken off begins anew.
"""

import errno
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from portal.accounts import service as accounts
from portal.accounts.models import User
from portal.accounts.service import actor_of_user, current_org
from portal.activity import log
from portal.contacts.queries import Filter
from portal.core.actor import Actor, acting_as, current_actor, require, require_sight
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import DataSet, Denied, Permission
from portal.core.sealing import open_sealed
from portal.delivery import notices, transport
from portal.exports import keeping, leaving, queries, service, writing
from portal.exports.models import Export, ExportedContact
from portal.exports.rules import COLLEAGUE, FORMATS, MADE, MOST_ROWS, Choice, kept_until, limits_of

LEASE = timedelta(minutes=5)


class _Stopped(Exception):
    """The export was cancelled, or another worker took it over."""


class _TooLong(ValueError):
    pass


def run(export_id: int) -> None:
    """Make the file. Does nothing when another worker is at it or it has ended."""
    idle = (Export.state == "waiting") | ((Export.state == "running") & (Export.lease < now()))
    mine = (Export.id == export_id) & idle
    if not Export.update(state="running", lease=now() + LEASE, done=0, special_out=0).where(mine).execute():
        return
    export = service.find(export_id)
    keeping.forget_names(export.id)
    try:
        with acting_as(_actor_of(export)):
            _make(export)
    except _Stopped:
        if not service.find(export.id).is_open:
            keeping.forget_names(export.id)
    except (Denied, _TooLong) as refusal:
        _fail(export, str(refusal))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _fail(export, "The disk of the installation is full. Please tell support.")


def _fail(export: Export, problem: str) -> None:
    keeping.stop(export, problem)
    keeping.forget_names(export.id)


def _actor_of(export: Export) -> Actor:
    """Whoever asked, with the rights he has now; the portal itself for a command. Raises Denied."""
    if export.user_id is None:
        return current_actor()
    actor = actor_of_user(export.user_id)
    if actor is None:
        raise Denied("Whoever asked for this file does not work here any more.")
    with acting_as(actor):
        require(Permission.CONTACT_EXPORT)
        if export.with_identity:
            require_sight(DataSet.IDENTITY)
    return actor


def _make(export: Export) -> None:
    wanted, choice = service.wanted_of(export), service.choice_of(export)
    seen = leaving.counted(wanted)
    if seen.rows > MOST_ROWS[export.format]:
        raise _TooLong(f"{FORMATS[export.format]} has no room for {seen.rows:,} rows. Choose CSV.")
    out = {"children_out": seen.children, "restricted_out": seen.restricted, "limits": limits_of(current_actor())}
    Export.update(total=seen.rows, fields=choice.told(export.mark), **out).where(Export.id == export.id).execute()
    place, key, size = keeping.put(_pieces(export, wanted, choice))
    try:
        _end(export, wanted, choice, place, key, size)
    except BaseException:
        keeping.discard(place)
        raise


def _pieces(export: Export, wanted: Filter, choice: Choice) -> Iterator[bytes]:
    headings, rows = choice.headings(export.mark), _rows(export, wanted, choice)
    if export.format == "csv":
        yield from writing.joined(writing.as_csv(headings, rows, export.mark))
        return
    with tempfile.TemporaryFile() as plain, tempfile.TemporaryFile() as locked:
        file = cast(BinaryIO, plain)
        writing.as_xlsx(file, headings, rows, export.mark)
        if export.sealed_password:
            file = cast(BinaryIO, locked)
            writing.with_password(cast(BinaryIO, plain), file, open_sealed(service.PASSWORD, export.sealed_password))
        yield from writing.pieces(file)


def _rows(export: Export, wanted: Filter, choice: Choice) -> Iterator[list[str]]:
    """The rows; whom they name is kept before they are written, with how far it is."""
    for batch in queries.batches(wanted, choice):
        with transaction():
            named = [{"export_id": export.id, "contact_id": contact_id} for contact_id, _ in batch.rows]
            if named:
                ExportedContact.insert_many(named).execute()
            further = {"done": Export.done + len(named), "special_out": Export.special_out + batch.special_out}
            _go_on(export, lease=now() + LEASE, **further)
        yield from (row for _, row in batch.rows)


def _end(export: Export, wanted: Filter, choice: Choice, place: str, key: str, size: int) -> None:
    with transaction():
        last = kept_until(accounts.today(), export.expires_on)
        kept = {"place": place, "sealed_key": key, "size": size, "kept_until": last}
        _go_on(export, state=MADE, wanted={}, lease=None, ended_at=now(), **kept)
        if keeping.holds_erased(export):
            raise Denied(keeping.ERASED_MEANWHILE)
        made = service.find(export.id)
        log.write(
            "export.made", subject_id=export.id, rows=made.done, children_left_out=made.children_out,
            restricted_left_out=made.restricted_out, special_left_out=made.special_out,
            **service.told_of(made, wanted, choice),
        )  # fmt: skip
        if made.handing == COLLEAGUE:
            _tell(made)


def _go_on(export: Export, lease: datetime | None, **values: Any) -> None:
    """Note how far it is. Raises _Stopped unless the job is still this worker's: the lease is his own each time."""
    mine = (Export.id == export.id) & (Export.state == "running") & (Export.lease == export.lease)
    if not Export.update(lease=lease, **values).where(mine).execute():
        raise _Stopped
    export.lease = lease


def _tell(export: Export) -> None:
    """Write to the colleague that the file waits for him: no name, no address and no file in the mail (R59)."""
    user = User.get_by_id(export.colleague_id)
    notices.send(
        "export_ready", user.email, user_id=user.id, org=current_org().name, by=export.user_name, rows=export.done,
        until=export.kept_until, link=f"{transport.base_url()}/exports/{export.id}",
    )  # fmt: skip
