"""Heads of the chain, noted outside the database: one line after the other in a file of the data folder.

Each line is authenticated by a key that is not in the database and names the line before it, so that who can write in
the database alone can make none, and a line changed, left out or put in another order is seen. The last ones can be
cut off: what was mailed tells of that.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from portal.activity.models import HeadMail
from portal.activity.rules import canonical
from portal.config import Settings
from portal.core import keys
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.written import day

_PURPOSE = "log-anchor"
_LONGEST_LINE = 4096
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
    _folder[0].mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path()) as file:
        _drop_torn(file)
        last = _last_line(file)
        if last.get("seq") == seq and last.get("hash") == hash_ and _is_own(last):
            return False
        line: dict[str, Any] = {
            "org": current_actor().org_id,
            "seq": seq,
            "hash": hash_,
            "at": now().isoformat(timespec="seconds"),
            "previous": str(last.get("mac", "")),
            "key": keys.current_version(),
        }
        line["mac"] = _mac(line)
        file.write(canonical(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read() -> Kept:
    """The anchors in order. A line that is not this installation's own is left out, and said."""
    try:
        lines = path().read_bytes().splitlines()
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return Kept(trouble=f"The file of noted marks cannot be read: {error.strerror}.", is_there=True)
    found: list[Anchor] = []
    trouble, previous = "", ""
    for number, raw in enumerate(lines, 1):
        line = _read_line(raw)
        if not _is_own(line):
            trouble = trouble or f"Line {number} of the file of noted marks was changed, or made by somebody else."
            previous = str(line.get("mac", ""))
            continue
        if line["previous"] != previous:
            trouble = trouble or f"Before line {number} of the file of noted marks something was left out or moved."
        previous = line["mac"]
        found.append(Anchor(line["seq"], line["hash"], line["at"]))
    return Kept(found, trouble, is_there=True)


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


def _is_own(line: dict[str, Any]) -> bool:
    if line.get("org") != current_actor().org_id or not isinstance(line.get("mac"), str):
        return False
    try:
        return hmac.compare_digest(_mac(line), line["mac"])
    except KeyError:  # a key this installation does not have
        return False


def _mac(line: dict[str, Any]) -> str:
    text = canonical({name: value for name, value in line.items() if name != "mac"})
    return keys.portal_mac(_PURPOSE, text, str(line.get("key")))


def _read_line(raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _drop_torn(file: IO[bytes]) -> None:
    """Take away the beginning of a line that a crash left without its end: it was never on the disk as a whole."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_LINE))
    tail = file.read()
    if tail and not tail.endswith(b"\n"):
        file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)


def _last_line(file: IO[bytes]) -> dict[str, Any]:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_LINE))
    lines = file.read().splitlines()
    return _read_line(lines[-1]) if lines else {}


@contextmanager
def _locked(at: Path) -> Iterator[IO[bytes]]:
    with open(os.open(at, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
