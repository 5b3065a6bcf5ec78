"""The journal of erasures and of wishes to be left alone, copied beside the backups whenever it changed: a backup is
always older than the last of these, and a restored system does them again before it answers anybody (I04).
"""

import fcntl
import hashlib
from datetime import timedelta
from pathlib import Path

from portal.backups import keys, locking, rules, seals, stores
from portal.backups.archive import file_member, packed
from portal.backups.files import HashingFile
from portal.backups.keys import Key
from portal.backups.models import Backup
from portal.backups.seals import BadSeal, Seal
from portal.core.clock import now
from portal.gateways.backup_places import Place

KIND = "erasures"
PAUSE = timedelta(minutes=15)  # after a place was away


def is_due() -> bool:
    """Whether the journal is to be copied, as far as this machine knows without asking a place. Raises NoKey."""
    if _state(_journal(), _wanted()) == _done()[0]:
        return False
    tried = _tried()
    return not tried.exists() or not 0 <= now().timestamp() - tried.stat().st_mtime < PAUSE.total_seconds()


def copy_journal(*, asks: bool = False) -> bool:
    """Copy the journal to every place that does not hold it as it is now, an empty one too, so that its absence means
    something; whether there was anything to do. Each place is believed to have what was put there, unless this `asks`.
    Of each key that a backup is kept for, the newest copy alone stays. Raises NoKey or PlaceTrouble.
    """
    with (stores.working("copying") / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two copies at once would each take the other's away
        return _copy_unless_done(asks=asks)


def _wanted() -> list[Key]:
    """The key in force, and those by which an older archive may have to be opened: each paper opens both (I07)."""
    current = keys.current()
    query = Backup.select(Backup.recipient).where(Backup.org_id.is_null()).distinct()
    older = {row.recipient for row in query} - {current.recipient}
    return [current, *(key for key in map(keys.of, sorted(older)) if key)]


def _copy_unless_done(*, asks: bool) -> bool:
    found, wanted = _journal(), _wanted()
    state, (before, *noted) = _state(found, wanted), _done()
    if state == before and not (asks and _is_missing(noted)):
        return False
    _tried().unlink(missing_ok=True)
    _tried().touch(mode=0o600)
    made = [_made(found, key) for key in wanted]
    for place in stores.every():
        _put(place, made)
    _note().write_text("\n".join([state, *(f"{seal.name} {seal.size}" for seal, _ in made)]))
    _tried().unlink()
    return True


def _journal() -> list[Path]:
    return sorted((stores.settings().data_dir / KIND).glob("*.jsonl"))


def _state(found: list[Path], wanted: list[Key]) -> str:
    """By what is known whether anything changed: of the journal, the keys or the places."""
    state = hashlib.sha256(" ".join(key.recipient for key in wanted).encode())
    for path in found:
        state.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    return " ".join([state.hexdigest(), *(place.words for place in stores.every())])


def _note() -> Path:
    """Where the last copy is noted: its state, and each file with its size."""
    return stores.own().root / ".copied"


def _tried() -> Path:
    """There while a copy is made, and since it failed."""
    return stores.own().root / ".copying"


def _done() -> list[str]:
    return _note().read_text().splitlines() if _note().exists() else [""]


def _is_missing(noted: list[str]) -> bool:
    """Whether a place does not have all that was put there."""
    for place in stores.every():
        listed = place.names()
        for name, _, size in (line.partition(" ") for line in noted):
            if str(listed.get(name)) != size or name + seals.ENDING not in listed:
                return True
    return not noted


def _made(found: list[Path], key: Key) -> tuple[Seal, Key]:
    """A copy for one key, in the folder on this machine."""
    at = now()
    name = rules.new_name(at, KIND)
    with HashingFile(stores.working("copying") / name) as file:
        members = (file_member(f"{KIND}/{path.name}", path) for path in found)
        locking.lock(packed(members, lambda: {"made": name}), file, [key.recipient])
    stores.own().adopt(name, stores.working("copying") / name)
    return Seal(name, at.isoformat(), file.size, file.digest.hexdigest(), key.recipient), key


def _put(place: Place, made: list[tuple[Seal, Key]]) -> None:
    own = stores.own()
    for seal, key in made:
        if place.words != own.words:
            place.put(seal.name, own.root / seal.name)
        stores.put_seal(place, seal, key)
    stays = {seal.name for seal, _ in made}
    for name in {name.removesuffix(seals.ENDING) for name in place.names()}:
        if rules.kind_of(name) == KIND and name not in stays and not _is_of_another(place, name):
            place.remove(name)
            place.remove(name + seals.ENDING)


def _is_of_another(place: Place, name: str) -> bool:
    """Whether a copy is sealed for a key that is not known here: of an installation that made backups since the one
    that was put back, and that may have to be put back instead.
    """
    try:
        return keys.of(stores.recipient_of(place, name)) is None
    except BadSeal:
        return False
