"""Undoes an import: once, within thirty days, batch by batch, and without taking away what somebody did since."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import IntegrityError

from portal.accounts.service import actor_of_user
from portal.activity import log
from portal.activity.log import Entry
from portal.contacts import fields, record
from portal.contacts.models import Contact, Field
from portal.core import queue
from portal.core.actor import Actor, acting_as, current_actor, require
from portal.core.clock import now
from portal.core.db import GivingWay, learn_sizes, transaction
from portal.core.permissions import Denied, Permission
from portal.imports import consents
from portal.imports.models import Import, ImportedContact, Undo
from portal.imports.putting_back import ACTION, field_ids_of, put_back
from portal.imports.sight import check_right
from portal.imports.states import ENDED, LEASE, NotReady, find
from portal.imports.traces import hold
from portal.imports.untouched import entries_of, reasons_to_stay

WITHIN = timedelta(days=30)
BATCH = 100


class CannotUndo(NotReady):
    """The import is not, or not any more, to be undone; the message says why."""


def of(import_id: int) -> Undo | None:
    return Undo.get_or_none(Undo.import_id == import_id)


def until(the_import: Import) -> datetime | None:
    """Until when it can be undone; None while it has not ended, or when it did nothing that could be."""
    if the_import.state not in ENDED or the_import.ended_at is None:
        return None
    mine = ImportedContact.select().where(ImportedContact.import_id == the_import.id)
    return the_import.ended_at + WITHIN if mine.exists() else None


def may_undo() -> bool:
    try:
        _check_rights()
    except Denied:
        return False
    return True


def check(the_import: Import) -> None:
    """Raise CannotUndo, or Denied, when it may not be undone."""
    _check_rights()
    last = until(the_import)
    if last is None:
        raise CannotUndo("There is nothing to undo in this import.")
    if of(the_import.id) is not None:
        raise CannotUndo("This import was undone already. That is done once.")
    if now() > last:
        raise CannotUndo("An import can be undone for 30 days, and these are over.")


def begin(the_import: Import) -> Undo:
    """Undo it as a job. Raises CannotUndo."""
    check(the_import)
    actor = current_actor()
    mine = (ImportedContact.import_id == the_import.id) & ImportedContact.is_repeated.is_null()
    try:
        with transaction():
            total = ImportedContact.select().where(mine).count()
            undo = Undo.create(import_id=the_import.id, user_id=actor.user_id, user_name=actor.name, total=total)
            log.write("import.undo_begun", subject_id=the_import.id, contacts=total)
            queue.enqueue(queue.UNDO_IMPORT, import_id=the_import.id)
    except IntegrityError:
        raise CannotUndo("This import was undone already. That is done once.") from None
    return undo


def stop(the_import: Import) -> None:
    """Stop before the next batch. What was undone stays undone; the rest can be gone on with."""
    _check_rights()
    with transaction():
        stopped = Undo.update(state="stopped", lease=None).where(
            Undo.import_id == the_import.id, Undo.state.in_(["waiting", "running"])
        )
        if stopped.execute():
            log.write("import.undo_stopped", subject_id=the_import.id)


def go_on(the_import: Import) -> None:
    """Go on with an undo that was stopped, as whoever asks for it now."""
    _check_rights()
    actor = current_actor()
    mine = (Undo.import_id == the_import.id) & (Undo.state == "stopped")
    values = {"state": "waiting", "user_id": actor.user_id, "user_name": actor.name, "problem": ""}
    with transaction():
        if Undo.update(**values).where(mine).execute():
            log.write("import.undo_resumed", subject_id=the_import.id)
            queue.enqueue(queue.UNDO_IMPORT, import_id=the_import.id)


def due() -> list[int]:
    """The imports whose undoing nobody is at work on."""
    return [row.import_id for row in Undo.select(Undo.import_id).where(_idle())]


def run(import_id: int) -> None:
    """Undo, or go on undoing. Does nothing when another worker is at it, or it was stopped or has ended."""
    claimed = Undo.update(state="running", lease=now() + LEASE).where((Undo.import_id == import_id) & _idle())
    if not claimed.execute():
        return
    the_import, undo = find(import_id), Undo.get(Undo.import_id == import_id)
    try:
        actor = _actor_of(undo)
    except Denied as refusal:
        Undo.update(state="stopped", problem=str(refusal), lease=None).where(Undo.id == undo.id).execute()
        return
    with acting_as(actor):
        give_way = GivingWay()
        try:
            while _take(the_import, undo):
                give_way()
        except _Stopped:
            return
        _finish(the_import, undo)
    learn_sizes()


def kept(the_import: Import, limit: int) -> list[ImportedContact]:
    """Those who stayed, or not all of whom was put back, with the reason."""
    stayed = ImportedContact.outcome.in_(["kept", "partly"])
    query = ImportedContact.select().where(ImportedContact.import_id == the_import.id, stayed)
    return list(query.order_by(ImportedContact.id).limit(limit))


def _take(the_import: Import, undo: Undo) -> bool:
    """Undo the next batch; whether there was one. Raises _Stopped when somebody has stopped it meanwhile."""
    with transaction():
        _hold(undo)
        rows = _next(the_import)
        if rows:
            _undo(the_import, undo, rows)
    return bool(rows)


def _hold(undo: Undo) -> None:
    """Hold the row of the undoing before the contacts and the log, as they do who stop it: they wait for the end of
    the batch. So does another worker, who finds then what is left.
    """
    alive = Undo.update(lease=now() + LEASE).where(Undo.id == undo.id, Undo.state == "running")
    if not alive.execute():
        raise _Stopped


def _undo(the_import: Import, undo: Undo, rows: Sequence[ImportedContact]) -> None:
    """Undo what was done to these contacts."""
    ids = [row.contact_id for row in rows]
    hold(ids)  # nobody changes a contact between our looking and our undoing
    there = {contact.id: contact for contact in Contact.select().where(Contact.id.in_(ids))}
    mine, later = entries_of(the_import, ids)
    designed = {f.id: f for f in fields.in_use_among(field_ids_of(e for es in mine.values() for e in es))}
    reasons = reasons_to_stay(the_import, rows, there, later)
    gone: list[int] = []
    outcomes: dict[int, tuple[str, str]] = {}
    for row in rows:
        contact_id = row.contact_id
        if contact_id in reasons:
            outcomes[contact_id] = ("kept", reasons[contact_id])
        elif row.was_added:
            gone.append(contact_id)
            outcomes[contact_id] = ("removed", "")
        else:
            outcomes[contact_id] = _put_back(the_import, there[contact_id], mine, later, designed)
    record.erase(gone)
    log.write_many(Entry(ACTION, contact_id, the_import.id) for contact_id in gone)
    consents.withdraw([i for i in ids if i not in gone], the_import)
    _note(undo, rows, outcomes)


def _put_back(
    the_import: Import, contact: Contact, mine: dict[int, Any], later: dict[int, Any], designed: dict[int, Field]
) -> tuple[str, str]:
    outcome = put_back(contact, mine.get(contact.id, []), later.get(contact.id, []), designed)
    if outcome.has_changed:
        log.write(ACTION, contact.id, subject_id=the_import.id)
    return outcome.word, ",".join(outcome.left)


def _note(undo: Undo, rows: Sequence[ImportedContact], outcomes: dict[int, tuple[str, str]]) -> None:
    counts: dict[str, int] = {}
    for row in rows:
        outcome, reason = outcomes[row.contact_id]
        counts[outcome] = counts.get(outcome, 0) + 1
        ImportedContact.update(outcome=outcome, reason=reason).where(ImportedContact.id == row.id).execute()
    added_up = {getattr(Undo, name): getattr(Undo, name) + count for name, count in counts.items()}
    Undo.update({**added_up, Undo.lease: now() + LEASE}).where(Undo.id == undo.id).execute()


class _Stopped(Exception):
    """The undo was stopped: nothing of this batch is undone."""


def _finish(the_import: Import, undo: Undo) -> None:
    with transaction():
        ended = Undo.update(state="finished", ended_at=now(), lease=None)
        if not ended.where(Undo.id == undo.id, Undo.state == "running").execute():
            return  # stopped just now, or finished by another worker
        fresh = Undo.get(Undo.id == undo.id)
        counts = {name: getattr(fresh, name) for name in ("removed", "put_back", "partly", "kept")}
        log.write("import.undone", subject_id=the_import.id, **counts)


def _next(the_import: Import) -> list[ImportedContact]:
    mine = (ImportedContact.import_id == the_import.id) & ImportedContact.outcome.is_null()
    return list(
        ImportedContact.select()
        .where(mine, ImportedContact.is_repeated.is_null())
        .order_by(ImportedContact.id)
        .limit(BATCH)
    )


def _idle() -> Any:
    return (Undo.state == "waiting") | ((Undo.state == "running") & (Undo.lease < now()))


def _actor_of(undo: Undo) -> Actor:
    """Whoever asked for it, with the rights he has now; the portal itself for a command. Raises Denied."""
    if undo.user_id is None:
        return current_actor()
    actor = actor_of_user(undo.user_id)
    if actor is None:
        raise Denied("Whoever began to undo this does not work here any more. A colleague can go on.")
    with acting_as(actor):
        _check_rights()
    return actor


def _check_rights() -> None:
    """Whoever undoes an import takes away what he must see, and deletes contacts."""
    check_right()
    require(Permission.CONTACT_EDIT)
    require(Permission.CONTACT_DELETE)
    actor = current_actor()
    reads = all(map(actor.may, (Permission.NOTE_READ, Permission.DOCUMENT_READ)))
    if actor.hidden or actor.hidden_pages or not reads:
        raise Denied("You do not see all that came with this import. Somebody who sees everything can undo it.")
