"""How backups are called, when one is due, how long they stay, and when somebody must be told (R60, I06, I09)."""

import re
import secrets
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Africa/Johannesburg")
KEPT_DAYS = 90
OLDEST_GOOD = timedelta(hours=26)
FEW = 3
AGAIN_AFTER = timedelta(hours=1)
NIGHT_ENDS = 1  # o'clock: the first hour of a day in which its backup is made
_NAME = re.compile(r"(in-contact|erasures|org-\d+)-(\d{8}-\d{6})-[0-9a-f]{8}\.age")
_STAMP = "%Y%m%d-%H%M%S"


def new_name(at: datetime, what: str = "in-contact") -> str:
    """A name that tells when the file was made (UTC), and that no other file has."""
    return f"{what}-{at.astimezone(UTC).strftime(_STAMP)}-{secrets.token_hex(4)}.age"


def made_at(name: str) -> datetime | None:
    """When a file of this name was made; None for a name that is not ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def kind_of(name: str) -> str:
    """in-contact, erasures or org-7; "" for a name that is not ours."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def is_own(name: str) -> bool:
    """Whether this is the archive of one organisation."""
    return kind_of(name).startswith("org-")


def day_of(at: datetime) -> date:
    return at.astimezone(HOME).date()


def too_old(names: Iterable[str], at: datetime, spared: Collection[str] = ()) -> list[str]:
    """The backups whose 90 days are over. The `spared` stay whatever the clock says: one that was set wrongly must not
    cost the last backup.
    """
    first = day_of(at) - timedelta(days=KEPT_DAYS - 1)
    found = ((name, made_at(name)) for name in names)
    return sorted(name for name, made in found if made and name not in spared and day_of(made) < first)


def is_due(at: datetime, last_good: datetime | None, last_try: datetime | None) -> bool:
    """One good backup a day, from one o'clock at night on; after one that failed, again an hour later."""
    if last_good is not None and (day_of(last_good) >= day_of(at) or at.astimezone(HOME).hour < NIGHT_ENDS):
        return False
    return last_try is None or at - last_try >= AGAIN_AFTER or at < last_try


def is_alarming(at: datetime, last_good: datetime | None, begun: datetime | None) -> bool:
    """Whether there was no good backup for 26 hours, counted from the beginning of the installation at the earliest."""
    since = last_good or begun
    return since is not None and at - since > OLDEST_GOOD


def is_store_gone(unread: int, files: int) -> bool:
    """Whether so many of the store's files cannot be read that it is not they which are lost, but the store: then no
    backup may pass for good. All that there are, of two or more; or more than a tenth of them, and more than three.
    """
    return unread > 1 and (unread == files or (unread > FEW and unread * 10 > files))


def in_words(size: int) -> str:
    """1,234,567 bytes as 1.2 MB."""
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= one:
            return f"{size / one:,.1f} {unit}"
    return f"{size} bytes"
