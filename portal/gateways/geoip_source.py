"""Fresh country data: brought, checked, and only then put in the place of the old."""

import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import maxminddb

from portal.gateways.countries import known
from portal.gateways.geoip_file import Database, Unreadable, replacing
from portal.gateways.geoip_text import LARGEST, BadSource, convert

__all__ = ["BadSource", "take"]

_ASKED = [ip_address(text) for text in ("8.8.8.8", "196.25.1.1", "41.0.0.1", "2c0f:f970::1", "2001:218::1")]
_OPENERS: dict[str, Callable[[Path], io.BufferedIOBase]] = {
    ".mmdb": lambda path: path.open("rb"),
    ".mmdb.gz": gzip.GzipFile,
    ".mmdb.xz": lzma.LZMAFile,
}


def take(source: Path, target: Path, *, older_is_fine: bool = False) -> date:
    """Put the data of `source` in the place of `target` and return its date. Raises BadSource.

    The source is a .mmdb, .mmdb.gz or .mmdb.xz file, or a folder with the files geoip and geoip6 of Debian's
    tor-geoipdb, whose conversion takes a minute or two.
    """
    try:
        with replacing(target) as fresh:
            if source.is_dir():
                convert(source, fresh)
            else:
                _unpack(source, fresh)
            made = _checked(source, fresh)
            used = _date_of(target)
            if used is not None and made < used and not older_is_fine:
                raise BadSource(f"The data in {source} is of {made}, older than the data in use, which is of {used}.")
    except OSError as error:
        raise BadSource(f"{error.filename or target} cannot be used: {error.strerror or error}.") from None
    return made


def _unpack(source: Path, fresh: Path) -> None:
    opener = next((opens for ending, opens in _OPENERS.items() if source.name.lower().endswith(ending)), None)
    if opener is None:
        raise BadSource(f"{source} is neither a folder nor a file that ends in .mmdb, .mmdb.gz or .mmdb.xz.")
    size = 0
    with fresh.open("wb") as unpacked:
        for piece in _pieces(source, opener):
            size += len(piece)
            if size > LARGEST:
                raise BadSource(f"{source} holds more than {LARGEST // 1024**2} MB; country data is far smaller.")
            unpacked.write(piece)


def _pieces(source: Path, opener: Callable[[Path], io.BufferedIOBase]) -> Iterator[bytes]:
    try:
        with opener(source) as packed:
            while piece := packed.read(1024**2):
                yield piece
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        words = (isinstance(error, OSError) and error.strerror) or str(error)
        raise BadSource(f"{source} cannot be read: {words}.") from None


def _checked(source: Path, fresh: Path) -> date:
    """The date of the new data, once it has shown that it answers."""
    try:
        database = Database.open(fresh)
        for address in _ASKED:
            database.country(address)
        if not _holds_countries(fresh):
            raise BadSource(f"{source} holds no record with a country.")
        return database.built()
    except Unreadable as error:
        raise BadSource(f"{source} is of no use: {error.why}.") from None


def _holds_countries(path: Path) -> bool:
    """Reads every record, which takes some seconds: a plain .mmdb has no checksum that would tell of damage."""
    try:
        with maxminddb.open_database(path, maxminddb.MODE_MMAP) as records:
            return sum(known(record.get("country", {}).get("iso_code")) is not None for _, record in records) > 0
    except Exception as error:  # a damaged file makes the library fail in ways that it does not list
        raise Unreadable(path, "it is damaged") from error


def _date_of(target: Path) -> date | None:
    """None when there is no data yet, or none that can be read."""
    try:
        return Database.open(target).built()
    except Unreadable:
        return None
