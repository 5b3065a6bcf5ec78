"""Fresh country data: from which sources it comes in, and what is refused with the old left in place."""

import gzip
import lzma
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from portal.gateways import geoip
from portal.gateways.geoip_source import BadSource, take
from tests.geodata import JULY, JUNE, NETWORKS, in_use, write

GEOIP = "# Generated: Thu, 25 Jun 2026 03:20:40 GMT\n#\n3289972736,3290103807,ZA\n134744064,134744319,??\n"
GEOIP6 = "# Generated: Thu, 25 Jun 2026 03:20:40 GMT\n2c0f:f970::,2c0f:f971:ffff:ffff:ffff:ffff:ffff:ffff,ZA\n"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "country.mmdb"
    write(path, NETWORKS, built=JUNE)
    with in_use(path):
        yield path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tor"
    folder.mkdir()
    (folder / "geoip").write_text(GEOIP)
    (folder / "geoip6").write_text(GEOIP6)
    return folder


@pytest.mark.parametrize(("ending", "opens"), [("", open), (".gz", gzip.open), (".xz", lzma.open)])
def test_fresh_data_takes_the_place_of_the_old(data, tmp_path, ending, opens):
    write(tmp_path / "fresh.mmdb", {"196.25.0.0/16": "KE"}, built=JULY)
    packed = (tmp_path / "fresh.mmdb").read_bytes()
    with opens(tmp_path / f"fresh.mmdb{ending}", "wb") as file:
        file.write(packed)

    made = take(tmp_path / f"fresh.mmdb{ending}", data)

    assert made == date(2026, 7, 15)
    assert geoip.country("196.25.1.1") == "KE"


@pytest.mark.parametrize(
    "header", ["# Generated: Thu, 25 Jun 2026 03:20:40 GMT", "# Last updated based on June 25 2026"]
)
def test_the_text_files_of_debian_are_converted_with_their_date(data, folder, header):
    (folder / "geoip").write_text(GEOIP.replace(GEOIP.splitlines()[0], header))

    made = take(folder, data)

    assert made == geoip.built() == date(2026, 6, 25)
    looked_up = ["196.25.0.0", "196.26.255.255", "196.27.0.0", "2c0f:f971::1", "::ffff:196.26.1.1", "8.8.8.8"]
    assert [geoip.country(address) for address in looked_up] == ["ZA", "ZA", None, "ZA", "ZA", None]


def test_text_files_that_name_no_date_are_of_the_day_they_were_written(data, folder):
    for name in ("geoip", "geoip6"):
        (folder / name).write_text("# no date\n\n" + (folder / name).read_text().split("\n", 1)[1])
    os.utime(folder / "geoip", (JULY, JULY))

    assert take(folder, data) == date(2026, 7, 15)


def test_without_the_extra_a_folder_is_refused_with_what_to_install(data, folder):
    program = (
        "import sys; sys.modules['mmdb_writer'] = None\nfrom pathlib import Path\n"
        "from portal.gateways.geoip_source import take\ntake(Path(sys.argv[1]), Path(sys.argv[2]))"
    )

    ended = subprocess.run([sys.executable, "-c", program, folder, data], capture_output=True, text=True)

    assert ended.stderr.endswith(
        'BadSource: A folder can be taken only with the extra "geo": pip install "in-contact[geo]".\n'
    )


def test_older_data_is_refused_unless_that_is_wanted(data, tmp_path):
    write(tmp_path / "fresh.mmdb", {"196.25.0.0/16": "KE"}, built=JUNE - 86_400)

    with pytest.raises(BadSource, match="is of 2026-06-14, older than the data in use, which is of 2026-06-15"):
        take(tmp_path / "fresh.mmdb", data)

    assert geoip.country("196.25.1.1") == "ZA"
    assert take(tmp_path / "fresh.mmdb", data, older_is_fine=True) == date(2026, 6, 14)
    assert geoip.country("196.25.1.1") == "KE"


def bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(201):
            file.write(bytes(1024**2))


BAD: dict[str, tuple[str, Callable[[Path], object]]] = {
    "holds more than 200 MB": ("bomb.mmdb.gz", bomb),
    "no-one.mmdb cannot be read: No such file": ("no-one.mmdb", lambda path: None),
    "neither a folder nor a file that ends in": ("geo.csv", lambda path: path.write_text("1,2,ZA")),
    "noise.mmdb is of no use: it is damaged": ("noise.mmdb", lambda path: path.write_bytes(bytes(range(256)))),
    "plain.mmdb.gz cannot be read": ("plain.mmdb.gz", lambda path: path.write_bytes(b"plain text")),
    "cut.mmdb.xz cannot be read": ("cut.mmdb.xz", lambda path: path.write_bytes(lzma.compress(b"x" * 999)[:-9])),
    "it is of another kind": ("asn.mmdb", lambda path: write(path, NETWORKS, database_type="ASN")),
    "holds no record with a country": ("none.mmdb", lambda path: write(path, {"8.8.8.0/24": "", "9.0.0.0/8": "EU"})),
    "does not hold the files geoip and geoip6": ("empty", Path.mkdir),
}


@pytest.mark.parametrize("told", BAD)
def test_a_bad_source_is_told_in_words_and_leaves_the_old_data_in_place(data, tmp_path, told):
    name, make = BAD[told]
    make(tmp_path / name)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(BadSource, match=told):
        take(tmp_path / name, data)

    assert sorted(tmp_path.iterdir()) == before
    assert geoip.country("196.25.1.1") == "ZA"


@pytest.mark.parametrize("line", ["1,2", "2,1,ZA", "one,two,ZA", "1,2,ZA,x", "-1,2,ZA", "1,99999999999,ZA", "\x00"])
def test_a_bad_line_of_a_text_file_is_named(data, folder, line):
    (folder / "geoip").write_text(f"{GEOIP}{line}\n")

    with pytest.raises(BadSource, match=r"Line 5 of .*geoip is not written like START,END,ZA"):
        take(folder, data)


def test_damaged_data_is_mended_by_any_good_source(data, tmp_path):
    write(tmp_path / "fresh.mmdb", NETWORKS, built=0)
    data.write_bytes(b"damaged")

    take(tmp_path / "fresh.mmdb", data)

    assert geoip.is_readable() == ""
