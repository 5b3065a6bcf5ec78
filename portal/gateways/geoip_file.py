"""A file of country data in the GeoIP2 layout: opened, asked, and replaced as a whole.

An open file is mapped into memory. Put another in its place; never write into it, as a mapped file must not shrink.
"""

import ipaddress
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from geoip2.database import MODE_MMAP, Reader
from geoip2.errors import AddressNotFoundError

from portal.gateways.countries import known

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreadable(RuntimeError):
    """There is no country data that can be read. The message says where it was sought and what is wrong."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The country data in {path} cannot be read: {why}.")
        self.why = why


@dataclass(frozen=True)
class Database:
    """An open file, with its marks at that time. It closes when nobody holds it: another thread may be in a lookup."""

    path: Path
    marks: tuple[int, ...]
    reader: Reader

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Raises Unreadable, also for a database of another kind."""
        marks = marks_of(path)  # before opening: when the file changes in between, the next look notices
        try:
            reader = Reader(path, mode=MODE_MMAP)
            kind = str(reader.metadata().database_type)
        except OSError as error:
            raise Unreadable(path, _words(error)) from None
        except Exception as error:  # a damaged file makes the library fail in ways that it does not list
            raise Unreadable(path, "it is damaged, cut short or no database") from error
        if "Country" not in kind:
            raise Unreadable(path, f"it is of another kind ({''.join(filter(str.isprintable, kind[:60]))})")
        return cls(path, marks, reader)

    def country(self, address: Address) -> str | None:
        """The ISO code, None when the data knows none. Raises Unreadable."""
        try:
            if address.version > self.reader.metadata().ip_version:
                return None
            return known(self.reader.country(address).country.iso_code)
        except AddressNotFoundError:
            return None
        except Exception as error:  # as above
            raise Unreadable(self.path, "it is damaged") from error

    def built(self) -> date:
        """The day the data was made, in UTC. Raises Unreadable."""
        try:
            return datetime.fromtimestamp(self.reader.metadata().build_epoch, UTC).date()
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise Unreadable(self.path, "its date makes no sense") from error


def marks_of(path: Path) -> tuple[int, ...]:
    """What changes when the file is replaced or written to. Raises Unreadable when there is no file."""
    try:
        found = path.stat()
    except OSError as error:
        raise Unreadable(path, _words(error)) from None
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(path, "it is no file")
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when all went well, and is gone when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        yield fresh
        os.fchmod(handle, 0o644)  # public data, and the command line may run as another user than the portal
        os.fsync(handle)
        fresh.replace(path)
    finally:
        os.close(handle)
        fresh.unlink(missing_ok=True)


def _words(error: OSError) -> str:
    return "the file is missing" if isinstance(error, FileNotFoundError) else (error.strerror or "it fails").lower()
