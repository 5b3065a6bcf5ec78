"""Whatever happens to the store is noticed, by name (I06, I08)."""

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from portal.backups import checking, keys, service, stores
from portal.backups.models import Backup
from portal.config import Settings
from portal.core.clock import now
from tests.backups.s3 import serve

pytestmark = pytest.mark.one_database  # what is asked here is asked of places


def cut(path: Path, other: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)


def flip(path: Path, other: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    path.write_bytes(raw)


def longer(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def of_another_length(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes()[: path.stat().st_size].ljust(path.stat().st_size, b"\0"))


def without_seal(path: Path, other: Path) -> None:
    Path(f"{path}.seal").unlink()


def older_seal_and_all(path: Path, other: Path) -> None:
    shutil.copy(other, path)
    shutil.copy(f"{other}.seal", f"{path}.seal")


def made_up_seal(path: Path, other: Path) -> None:
    flip(path, other)
    seal = Path(f"{path}.seal")
    seal.write_bytes(seal.read_bytes().replace(b'"size": ', b'"size": 1'))


def unreadable_seal(path: Path, other: Path) -> None:
    Path(f"{path}.seal").write_bytes(b"{}")


def a_folder_instead(path: Path, other: Path) -> None:
    path.unlink()
    path.mkdir()


SABOTAGES: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "missing": (lambda path, other: path.unlink(), "is missing in"),
    "cut off": (cut, "was cut off"),
    "emptied": (lambda path, other: path.write_bytes(b""), "was cut off: 0 of"),
    "one bit flipped": (flip, "was changed, or is another file"),
    "longer": (longer, "is longer than it was"),
    "another backup": (lambda path, other: shutil.copy(other, path), "{name} in "),
    "another file of the same length": (of_another_length, "was changed, or is another file"),
    "an older one with its seal": (older_seal_and_all, "The seal beside {name} is that of {other}"),
    "without its seal": (without_seal, "The seal of {name} is missing"),
    "with a made-up seal": (made_up_seal, "was made by somebody else, or changed"),
    "with a seal that says nothing": (unreadable_seal, "The seal of {name} cannot be read"),
    "a folder instead of a file": (a_folder_instead, "is missing in"),
}


@pytest.mark.parametrize("what", SABOTAGES)
@pytest.mark.parametrize("where", ["backups", "second"])
def test_each_sabotage_is_noticed_by_name(kept: Settings, made: Backup, what: str, where: str) -> None:
    other, last = made, service.make()
    folder = kept.data_dir / where
    act, words = SABOTAGES[what]
    act(folder / last.name, folder / other.name)
    checked = checking.check()
    (trouble,) = checked.troubles
    assert last.name in trouble
    assert words.format(name=last.name, other=other.name) in trouble
    row = Backup.get_by_id(last.id)
    assert (row.state, row.words) == ("bad", trouble)
    assert service.last_good().id == other.id


def test_what_is_right_again_is_good_again(kept: Settings, second: Path, made: Backup) -> None:
    path = second / made.name
    whole = path.read_bytes()
    path.unlink()
    assert checking.check().troubles
    path.write_bytes(whole)
    assert checking.check().troubles == []
    assert service.last_good().id == made.id


def test_sizes_alone_are_compared_by_the_way(kept: Settings, second: Path, made: Backup) -> None:
    service.make()
    flip(second / made.name, second / made.name)
    assert checking.check(whole=False).troubles == []
    assert len(checking.check().troubles) == 1


def test_one_that_nobody_here_made_is_told_of(kept: Settings, second: Path, made: Backup) -> None:
    strange = "in-contact-20261123-010000-0123abcd.age"
    shutil.copy(second / made.name, second / strange)
    (trouble,) = checking.check().troubles
    assert trouble == f"{strange} in {second} was not made by this installation, or after its database."


def test_a_place_that_is_away_is_told_of(kept: Settings, second: Path, made: Backup) -> None:
    stores.use(replace(kept, backup_url=None))
    assert f"{second} cannot be reached, or is not in use any more." in checking.check().troubles


@pytest.mark.parametrize("whole", [True, False])
def test_a_place_that_is_away_makes_none_bad(kept: Settings, recovery_key: str, whole: bool) -> None:
    with serve() as store:
        stores.use(replace(kept, backup_url=store.url))
        first, last = service.make(), service.make()
        store.is_closed = True
        troubles = checking.check(whole=whole).troubles
        assert [words for words in troubles if "s3://127.0.0.1/bucket/hope" in words] == troubles != []
        assert len(troubles) == len(set(troubles))
        assert service.last_good().id == last.id
        assert service.standing().words == ""
        store.is_closed = False
        store.files.pop(f"bucket/hope/{first.name}")
        assert "is missing in" in checking.check(whole=whole).troubles[0]
        store.is_closed = True
        checking.check(whole=whole)
        assert Backup.get_by_id(first.id).state == "bad"  # what was found stays until the place says otherwise


def test_one_of_the_key_before_is_still_looked_at(kept: Settings, second: Path, made: Backup) -> None:
    for _ in range(3):
        keys.make()
        service.make()
    assert checking.check().troubles == []
    assert len({row.recipient for row in Backup.select()}) == 4


def test_five_hundred_flipped_bytes_are_each_noticed(kept: Settings, second: Path, made: Backup) -> None:
    path = second / made.name
    whole = path.read_bytes()
    seed = random.Random(int(now().timestamp()) // 86_400)
    for _ in range(500):
        place = seed.randrange(len(whole))
        with path.open("r+b") as file:
            file.seek(place)
            file.write(bytes([whole[place] ^ (1 + seed.randrange(255))]))
        assert checking.check([made.name]).troubles, place
        with path.open("r+b") as file:
            file.seek(place)
            file.write(whole[place : place + 1])
            os.fsync(file.fileno())
    assert checking.check().troubles == []
