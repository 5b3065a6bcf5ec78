"""Small country databases for tests, written like the real ones."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter, TreeWriter
from netaddr import IPSet

from portal.gateways import geoip

NETWORKS = {"196.25.0.0/16": "ZA", "2c0f:f970::/32": "ZA", "8.8.8.0/24": "US", "9.0.0.0/8": "EU", "11.0.0.0/8": ""}
JUNE, JULY = 1_781_481_600, 1_784_073_600  # 15 June and 15 July 2026


def write(
    path: Path,
    networks: dict[str, str],
    *,
    built: int | None = None,
    database_type: str = "Test-Country",
    ip_version: int = 6,
) -> None:
    """A database at `path` in which each network belongs to the country of that code; "" is a record without one."""
    records = {network: {"country": {"iso_code": code}} if code else {} for network, code in networks.items()}
    write_records(path, records, built=built, database_type=database_type, ip_version=ip_version)


def write_records(
    path: Path, records: dict[str, Any], *, database_type: str, built: int | None = None, ip_version: int = 6
) -> None:
    """The same with records of any shape. It takes the place of what lay there, as a mapped file must not shrink."""
    writer = MMDBWriter(ip_version, database_type, ["en"], "for tests", ipv4_compatible=ip_version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    epoch = int(time.time()) if built is None else built
    fresh = path.with_name(f"{path.name}.fresh")
    TreeWriter(writer.tree, writer._build_meta() | {"build_epoch": epoch}).write(str(fresh))
    fresh.replace(path)


@contextmanager
def in_use(path: Path) -> Iterator[Path]:
    """The portal looks in this file meanwhile."""
    before = geoip._path
    geoip.use(path)
    try:
        yield path
    finally:
        geoip.use(before)
