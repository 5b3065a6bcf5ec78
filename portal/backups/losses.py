"""Files of the store that cannot be read while a backup is made, or are not what was kept. The rest is backed up, and
they are named; a store that is gone altogether makes the backup bad (rules.is_store_gone).
"""

import hashlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any

from portal.backups import rules
from portal.backups.snapshot import File
from portal.core.sealing import Unopened, open_sealed
from portal.core.tenancy import Org
from portal.documents import keeping, sealed_files, sweeping
from portal.gateways.storage import Missing

MISSING, UNREADABLE, DAMAGED = "missing", "cannot be read", "damaged"
_SHOWN = 5


class Unread(RuntimeError):
    """A file is not there, or is not what was kept. `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class StoreGone(RuntimeError):
    """So much cannot be read that the store itself must be gone. The message says it with numbers."""


def from_store(place: str) -> Iterator[bytes]:
    """A file as it lies in the store. Raises Unread."""
    try:
        yield from keeping.store().open(place)
    except Missing:
        raise Unread(MISSING) from None
    except OSError:
        raise Unread(UNREADABLE) from None


def check(file: File, pieces: Iterable[bytes]) -> None:
    """Read a file's encrypted pieces through. Raises Unread unless they are what the database says."""
    for _ in opened(file, pieces):
        pass


def opened(file: File, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain content of a file's encrypted pieces. Raises Unread, at the end too, unless it is what was kept."""
    digest = hashlib.sha256()
    try:
        key = b64decode(open_sealed(keeping.PURPOSE, file.sealed_key))
        for piece in sealed_files.opened(key, pieces):
            digest.update(piece)
            yield piece
    except (Unopened, sealed_files.Damaged):
        raise Unread(DAMAGED) from None
    if file.sha256 and digest.hexdigest() != file.sha256:
        raise Unread(DAMAGED)


class Losses:
    """What could not be read of a database's files."""

    def __init__(self, files: int) -> None:
        self.files = files
        self.places: set[str] = set()
        self._found: list[tuple[File, str]] = []

    def note(self, file: File, why: str) -> None:
        self.places.add(file.place)
        self._found.append((file, why))

    def told(self) -> list[dict[str, Any]]:
        """Those that are lost, as the manifest names them; what was removed since the database was copied is none.
        Raises StoreGone.
        """
        slugs = {row.id: row.slug for row in Org.select(Org.id, Org.slug)} if self._found else {}
        living = {place for org_id in {file.org_id for file, _ in self._found} & set(slugs)
                  for place in sweeping.places_of(org_id)}  # fmt: skip
        lost = [(file, why) for file, why in self._found if file.place in living]
        if rules.is_store_gone(len(lost), self.files):
            raise StoreGone(
                f"The store of documents seems to be gone: {len(lost):,} of {self.files:,} files cannot be read."
            )
        return [
            {"org": slugs[file.org_id], "org_id": file.org_id, "kind": file.kind, "id": file.id, "why": why}
            for file, why in lost
        ]


def in_words(unread: list[dict[str, Any]]) -> str:
    """The first few by number and organisation, for support; "" for none."""
    named = [f"{one['kind']} {one['id']} of {one['org']} ({one['why']})" for one in unread[:_SHOWN]]
    more = f" and {len(unread) - _SHOWN:,} more" if len(unread) > _SHOWN else ""
    return ", ".join(named) + more
