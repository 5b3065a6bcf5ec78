"""Where people read how the backups stand: the page of duties, Home when there is no good one, the doctor, and whoever
watches the installation by a program (R60, R73).
"""

from zoneinfo import ZoneInfo

from portal.accounts.service import current_org
from portal.backups import keys, losses, rules, service, stores
from portal.backups.models import GOOD as IS_GOOD
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.core.readings import Reading, register_reading
from portal.core.watching import (
    DOUBTFUL,
    GOOD,
    WRONG,
    Figure,
    Finding,
    register_before_upgrade,
    register_figures,
    register_look,
)
from portal.core.written import moment
from portal.home.queries import Notice, register_notices


class NoBackup(RuntimeError):
    """A backup that was needed first is not good. The message says why."""


def register() -> None:
    register_reading("backups", read)
    register_notices(on_home)
    register_look(backups, watched=True)
    register_look(documents_backed_up, watched=True)
    register_look(own_backups, watched=True)
    register_figures(figures)
    register_before_upgrade(before_upgrade)


def read() -> Reading:
    """For an organisation: why one failed may tell of others, and is for support."""
    found = service.standing()
    page = "backups.index" if current_actor().may(Permission.OWNER) else ""
    if found.is_alarming:
        return Reading("There is no good backup of the last 26 hours.", False, page)
    if found.last_good is None:
        return Reading("There is no backup yet.", None, page)
    at = moment(found.last_good.started_at, ZoneInfo(current_org().timezone))
    if unread := service.unread_documents(found.last_good):
        return Reading(f"The last good backup, of {at}, is without {_files(len(unread))} of yours.", False, page)
    return Reading(f"The last good backup is of {at}; it was put back and compared.", True, page)


def on_home() -> list[Notice]:
    """Who owns the organisation is told; whoever looks after the installation gets a mail besides."""
    if not current_actor().may(Permission.OWNER):
        return []
    found = service.standing()
    if found.is_alarming:
        return [Notice("triangle-alert", "There is no good backup", " of the last 26 hours.", "backups.index")]
    if unread := service.unread_documents(found.last_good):
        return [Notice("triangle-alert", f"The last backup is without {_files(len(unread))}", "", "backups.index")]
    return []


def backups() -> Finding:
    """For the doctor, and the page of whoever watches the installation."""
    found = service.standing()
    helps = "portal backup create" if keys.is_there() else "portal backup key"
    if found.words or found.last_good is None:
        return Finding("backups", WRONG if found.is_alarming else DOUBTFUL, found.words, helps)
    second = stores.second()
    if second is None:
        return Finding("backups", DOUBTFUL, "They lie on this machine only: set BACKUP_URL to a second place.")
    at = moment(found.last_good.started_at, rules.HOME)
    return Finding("backups", GOOD, f"The last good one is of {at}, here and in {second.words}.")


def documents_backed_up() -> Finding:
    """For the doctor, the status page and the alarm by mail: which documents the last good backup is without."""
    name, good = "documents backed up", service.last_good()
    if good is None or not good.unread:
        return Finding(name, GOOD, "The last good backup holds all there are." if good else "There is no backup yet.")
    words = (
        f"The last good backup is without {_files(len(good.unread))}: {losses.in_words(good.unread)}. An older backup "
        "may hold them; what cannot be had again is to be removed by its organisation."
    )
    return Finding(name, WRONG, words, "portal backup create")


def own_backups() -> Finding:
    """Whether the last own backup of each organisation that makes them is good."""
    name, failing = "own backups", service.failing_own()
    if not failing:
        return Finding(name, GOOD, "Those of organisations with a key of their own are good.")
    words = " ".join(f"{slug}: {last.words}" for slug, last in failing)
    return Finding(name, WRONG, f"The last one is not good of {words}", "portal backup create")


def _files(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"


def figures() -> list[Figure]:
    good = service.last_good()
    at = good.started_at.timestamp() if good else 0
    return [Figure("last_good_backup_seconds", "When the last good backup was made, in seconds since 1970.", at)]


def before_upgrade() -> str:
    """Make a backup, which must be good. Raises NoBackup."""
    if not keys.is_there():
        return "No backup was made: there is no recovery key yet."
    made = service.make()
    if made.state != IS_GOOD:
        raise NoBackup(f"The backup before it is not good: {made.words}")
    without = f", without {losses.in_words(made.unread)}" if made.unread else ""
    return f"{made.name} was made and tried out{without}."
