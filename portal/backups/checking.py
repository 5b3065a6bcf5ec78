"""Asks the places whether they still have what was put there, byte for byte (I06, I08). The machine holds no key that
opens a backup; its hash, kept here and signed beside it, is enough to see that it is the one that was proven.
"""

import hashlib
from dataclasses import dataclass, field

from portal.backups import keys, rules, seals, stores
from portal.backups.keys import Key
from portal.backups.locking import WrongKey
from portal.backups.models import BAD, GOOD, Backup
from portal.backups.seals import BadSeal, Seal
from portal.core.clock import now
from portal.gateways.backup_places import NotThere, Place, PlaceTrouble


@dataclass
class Checked:
    """What was looked at, and what is wrong, in sentences."""

    looked_at: int = 0
    troubles: list[str] = field(default_factory=list)


def check_back(place: Place, seal: Seal, key: Key) -> None:
    """Read a file back from a place. Raises BadSeal, NotThere or PlaceTrouble unless it is what its seal says."""
    there = stores.seal_of(place, seal.name, key)
    if there != seal:
        raise BadSeal(f"The seal of {seal.name} in {place.words} is an older one, or another's.")
    digest, size = hashlib.sha256(), 0
    for piece in place.get(seal.name):
        digest.update(piece)
        size += len(piece)
    if trouble := difference(seal, digest.hexdigest(), size, place.words):
        raise BadSeal(trouble)


def difference(seal: Seal, sha256: str, size: int, where: str) -> str:
    """In what a file differs from its seal, in a sentence, or ""."""
    if size < seal.size:
        return f"{seal.name} in {where} was cut off: {size:,} of {seal.size:,} bytes are there."
    if size > seal.size:
        return f"{seal.name} in {where} is longer than it was: {size:,} bytes, not {seal.size:,}."
    return "" if sha256 == seal.sha256 else f"{seal.name} in {where} was changed, or is another file."


def check(names: list[str] | None = None, *, whole: bool = True) -> Checked:
    """Look at the good backups, or at those of these names, in every place where they were put. What is wrong makes a
    backup bad, and says why; one that is right again is good again. A place that cannot be asked is told of, and makes
    none bad. Not `whole`: only names and sizes are compared, and the newest of the installation and of each
    organisation is read.
    """
    checked = Checked()
    query = Backup.select().where(Backup.sha256 != "").order_by(Backup.id.desc())
    rows = list(query.where(Backup.name.in_(names)) if names else query)
    listed, away = _listed()
    known = {recipient: keys.of(recipient) for recipient in {row.recipient for row in rows}}
    checked.troubles += away
    seen: set[int | None] = set()
    for row in rows:
        checked.looked_at += 1
        wrong, unasked = _troubles(row, known[row.recipient], listed, reads=whole or row.org_id not in seen)
        seen.add(row.org_id)
        trouble = " ".join(wrong)
        if trouble != row.words and (wrong or not unasked):
            Backup.update(state=BAD if trouble else GOOD, words=trouble).where(Backup.id == row.id).execute()
        checked.troubles += [trouble] if trouble else []
        checked.troubles += [words for words in unasked if words not in checked.troubles]
    Backup.update(checked_at=now()).where(Backup.id.in_([row.id for row in rows])).execute()
    if not names:
        checked.troubles += _strangers(rows, listed)
    return checked


def _listed() -> tuple[dict[str, tuple[Place, dict[str, int]]], list[str]]:
    found, away = {}, []
    for place in stores.every():
        try:
            found[place.words] = (place, place.names())
        except PlaceTrouble as error:
            away.append(str(error))
    return found, away


def _troubles(
    row: Backup, key: Key | None, listed: dict[str, tuple[Place, dict[str, int]]], *, reads: bool
) -> tuple[list[str], list[str]]:
    """What is wrong with a backup, and which places could not be asked for it."""
    if key is None:
        return [f"The key that {row.name} was made for is not known here."], []
    wrong, unasked = [], []
    for words in row.places:
        if words not in listed:
            unasked.append(f"{words} cannot be reached, or is not in use any more.")
            continue
        place, names = listed[words]
        try:
            seal = stores.seal_of(place, row.name, key)
            if seal.sha256 != row.sha256:
                raise BadSeal(f"The seal of {row.name} in {words} is that of another file.")
            size = names.get(row.name)
            if size is None:
                raise NotThere(f"{row.name} is missing in {words}.")
            if size != row.size:
                raise BadSeal(difference(seal, "", size, words))
            if reads:
                check_back(place, seal, key)
        except (BadSeal, NotThere, WrongKey) as error:
            wrong.append(str(error))
        except PlaceTrouble as error:
            unasked.append(str(error))
    return wrong, unasked


def _strangers(rows: list[Backup], listed: dict[str, tuple[Place, dict[str, int]]]) -> list[str]:
    """Archives in a place that nobody here made: put there by somebody, or newer than this database."""
    known = {row.name for row in Backup.select(Backup.name)}
    return [
        f"{name} in {words} was not made by this installation, or after its database."
        for words, (_, names) in listed.items()
        for name in sorted(names)
        if rules.kind_of(name.removesuffix(seals.ENDING)) not in ("", "erasures")
        and name.removesuffix(seals.ENDING) not in known
    ]
