"""Writes an archive: packed and encrypted in a working folder, then into every place with its seal, and read back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from portal.backups import locking, stores
from portal.backups.archive import Member, packed
from portal.backups.checking import check_back
from portal.backups.files import HashingFile
from portal.backups.keys import Key
from portal.backups.seals import Seal
from portal.core.clock import now


def write(
    name: str, members: Iterator[Member], told: Callable[[], dict[str, Any]], folder: Path, key: Key, others: list[str]
) -> Seal:
    """Write the archive into the folder on this machine, for the key and whoever else may open it."""
    with HashingFile(folder / name) as file:
        locking.lock(packed(members, told), file, [key.recipient, *others])
    stores.own().adopt(name, folder / name)
    return Seal(name, now().isoformat(), file.size, file.digest.hexdigest(), key.recipient)


def spread(seal: Seal, key: Key) -> None:
    """Put it into every place, and look what each gives back. Raises what the places raise, and BadSeal."""
    own = stores.own()
    for place in stores.every():
        if place.words != own.words:
            place.put(seal.name, own.root / seal.name)
        stores.put_seal(place, seal, key)
        check_back(place, seal, key)


def told_of(seal: Seal) -> dict[str, Any]:
    """What is kept of it."""
    places = [place.words for place in stores.every()]
    return {"size": seal.size, "sha256": seal.sha256, "places": places}
