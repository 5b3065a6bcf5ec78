"""The country of an address, from a file that may be replaced, damaged or deleted while the portal runs.

The file is opened at the first lookup, which is after the server has forked, and looked at again at every one.
"""

import ipaddress
import lzma
import shutil
import threading
from datetime import date
from pathlib import Path

from portal.gateways.geoip_file import Address, Database, Unreadable, marks_of, replacing

__all__ = ["Unreadable", "built", "country", "install", "is_readable", "use"]

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "country.mmdb.xz"
_path = Path("country.mmdb")
_held: Database | None = None
_reopening = threading.Lock()


def use(path: Path) -> None:
    """Look in this file from now on. Nothing is opened yet."""
    global _path, _held
    with _reopening:
        _path, _held = path, None


def country(address: str) -> str | None:
    """The ISO code of the address's country; None when the data knows none or the text is no address.

    Raises Unreadable.
    """
    try:
        found: Address = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    return _current().country(found)


def built() -> date:
    """The day the data was made. Raises Unreadable."""
    return _current().built()


def is_readable() -> str:
    """Try a few lookups: "" when they work, else why not, in words."""
    try:
        for address in ("8.8.8.8", "196.25.1.1", "2c0f:f970::1"):
            country(address)
        built()
    except Unreadable as error:
        return str(error)
    return ""


def install(path: Path) -> bool:
    """Unpack the shipped data when nothing lies at `path`; return whether it did. Two processes may do it at once."""
    if path.exists():
        return False
    with replacing(path) as fresh, lzma.open(SHIPPED) as packed, fresh.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    return True


def _current() -> Database:
    global _held
    held, path = _held, _path
    if held is not None and held.path == path and held.marks == marks_of(path):
        return held
    with _reopening:
        if _held is None or _held.path != _path or _held.marks != marks_of(_path):
            _held = None
            _held = Database.open(_path)
        return _held
