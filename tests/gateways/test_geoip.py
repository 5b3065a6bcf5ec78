"""The country data: what it answers, and what becomes of it when its file changes while the portal runs."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from portal.gateways import geoip
from tests.geodata import JUNE, NETWORKS, in_use, write, write_records


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "country.mmdb"
    write(path, NETWORKS, built=JUNE)
    with in_use(path):
        yield path


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("geoip") / "country.mmdb"
    assert geoip.install(path) is True
    return path


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("196.25.1.1", "ZA"),
        ("2c0f:f970::1", "ZA"),
        ("::ffff:196.25.1.1", "ZA"),
        ("8.8.8.8", "US"),
        ("10.0.0.1", None),
        ("2001:db8::1", None),
        ("9.1.1.1", None),  # a region is no country
        ("11.1.1.1", None),  # a record without a country
        ("", None),
        ("unknown", None),
        ("196.25.1.1, 8.8.8.8", None),
    ],
)
def test_an_address_has_a_country_or_none(data, address, code):
    assert geoip.country(address) == code


def test_the_data_tells_its_date(data):
    assert geoip.built() == date(2026, 6, 15)
    assert geoip.is_readable() == ""


def test_a_deleted_file_is_noticed_at_the_next_lookup_and_so_is_its_return(data):
    assert geoip.country("196.25.1.1") == "ZA"

    data.unlink()

    with pytest.raises(geoip.Unreadable, match="the file is missing"):
        geoip.country("196.25.1.1")
    write(data, NETWORKS)
    assert geoip.country("196.25.1.1") == "ZA"


def test_a_replaced_file_answers_without_a_restart_and_the_old_one_is_let_go(data):
    assert geoip.country("196.25.1.1") == "ZA"

    write(data, {"196.25.0.0/16": "KE"})

    assert geoip.country("196.25.1.1") == "KE"
    assert f"{data} (deleted)" not in Path("/proc/self/maps").read_text()


def test_lookups_go_on_in_all_threads_while_the_file_is_replaced(data):
    def look_up(_: int) -> set[str | None]:
        return {geoip.country("196.25.1.1") for _ in range(300)}

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(look_up, number) for number in range(8)]
        for code in ("KE", "ZA") * 10:
            write(data, {"196.25.0.0/16": code})

    assert set().union(*(answer.result() for answer in answers)) <= {"ZA", "KE"}


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda good: good[: len(good) // 2], "damaged, cut short"),
        (lambda good: good[-200:], "damaged, cut short"),
        (lambda good: b"", "damaged, cut short"),
        (lambda good: bytes(range(256)) * 40, "damaged, cut short"),
        (lambda good: good.replace(b"iso_code", b"\xff" * 8), "it is damaged"),
    ],
    ids=["truncated", "only its end", "empty", "random bytes", "damaged records"],
)
def test_a_damaged_file_is_told_in_words(data, damage: Callable[[bytes], bytes], why):
    assert geoip.country("196.25.1.1") == "ZA"
    bad = data.with_name("bad")
    bad.write_bytes(damage(data.read_bytes()))

    bad.replace(data)

    with pytest.raises(geoip.Unreadable, match=why):
        geoip.country("196.25.1.1")
    assert str(data) in geoip.is_readable()


def test_a_database_of_another_kind_or_a_folder_is_refused(data):
    write_records(data, {"8.8.8.0/24": {"autonomous_system_number": 15169}}, database_type="Test-ASN")

    assert "of another kind (Test-ASN)" in geoip.is_readable()
    geoip.use(data.parent)
    assert "it is no file" in geoip.is_readable()


def test_a_database_of_the_old_addresses_only_knows_no_country_of_a_new_one(data):
    write(data, {"196.25.0.0/16": "ZA"}, ip_version=4)

    assert geoip.country("196.25.1.1") == "ZA"
    assert geoip.country("2c0f:f970::1") is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("196.25.1.1", "ZA"),
        ("41.0.0.1", "ZA"),
        ("8.8.8.8", "US"),
        ("2c0f:f970::1", "ZA"),
        ("2c0f:fda8:5::1", "TZ"),
    ],
)
def test_the_shipped_data_knows_africa(shipped, address, code):
    with in_use(shipped):
        assert geoip.country(address) == code
        assert geoip.is_readable() == ""


def test_data_that_is_there_is_never_overwritten_by_the_shipped(data):
    assert geoip.install(data) is False
    assert geoip.built() == date(2026, 6, 15)


def test_two_may_install_at_once(tmp_path):
    path = tmp_path / "new" / "country.mmdb"

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(geoip.install, [path, path]))

    with in_use(path):
        assert geoip.country("196.25.1.1") == "ZA"
    assert any(done)
    assert list(path.parent.iterdir()) == [path]
