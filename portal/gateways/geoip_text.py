"""The text files of Debian's tor-geoipdb (IPFire's location data), turned into a database in the GeoIP2 layout."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, summarize_address_range
from pathlib import Path

try:
    from mmdb_writer import MMDBWriter, TreeWriter
    from netaddr import IPNetwork, IPSet  # type: ignore[import-untyped]
except ImportError:  # the extra "geo" is not installed
    MMDBWriter = None  # type: ignore[assignment,misc]

LARGEST = 200 * 1024 * 1024
ABOUT = "Location data of the IPFire project as Debian's tor-geoipdb carries it. Licence: CC BY-SA 4.0."
_AT_ONCE = 20_000  # networks put in together: fewer is slower, more takes more memory
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# "# Generated: Thu, 25 Jun 2026 03:20:40 GMT", and in older files "# Last updated based on December 5 2018 …"
_DATED = re.compile(rf"(?:Generated|updated)\b.*?(?:(\d\d?) )?\b({'|'.join(_MONTHS)})[a-z]* (?:(\d\d?),? )?(\d{{4}})\b")
_CODE = re.compile("[A-Z]{2}")


class BadSource(ValueError):
    """The data cannot be taken, and the old is untouched. The message says why, in words."""


def convert(folder: Path, database: Path) -> None:
    """Write the database from the folder's geoip and geoip6, dated as they say. Raises BadSource."""
    if MMDBWriter is None:
        raise BadSource('A folder can be taken only with the extra "geo": pip install "in-contact[geo]".')
    v4, v6 = folder / "geoip", folder / "geoip6"
    for path in (v4, v6):
        if not path.is_file():
            raise BadSource(f"{folder} does not hold the files geoip and geoip6 of Debian's tor-geoipdb.")
    if v4.stat().st_size + v6.stat().st_size > LARGEST:
        raise BadSource(f"{folder} holds more than {LARGEST // 1024**2} MB; country data is far smaller.")
    writer = MMDBWriter(6, "IPFire-Country", ["en"], {"en": ABOUT}, ipv4_compatible=True)
    _insert(writer, v6, IPv6Address)
    _insert(writer, v4, lambda text: IPv4Address(int(text)))
    made = int(min(_date_of(v4), _date_of(v6)).timestamp())
    # to_db_file would date it today
    TreeWriter(writer.tree, writer._build_meta() | {"build_epoch": made}).write(str(database))


def _insert(writer: "MMDBWriter", path: Path, address: Callable[[str], IPv4Address | IPv6Address]) -> None:
    waiting: dict[str, list[IPNetwork]] = defaultdict(list)
    for count, (code, network) in enumerate(_networks(path, address), 1):
        waiting[code].append(IPNetwork((int(network.network_address), network.prefixlen), version=network.version))
        if count % _AT_ONCE == 0:
            _flush(writer, waiting)
    _flush(writer, waiting)


def _flush(writer: "MMDBWriter", waiting: "dict[str, list[IPNetwork]]") -> None:
    for code, networks in waiting.items():
        writer.insert_network(IPSet(networks), {"country": {"iso_code": code}})
    waiting.clear()


def _networks(
    path: Path, address: Callable[[str], IPv4Address | IPv6Address]
) -> Iterator[tuple[str, IPv4Network | IPv6Network]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                start, end, code = line.strip().split(",")
                networks: list[IPv4Network | IPv6Network] = list(summarize_address_range(address(start), address(end)))
            except ValueError:
                raise BadSource(f"Line {number} of {path} is not written like START,END,ZA.") from None
            if _CODE.fullmatch(code):
                for network in networks:
                    yield code, network


def _date_of(path: Path) -> datetime:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.startswith("#"):
                break
            if found := _DATED.search(line):
                day = int(found[1] or found[3] or 1)
                return datetime(int(found[4]), _MONTHS.index(found[2]) + 1, day, tzinfo=UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
