"""The places where this installation's backups lie: its own folder, and the second place of BACKUP_URL."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from portal.backups import seals
from portal.backups.keys import Key
from portal.backups.seals import BadSeal, Seal
from portal.config import Settings
from portal.gateways.backup_places import Folder, NotThere, Place, from_url

_settings: list[Settings] = []


def use(settings: Settings) -> None:
    """Say where the places are. Opens nothing."""
    _settings[:] = [settings]


def settings() -> Settings:
    return _settings[0]


def own() -> Folder:
    """The folder on this machine."""
    place = Folder(settings().data_dir / "backups")
    place.words = "this machine"
    return place


def second() -> Place | None:
    url = settings().backup_url
    return from_url(url) if url else None


def every() -> list[Place]:
    return [place for place in (own(), second()) if place is not None]


def working(what: str) -> Path:
    """A folder for what is being made or looked at; no place lists it."""
    folder = own().root / ".working" / what
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def put_seal(place: Place, seal: Seal, key: Key) -> None:
    with NamedTemporaryFile(dir=working("seals")) as file:
        file.write(seals.written(seal, key.signing))
        file.flush()
        place.put(seal.name + seals.ENDING, Path(file.name))


def seal_of(place: Place, name: str, key: Key) -> Seal:
    """The seal of a file, made by the holder of this key. Raises BadSeal, WrongKey or PlaceTrouble."""
    return seals.read(_raw_seal(place, name), name, key.signing, key.recipient)


def recipient_of(place: Place, name: str) -> str:
    """For which key a file was made, as its seal says, whoever wrote that. Raises BadSeal or PlaceTrouble."""
    return seals.unproven(_raw_seal(place, name), name)[0].recipient


def _raw_seal(place: Place, name: str) -> bytes:
    try:
        return b"".join(few(place.get(name + seals.ENDING)))
    except NotThere:
        raise BadSeal(f"The seal of {name} is missing in {place.words}.") from None


def few(pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > 1 << 16:
            raise BadSeal("A seal is too long to be one.")
        yield piece
