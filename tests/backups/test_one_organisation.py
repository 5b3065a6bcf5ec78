"""One organisation back from a backup while another goes on (R60, security.md 2.7)."""

import hashlib
import os
import signal
from typing import Any

import peewee
import pytest

from portal.activity import checking as record
from portal.activity.models import LogEntry
from portal.campaigns.models import Campaign
from portal.commanding import use
from portal.config import Settings
from portal.consent.models import Suppression
from portal.contacts.models import Contact, Email
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.db import db, is_sqlite
from portal.core.keys import address_mac
from portal.core.watching import GOOD, WRONG
from portal.delivery.models import SystemMail
from portal.documents import keeping
from portal.features import prepare
from portal.run import organisation_shut
from tests.backups import digests
from tests.backups.two_organisations import Busy, Scene, put_back
from tests.backups.two_organisations import scene as scene


@pytest.fixture(autouse=True)
def commands() -> None:
    use(prepare)


def test_the_drill(kept: Settings, scene: Scene) -> None:
    theirs, installation = digests.of_organisation(scene.other.id), digests.of_installation()
    keeping.discard(scene.document.place)
    done = put_back(kept, scene)
    assert (done.troubles, done.documents, done.paused) == ([], 1, {"Spring": 4})
    with db.connection_context():
        assert digests.of_organisation(scene.other.id) == theirs
        assert digests.of_installation() == installation
        with acting_as(system(scene.org.id)):
            assert Contact.get_by_id(scene.kept.id).first_name == "Nomsa"
            assert Contact.get_or_none(Contact.first_name == "Since") is None
            assert Contact.get_by_id(scene.erased.id).erased_at is not None
            assert Email.get_or_none(Email.contact_id == scene.erased.id) is None
            mac = address_mac(scene.org.id, "email", "sipho@example.org")
            assert Suppression.get(Suppression.mac == mac).reason == "unsubscribed"
            content = b"".join(keeping.pieces_of(scene.document.place, scene.document.sealed_key))
            assert hashlib.sha256(content).hexdigest() == scene.document.sha256
            assert Campaign.get(Campaign.name == "Spring").state == "paused"
            assert (SystemMail.get().state, SystemMail.get().message) == ("unknown", "")
            assert record.verify().why == ""
            assert LogEntry.select().where(LogEntry.action == "organisation.restored").count() == 1
        assert shutting.shut() == []
        if kept.database_url.startswith("sqlite"):
            raw = b"".join(path.read_bytes() for path in kept.data_dir.glob("portal.sqlite3*"))
            assert b"CNRYThandi" not in raw
            assert b"cnrythandi@" not in raw
    assert not (kept.data_dir / "restoring-organisation").exists()


def test_the_others_go_on_writing_meanwhile(kept: Settings, scene: Scene) -> None:
    """What they wrote is there, and nothing else of theirs was changed."""
    names = ("contact_email", "delivery", "document", "contact_group")
    before = {name: digests.rows_of(name, f"org_id = {scene.other.id}") for name in names}
    with Busy(kept, scene.other) as busy:
        put_back(kept, scene)
    assert busy.wrote > 0
    with db.connection_context():
        assert before == {name: digests.rows_of(name, f"org_id = {scene.other.id}") for name in names}
        with acting_as(system(scene.other.id)):
            during = Contact.select().where(Contact.first_name.startswith("During")).order_by(Contact.id)
            assert [one.first_name for one in during] == [f"During {number}" for number in range(busy.wrote)]
            assert record.verify().why == ""


def killed_at(kept: Settings, scene: Scene, at: int) -> bool:
    """Put back in a process of its own that is killed before this statement; whether it was."""
    child = os.fork()
    if not child:
        count, execute = [0], peewee.Database.execute_sql

        def counted(self: Any, *more: Any, **named: Any) -> Any:
            count[0] += 1
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, *more, **named)

        peewee.Database.execute_sql = counted
        try:
            put_back(kept, scene)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_anywhere_it_stays_shut_and_begins_anew(kept: Settings, scene: Scene) -> None:
    theirs = digests.of_organisation(scene.other.id)
    shut, at = [], 150
    while killed_at(kept, scene, at):
        with db.connection_context():
            shut.append(bool(shutting.shut()))
            finding = organisation_shut.organisations(kept)
            assert finding.level == WRONG
            assert str(kept.data_dir / "restoring-organisation") in finding.words
            assert finding.helps.startswith("portal restore-organisation" if shut[-1] else "rm -r ")
        at += 130 if is_sqlite() else 400
    assert True in shut
    with db.connection_context():
        assert organisation_shut.organisations(kept).level == GOOD
        assert shutting.shut() == []
        assert digests.of_organisation(scene.other.id) == theirs
        with acting_as(system(scene.org.id)):
            assert Contact.get_by_id(scene.kept.id).first_name == "Nomsa"
            assert Contact.get_by_id(scene.erased.id).erased_at is not None
            assert LogEntry.select().where(LogEntry.action == "organisation.restored").count() >= 1
            assert record.verify().why == ""
