"""An archive that an earlier version made is restored by today's: brought to its schema, with all that was in it."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from portal.backups import service, snapshot
from portal.backups.opening import Source
from portal.commanding import installed, use
from portal.config import Settings
from portal.contacts.models import Contact
from portal.core import db as database
from portal.core.actor import acting_as, system
from portal.features import prepare
from portal.gateways.backup_places import Folder
from portal.run import migrate, restore
from tests import databases
from tests.backups.test_restoring import empty as empty
from tests.backups.test_restoring import read_keys
from tests.older import Older, migrate_until

FIRST = [name < "m0028" for name in migrate.names()].count(True)  # with this schema the first archives were made


@pytest.fixture
def older_url(
    request: pytest.FixtureRequest, kept: Settings, tmp_path: Path, recovery_key: str, thandi: Contact
) -> str:
    """A database of the version that made the first archives, with what is in today's."""
    url = f"sqlite:///{tmp_path}/older.sqlite3"
    if not kept.database_url.startswith("sqlite"):
        server, name = request.getfixturevalue("postgresql"), f"older_{uuid.uuid4().hex}"
        databases.execute(server, f"CREATE DATABASE {name}")
        url = server.format(name=name)
    own = database.db.obj
    migrate_until(url, FIRST)
    database.db.initialize(own)
    with Older(kept.database_url) as today, Older(url) as there:
        there.take_over(today)
    return url


def test_it_comes_to_todays_schema_with_all_that_was_in_it(
    kept: Settings, empty: Settings, older_url: str, recovery_key: str, thandi: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(prepare)
    right = snapshot.take
    monkeypatch.setattr(snapshot, "take", lambda _url, folder: right(older_url, folder))
    made = service.make()
    assert (made.state, made.words) == ("good", "")

    done = restore.restore(empty, Source(Folder(kept.data_dir / "second"), recovery_key), made.name)

    assert (done.migrated, done.troubles) == (migrate.names()[FIRST:], [])
    with installed(replace(empty, address_keys=read_keys(empty))), acting_as(system(thandi.org_id)):
        assert migrate.pending() == []
        assert Contact.get().first_name == "Thandi"
        again = service.make()
        assert (again.state, again.words) == ("good", "")
