"""In which country the copies lie, as each organisation's register of transfers says: told on the page of duties and by
the doctor (R62, POPIA s 72).
"""

from urllib.parse import urlsplit

from portal.backups import stores
from portal.core.actor import acting_as, system
from portal.core.permissions import Permission
from portal.core.readings import Reading, register_reading
from portal.core.tenancy import Org
from portal.core.watching import DOUBTFUL, GOOD, Finding, register_look
from portal.transfers import copies
from portal.transfers.rules import Kept

NAME = "where copies lie"


def register() -> None:
    copies.register_copies(second_place)
    register_reading("abroad", read, Permission.SETTINGS)
    register_look(whereabouts)


def second_place() -> list[Kept]:
    """The place of BACKUP_URL: a store by the name of its server; a folder may be anywhere, and has none."""
    url = stores.settings().backup_url
    if not url:
        return []
    host = urlsplit(url).hostname or ""
    return [Kept(f"Backups elsewhere: {host or 'a folder'}", "backup", host)]


def read() -> Reading:
    found = copies.noted()
    if missing := [one.kept.words for one in found if one.line is None]:
        return Reading(f"In which country it is, is not written down: {'; '.join(missing)}.", False, "transfers.index")
    if abroad := sorted({one.country for one in found if one.is_abroad}):
        return Reading(f"Your data or a copy of it lies in {' and '.join(abroad)}.", None, "transfers.index")
    return Reading("Your data and the copies of it lie in South Africa.", True, "transfers.index")


def whereabouts() -> Finding:
    """For the doctor, over all organisations."""
    unnoted, abroad = [], set()
    for org in Org.select().order_by(Org.id):
        with acting_as(system(org.id)):
            found = copies.noted()
        if any(one.line is None for one in found):
            unnoted.append(org.slug)
        abroad |= {f"{one.kept.words}: {one.country}" for one in found if one.is_abroad}
    if abroad:
        words = (
            f"Data and its copies belong in South Africa, and the register says otherwise. {'; '.join(sorted(abroad))}."
        )
        return Finding(NAME, DOUBTFUL, words)
    if unnoted:
        words = (
            f"Not written down by {', '.join(unnoted[:5])}{' and others' if len(unnoted) > 5 else ''}: under Settings, "
            "Where details go, each organisation notes in which country the machine and its backups are."
        )
        return Finding(NAME, DOUBTFUL, words)
    return Finding(NAME, GOOD, "In South Africa, as the register of each organisation says.")
