"""Whether an organisation is being put back from a backup just now, or was left shut when that was broken off."""

import fcntl
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.backups import snapshot
from portal.backups.opening import NotRestored
from portal.config import Settings
from portal.core import shutting
from portal.core.db import connected
from portal.core.watching import DOUBTFUL, GOOD, WRONG, Finding

NAME = "organisations"
BESIDE = "restoring"  # what the database of an archive is called beside the live one


def organisations(settings: Settings) -> Finding:
    """For the doctor and the status page: nobody of an organisation that was left shut can do anything."""
    with connected():
        shut = shutting.shut()
    names = ", ".join(f"{org.slug} ({org.restoring})" for org in shut)
    if _is_busy(settings.data_dir):
        words = f"Being put back from a backup just now: {names}." if shut else "One is about to be put back."
        return Finding(NAME, DOUBTFUL, words)
    left = _folder(settings.data_dir)
    lies = f" Until then the database of all organisations lies open in {left}." if left.exists() else ""
    if shut:
        return Finding(
            NAME,
            WRONG,
            f"Shut, because putting back was broken off: {names}. Nobody can enter, and nothing of it is sent.{lies}",
            f"portal restore-organisation --org {shut[0].slug} --archive {shut[0].restoring} --key -",
        )
    if lies:
        return Finding(
            NAME,
            WRONG,
            f"All of them are open, but putting one back was broken off: the database of all lies open in {left}.",
            _clears(settings, left),
        )
    return Finding(NAME, GOOD, "All of them are open.")


@contextmanager
def folder(data_dir: Path) -> Iterator[Path]:
    """Where an archive is laid out, for one at a time, with nothing in it before and after. Raises NotRestored."""
    place = _folder(data_dir)
    with _lock(data_dir).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotRestored("An organisation is being put back just now.") from None
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700, parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _folder(data_dir: Path) -> Path:
    return data_dir / "restoring-organisation"


def _clears(settings: Settings, left: Path) -> str:
    """The command that removes what was left: the folder, and the database that was laid beside PostgreSQL's own."""
    removes = f"rm -r {shlex.quote(str(left))}"
    if snapshot.is_sqlite(settings.database_url):
        return removes
    name = snapshot.name_beside(settings.database_url, BESIDE)
    return f"{removes}; dropdb --if-exists {shlex.quote(name)}"


def _is_busy(data_dir: Path) -> bool:
    try:
        with _lock(data_dir).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _lock(data_dir: Path) -> Path:
    return data_dir / "restoring-organisation.lock"
