"""An organisation's own archive: for its own key and the host's, with its rows and documents and no more (R60, I08)."""

import hashlib
import io
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest

from portal.accounts.models import User
from portal.activity.models import LogEntry
from portal.backups import checking, copying, keys, own_rows, service, snapshot, stores, telling
from portal.backups.locking import WrongKey
from portal.backups.models import BAD, GOOD, Backup
from portal.backups.opening import NotRestored, Source
from portal.commanding import use
from portal.config import Settings
from portal.contacts.models import Contact
from portal.core import shutting, watching
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db
from portal.documents import keeping
from portal.features import prepare
from portal.gateways.backup_places import Folder
from portal.run import organisation_cli, organisation_restore, restore
from tests.backups import digests
from tests.backups.test_restoring import cut, flip
from tests.backups.two_organisations import Scene
from tests.backups.two_organisations import scene as scene
from tests.conftest import ClientOf

WAS_SHUT = "It was being put back from a backup when the copy was taken: the next one will hold it."


@pytest.fixture(autouse=True)
def commands() -> None:
    use(prepare)


@pytest.fixture
def own_key(scene: Scene) -> str:
    with acting_as(system(scene.org.id)):
        return service.make_own_key()[0]


@pytest.fixture
def theirs(scene: Scene) -> str:
    with acting_as(system(scene.other.id)):
        return service.make_own_key()[0]


@pytest.fixture
def own(own_key: str, theirs: str, scene: Scene) -> Backup:
    made = service.make()
    assert (made.state, made.words, made.org_id) == (GOOD, "", None)
    return its_own(scene.org.id)


def its_own(org_id: int) -> Backup:
    found = service.of(org_id).first()
    assert (found.state, found.words) == (GOOD, "")
    return found


def opened(path: Path, key: str) -> dict[str, bytes]:
    """As anybody opens it who has the key."""
    raw = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(key)])
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as tar:
        return {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]


def test_it_holds_its_rows_and_readable_documents_and_nothing_of_others(
    own: Backup, own_key: str, scene: Scene, second: Path, kept: Settings, tmp_path: Path
) -> None:
    files = opened(second / own.name, own_key)
    document = files[f"documents/{scene.document.place}.pdf"]
    assert document.startswith(b"%PDF")
    assert hashlib.sha256(document).hexdigest() == scene.document.sha256
    raw = b"".join(files.values())
    assert b"CNRYOther" not in raw
    assert b"cnryother@" not in raw
    for key in kept.address_keys.values():
        assert key not in raw
    path = tmp_path / "database.sqlite3"
    path.write_bytes(files["database.sqlite3"])
    with snapshot.reading(path) as rows:
        for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = {row[1] for row in rows(f'PRAGMA table_info("{name}")')}
            if "org_id" in columns:
                assert rows(f'SELECT count(*) FROM "{name}" WHERE org_id <> {scene.org.id}') == [(0,)]
        assert rows("SELECT id FROM org") == [(scene.org.id,)]
        assert rows("SELECT email, password_hash FROM user") == [("olivia@hope-house.example", "")]
        assert rows("SELECT count(*) FROM contact")[0][0] > 5
        assert rows("SELECT count(*) FROM session") == rows("SELECT count(*) FROM backup_key") == [(0,)]


def test_each_key_opens_its_own_and_the_hosts_opens_both(
    own: Backup, own_key: str, theirs: str, scene: Scene, second: Path
) -> None:
    others = its_own(scene.other.id)
    assert opened(second / own.name, own_key)
    assert opened(second / others.name, theirs)
    for name in (own.name, others.name):
        assert opened(second / name, scene.key)
    whole = service.last_good()
    assert whole is not None
    for name in (others.name, whole.name):
        with pytest.raises(pyrage.DecryptError):
            opened(second / name, own_key)
        with pytest.raises((NotRestored, WrongKey)):
            Source(Folder(second), own_key).open(name, lambda *_: None)


def test_nothing_of_it_lies_open_on_the_disk_afterwards(own: Backup, kept: Settings) -> None:
    working = kept.data_dir / "backups" / ".working"
    assert [path for path in working.rglob("*") if path.is_file() and path.name != ".lock"] == []


def test_the_journal_is_copied_for_the_host_alone(own: Backup, second: Path) -> None:
    copying.copy_journal()
    assert len(list(second.glob("erasures-*.age"))) == 1


@pytest.mark.parametrize("whose", ["own", "host"])
def test_it_is_put_back_by_its_own_key_or_the_hosts(
    own: Backup, own_key: str, scene: Scene, kept: Settings, whose: str
) -> None:
    db.execute_sql(f"UPDATE contact SET first_name = 'Worse' WHERE id = {scene.kept.id}")
    keeping.discard(scene.document.place)
    theirs = digests.of_organisation(scene.other.id)
    source, name = organisation_cli._source(own_key if whose == "own" else scene.key, own.name)
    done = organisation_restore.restore(kept, scene.org.slug, source, name)
    assert (done.archive, done.troubles, done.documents) == (own.name, [], 1)
    with db.connection_context(), acting_as(system(scene.org.id)):
        assert Contact.get_by_id(scene.kept.id).first_name == "Spoilt"  # as when it was made
        content = b"".join(keeping.pieces_of(scene.document.place, scene.document.sealed_key))
        assert hashlib.sha256(content).hexdigest() == scene.document.sha256
        assert digests.of_organisation(scene.other.id) == theirs


@pytest.mark.one_database
def test_the_newest_of_the_own_key_is_found(own: Backup, own_key: str) -> None:
    assert organisation_cli._source(own_key, None)[1] == own.name


@pytest.mark.one_database
def test_it_is_refused_where_it_does_not_belong(
    own: Backup, own_key: str, scene: Scene, kept: Settings, tmp_path: Path
) -> None:
    source = Source(stores.own(), own_key)
    with pytest.raises(NotRestored, match="is not an archive that this portal made of Second Chance"):
        organisation_restore.restore(kept, scene.other.slug, source, own.name)
    with pytest.raises(NotRestored, match="portal restore-organisation"):
        restore.restore(kept, source, own.name)


SABOTAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "missing": (Path.unlink, "is missing in"),
    "flipped": (flip, "cut off or changed"),
    "cut": (cut, "cut off"),
    "no seal": (lambda path: Path(f"{path}.seal").unlink(), "The seal of .* is missing"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("what", SABOTAGES)
def test_what_was_done_to_the_store_is_named(
    own: Backup, own_key: str, scene: Scene, kept: Settings, second: Path, what: str
) -> None:
    act, words = SABOTAGES[what]
    act(second / own.name)
    with pytest.raises(NotRestored, match=words):
        organisation_restore.restore(kept, scene.org.slug, Source(Folder(second), own_key), own.name)
    with db.connection_context():
        assert shutting.shut() == []
        assert any(own.name in trouble for trouble in checking.check().troubles)
        assert Backup.get_by_id(own.id).state == BAD
        assert telling.own_backups().level == watching.WRONG


@pytest.mark.one_database
def test_one_that_nobody_here_made_is_told_of(own: Backup) -> None:
    Backup.delete().where(Backup.id == own.id).execute()
    assert f"{own.name} in this machine was not made by this installation" in " ".join(checking.check().troubles)


@pytest.mark.one_database
def test_it_stays_ninety_days_and_the_last_good_one_of_each_stays(
    own: Backup, scene: Scene, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = service.make()
    assert service.let_go() == 0
    later = now() + timedelta(days=91)
    monkeypatch.setattr(service, "now", lambda: later)
    spared = {row.name for org_id in (None, scene.org.id, scene.other.id) if (row := service.last_good(org_id))}
    assert newer.name in spared
    assert service.let_go() == 4  # the two older of the whole, and one of each organisation
    assert {path.name for path in second.glob("*.age") if not path.name.startswith("erasures")} == spared


def test_one_that_comes_back_another_one_is_bad_and_stops_no_other(
    own_key: str, theirs: str, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = own_rows.take_out

    def take_out(url: str, org_id: int, target: Path) -> snapshot.Contents:
        contents = right(url, org_id, target)
        if org_id == scene.org.id:
            contents.tables["contact"] += 1
        return contents

    monkeypatch.setattr(own_rows, "take_out", take_out)
    assert service.make().state == GOOD
    bad = service.of(scene.org.id).first()
    assert (bad.state, bad.words.startswith("The table contact had")) == (BAD, True)
    assert not (stores.own().root / bad.name).exists()
    its_own(scene.other.id)
    finding = telling.own_backups()
    assert (finding.level, scene.org.slug in finding.words) == (watching.WRONG, True)
    assert service.standing().words == ""


@pytest.mark.one_database
def test_a_copy_that_cannot_be_read_again_is_told_of(
    own_key: str, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = snapshot.beside

    def beside(path: Path, url: str, what: str) -> Any:
        if what == "own":
            raise snapshot.NotTaken("There is no room for it.")
        return right(path, url, what)

    monkeypatch.setattr(snapshot, "beside", beside)
    assert service.make().state == GOOD
    assert (service.of(scene.org.id).first().state, scene.org.slug in telling.own_backups().words) == (BAD, True)


@pytest.mark.one_database
def test_what_the_scanner_holds_back_is_not_handed_out(own_key: str, scene: Scene, second: Path) -> None:
    db.execute_sql("UPDATE document SET state = 'quarantined'")
    service.make()
    files = opened(second / its_own(scene.org.id).name, own_key)
    assert [name for name in files if name.startswith("documents/")] == []


@pytest.mark.one_database
def test_a_document_that_cannot_be_read_is_named_and_the_rest_is_good(own_key: str, scene: Scene) -> None:
    keeping.discard(scene.document.place)
    assert service.make().state == GOOD
    assert [(one["kind"], one["why"]) for one in its_own(scene.org.id).unread] == [("document", "missing")]


@pytest.mark.one_database
def test_none_is_made_of_an_organisation_that_is_being_put_back(own_key: str, scene: Scene) -> None:
    shutting.shut_for(scene.org.id, "a backup")
    assert service.make().state == GOOD
    left_out = service.of(scene.org.id).first()
    assert (left_out.state, left_out.words) == (BAD, WAS_SHUT)
    assert f"{scene.org.slug}: {WAS_SHUT}" in telling.own_backups().words


def test_it_is_the_copy_that_says_whether_it_was_being_put_back(
    own_key: str, theirs: str, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open again by the time that its own archive is made, or shut only since: what was copied is what counts."""
    right = snapshot.take

    def take(url: str, folder: Path) -> Any:
        taken = right(url, folder)
        shutting.open_again(scene.org.id)
        shutting.shut_for(scene.other.id, "a backup")
        return taken

    shutting.shut_for(scene.org.id, "a backup")
    monkeypatch.setattr(snapshot, "take", take)
    assert service.make().state == GOOD
    left_out = service.of(scene.org.id).first()
    assert (left_out.state, left_out.words) == (BAD, WAS_SHUT)
    its_own(scene.other.id)


@pytest.mark.one_database
def test_an_owner_makes_the_key_and_reads_it_once(
    scene: Scene, olivia: User, adam: User, client_of: ClientOf, second: Path
) -> None:
    client = client_of(olivia)
    assert "Make our own key" in client.get("/settings/backups/own").text
    page = client.post("/settings/backups/own/key").text
    key = page.partition("AGE-SECRET-KEY-1")[2].partition("<")[0]
    assert len(key) == 58
    service.make()
    own = its_own(scene.org.id)
    assert opened(second / own.name, f"AGE-SECRET-KEY-1{key}")
    page = client.get("/settings/backups/own").text
    assert own.name in page
    assert key not in page
    assert "Make another key" in page
    assert client_of(adam).get("/settings/backups/own").status_code == 403
    assert client_of(adam).post("/settings/backups/own/key").status_code == 403
    dumped = b"".join(path.read_bytes() for path in stores.settings().data_dir.glob("portal.sqlite3*"))
    assert key.encode() not in dumped
    client.post("/settings/backups/own/key")
    with acting_as(system(scene.org.id)):
        told = LogEntry.select().where(LogEntry.action == "backup.key_made").order_by(LogEntry.seq)
        assert [one.detail["another"] for one in told] == [False, True]
    assert keys.is_there(scene.org.id)
    assert not keys.is_there(scene.other.id)


@pytest.mark.one_database
def test_the_pages_speak_to_whoever_is_no_expert(
    own: Backup, scene: Scene, olivia: User, client_of: ClientOf, kept: Settings
) -> None:
    """How to come by the file, and nothing that is said to support."""
    Backup.create(name="org-1-x", org_id=scene.org.id, state=BAD, words="pg_dump failed: it is gone.")
    Backup.update(state=BAD, words=f"The seal in {kept.backup_url} is gone.").where(Backup.id == own.id).execute()
    client = client_of(olivia)
    page = client.get("/settings/backups/own").text
    assert "ask whoever looks after the portal for the file" in page
    assert "It was changed or lost after it was made." in page
    assert "It could not be made." in page
    assert "kept in 2 places" in page
    shown = client.post("/settings/backups/own/key").text
    assert shown.index("ask whoever looks after the portal for the file") < shown.index("For whoever helps you")
    assert shown.index("For whoever helps you") < shown.index("age -d -i")
    for word in ("s3://", "file://", str(kept.data_dir), "pg_dump", "The seal"):
        assert word not in page + shown


@pytest.mark.one_database
def test_owners_see_nothing_of_others(own: Backup, scene: Scene, olivia: User, client_of: ClientOf) -> None:
    others = its_own(scene.other.id)
    client = client_of(olivia)
    for page in ("/settings/backups", "/settings/backups/own"):
        assert others.name not in client.get(page).text
    assert client.get("/settings/backups").text.count("this machine") == 2  # of the whole, twice
