"""What one organisation that is put back from a backup meets: others' numbers, its people, record and journal."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.accounts import service as accounts
from portal.accounts.models import Membership, Session, User
from portal.activity import anchors, heads, log
from portal.activity import checking as record
from portal.activity.models import LogEntry, LogHead
from portal.backups import keys, service, stores
from portal.backups.models import Backup
from portal.backups.opening import NotRestored, Source
from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.campaigns.models import Campaign
from portal.commanding import installed, use
from portal.config import Settings
from portal.consent import restricting
from portal.consent.models import Restriction
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core import shutting
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, disconnect, is_sqlite, transaction
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.delivery import system_mail
from portal.documents import keeping
from portal.duplicates import uniting
from portal.features import prepare
from portal.privacy import cli as privacy_cli
from portal.run import organisation_cli, organisation_restore, organisation_rows, organisation_shut
from tests.agreed import everybody_agrees
from tests.backups import digests
from tests.backups.two_organisations import Scene, put_back
from tests.backups.two_organisations import scene as scene
from tests.conftest import ClientOf, member


@pytest.fixture(autouse=True)
def commands() -> None:
    use(prepare)


def test_a_row_of_another_with_the_same_number_is_never_overwritten(kept: Settings, scene: Scene) -> None:
    """As after the whole installation was put back from an older backup: a number may be given out again."""
    db.execute_sql(f"UPDATE subscribe_form SET org_id = {scene.other.id}")
    db.execute_sql(f"UPDATE message_foot SET org_id = {scene.other.id}")
    db.execute_sql(f"UPDATE system_mail SET org_id = {scene.other.id}")
    before = digests.of_organisation(scene.org.id), digests.of_organisation(scene.other.id)
    with pytest.raises(NotRestored, match=r"Another organisation has a row of the number \d+ in system_mail"):
        put_back(kept, scene)
    with db.connection_context():
        assert before == (digests.of_organisation(scene.org.id), digests.of_organisation(scene.other.id))
        assert shutting.shut() == []


def test_no_number_of_the_archive_is_given_out_meanwhile(kept: Settings, scene: Scene) -> None:
    with acting_as(system(scene.org.id)):
        last = db.execute_sql("SELECT max(id) FROM contact").fetchone()[0]
    db.execute_sql(f"DELETE FROM system_mail WHERE org_id = {scene.org.id}")
    if is_sqlite():
        db.execute_sql("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'system_mail'")
    else:
        db.execute_sql("SELECT setval('system_mail_id_seq', 1, false)")
    put_back(kept, scene)
    with db.connection_context(), acting_as(system(scene.other.id)):
        there = db.execute_sql("SELECT max(id) FROM system_mail").fetchone()[0]
        assert system_mail.send(None, "test", "a@example.org", "b@example.org", b"words") > there
        assert contacts.add(first_name="Next").id > last


def test_who_works_here_comes_back_but_no_password_does(
    kept: Settings, scene: Scene, olivia: User, charlie: User, client_of: ClientOf
) -> None:
    gone = Membership.get(Membership.user == olivia)
    with transaction():
        Membership.delete().where(Membership.id == gone.id).execute()
        User.update(password_hash="a newer one").where(User.id == olivia.id).execute()
    newer = member(scene.org, "Nandi", Role.OWNER)
    client_of(newer)
    client_of(charlie)
    done = put_back(kept, scene)
    assert (done.people.again, done.people.no_more) == ([olivia.email], [newer.email])
    with db.connection_context():
        assert Membership.get(Membership.user == olivia).id == gone.id
        assert User.get_by_id(olivia.id).password_hash == "a newer one"
        assert [one.user_id for one in Session.select()] == [charlie.id]
    words = organisation_cli.words(done, 1)
    assert f"May enter again, as when the backup was made; look whether they should: {olivia.email}." in words


def test_how_and_from_where_people_sign_in_is_not_taken_back(kept: Settings, scene: Scene) -> None:
    with transaction():
        Org.update(countries=["ZA", "BW"], requires_factor=1, name="Spoilt").where(Org.id == scene.org.id).execute()
    put_back(kept, scene)
    with db.connection_context():
        org = Org.get_by_id(scene.org.id)
        assert (org.countries, org.requires_factor, org.name) == (["ZA", "BW"], 1, scene.org.name)


def test_who_works_here_today_keeps_the_rights_of_today(
    kept: Settings, scene: Scene, olivia: User, client_of: ClientOf
) -> None:
    """What was taken from him since the backup was taken for a reason. His session ends, as all do."""
    client_of(olivia)
    less = {"role": Role.READER, "granted": ["reports"], "denied": ["telephone"], "only_group": 7}
    newer = member(scene.org, "Nandi", Role.OWNER)
    with transaction():
        Membership.update(**less).where(Membership.user == olivia).execute()
    done = put_back(kept, scene)
    with db.connection_context():
        found = Membership.get(Membership.user == olivia)
        assert {name: getattr(found, name) for name in less} == less
        assert Session.select().count() == 0
        # The organisation would have no owner else.
        assert Membership.get(Membership.user == newer).role == Role.OWNER
    assert (done.people.again, done.people.no_more) == ([], [])


@pytest.mark.parametrize("is_taken", [False, True])
def test_a_user_who_is_gone_comes_back_unless_another_has_his_address(
    kept: Settings, scene: Scene, olivia: User, is_taken: bool
) -> None:
    with transaction():
        Membership.delete().where(Membership.user == olivia).execute()
        User.delete().where(User.id == olivia.id).execute()
        if is_taken:
            User.create(email=olivia.email, name="Another")
    done = put_back(kept, scene)
    with db.connection_context():
        found = User.get(User.email == olivia.email)
        assert (found.id == olivia.id) is not is_taken
        assert (found.password_hash, found.is_support) == ("", 0)
        assert done.people.left_out == ([olivia.email] if is_taken else [])
        assert Membership.select().where(Membership.user == found).count() == (0 if is_taken else 1)


def test_another_person_under_the_number_of_one_who_is_gone_gets_no_membership(
    kept: Settings, scene: Scene, olivia: User
) -> None:
    with transaction():
        Membership.delete().where(Membership.user == olivia).execute()
        User.update(email="another@example.org", created_at=now()).where(User.id == olivia.id).execute()
    assert put_back(kept, scene).people.left_out == [olivia.email]


def test_a_draft_that_was_sent_since_comes_back_paused_and_says_so(kept: Settings, scene: Scene) -> None:
    """Else it would look as if nobody had it yet, and everybody would get it twice."""
    with acting_as(system(scene.org.id)):
        group = contacts.add_group("Donors")
        contacts.add(first_name="Zola", email="zola@example.org", groups=[group.id])
        everybody_agrees()
        drafts = [campaigns.create(name) for name in ("Summer", "Autumn")]
        drafts = [campaigns.change(one, 1, subject=one.name, body="<p>Hello</p>") for one in drafts]
        for draft in drafts:
            sending.choose_audience(draft, [group.id], [])
        made = service.make()
        sending.start(campaigns.find(drafts[0].id))

    done = put_back(kept, scene, made.name)

    assert done.paused["Summer"] == 0
    with db.connection_context(), acting_as(system(scene.org.id)):
        told = {one.name: (one.state, "would be sent again" in one.trouble) for one in Campaign.select()}
    assert (told["Summer"], told["Autumn"]) == (("paused", True), ("draft", False))


def test_contacts_that_were_merged_come_back_merged(
    kept: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They point to each other, up and down: in no order could their rows be taken out or put in one by one."""
    with acting_as(system(scene.org.id)):
        one, two, three, four = [contacts.add(first_name="Lindiwe", last_name=f"Zulu {number}").id for number in "1234"]
        uniting.unite(one, two)
        uniting.unite(four, three)
        made = service.make()
        uniting.unite(one, four)
    monkeypatch.setattr(organisation_rows, "AT_ONCE", 1)

    assert put_back(kept, scene, made.name).troubles == []

    with db.connection_context(), acting_as(system(scene.org.id)):
        merged = Contact.select(Contact.id, Contact.merged_into).where(Contact.merged_into.is_null(False))
        assert dict(merged.tuples()) == {two: one, three: four}


def test_who_was_restricted_since_is_restricted_again(kept: Settings, scene: Scene) -> None:
    """One that was lifted since the backup is in force as it was then: the stricter stays."""
    with acting_as(system(scene.org.id)):
        lifted, back = (contacts.add(first_name=name).id for name in ("Lifted", "Back and forth"))
        restricting.restrict(lifted, "proof")
        made = service.make()
        restricting.lift(lifted, "By telephone")
        restricting.restrict(scene.kept.id, "unlawful", "She wrote to us")
        restricting.restrict(back, "contested")
        restricting.lift(back, "By letter")
        restricting.restrict(scene.erased.id, "proof")
        restricting.restrict(contacts.add(first_name="Later").id, "proof")

    assert put_back(kept, scene, made.name).restricted == 1

    with db.connection_context(), acting_as(system(scene.org.id)):
        known = Restriction.select(Restriction.contact_id, Restriction.reason, Restriction.detail)
        assert set(known.where(Restriction.lifted_at.is_null()).tuples()) == {
            (lifted, "proof", ""), (scene.kept.id, "unlawful", "She wrote to us"),
        }  # fmt: skip


def test_a_damaged_record_is_mended_and_goes_on(kept: Settings, scene: Scene) -> None:
    """What was written since the backup stays, as far as it goes on from there."""
    its = f"org_id = {scene.org.id}"
    with acting_as(system(scene.org.id)):
        head = LogHead.get()
        anchors.note(head.seq, head.hash)
    last = db.execute_sql(f"SELECT max(seq) FROM log_entry WHERE {its}").fetchone()[0]
    db.execute_sql(f"UPDATE log_entry SET action = 'contact.changed' WHERE {its} AND seq = 2")
    db.execute_sql(f"DELETE FROM log_entry WHERE {its} AND seq = {last - 1}")
    done = put_back(kept, scene)
    assert done.troubles == [
        "The record was damaged and was mended from the backup; 1 entry is lost. Entry 2 was changed, or stands in "
        "another order than it was written."
    ]
    with db.connection_context(), acting_as(system(scene.org.id)):
        assert record.verify().why == ""
        assert LogEntry.get(LogEntry.action == "organisation.record_mended").seq == last - 1
    disconnect()
    assert put_back(kept, scene).troubles == []


def test_a_record_of_another_course_is_refused(kept: Settings, scene: Scene) -> None:
    """As where the whole installation was put back from an older backup, and went on from there."""
    with acting_as(system(scene.org.id)), transaction():
        third = LogEntry.get(LogEntry.seq == 3)
        LogEntry.delete().where(LogEntry.seq > 3).execute()
        LogHead.update(seq=3, hash=third.hash, mac=heads.sign(3, third.hash)).execute()
        anchors.cut_after(3)
        for _ in range(40):
            log.write("organisation.changed")
    with pytest.raises(NotRestored, match="is of another course of things"):
        put_back(kept, scene)


@pytest.mark.one_database
def test_what_is_not_of_this_organisation_is_refused(kept: Settings, scene: Scene) -> None:
    later = accounts.create_org("Later")
    with pytest.raises(NotRestored, match="Later is not in this backup: it was begun later"):
        put_back(kept, Scene(**{**vars(scene), "org": later}))
    with pytest.raises(NotRestored, match="There is no organisation called 'nowhere'"):
        put_back(kept, Scene(**{**vars(scene), "org": Org(slug="nowhere")}))


@pytest.mark.one_database
@pytest.mark.parametrize("lost", ["all", "its end"])
def test_a_journal_that_this_machine_lost_comes_from_the_backup(kept: Settings, scene: Scene, lost: str) -> None:
    path = kept.data_dir / "erasures" / f"{scene.org.id}.jsonl"
    whole, made = path.read_bytes(), service.make()
    path.write_bytes(whole.splitlines(keepends=True)[0] if lost == "its end" else b"")
    if lost == "all":
        path.unlink()
    (told,) = put_back(kept, scene, made.name).troubles
    assert "or asked to be left alone, after" in told
    assert path.read_bytes().startswith(whole)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def another_content(path: Path) -> None:
    """Its beginning is as it was."""
    path.write_bytes(path.read_bytes()[:-1] + b"\0")


@pytest.mark.one_database
@pytest.mark.parametrize("spoil", [cut_short, another_content, Path.unlink])
def test_a_file_that_is_not_what_was_kept_comes_from_the_backup(
    kept: Settings, scene: Scene, spoil: Callable[[Path], None]
) -> None:
    place, key = scene.document.place, scene.document.sealed_key
    (path,) = (kept.data_dir / "documents").rglob(place)
    spoil(path)
    done = put_back(kept, scene)
    assert (done.documents, done.troubles) == (1, [])
    content = b"".join(keeping.pieces_of(place, key))
    assert hashlib.sha256(content).hexdigest() == scene.document.sha256


@pytest.mark.one_database
def test_a_file_that_cannot_be_read_nor_written_is_named(kept: Settings, scene: Scene) -> None:
    """As with a damaged disk. The rest comes back, and the organisation opens."""
    (path,) = (kept.data_dir / "documents").rglob(scene.document.place)
    path.unlink()
    path.mkdir()
    done = put_back(kept, scene)
    assert done.documents == 0
    assert done.troubles == [
        f"The document {scene.document.place[:8]} is not whole here, and could not be had from the backup."
    ]
    with db.connection_context():
        assert shutting.shut() == []


@pytest.mark.one_database
def test_a_journal_of_another_course_is_refused(kept: Settings, scene: Scene) -> None:
    made = service.make()
    (kept.data_dir / "erasures" / f"{scene.org.id}.jsonl").write_bytes(b"another\n")
    with pytest.raises(NotRestored, match="is not that of this backup"):
        put_back(kept, scene, made.name)


@pytest.mark.one_database
def test_replaying_passes_over_one_that_is_shut_and_says_so(kept: Settings, scene: Scene) -> None:
    shutting.shut_for(scene.org.id, "a backup")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(privacy_cli, "installation", lambda: installed(kept))
        ended = CliRunner().invoke(privacy_cli.privacy, ["replay", "--json"])
    told = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert "It is shut" in told[scene.org.slug]["trouble"]
    assert told[scene.other.slug]["trouble"] == ""


@pytest.mark.one_database
def test_only_one_at_a_time(kept: Settings, scene: Scene) -> None:
    with organisation_shut.folder(kept.data_dir), pytest.raises(NotRestored, match="being put back just now"):
        put_back(kept, scene)


@pytest.mark.one_database
def test_one_that_was_made_while_it_was_put_back_is_refused(kept: Settings, scene: Scene) -> None:
    shutting.shut_for(scene.org.id, "a backup")
    made = service.make()
    with pytest.raises(NotRestored, match="take an older one"):
        put_back(kept, scene, made.name)


@pytest.mark.one_database
def test_the_newest_good_one_of_the_key_is_taken(kept: Settings, scene: Scene) -> None:
    source = Source(stores.own(), scene.key)
    newer = service.make()
    assert organisation_restore.newest(source) == newer.name
    Backup.update(state="bad").where(Backup.id == newer.id).execute()
    assert organisation_restore.newest(source) == scene.made.name
    with pytest.raises(NotRestored, match="No good backup"):
        organisation_restore.newest(Source(stores.own(), keys.make()[0]))
