"""Takes an archive out of the store and opens it, on a machine that has nothing but the recovery key (I07, I08)."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from portal.backups import rules, seals, snapshot, stores
from portal.backups.archive import PIECE, Sink, Unpacker
from portal.backups.copying import KIND
from portal.backups.keys import Key
from portal.backups.locking import Damaged, WrongKey, identity_of, unlock
from portal.backups.proving import DOCUMENTS
from portal.backups.seals import BadSeal, Seal
from portal.gateways.backup_places import Folder, NotThere, Place
from portal.gateways.storage import Storage

FOLDERS = ("anchors", KIND, "imports", "keys")


class NotRestored(RuntimeError):
    """Nothing was put back, or not all of it. The message says why, by name."""


class Source:
    """A place with archives, and the key to them."""

    def __init__(self, place: Place, recovery_key: str) -> None:
        self.place = place
        self.identity = identity_of(recovery_key)
        self.key = Key(str(self.identity.to_public()), seals.signing_key(recovery_key))
        self.sha256 = ""  # of the only archive that is believed; "": of any with a right seal
        self.passed_over: list[str] = []

    def newest(self, kind: str) -> str:
        """The newest file of a kind that lies here with its seal. Raises NotRestored."""
        return self._sealed(kind)[-1]

    def newest_of_key(self, kind: str) -> str:
        """The newest of a kind that is made for this key. Raises NotRestored."""
        for name in reversed(self._sealed(kind)):
            with suppress(WrongKey):
                self.seal_of(name)
                return name
        raise NotRestored(
            f"No {kind} file in {self.place.words} was made for the key {seals.shown(self.key.recipient)}."
        )

    def _sealed(self, kind: str) -> list[str]:
        """What was never sealed was broken off: it is passed over, and told of."""
        listed = self.place.names()
        found = sorted(name for name in listed if rules.kind_of(name) == kind)
        sealed = [name for name in found if name + seals.ENDING in listed]
        self.passed_over += [name for name in found if name not in sealed]
        if not sealed:
            raise NotRestored(f"There is no {kind} file with its seal in {self.place.words}.")
        return sealed

    def seal_of(self, name: str) -> Seal:
        """Raises NotRestored, or WrongKey when it was made for another key."""
        try:
            return stores.seal_of(self.place, name, self.key)
        except BadSeal as error:
            raise NotRestored(str(error)) from None

    def open(self, name: str, sink: Any) -> dict[str, Any]:
        """Unpack the archive into what `sink` opens for each member; what its manifest says. Raises NotRestored: then
        nothing of it is to be believed.
        """
        try:
            seal = self.seal_of(name)
            if self.sha256 not in ("", seal.sha256):
                raise NotRestored(f"{name} is not an archive that this portal made: it was changed, and sealed anew.")
            counted = _Counted(self.place.get(name))
            unpacker = Unpacker(sink)
            try:
                unlock(counted, unpacker, self.identity)
                unpacker.end()
            finally:
                unpacker.close()
        except NotThere as error:
            raise NotRestored(str(error)) from None
        except WrongKey as error:
            raise NotRestored(str(error) if name in str(error) else f"{name} cannot be opened: {error}.") from None
        except Damaged as error:
            raise NotRestored(f"{name} cannot be opened: {error}.") from None
        if (counted.size, counted.digest.hexdigest()) != (seal.size, seal.sha256):
            raise NotRestored(f"{name} is not the file that its seal is of.")
        return unpacker.manifest


class _Counted:
    """The pieces as they pass, with their hash."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.size = 0
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece


def unpack(source: Source, name: str, folder: Path, store: Storage) -> dict[str, Any]:
    """Lay out an archive in an empty folder, its documents in the store; what its manifest says. Raises NotRestored."""

    def sink(member: str, _size: int) -> Sink:
        if member.startswith(DOCUMENTS):
            return _IntoStore(store, member.removeprefix(DOCUMENTS), folder)
        return private(folder / allowed(member))

    return source.open(name, sink)


def allowed(member: str) -> str:
    """The name of what may lie in an archive beside documents. Raises Damaged."""
    if member not in (snapshot.SQLITE, snapshot.POSTGRESQL) and member.partition("/")[0] not in FOLDERS:
        raise Damaged(f"it holds something it should not: {member[:80]!r}")
    return member


def private(path: Path) -> Any:
    """A new file for the portal's own eyes, with the folder it lies in."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


class _IntoStore:
    def __init__(self, store: Storage, name: str, folder: Path) -> None:
        self.store, self.name = store, name
        self.path = folder / "coming"
        self.file = private(self.path)

    def write(self, data: bytes) -> None:
        self.file.write(data)

    def close(self) -> None:
        self.file.close()
        with self.path.open("rb") as file:
            self.store.put_back(self.name, iter(lambda: file.read(PIECE), b""))
        self.path.unlink()


def newest_journal(source: Source, folder: Path, others: list[Path]) -> str:
    """Put the newest journal of erasures into the folder, where that of the archive lies: the copy beside the backups,
    or one of other folders where that is newer. Returns the name of the copy. Raises NotRestored when there is none, or
    it is older than the archive.
    """
    name = source.newest_of_key(KIND)
    copied = folder / ".copied"
    copied.mkdir(mode=0o700)
    source.open(name, lambda member, _size: private(copied / Path(member).name))
    for other in [copied, *others]:
        for path in sorted(other.glob("*.jsonl")):
            mine = folder / KIND / path.name
            have, found = mine.read_bytes() if mine.exists() else b"", path.read_bytes()
            if found.startswith(have):
                with private(mine) as file:
                    file.write(found)
            elif not have.startswith(found):
                raise NotRestored(f"The journal of erasures in {other} is not that of this backup.")
            elif other == copied:
                raise NotRestored(f"{name} is older than the backup: the newest journal of erasures is missing.")
    for path in copied.glob("*"):
        path.unlink()
    copied.rmdir()
    return name


def from_file(text: str, place: Place | None) -> tuple[Place, str]:
    """Where an archive lies that is named by its path, or by its name in the place. Raises NotRestored."""
    path = Path(text)
    if path.is_file():
        return Folder(path.resolve().parent), path.name
    if place is None or rules.kind_of(text) in ("", KIND):
        raise NotRestored(f"There is no file {text}.")
    return place, text
