"""What makes a backup good: the archive that the store gives back is opened, put into an empty place and compared with
what it was made from: rows, records and documents alike (I06).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from portal.backups import snapshot, stores
from portal.backups.archive import PIECE, Nowhere, Sink, Unpacker
from portal.backups.files import spooled
from portal.backups.locking import Damaged, unlock
from portal.backups.losses import DAMAGED, Unread, check
from portal.backups.snapshot import Contents, File
from portal.gateways.backup_places import Place

DOCUMENTS = "documents/"


class NotGood(RuntimeError):
    """The archive is not what it was made from. The message says what is wrong, by name."""


@dataclass(frozen=True)
class Expected:
    """What an archive was made from: the database, of which kind, and its files by their names in the archive."""

    contents: Contents
    kind: str
    files: dict[str, File]
    is_readable: bool = False  # whether the files lie in it as they are, in place of encrypted


def prove(place: Place, name: str, identity: Any, expected: Expected) -> None:
    """Raises NotGood, unless the archive of this name is whole and holds what is expected."""
    made_from, files = expected.contents, expected.files
    database = stores.working("trial") / expected.kind
    found: set[str] = set()

    def sink(member: str, _size: int) -> Sink:
        if member == expected.kind:
            return database.open("wb")
        if not member.startswith(DOCUMENTS):
            return Nowhere()
        found.add(member)
        return _Checked(files[member], is_readable=expected.is_readable) if member in files else Nowhere()

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
        first = missing[0].removeprefix(DOCUMENTS)[:8]
        raise NotGood(f"{len(missing):,} of {len(files):,} documents are not in it, the first is {first}.")


def _compare(there: Contents, made_from: Contents) -> None:
    for name, count in made_from.tables.items():
        if there.tables.get(name) != count:
            raise NotGood(f"The table {name} had {count:,} rows, and {there.tables.get(name, 0):,} when put back.")
    if there.heads != made_from.heads:
        raise NotGood("The record of an organisation ends elsewhere when it is put back.")
    if there != made_from:
        raise NotGood("The database that was put back is another one.")


class _Checked:
    """A document of the archive: its content must be what the database says."""

    def __init__(self, file: File, *, is_readable: bool) -> None:
        self.file, self.is_readable = file, is_readable
        self.digest = hashlib.sha256()
        self.held = spooled("trial")

    def write(self, data: bytes) -> None:
        if self.is_readable:
            self.digest.update(data)
        else:
            self.held.write(data)

    def close(self) -> None:
        with self.held as held:
            held.seek(0)
            try:
                if not self.is_readable:
                    check(self.file, iter(lambda: held.read(PIECE), b""))
                elif self.file.sha256 and self.digest.hexdigest() != self.file.sha256:
                    raise Unread(DAMAGED)
            except Unread as unread:
                raise NotGood(f"The document {self.file.place[:8]} is {unread.why} in the archive.") from None
