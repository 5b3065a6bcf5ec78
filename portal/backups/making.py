"""Makes one backup of the installation: copies, encrypts, keeps it in every place, and proves it (R60, I05, I06).

It is encrypted to the recovery key, and to a key that lives in the memory of this one run: by that the archive is read
back from the store and tried out, and then it is gone. Nothing that stays on the machine opens a backup.
"""

import errno
import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from portal.backups import copying, keys, locking, own_making, rules, seals, snapshot, stores, writing
from portal.backups.archive import PIECE, Member, file_member
from portal.backups.files import spooled
from portal.backups.keys import Key
from portal.backups.losses import Losses, StoreGone, Unread, check, from_store
from portal.backups.models import BAD, GOOD, RUNNING, Backup
from portal.backups.proving import DOCUMENTS, Expected, NotGood, prove
from portal.backups.seals import BadSeal
from portal.backups.snapshot import Contents
from portal.core.clock import now
from portal.gateways.backup_places import NotThere, PlaceTrouble

log = logging.getLogger("portal.backups")

BROKEN_OFF = "It was broken off."
FOLDERS = ("anchors", "erasures", "imports")
EXPECTED = (NotGood, StoreGone, NotThere, BadSeal, PlaceTrouble, snapshot.NotTaken, locking.Damaged, OSError)


class Busy(RuntimeError):
    """Another backup is being made just now."""


def create() -> Backup:
    """Make a backup and say how it went; one that is not good says why. With it, from the same copy of the database,
    one is made for each organisation that has a key of its own. Raises NoKey or Busy.
    """
    key = keys.current()
    with _alone(), _emptied(stores.working("making")) as folder, _emptied(stores.working("own")) as beside:
        for left in Backup.select().where(Backup.state == RUNNING):
            _discard(left.name)
            _end(left, state=BAD, words=BROKEN_OFF)
        made = _tried(key, None, lambda name: _make(name, key, folder))
        if made.state == GOOD and (wanted := keys.of_organisations()):
            _make_own(wanted, folder, beside)
    return made


def _tried(key: Key, org_id: int | None, make: Callable[[str], dict[str, Any]]) -> Backup:
    """Make one, and keep how it went. What nobody expects is raised."""
    started = now()
    name = rules.new_name(started) if org_id is None else rules.new_name(started, f"org-{org_id}")
    row = Backup.create(name=name, org_id=org_id, recipient=key.recipient, started_at=started)
    try:
        values = make(name)
    except BaseException as error:
        _discard(row.name)
        _end(row, state=BAD, words=_why(error))
        if not isinstance(error, EXPECTED):
            raise
    else:
        _end(row, state=GOOD, words="", checked_at=now(), **values)
    return Backup.get_by_id(row.id)


def _make_own(wanted: dict[int, Key], folder: Path, beside: Path) -> None:
    """One that fails stops neither the others nor the backup of all."""
    url = stores.settings().database_url
    copy = folder / (snapshot.SQLITE if snapshot.is_sqlite(url) else snapshot.POSTGRESQL)
    try:
        with snapshot.beside(copy, url, "own") as (place, _):
            for org_id, key in wanted.items():
                make = partial(own_making.make, key=key, org_id=org_id, url=place, folder=beside)
                _tried_apart(key, org_id, make)
    except snapshot.NotTaken as error:
        log.error("the copy for own backups could not be read: %s", error)
        for org_id, key in wanted.items():
            _tried_apart(key, org_id, partial(_refuse, error))


def _tried_apart(key: Key, org_id: int, make: Callable[[str], dict[str, Any]]) -> None:
    try:
        _tried(key, org_id, make)
    except Exception:
        log.exception("the own backup of an organisation failed", extra={"org_id": org_id})


def _refuse(error: Exception, _name: str) -> dict[str, Any]:
    raise error


def _make(name: str, key: Key, folder: Path) -> dict[str, Any]:
    identity, facts = locking.new_identity(), dict[str, Any]()
    database, contents = snapshot.take(stores.settings().database_url, folder)
    losses = Losses(len(contents.files))

    def told() -> dict[str, Any]:
        facts["unread"] = losses.told()
        return {"made": name, **contents.told, **facts}

    members = _members(database, contents, losses)
    seal = writing.write(name, members, told, folder, key, [str(identity.to_public())])
    copying.copy_journal(asks=True)
    writing.spread(seal, key)
    files = {DOCUMENTS + file.place: file for file in contents.files if file.place not in losses.places}
    prove(stores.own(), name, identity, Expected(contents, database.name, files))
    return {
        **writing.told_of(seal), **facts, "rows": sum(contents.tables.values()), "documents": len(files),
    }  # fmt: skip


def _members(database: Path, contents: Contents, losses: Losses) -> Iterator[Member]:
    """The database first: by it the documents are checked as the archive is read."""
    settings = stores.settings()
    yield file_member(database.name, database)
    keys = ",".join(f"{version}:{key.decode()}" for version, key in settings.address_keys.items()).encode()
    yield Member("keys/address_key", len(keys), [keys])
    for folder in FOLDERS:
        for path in sorted((settings.data_dir / folder).glob("*")):
            if path.is_file():
                yield file_member(f"{folder}/{path.name}", path)
    for file in contents.files:
        with spooled("making") as held:
            try:
                check(file, _copied(from_store(file.place), held))
            except Unread as unread:
                losses.note(file, unread.why)
                continue
            size = held.tell()
            held.seek(0)
            yield Member(DOCUMENTS + file.place, size, iter(partial(held.read, PIECE), b""))


def _copied(pieces: Iterator[bytes], held: IO[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        held.write(piece)
        yield piece


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    """The folder with nothing in it, before and after: a copy of the database is readable by whoever reads the disk."""
    try:
        for left in folder.iterdir():
            left.unlink()
        yield folder
    finally:
        for left in folder.iterdir():
            left.unlink()


def _discard(name: str) -> None:
    """What is not good must not fill the disk: away with it, from every place that can be reached."""
    for place in stores.every():
        try:
            place.remove(name)
            place.remove(name + seals.ENDING)
        except PlaceTrouble as error:
            log.warning("what is left of a backup could not be removed: %s", type(error).__name__)


def _end(row: Backup, **values: Any) -> None:
    Backup.update(ended_at=now(), **values).where(Backup.id == row.id).execute()


def _why(error: BaseException) -> str:
    number = getattr(error, "errno", None) or getattr(error.__cause__, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full. {error if isinstance(error, PlaceTrouble) else ''}".strip()
    return str(error) if isinstance(error, EXPECTED) else f"It failed: {type(error).__name__}."


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time in this data folder; the kernel lets go however this process ends."""
    stores.working("making")
    with (stores.own().root / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("A backup is being made just now.") from None
        yield
