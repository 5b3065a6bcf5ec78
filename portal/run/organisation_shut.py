"""Whether an organisation is being put back from a backup just now, or was left shut when that was broken off."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.backups.opening import NotRestored
from portal.config import Settings
from portal.core import shutting
from portal.core.db import connected
from portal.core.watching import DOUBTFUL, GOOD, WRONG, Finding

NAME = "organisations"


def organisations(settings: Settings) -> Finding:
    """For the doctor and the status page: nobody of an organisation that was left shut can do anything."""
    with connected():
        shut = shutting.shut()
    if not shut:
        return Finding(NAME, GOOD, "All of them are open.")
    names = ", ".join(f"{org.slug} ({org.restoring})" for org in shut)
    if _is_busy(settings.data_dir):
        return Finding(NAME, DOUBTFUL, f"Being put back from a backup just now: {names}.")
    return Finding(
        NAME,
        WRONG,
        f"Shut, because putting back was broken off: {names}. Nobody can enter, and nothing of it is sent.",
        f"portal restore-organisation --org {shut[0].slug} --archive {shut[0].restoring} --key -",
    )


@contextmanager
def folder(data_dir: Path) -> Iterator[Path]:
    """Where an archive is laid out, for one at a time, with nothing in it before and after. Raises NotRestored."""
    place = data_dir / "restoring-organisation"
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
