"""The morning after: everything back on an empty machine from the store and the paper alone (R63, I04, I07, I08)."""

import hashlib
import io
import shutil
import uuid
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import Session, User
from portal.activity import anchors, heads
from portal.activity import checking as record
from portal.activity.models import LogEntry
from portal.backups import checking, copying, keys, opening, rules, service
from portal.backups.locking import WrongKey
from portal.backups.models import Backup, BackupKey
from portal.backups.opening import NotRestored, Source
from portal.campaigns import sending
from portal.campaigns.models import Campaign
from portal.commanding import installed, use
from portal.config import BadSettings, Settings
from portal.consent import suppressing
from portal.consent.models import Suppression
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Email
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, disconnect
from portal.core.keys import address_mac
from portal.core.tenancy import Org
from portal.delivery import system_mail
from portal.delivery.models import HANDED, UNKNOWN, Delivery, SystemMail
from portal.documents import keeping
from portal.documents import service as documents
from portal.documents.models import Document
from portal.features import prepare
from portal.gateways.backup_places import Folder
from portal.privacy import erasing
from portal.run import migrate, restore, restore_cli
from portal.signin.models import Device
from tests import databases
from tests.documents.files import pdf


@pytest.fixture(autouse=True)
def commands() -> None:
    use(prepare)


@dataclass(frozen=True)
class Scene:
    """What was there before the disaster."""

    org: Org
    erased: Contact
    left: Contact
    campaign: Campaign
    document: Document
    made: Backup
    key: str
    counts: dict[str, int]


@pytest.fixture
def empty(request: pytest.FixtureRequest, kept: Settings, tmp_path: Path) -> Settings:
    """A new machine: an empty folder, an empty database, and where the backups lie."""
    folder = tmp_path / "new machine"
    url = f"sqlite:///{folder}/portal.sqlite3"
    if not kept.database_url.startswith("sqlite"):
        server, name = request.getfixturevalue("postgresql"), f"restored_{uuid.uuid4().hex}"
        databases.execute(server, f"CREATE DATABASE {name}")
        url = server.format(name=name)
    return replace(kept, data_dir=folder, database_url=url, address_keys={"v1": b"another"})


def a_campaign(org: Org, addresses: list[str]) -> Campaign:
    group = contacts.add_group("Newsletter")
    ids = [contacts.add(first_name=f"P{n}", email=address).id for n, address in enumerate(addresses)]
    made = Campaign.create(name="Spring", state="sending", groups=[group.id], letter={})
    for contact_id, address in zip(ids, addresses, strict=True):
        Delivery.create(contact_id=contact_id, campaign_id=made.id, mac=f"mac {address}", address=address)
    Delivery.update(state=HANDED).where(Delivery.contact_id == ids[0]).execute()
    Delivery.update(state="accepted").where(Delivery.contact_id == ids[1]).execute()
    return made


@pytest.fixture
def scene(kept: Settings, org: Org, olivia: User, recovery_key: str, client_of: Any) -> Scene:
    """A backup under way of which somebody is erased, and somebody asks to be left alone, afterwards."""
    client_of(olivia)
    with acting_as(system(org.id)):
        erased = contacts.add(first_name="CNRYThandi", last_name="Ngcobo", email="cnrythandi@example.org")
        left = contacts.add(first_name="Sipho", email="sipho@example.org")
        document = documents.add(io.BytesIO(pdf()), "constitution.pdf")
        campaign = a_campaign(org, [f"p{n}@example.org" for n in range(5)])
        system_mail.send(None, "test", "olivia@hope-house.example", "office@hopehouse.example", b"CNRYlink")
        Campaign.create(name="Later", state="scheduled", groups=[])
        head = heads.current()
        anchors.note(head.seq, head.hash)
        anchors.note(head.seq + 5, "0" * 64)  # as between the copy of the database and that of this file
    made = service.make()
    assert made.words == ""
    with acting_as(system(org.id)):
        counts = {"contacts": Contact.select().count(), "entries": LogEntry.select().count()}
        erasing.erase([erased.id])
        suppressing.suppress("email", "sipho@example.org", "unsubscribed")
    assert copying.copy_journal()
    return Scene(org, erased, left, campaign, document, made, recovery_key, counts)


def bring_back(empty: Settings, scene: Scene, **more: Any) -> restore.Restored:
    assert empty.backup_url
    source = Source(Folder(Path(empty.backup_url.removeprefix("file://"))), scene.key)
    return restore.restore(empty, source, source.newest("in-contact"), **more)


def lost(kept: Settings) -> None:
    """Wipe the old machine: keys, database, documents and its own backups."""
    for name in ("backups", "documents", "erasures", "anchors", "keys"):
        shutil.rmtree(kept.data_dir / name, ignore_errors=True)


def test_the_drill(kept: Settings, empty: Settings, scene: Scene) -> None:
    lost(kept)
    done = bring_back(empty, scene)

    assert (done.archive, done.troubles, done.migrated) == (scene.made.name, [], [])
    assert (done.rows, done.documents) == (scene.made.rows, 1)
    assert done.replayed[scene.org.slug]["erased"] == 1
    assert done.replayed[scene.org.slug]["suppressed"] >= 1
    assert done.paused == {scene.org.slug: {"Spring": 4, "Later": 0}}
    again = replace(empty, address_keys=read_keys(empty))
    with installed(again), acting_as(system(scene.org.id)):
        assert Contact.get_by_id(scene.erased.id).erased_at is not None
        assert Email.get_or_none(Email.contact_id == scene.erased.id) is None
        assert Contact.select().count() == scene.counts["contacts"]
        mac = address_mac(scene.org.id, "email", "sipho@example.org")
        assert Suppression.get(Suppression.mac == mac).reason == "unsubscribed"
        content = b"".join(keeping.pieces_of(scene.document.place, scene.document.sealed_key))
        assert hashlib.sha256(content).hexdigest() == scene.document.sha256
        spring = Campaign.get(Campaign.name == "Spring")
        assert spring.state == "paused"
        assert "3 messages may have left after it" in spring.trouble
        assert Campaign.get(Campaign.name == "Later").state == "paused"
        assert Delivery.select().where(Delivery.state == UNKNOWN).count() == 1
        assert sending.sweep() == []  # nothing of it begins by itself
        mail = SystemMail.get()
        assert (mail.state, mail.message) == (UNKNOWN, "")
        assert system_mail.due() == []
        assert record.verify().ok
        assert LogEntry.select().where(LogEntry.action == "organisation.restored").count() == 1
        assert Session.select().count() == 0
        assert Device.select().where(Device.revoked_at.is_null()).count() == 0
        assert Backup.get(Backup.name == scene.made.name).state == "good"
        if empty.database_url.startswith("sqlite"):
            raw = b"".join(path.read_bytes() for path in empty.data_dir.rglob("*") if path.is_file())
            assert b"CNRYThandi" not in raw
            assert b"cnrythandi@" not in raw
            assert b"CNRYlink" not in raw
    assert not (empty.data_dir / "restoring").exists()


def read_keys(empty: Settings) -> dict[str, bytes]:
    version, _, key = (empty.data_dir / "keys" / "address_key").read_text().strip().partition(":")
    return {version: key.encode()}


@pytest.mark.one_database
def test_an_organisation_that_was_shut_when_it_was_made_stays_shut(
    kept: Settings, empty: Settings, scene: Scene
) -> None:
    """Half of it may be missing: only the command that was broken off opens it."""
    shutting.shut_for(scene.org.id, scene.made.name)
    made = service.make()
    done = restore.restore(empty, Source(Folder(kept.data_dir / "second"), scene.key), made.name)
    (told,) = done.troubles
    assert f"portal restore-organisation --org {scene.org.slug} --archive {scene.made.name} --key -" in told
    with installed(replace(empty, address_keys=read_keys(empty))):
        assert [org.id for org in shutting.shut()] == [scene.org.id]


@pytest.mark.one_database
def test_it_goes_on_making_backups_for_the_same_key(kept: Settings, empty: Settings, scene: Scene) -> None:
    lost(kept)
    bring_back(empty, scene)
    with installed(replace(empty, address_keys=read_keys(empty))):
        made = service.make()
        assert (made.state, made.words) == ("good", "")
        assert Source(Folder(kept.data_dir / "second"), scene.key).seal_of(made.name).sha256 == made.sha256
        assert checking.check([made.name]).troubles == []


@pytest.mark.one_database
def test_each_key_opens_what_was_made_for_it(kept: Settings, empty: Settings, scene: Scene) -> None:
    """I07: three new keys later each paper still opens what was made for it, and nothing else."""
    papers = [(scene.key, scene.made.name)]
    for _ in range(3):
        latest, _ = keys.make()
        papers.append((latest, service.make().name))
    place = Folder(kept.data_dir / "second")
    with pytest.raises(NotRestored, match="was made for the key age1"):
        bring_back(empty, scene)
    for paper, name in papers:
        machine = empty.data_dir / name
        there = replace(empty, data_dir=machine, database_url=f"sqlite:///{machine}/portal.sqlite3")
        done = restore.restore(there, Source(place, paper), name)
        assert done.troubles == []
        assert done.replayed[scene.org.slug]["erased"] == (1 if name == scene.made.name else 0)


@pytest.mark.one_database
def test_copies_of_the_journal_go_with_the_last_backup_of_their_key(kept: Settings, second: Path, made: Backup) -> None:
    keys.make()
    copying.copy_journal()
    assert len(list(second.glob("erasures-*.age"))) == 2
    Backup.delete().execute()
    copying.copy_journal()
    assert len(list(second.glob("erasures-*"))) == 2  # one with its seal


@pytest.mark.one_database
def test_a_copy_for_a_key_that_is_not_known_here_stays(kept: Settings, second: Path, scene: Scene) -> None:
    """As when an older backup was put back: the newer ones may be wanted yet."""
    later, _ = keys.make()
    newer = service.make()
    BackupKey.delete().where(BackupKey.retired_at.is_null()).execute()
    Backup.delete().where(Backup.id == newer.id).execute()
    BackupKey.update(retired_at=None).execute()
    assert copying.copy_journal()
    source = Source(Folder(second), later)
    assert source.seal_of(source.newest_of_key("erasures")).recipient == newer.recipient


@pytest.mark.one_database
def test_what_was_never_sealed_is_passed_over(kept: Settings, second: Path, empty: Settings, scene: Scene) -> None:
    """A disaster in the middle of a backup leaves half of one."""
    half = rules.new_name(now() + timedelta(minutes=1))
    (second / half).write_bytes(b"half of it")
    done = bring_back(empty, scene)
    assert (done.archive, done.passed_over) == (scene.made.name, [half])
    assert f"{half} was passed over: it has no seal" in restore_cli.words(done, 1)


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["", "AGE-SECRET-KEY-1QQQ", "age1nobody", "x" * 74])
def test_what_is_no_key_is_refused(kept: Settings, key: str) -> None:
    with pytest.raises(WrongKey, match="AGE-SECRET-KEY-1"):
        Source(Folder(kept.data_dir / "second"), key)


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def journal_of(second: Path) -> Path:
    (found,) = second.glob("erasures-*.age")
    return found


SABOTAGES: dict[str, tuple[Any, str]] = {
    "missing": (lambda made, second: made.unlink(), "is missing in"),
    "flipped": (lambda made, second: flip(made), "cannot be opened: it was cut off or changed"),
    "cut": (lambda made, second: cut(made), "cannot be opened: it was cut off"),
    "longer": (lambda made, second: made.write_bytes(made.read_bytes() + b"\0"), "cut off or changed"),
    "no seal": (lambda made, second: Path(f"{made}.seal").unlink(), "The seal of .* is missing"),
    "a seal of another": (
        lambda made, second: shutil.copy(f"{journal_of(second)}.seal", f"{made}.seal"),
        "The seal beside .* is that of erasures-",
    ),
    "another file": (lambda made, second: shutil.copy(journal_of(second), made), "should not|is not the file"),
    "a journal that is missing": (lambda made, second: journal_of(second).unlink(), "There is no erasures file"),
    "a journal that is flipped": (lambda made, second: flip(journal_of(second)), "erasures-.* cannot be opened"),
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("what", SABOTAGES)
def test_what_was_done_to_the_store_is_named_and_nothing_put_back(
    kept: Settings, second: Path, empty: Settings, scene: Scene, what: str
) -> None:
    act, words = SABOTAGES[what]
    act(second / scene.made.name, second)
    source = Source(Folder(second), scene.key)
    with pytest.raises(NotRestored, match=words):
        restore.restore(empty, source, scene.made.name)
    assert not (empty.data_dir / "portal.sqlite3").exists()
    assert not (empty.data_dir / "restoring").exists()


@pytest.mark.one_database
def test_an_older_journal_is_refused(kept: Settings, second: Path, empty: Settings, scene: Scene) -> None:
    old = journal_of(second)
    kept_aside = {path.name: path.read_bytes() for path in (old, Path(f"{old}.seal"))}
    with acting_as(system(scene.org.id)):
        suppressing.suppress("email", "p4@example.org", "unsubscribed")
    made = service.make()
    for path in second.glob("erasures-*"):
        path.unlink()
    for name, raw in kept_aside.items():
        (second / name).write_bytes(raw)
    source = Source(Folder(second), scene.key)
    with pytest.raises(NotRestored, match="is older than the backup"):
        restore.restore(empty, source, made.name)
    assert restore.restore(empty, source, made.name, with_journal=False).troubles == []


@pytest.mark.one_database
def test_what_is_there_is_not_overwritten(kept: Settings, empty: Settings, scene: Scene) -> None:
    with pytest.raises(NotRestored, match="There is a database already"):
        bring_back(kept, scene)


@pytest.mark.one_database
def test_until_it_is_whole_nothing_starts_and_a_second_try_begins_anew(
    kept: Settings, empty: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restore.readying.journal, "catch_up", killed)
    with pytest.raises(KeyboardInterrupt):
        bring_back(empty, scene)
    with pytest.raises(BadSettings, match="run portal restore again"):
        prepare(empty)
    monkeypatch.undo()
    assert bring_back(empty, scene).troubles == []
    prepare(empty)


def test_a_machine_that_dies_once_all_is_in_its_place_starts(
    kept: Settings, empty: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the folder in which it was made ready is still to be taken away."""

    def dies(*_: object, **__: object) -> None:
        if (empty.data_dir / "documents").exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(restore.shutil, "rmtree", dies)
    monkeypatch.setattr(Path, "rmdir", dies)
    with pytest.raises(KeyboardInterrupt):
        bring_back(empty, scene)
    monkeypatch.undo()
    disconnect()

    prepare(empty)
    with db.connection_context(), acting_as(system(scene.org.id)):
        assert Contact.select().count()


def test_a_database_that_is_half_there_is_never_taken_for_whole(
    kept: Settings, empty: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second try that dies at its beginning leaves the mark of the first on a server's database. One of SQLite is not
    in its place yet.
    """
    monkeypatch.setattr(restore.readying.journal, "catch_up", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_back(empty, scene)
    disconnect()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place, name in ((Path, "mkdir"), (restore, "_clear"), (restore.opening, "unpack")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, dies)
            with suppress(KeyboardInterrupt):
                bring_back(empty, scene)
    monkeypatch.undo()

    is_there = empty.database_url.startswith("postgresql")
    with pytest.raises(BadSettings, match="run portal restore again") if is_there else nullcontext():
        prepare(empty)


def test_what_is_left_of_another_try_empties_no_database(
    kept: Settings, empty: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A try that began to fill one database says nothing of another."""
    (empty.data_dir / "restoring").mkdir(parents=True)
    with pytest.raises(NotRestored, match=r"is not empty|There is a database"):
        bring_back(replace(empty, database_url=kept.database_url), scene)
    monkeypatch.setattr(restore.readying.journal, "catch_up", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_back(empty, scene)
    disconnect()
    with pytest.raises(NotRestored, match=r"is not empty|There is a database"):
        bring_back(replace(empty, database_url=kept.database_url), scene)
    with monkeypatch.context() as patch:
        patch.setattr(opening, "unpack", lambda *_: 1 / 0)  # a second try that does not get as far
        with pytest.raises(ZeroDivisionError):
            bring_back(empty, scene)
    monkeypatch.undo()
    assert bring_back(empty, scene).troubles == []


@pytest.mark.one_database
def test_one_of_a_newer_program_is_refused(
    kept: Settings, empty: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = migrate.names()
    monkeypatch.setattr(migrate, "names", lambda: names[:-1])
    with pytest.raises(NotRestored, match=f"newer version of the portal, which knows {names[-1]}"):
        bring_back(empty, scene)
