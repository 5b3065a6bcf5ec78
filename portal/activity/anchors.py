"""Heads of the chain, noted outside the database, where who can write in the database alone can make none: see
portal.activity.lines. The last ones can be cut off: what was mailed tells of that.
"""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.activity import lines
from portal.activity.lines import Line
from portal.activity.models import HeadMail
from portal.config import Settings
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.written import day

_PURPOSE = "log-anchor"
_folder: list[Path] = []


@dataclass(frozen=True)
class Anchor:
    """That the entry `seq` had this hash at that time."""

    seq: int
    hash: str
    at: str


@dataclass(frozen=True)
class Kept:
    """What the file holds: the lines that are this installation's own, and what is wrong with the others."""

    anchors: list[Anchor] = field(default_factory=list)
    trouble: str = ""
    is_there: bool = False


def use(settings: Settings) -> None:
    """Say where the files are. Makes nothing."""
    _folder[:] = [settings.data_dir / "anchors"]


def path() -> Path:
    return _folder[0] / f"{current_actor().org_id}.jsonl"


def note(seq: int, hash_: str) -> bool:
    """Add a line, on the disk when this returns; False when the last line says the same."""

    def make(last: Line) -> Line | None:
        if last.get("seq") == seq and last.get("hash") == hash_:
            return None
        return {"seq": seq, "hash": hash_, "at": now().isoformat(timespec="seconds")}

    return lines.append(path(), _PURPOSE, make)


def cut_after(seq: int) -> None:
    """Forget what was noted of later entries: in a database put back from a backup they were never written."""
    at = path()
    if not at.exists():
        return
    kept = []
    for raw in at.read_bytes().splitlines(keepends=True):
        if lines.number_of(raw, "seq") > seq:
            break
        kept.append(raw)
    at.write_bytes(b"".join(kept))


def read() -> Kept:
    """The anchors in order. A line that is not this installation's own is left out, and said."""
    try:
        found, trouble = lines.read(path(), _PURPOSE, "noted marks")
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return Kept(trouble=f"The file of noted marks cannot be read: {error.strerror}.", is_there=True)
    return Kept([Anchor(line["seq"], line["hash"], line["at"]) for line in found], trouble, is_there=True)


def missing_of(kept: Kept) -> str:
    """Whether a head that was mailed is not among those kept: the file is gone, or was cut off. A sentence, or ""."""
    mailed = HeadMail.select().order_by(HeadMail.day.desc()).first()
    if (
        mailed is None
        or not mailed.seq
        or any((anchor.seq, anchor.hash) == (mailed.seq, mailed.hash) for anchor in kept.anchors)
    ):
        return ""
    what = "was cut off" if kept.anchors else "is missing or empty"
    return f"The file of noted marks {what}: the mark mailed on {day(mailed.day, ZoneInfo('UTC'))} is not in it."
