"""What the portal does about its backups day by day: makes one when it is due, lets the old ones go, asks the places
whether they still have them, and knows whether there is a good one (R60, I06, I09).
"""

import logging
from dataclasses import dataclass

from peewee import fn

from portal.backups import checking, copying, keys, making, rules, seals, stores
from portal.backups.keys import NoKey
from portal.backups.models import GOOD, RUNNING, Backup
from portal.core import queue
from portal.core.actor import current_actor
from portal.core.clock import now
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


def last_good() -> Backup | None:
    return Backup.select().where(Backup.state == GOOD).order_by(Backup.started_at.desc()).first()


def last_proven() -> Backup | None:
    """The newest that was good once, whatever was found of it since."""
    return Backup.select().where(Backup.sha256 != "").order_by(Backup.started_at.desc()).first()


def standing() -> Standing:
    """What Home, the page of duties, the doctor and the alarm by mail all say."""
    good = last_good()
    begun = Org.select(fn.MIN(Org.created_at)).scalar()
    is_alarming = rules.is_alarming(now(), good.started_at if good else None, begun)
    if good is None and not keys.is_there():
        return Standing(None, "No backup can be made yet: no recovery key was made.", is_alarming)
    if good is None or is_alarming:
        last = Backup.select().order_by(Backup.id.desc()).first()
        why = f" The last one: {last.words}" if last and last.words else ""
        return Standing(good, f"There is no good backup of the last 26 hours.{why}", is_alarming)
    return Standing(good, "", False)


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
    good, last = last_good(), Backup.select(fn.MAX(Backup.started_at)).scalar()
    if rules.is_due(now(), good.started_at if good else None, last):
        queue.ring(queue.MAKE_BACKUP)


def make_when_due() -> Backup | None:
    """A worker's turn: make one, unless another worker has meanwhile."""
    good, last = last_good(), Backup.select(fn.MAX(Backup.started_at)).scalar()
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
    spared = {row.name for row in (last_good(), last_proven()) if row}
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
