"""The journal of erasures and of wishes to be left alone, copied beside the backups whenever it changed: a backup is
always older than the last of these, and a restored system does them again before it answers anybody (I04).
"""

import fcntl
import hashlib
from pathlib import Path

from portal.backups import keys, locking, rules, seals, stores
from portal.backups.archive import file_member, packed
from portal.backups.files import HashingFile
from portal.backups.keys import Key
from portal.backups.seals import Seal
from portal.core.clock import now

KIND = "erasures"


def copy_journal() -> bool:
    """Copy the journal to every place that does not hold it as it is now, an empty one too, so that its absence means
    something; whether there was anything to do. The newest copy alone stays. Raises NoKey or PlaceTrouble.
    """
    key = keys.current()
    found = sorted((stores.settings().data_dir / KIND).glob("*.jsonl"))
    with (stores.working("copying") / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two copies at once would each take the other's away
        return _copy_unless_done(found, key)


def _copy_unless_done(found: list[Path], key: Key) -> bool:
    state = hashlib.sha256(key.recipient.encode())
    for path in found:
        state.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    done = stores.own().root / ".copied"
    written = " ".join([state.hexdigest(), *(place.words for place in stores.every())])
    if done.exists() and done.read_text() == written:
        return False
    _copy(found, key)
    done.write_text(written)
    return True


def _copy(found: list[Path], key: Key) -> None:
    own, at = stores.own(), now()
    name = rules.new_name(at, KIND)
    with HashingFile(stores.working("copying") / name) as file:
        members = (file_member(f"{KIND}/{path.name}", path) for path in found)
        locking.lock(packed(members, lambda: {"made": name}), file, [key.recipient])
    seal = Seal(name, at.isoformat(), file.size, file.digest.hexdigest(), key.recipient)
    own.adopt(name, stores.working("copying") / name)
    for place in stores.every():
        if place.words != own.words:
            place.put(name, own.root / name)
        stores.put_seal(place, seal, key)
        for old in place.names():
            if rules.kind_of(old.removesuffix(seals.ENDING)) == KIND and old.removesuffix(seals.ENDING) != name:
                place.remove(old)
