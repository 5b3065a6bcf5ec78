"""What the owner of an organisation, who holds the key of its archives, may make of one: nothing (R60, I08)."""

import io
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from portal.backups import keys, locking, seals, service, snapshot, stores
from portal.backups.archive import MANIFEST, Member, packed
from portal.backups.files import HashingFile
from portal.backups.models import BAD, Backup
from portal.backups.opening import NotRestored, Source
from portal.backups.seals import Seal
from portal.commanding import use
from portal.config import Settings
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.features import prepare
from portal.gateways.backup_places import Folder
from portal.imports import service as imports
from portal.run import organisation_cli, organisation_restore, organisation_trust
from tests.backups import digests
from tests.backups.test_own_archives import its_own, opened
from tests.backups.test_own_archives import own as own
from tests.backups.test_own_archives import own_key as own_key
from tests.backups.test_own_archives import theirs as theirs
from tests.backups.two_organisations import Scene
from tests.backups.two_organisations import scene as scene

ELSEWHERE = "/etc/passwd"


@pytest.fixture(autouse=True)
def commands() -> None:
    use(prepare)


def forged(folder: Path, files: dict[str, bytes], key: str, name: str) -> None:
    """The archive with a row of the forger's own, under this name, sealed anew by what follows from his key."""
    files = {member: raw for member, raw in files.items() if member != MANIFEST}
    database = folder / "forged.sqlite3"
    database.write_bytes(files[snapshot.SQLITE])
    with closing(sqlite3.connect(database)) as rows:
        rows.execute('UPDATE "import" SET path = ?', (ELSEWHERE,))
        rows.execute("UPDATE contact SET first_name = 'Forged'")
        rows.commit()
    files[snapshot.SQLITE] = database.read_bytes()
    contents = snapshot.of_sqlite(database)
    database.unlink()
    members = (Member(member, len(raw), [raw]) for member, raw in files.items())
    recipient = str(locking.identity_of(key).to_public())
    with HashingFile(folder / name) as file:
        locking.lock(packed(members, lambda: contents.told), file, [recipient])
    seal = Seal(name, "2026-01-01T00:00:00+00:00", file.size, file.digest.hexdigest(), recipient)
    (folder / f"{name}.seal").write_bytes(seals.written(seal, seals.signing_key(key)))


def in_its_place(own: Backup, scene: Scene) -> str:
    return own.name


def under_a_new_name(own: Backup, scene: Scene) -> str:
    return f"{own.name.rpartition('-')[0]}-{secrets.token_hex(4)}.age"


def as_another_organisations(own: Backup, scene: Scene) -> str:
    return its_own(scene.other.id).name


def as_one_of_the_whole(own: Backup, scene: Scene) -> str:
    return f"in-contact-{own.name.split('-', 2)[2]}"


def as_the_last_of_the_whole(own: Backup, scene: Scene) -> str:
    return scene.made.name


FORGERIES: dict[Callable[[Backup, Scene], str], str] = {
    in_its_place: "is not an archive that this portal made: it was changed, and sealed anew",
    under_a_new_name: "is not an archive that this portal made of",
    as_another_organisations: "is not an archive that this portal made of",
    as_one_of_the_whole: "is not this portal's recovery key",
    as_the_last_of_the_whole: "is not this portal's recovery key",
}


@pytest.mark.one_database
@pytest.mark.parametrize("where", ["in the store", "handed over"])
def test_forgeries_are_refused_and_nothing_is_changed(
    own: Backup, own_key: str, scene: Scene, kept: Settings, second: Path, tmp_path: Path, where: str
) -> None:
    folder = second if where == "in the store" else tmp_path
    files = opened(second / own.name, own_key)
    before = digests.of_organisation(scene.org.id), digests.of_organisation(scene.other.id)
    for named, words in FORGERIES.items():
        with db.connection_context():
            name = named(own, scene)
        forged(folder, files, own_key, name)
        source, _ = organisation_cli._source(own_key, str(folder / name))
        with pytest.raises(NotRestored, match=words):
            organisation_restore.restore(kept, scene.org.slug, source, name)
    with db.connection_context():
        assert (digests.of_organisation(scene.org.id), digests.of_organisation(scene.other.id)) == before
        assert shutting.shut() == []


@pytest.mark.one_database
def test_one_that_is_changed_after_it_was_looked_at_is_refused(
    own: Backup, own_key: str, scene: Scene, second: Path
) -> None:
    source = Source(Folder(second), own_key)
    organisation_trust.check(scene.org, source, own.name)
    forged(second, opened(second / own.name, own_key), own_key, own.name)
    with pytest.raises(NotRestored, match="was changed, and sealed anew"):
        source.open(own.name, lambda *_: None)


@pytest.mark.one_database
def test_keys_and_archives_of_others_are_refused(
    own: Backup, own_key: str, theirs: str, scene: Scene, kept: Settings
) -> None:
    others, whole = its_own(scene.other.id), service.last_good()
    assert whole is not None
    stranger = str(locking.new_identity())
    for slug, key, name, words in (
        (scene.org.slug, theirs, own.name, "is neither this portal's recovery key nor that of"),
        (scene.org.slug, stranger, own.name, "is neither this portal's recovery key nor that of"),
        (scene.org.slug, theirs, others.name, "is not an archive that this portal made of"),
        (scene.org.slug, scene.key, others.name, "is not an archive that this portal made of"),
        (scene.other.slug, own_key, own.name, "is not an archive that this portal made of"),
        (scene.org.slug, own_key, whole.name, "is not this portal's recovery key"),
        (scene.org.slug, stranger, whole.name, "is not this portal's recovery key"),
    ):
        with pytest.raises(NotRestored, match=words):
            organisation_restore.restore(kept, slug, Source(stores.own(), key), name)


@pytest.mark.one_database
def test_one_that_was_found_bad_is_refused_and_says_why(
    own: Backup, own_key: str, scene: Scene, kept: Settings
) -> None:
    Backup.update(state=BAD, words="It was cut off.").where(Backup.id == own.id).execute()
    with pytest.raises(NotRestored, match=r"is not good: It was cut off\. Take another"):
        organisation_restore.restore(kept, scene.org.slug, Source(stores.own(), own_key), own.name)


@pytest.mark.one_database
def test_an_older_key_of_its_own_opens_what_was_made_for_it(
    own: Backup, own_key: str, scene: Scene, kept: Settings
) -> None:
    with acting_as(system(scene.org.id)):
        service.make_own_key()
    assert organisation_restore.restore(kept, scene.org.slug, Source(stores.own(), own_key), own.name).rows
    assert keys.is_there(scene.org.id)


@pytest.mark.parametrize("whose", ["own", "whole"])
@pytest.mark.parametrize("path", [ELSEWHERE, "/data/imports/.."])
def test_a_file_to_be_brought_in_can_be_no_other_of_this_machine(
    own_key: str, scene: Scene, kept: Settings, whose: str, path: str
) -> None:
    folder, table = kept.data_dir / "imports", b"Name,E-mail\nNomsa,nomsa@example.org\n"
    with acting_as(system(scene.org.id)):
        right, other = (Path(imports.take_in(folder, "list.csv", io.BytesIO(table)).path) for _ in range(2))
    db.execute_sql(f"""UPDATE "import" SET path = '{path}' WHERE path = '{other}'""")
    db.execute_sql(f"""UPDATE "import" SET path = '/elsewhere/imports/{right.name}' WHERE path = '{right}'""")
    made = service.make()
    name = its_own(scene.org.id).name if whose == "own" else made.name
    right.unlink()
    organisation_restore.restore(kept, scene.org.slug, Source(stores.own(), scene.key), name)
    with db.connection_context():
        found = [row[0] for row in db.execute_sql('SELECT path FROM "import" ORDER BY id').fetchall()]
    assert found == [str(right), str(folder / "unknown")]
    assert right.read_bytes().startswith(b"Name,")
