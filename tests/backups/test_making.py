"""A backup of the whole installation: encrypted for a key that is not here, and good only once it was tried out."""

import io
import json
import sqlite3
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from portal.backups import copying, keys, making, proving, service, snapshot, stores, writing
from portal.backups.models import Backup
from portal.backups.seals import signing_key
from portal.config import Settings
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.tenancy import Org
from portal.documents import service as documents
from tests.backups.s3 import serve
from tests.documents.files import pdf


def opened(kept: Settings, made: Backup, key: str) -> tarfile.TarFile:
    raw = (kept.data_dir / "backups" / made.name).read_bytes()
    plain = pyrage.decrypt(raw, [pyrage.x25519.Identity.from_str(key)])
    return tarfile.open(fileobj=io.BytesIO(plain))


def test_it_is_good_lies_in_both_places_and_opens_with_the_key_alone(
    kept: Settings, second: Path, recovery_key: str, thandi: Contact
) -> None:
    with acting_as(system(thandi.org_id)):
        documents.add(io.BytesIO(pdf()), "consent.pdf", contact_id=thandi.id)
    made = service.make()
    assert (made.state, made.words, made.documents) == ("good", "", 1)
    assert made.places == ["this machine", str(second)]
    assert (second / made.name).read_bytes() == (kept.data_dir / "backups" / made.name).read_bytes()
    with opened(kept, made, recovery_key) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
        assert manifest["tables"]["contact"] == 1
        assert {name.partition("/")[0] for name in archive.getnames()} >= {"documents", "keys", "manifest.json"}


@pytest.mark.one_database
def test_nothing_of_a_person_can_be_read_in_the_places(
    kept: Settings, second: Path, made: Backup, thandi: Contact
) -> None:
    again = service.make()
    for folder in (kept.data_dir / "backups", second):
        found = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert b"Thandi" not in found
        assert b"thandi@example.org" not in found
    assert again.state == "good"


@pytest.mark.one_database
def test_the_machine_keeps_nothing_that_opens_it(kept: Settings, made: Backup, recovery_key: str) -> None:
    left = [path for path in kept.data_dir.rglob("*") if path.is_file()]
    secret = recovery_key.encode()
    assert not [path for path in left if secret in path.read_bytes()]
    assert not [path for path in left if ".working" in path.parts and path.stat().st_size and path.name != made.name]


@pytest.mark.one_database
def test_the_signing_key_follows_from_the_recovery_key(recovery_key: str) -> None:
    assert keys.current().signing == signing_key(recovery_key)


@pytest.mark.one_database
def test_without_a_key_none_is_made(kept: Settings) -> None:
    with pytest.raises(keys.NoKey):
        making.create()
    assert Backup.select().count() == 0


@pytest.mark.one_database
def test_one_at_a_time(kept: Settings, recovery_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []

    def meanwhile(*_: object) -> None:
        with pytest.raises(making.Busy):
            making.create()
        found.append("busy")

    monkeypatch.setattr(making, "prove", meanwhile)
    making.create()
    assert found == ["busy"]


@pytest.mark.one_database
def test_one_that_was_killed_is_said_to_be_broken_off(kept: Settings, recovery_key: str) -> None:
    Backup.create(name="in-contact-20261123-010000-00000000.age", started_at=now())
    making.create()
    states = [(row.state, row.words) for row in Backup.select().order_by(Backup.id)]
    assert states == [("bad", "It was broken off."), ("good", "")]


def left_of(kept: Settings) -> list[str]:
    """What a try left on this machine and in the second place, apart from the journal of erasures."""
    folders = (kept.data_dir / "backups", kept.data_dir / "second")
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in found if path.name[0] != "." and not path.name.startswith("erasures-")]


def torn(*_: object) -> None:
    raise proving.NotGood("It is torn.")


FAILING = {
    "as it is packed": (making, "_members"),
    "as it is put": (stores, "put_seal"),
    "as it is asked for": (writing, "check_back"),
    "as it is proven": (making, "prove"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("when", FAILING)
def test_one_that_fails_leaves_nothing(
    kept: Settings, recovery_key: str, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    copying.copy_journal()
    monkeypatch.setattr(*FAILING[when], torn)
    assert making.create().words == "It is torn."
    assert left_of(kept) == []


@pytest.mark.one_database
def test_one_that_was_killed_leaves_nothing_for_long(kept: Settings, made: Backup) -> None:
    Backup.update(state="running").where(Backup.id == made.id).execute()
    again = service.make()
    assert sorted(set(left_of(kept))) == [again.name, f"{again.name}.seal"]


@pytest.mark.one_database
@pytest.mark.parametrize("where", ["backups", "second"])
@pytest.mark.parametrize("ending", [".age", ".seal"])
def test_a_copy_of_the_journal_that_vanished_is_made_again(
    kept: Settings, made: Backup, where: str, ending: str
) -> None:
    (lost,) = (kept.data_dir / where).glob(f"erasures-*{ending}")
    lost.unlink()
    assert service.make().words == ""
    for folder in ("backups", "second"):
        assert len(list((kept.data_dir / folder).glob("erasures-*"))) == 2  # one with its seal


@pytest.mark.one_database
def test_a_copy_of_the_journal_that_was_cut_off_is_made_again(kept: Settings, second: Path, made: Backup) -> None:
    (short,) = second.glob("erasures-*.age")
    short.write_bytes(b"")
    service.make()
    (whole,) = second.glob("erasures-*.age")
    assert whole.stat().st_size


@pytest.mark.one_database
def test_a_store_that_lies_makes_it_bad(kept: Settings, recovery_key: str) -> None:
    with serve() as store:
        stores.use(replace(kept, backup_url=store.url))
        first = service.make()
        assert (first.state, first.words) == ("good", "")
        assert f"bucket/hope/{first.name}" in store.files
        store.forgets = True
        lied = service.make()
        assert lied.state == "bad"
        assert f"The seal of {lied.name} is missing in s3://127.0.0.1/bucket/hope" in lied.words
        store.forgets, store.is_closed = False, True
        closed = making.create()
        assert closed.state == "bad"
        assert "s3://127.0.0.1/bucket/hope does not do what it is asked" in closed.words


@pytest.mark.one_database
def test_a_large_one_goes_to_a_bucket_in_parts(kept: Settings, recovery_key: str, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"0123456789" * 1_500_000)
    with serve() as store:
        stores.use(replace(kept, backup_url=store.url))
        place = stores.second()
        assert place is not None
        place.put("large", large)
        assert b"".join(place.get("large")) == large.read_bytes()
        assert place.names() == {"large": 15_000_000}
        place.remove("large")
        place.remove("large")
        assert place.names() == {}


@pytest.mark.one_database
def test_a_full_disk_is_said(kept: Settings, recovery_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "take", full)
    made = making.create()
    assert (made.state, made.words) == ("bad", "The disk is full.")


def test_a_database_that_comes_back_another_one_makes_it_bad(
    kept: Settings, recovery_key: str, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = snapshot.take

    def take(url: str, folder: Path) -> tuple[Path, snapshot.Contents]:
        path, contents = right(url, folder)
        return path, replace(contents, tables={**contents.tables, "contact": 7})

    monkeypatch.setattr(snapshot, "take", take)
    assert making.create().words == "The table contact had 7 rows, and 0 when put back."


@pytest.mark.one_database
def test_a_torn_copy_of_the_database_is_noticed(kept: Settings, tmp_path: Path, org: Org) -> None:
    whole = kept.data_dir / "copy.sqlite3"
    snapshot._copy_sqlite(kept.data_dir / "portal.sqlite3", whole)
    raw = bytearray(whole.read_bytes())
    for page in range(20, len(raw) // 4096, 7):
        raw[page * 4096 : page * 4096 + 40] = bytes(40)
    whole.write_bytes(raw)
    with pytest.raises(snapshot.NotTaken):
        snapshot.of_sqlite(whole)


@pytest.mark.one_database
def test_ten_under_writes_each_whole(kept: Settings, recovery_key: str, org: Org) -> None:
    """I05 in small; `python -m bench backups` does a hundred under 200 writes a second."""
    path = kept.data_dir / "portal.sqlite3"
    ended = threading.Event()

    def write() -> None:
        live = sqlite3.connect(path, timeout=15)
        while not ended.is_set():
            live.execute("INSERT INTO used_captcha (nonce, at) VALUES (hex(randomblob(8)), '2026-11-23 08:00:00.0')")
            live.execute("INSERT INTO rate_window (window, used) SELECT max(window) + 1, 1 FROM rate_window")
            live.commit()
        live.close()

    live = sqlite3.connect(path)
    live.execute("INSERT INTO rate_window (window, used) VALUES (1, 1)")
    live.commit()
    live.close()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(10):
            folder = stores.working("test")
            copy, contents = snapshot.take(kept.database_url, folder)
            assert contents.tables["rate_window"] == contents.tables["used_captcha"] + 1  # both of a transaction
            assert proving.snapshot.of_sqlite(copy) == contents
    finally:
        ended.set()
        writer.join()
