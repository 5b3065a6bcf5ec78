"""What makes a backup good: the archive that the store gives back is opened, put into an empty place and compared with
what it was made from: rows, records and documents alike (I06).
"""

from collections.abc import Set
from typing import Any

from portal.backups import snapshot, stores
from portal.backups.archive import PIECE, Sink, Unpacker
from portal.backups.files import spooled
from portal.backups.locking import Damaged, unlock
from portal.backups.losses import Unread, check
from portal.backups.snapshot import Contents, File
from portal.gateways.backup_places import Place

DOCUMENTS = "documents/"


class NotGood(RuntimeError):
    """The archive is not what it was made from. The message says what is wrong, by name."""


def prove(place: Place, name: str, identity: Any, made_from: Contents, without: Set[str]) -> None:
    """Raises NotGood, unless the archive of this name is whole and holds what it was made from, `without` files of the
    store that could not be read.
    """
    files = {file.place: file for file in made_from.files if file.place not in without}
    kind = snapshot.SQLITE if snapshot.is_sqlite(stores.settings().database_url) else snapshot.POSTGRESQL
    database = stores.working("trial") / kind
    found: set[str] = set()

    def sink(member: str, _size: int) -> Sink:
        if member == kind:
            return database.open("wb")
        if not member.startswith(DOCUMENTS):
            return _Nowhere()
        at = member.removeprefix(DOCUMENTS)
        found.add(at)
        return _Checked(files[at]) if at in files else _Nowhere()

    unpacker = Unpacker(sink)
    try:
        unlock(place.get(name), unpacker, identity)
        unpacker.end()
        with snapshot.put_back(database, stores.settings().database_url) as there:
            _compare(there, made_from)
    except Damaged as error:
        raise NotGood(f"{name} cannot be opened again: {error}.") from None
    except snapshot.NotTaken as error:
        raise NotGood(str(error)) from None
    finally:
        unpacker.close()
        database.unlink(missing_ok=True)
    if missing := sorted(files.keys() - found):
        raise NotGood(f"{len(missing):,} of {len(files):,} documents are not in it, the first is {missing[0][:8]}.")


def _compare(there: Contents, made_from: Contents) -> None:
    for name, count in made_from.tables.items():
        if there.tables.get(name) != count:
            raise NotGood(f"The table {name} had {count:,} rows, and {there.tables.get(name, 0):,} when put back.")
    if there.heads != made_from.heads:
        raise NotGood("The record of an organisation ends elsewhere when it is put back.")
    if there != made_from:
        raise NotGood("The database that was put back is another one.")


class _Nowhere:
    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


class _Checked:
    """A document of the archive: its content must be what the database says."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.held = spooled("trial")

    def write(self, data: bytes) -> None:
        self.held.write(data)

    def close(self) -> None:
        with self.held as held:
            held.seek(0)
            try:
                check(self.file, iter(lambda: held.read(PIECE), b""))
            except Unread as unread:
                raise NotGood(f"The document {self.file.place[:8]} is {unread.why} in the archive.") from None
