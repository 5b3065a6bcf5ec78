"""Lines that are noted outside the database, one after the other in a file of the data folder.

Each line is authenticated by a key that is not in the database and names the line before it, so that who can write in
the database alone can make none, and a line changed, left out or put in another order is seen. The last ones can be
cut off unseen: what else tells of that is the matter of whoever notes them.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from portal.activity.rules import canonical
from portal.core import keys
from portal.core.actor import current_actor

Line = dict[str, Any]
_AT_ONCE = 4096  # bytes of the end that are read to find the last line; doubled until it is whole


def append(at: Path, purpose: str, make: Callable[[Line], Line | None]) -> bool:
    """Add the line that `make` makes of the last one, on the disk when this returns; False when it makes none."""
    at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(at) as file:
        _drop_torn(file)
        last = _last_line(file)
        made = make(last if is_own(last, purpose) else {})
        if made is None:
            return False
        line = {
            "org": current_actor().org_id, **made, "previous": str(last.get("mac", "")), "key": keys.current_version(),
        }  # fmt: skip
        line["mac"] = _mac(line, purpose)
        file.write(canonical(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read(at: Path, purpose: str, what: str) -> tuple[list[Line], str]:
    """The lines that are this installation's own, in order; and what is wrong with the others, in a sentence, or "".
    Raises FileNotFoundError and other OSErrors.
    """
    found: list[Line] = []
    trouble, previous = "", ""
    with at.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = _read_line(raw)
            if not is_own(line, purpose):
                trouble = trouble or f"Line {number} of the file of {what} was changed, or made by somebody else."
                previous = str(line.get("mac", ""))
                continue
            if line["previous"] != previous:
                trouble = trouble or f"Before line {number} of the file of {what} something was left out or moved."
            previous = line["mac"]
            found.append(line)
    return found, trouble


def is_own(line: Line, purpose: str) -> bool:
    """Whether this installation made the line, for this purpose and this organisation."""
    if line.get("org") != current_actor().org_id or not isinstance(line.get("mac"), str):
        return False
    try:
        return hmac.compare_digest(_mac(line, purpose), line["mac"])
    except KeyError:  # a key this installation does not have
        return False


def number_of(raw: bytes, name: str) -> int:
    """A number that stands in a line as it lies in the file; 0 where there is none."""
    value = _read_line(raw).get(name)
    return value if isinstance(value, int) else 0


def _mac(line: Line, purpose: str) -> str:
    text = canonical({name: value for name, value in line.items() if name != "mac"})
    return keys.portal_mac(purpose, text, str(line.get("key")))


def _read_line(raw: bytes) -> Line:
    try:
        line = json.loads(raw)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _drop_torn(file: IO[bytes]) -> None:
    """Take away the beginning of a line that a crash left without its end: it was never on the disk as a whole."""
    size, tail = _tail(file)
    if tail and not tail.endswith(b"\n"):
        file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)


def _last_line(file: IO[bytes]) -> Line:
    _, tail = _tail(file)
    lines = tail.splitlines()
    return _read_line(lines[-1]) if lines else {}


def _tail(file: IO[bytes]) -> tuple[int, bytes]:
    """The size of the file, and so much of its end that the last line is in it whole, and what is torn after it."""
    size = file.seek(0, os.SEEK_END)
    length = _AT_ONCE
    while True:
        file.seek(max(0, size - length))
        tail = file.read()
        if len(tail) == size or tail.count(b"\n", 0, len(tail) - 1) > 1:
            return size, tail
        length *= 2


@contextmanager
def _locked(at: Path) -> Iterator[IO[bytes]]:
    with open(os.open(at, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
