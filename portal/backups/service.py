"""What the portal does about its backups day by day: makes one when it is due, lets the old ones go, asks the places
whether they still have them, and knows whether there is a good one (R60, I06, I09).
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from portal.activity import log as log_of_acts
from portal.backups import checking, copying, keys, making, rules, seals, stores
from portal.backups.keys import NoKey
from portal.backups.models import BAD, GOOD, RUNNING, Backup
from portal.core import queue
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.tenancy import Org
from portal.documents.models import Document
from portal.gateways.backup_places import PlaceTrouble

log = logging.getLogger("portal.backups")


@dataclass(frozen=True)
class Standing:
    """How things stand with the backups: what is wrong, in a sentence, or "", and whether that is an alarm."""

    last_good: Backup | None
    words: str
    is_alarming: bool


def of(org_id: int | None) -> Any:
    """The backups of an organisation's own, or of the whole installation, the newest first."""
    mine = Backup.org_id.is_null() if org_id is None else Backup.org_id == org_id
    return Backup.select().where(mine).order_by(Backup.started_at.desc(), Backup.id.desc())


def last_good(org_id: int | None = None) -> Backup | None:
    return of(org_id).where(Backup.state == GOOD).first()


def last_proven(org_id: int | None = None) -> Backup | None:
    """The newest that was good once, whatever was found of it since."""
    return of(org_id).where(Backup.sha256 != "").first()


def last_try() -> datetime | None:
    last = of(None).first()
    return last.started_at if last else None


def standing() -> Standing:
    """What Home, the page of duties, the doctor and the alarm by mail all say."""
    good = last_good()
    begun = Org.select(fn.MIN(Org.created_at)).scalar()
    is_alarming = rules.is_alarming(now(), good.started_at if good else None, begun)
    if good is None and not keys.is_there():
        return Standing(None, "No backup can be made yet: no recovery key was made.", is_alarming)
    if good is None or is_alarming:
        last = of(None).first()
        why = f" The last one: {last.words}" if last and last.words else ""
        return Standing(good, f"There is no good backup of the last 26 hours.{why}", is_alarming)
    return Standing(good, "", False)


def make_own_key() -> tuple[str, str]:
    """A key for the current organisation's own backups: (recovery key, public key). From the next backup on there is an
    archive of its own with each. The first is shown once; another replaces it for what is made from then on.
    """
    org_id = current_actor().org_id
    with transaction():
        is_another = keys.is_there(org_id)
        recovery, recipient = keys.make(org_id)
        log_of_acts.write("backup.key_made", key=seals.shown(recipient), another=is_another)
    return recovery, recipient


def failing_own() -> list[tuple[str, Backup]]:
    """The last own backup of each organisation that makes them, where it is not good, with the short name."""
    found = []
    for org in Org.select().where(Org.id.in_(list(keys.of_organisations()) or [0])).order_by(Org.id):
        last = of(org.id).first()
        if last is not None and last.state == BAD:
            found.append((org.slug, last))
    return found


def unread_documents(good: Backup | None) -> list[tuple[Document, str]]:
    """The documents of the current organisation that a backup is without, and why; not those removed since."""
    org_id = current_actor().org_id
    told = good.unread if good else []
    why = {one["id"]: one["why"] for one in told if one["kind"] == "document" and one["org_id"] == org_id}
    if not why:
        return []
    return [(row, why[row.id]) for row in Document.select().where(Document.id.in_(list(why))).order_by(Document.id)]


def ring_when_due() -> None:
    """What the clock does: ring for a backup when one is due."""
    if not keys.is_there():
        return
    good, last = last_good(), last_try()
    if rules.is_due(now(), good.started_at if good else None, last):
        queue.ring(queue.MAKE_BACKUP)


def make_when_due() -> Backup | None:
    """A worker's turn: make one, unless another worker has meanwhile."""
    good, last = last_good(), last_try()
    if not rules.is_due(now(), good.started_at if good else None, last):
        return None
    try:
        return make()
    except making.Busy:
        return None


def make() -> Backup:
    """Let the old ones go, make one now, and look whether the places still have the others. Raises NoKey or Busy."""
    let_go()
    made = making.create()
    checking.check(whole=False)
    return Backup.get_by_id(made.id)


def let_go() -> int:
    """Remove the backups whose 90 days are over from every place, and their rows; how many. What a place does not let
    go of keeps its row, and is tried again.
    """
    whose: set[int | None] = {None, *(row.org_id for row in Backup.select(Backup.org_id).distinct())}
    spared = {row.name for org_id in whose for row in (last_good(org_id), last_proven(org_id)) if row}
    stuck: set[str] = set()
    for place in stores.every():
        try:
            names = {name.removesuffix(seals.ENDING) for name in place.names()}
            archives = [name for name in names if rules.kind_of(name) not in ("", copying.KIND)]
            for name in rules.too_old(archives, now(), spared):
                stuck.add(name)
                place.remove(name)
                place.remove(name + seals.ENDING)
                stuck.discard(name)
        except PlaceTrouble as error:
            log.warning("old backups could not be removed: %s", type(error).__name__)
    rows = {row.name: row.id for row in Backup.select(Backup.id, Backup.name).where(Backup.state != RUNNING)}
    gone = [rows[name] for name in rules.too_old(rows, now(), spared) if name not in stuck]
    Backup.delete().where(Backup.id.in_(gone)).execute()
    return len(gone)


def ring_for_journal() -> None:
    """What the clock does every minute: ring when the journal has changed, and after a place was away not so soon."""
    if keys.is_there() and copying.is_due():
        queue.ring(queue.COPY_JOURNAL)


def copy_journal() -> None:
    """A worker's turn. A place that is away is told of by the next backup."""
    try:
        copying.copy_journal()
    except NoKey:
        return
    except PlaceTrouble as error:
        log.warning("the journal of erasures could not be copied: %s", type(error).__name__)
