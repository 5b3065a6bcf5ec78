"""Documents: kept, changed, replaced, removed, erased; who may; room; malware; what the log says."""

import io
import os
import time
from dataclasses import replace
from datetime import date

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.activity import log
from portal.activity.models import LogEntry
from portal.contacts import history, photos
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.db import db, transaction
from portal.core.permissions import Denied, Permission
from portal.core.tenancy import Org
from portal.documents import keeping, queries, service, sweeping
from portal.documents.models import Document
from portal.documents.rules import BadDocument, DocumentNotFound, NotOpened
from portal.privacy import erasing
from tests.conftest import actor_of
from tests.documents import files
from tests.documents.files import EICAR
from workers import documents as workers

TEXT = b"Sawubona"


def add(body=TEXT, name="letter.txt", **more):
    return service.add(io.BytesIO(body), name, **more)


def content(document):
    return b"".join(service.open_(document))


def actions():
    return [entry.action for entry in LogEntry.select().order_by(LogEntry.seq) if entry.action.startswith("document.")]


@pytest.fixture
def blind(adam):
    """An administrator from whom documents are hidden."""
    Membership.update(denied=["documents"]).where(Membership.user == adam).execute()
    return adam


def test_a_document_is_kept_with_its_facts_and_its_entry(as_alice, thandi, stored):
    made = add(contact_id=thandi.id, kind="letter", folder=" a/ b ", keep_until=date(2030, 1, 1))

    assert (made.title, made.folder, made.state, made.size) == ("letter", "a / b", "kept", 8)
    assert (made.added_by, made.added_by_name) == (as_alice.user_id, "Alice")
    assert content(made) == TEXT
    entries = list(LogEntry.select().where(LogEntry.action.startswith("document."), LogEntry.subject_id == made.id))
    assert [entry.action for entry in entries] == ["document.added", "document.opened"]
    assert TEXT not in stored()[0].read_bytes()
    assert log.verify().ok


def test_changing_is_logged_and_changing_nothing_is_not(as_alice):
    made = add()

    assert service.change(made, title="Letter of thanks", kind="letter")
    assert not service.change(service.find(made.id), title="Letter of thanks")

    entry = LogEntry.select().where(LogEntry.action == "document.changed").get()
    assert entry.detail["changes"] == {
        "document title": ["letter", "Letter of thanks"],
        "document kind": ["other", "letter"],
    }
    with pytest.raises(BadDocument):
        service.change(made, title=" ")
    with pytest.raises(BadDocument):
        service.change(made, kind="nonsense")


def test_replacing_destroys_the_content_before(as_alice, stored):
    made = add()
    before = stored()

    fresh = service.replace(made, io.BytesIO(files.pdf(pages=2)), "letter.pdf")

    assert (fresh.id, fresh.title, fresh.media_type, fresh.pages) == (made.id, "letter", "application/pdf", 2)
    assert len(stored()) == 1
    assert stored() != before
    assert content(fresh).startswith(b"%PDF-")
    assert actions() == ["document.added", "document.replaced", "document.opened"]


def test_a_bad_replacement_leaves_everything(as_alice, stored):
    made = add()

    with pytest.raises(BadDocument):
        service.replace(made, io.BytesIO(b"MZ"), "x.exe")

    assert content(service.find(made.id)) == TEXT
    assert len(stored()) == 1


def test_removing_destroys_key_and_file(as_alice, stored):
    made = add()

    service.remove(made)
    service.remove(made)

    assert stored() == []
    assert Document.select().count() == 0
    assert actions() == ["document.added", "document.removed"]


def test_a_file_stays_while_its_removal_is_not_certain(as_alice, stored):
    made = add()

    def half_way():
        with transaction():
            service.remove(made)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()

    assert content(service.find(made.id)) == TEXT


def test_what_could_not_be_written_leaves_no_file(as_alice, stored):
    with pytest.raises(DocumentNotFound):
        add(contact_id=987_654)

    assert stored() == []


def test_erasing_a_contact_destroys_its_documents_and_photo(org, thandi, stored):
    with acting_as(system(org.id)):
        kept = add()
        add(contact_id=thandi.id, title="CNRY")
        photos.change(thandi, io.BytesIO(files.picture()), "x.png")

        erasing.erase([thandi.id])

        assert [document.id for document in Document.select()] == [kept.id]
        assert len(stored()) == 1
        assert Contact.get_by_id(thandi.id).photo_id is None
        assert log.verify().ok


def test_a_document_that_needs_a_permission_is_not_there_for_who_lacks_it(org, thandi, olivia, bob, stored):
    with acting_as(actor_of(olivia)):
        made = add(needs=Permission.USERS, folder="Secret", title="Secret")
        of_thandi = add(needs=Permission.USERS, contact_id=thandi.id, title="Secret")

    def seen(actor):
        with acting_as(actor):
            listed = [*queries.page(queries.Filter(), 1), *queries.of_contacts([thandi.id]).get(thandi.id, [])]
            return [document.id for document in listed], [folder.name for folder in queries.folders()]

    assert seen(actor_of(olivia)) == ([made.id, of_thandi.id], ["Secret"])
    assert seen(actor_of(bob)) == ([], [])
    with acting_as(actor_of(bob)), pytest.raises(DocumentNotFound):
        service.find(made.id)
    with acting_as(
        replace(system(org.id), permissions=frozenset({Permission.CONTACT_DELETE, Permission.CONTACT_READ}))
    ):
        erasing.erase([thandi.id])
    assert len(stored()) == 1
    assert seen(system(org.id)) == ([made.id], ["Secret"])


def test_whoever_may_not_read_documents_sees_none_nor_hears_of_them(blind, thandi, as_alice):
    made = add(contact_id=thandi.id, title="Secret")

    with acting_as(actor_of(blind)):
        assert list(Document.select()) == []
        with pytest.raises(DocumentNotFound):
            service.find(made.id)
        with pytest.raises(Denied):
            service.open_(made)
        sentences, _ = history.of_contact(thandi.id, 0, 20)
        assert "Secret" not in str([sentence.changes for sentence in sentences])
        erasing.erase([thandi.id])
    assert Document.select().count() == 0


def test_whoever_has_one_group_only_reaches_documents_of_that_group(thandi, as_alice, bob, stored):
    group = contacts.add_group("Donors")
    other = contacts.add(first_name="Sipho")
    contacts.group_contacts([thandi.id], group.id)
    near, far, own = add(contact_id=thandi.id), add(contact_id=other.id), add()
    membership = Membership.get(Membership.user == bob)
    Membership.update(only_group=group.id, role="editor").where(Membership.id == membership.id).execute()

    with acting_as(actor_of(bob)):
        assert {document.id for document in Document.select()} == {near.id, own.id}
        with pytest.raises(DocumentNotFound):
            service.find(far.id)
        with pytest.raises(DocumentNotFound):
            add(contact_id=other.id)
        with pytest.raises(BadDocument, match="no room"):
            fill_up(service.usage())
    assert len(stored()) == 3


def fill_up(usage):
    Org.update(document_quota=usage.used).execute()
    add()


def test_documents_are_for_their_organisation_only(as_alice, thandi, other_org):
    made = add()

    with acting_as(system(other_org.id)):
        with pytest.raises(DocumentNotFound):
            service.find(made.id)
        with pytest.raises(DocumentNotFound):
            add(contact_id=thandi.id)
        assert service.usage().used == 0


def test_the_room_of_an_organisation_ends(as_alice, stored):
    add(b"a" * 60)
    Org.update(document_quota=100).execute()

    with pytest.raises(BadDocument, match="no room"):
        add(b"b" * 60)
    made = add(b"b" * 30)
    with pytest.raises(BadDocument, match="no room"):
        service.replace(made, io.BytesIO(b"c" * 50), "x.txt")

    assert service.replace(made, io.BytesIO(b"c" * 40), "x.txt").size == 40
    assert service.usage().used == 100
    assert len(stored()) == 2


def test_the_room_is_given_by_command_only(org, olivia):
    with acting_as(system(org.id)):
        accounts.set_details(document_quota="5GB")
        with pytest.raises(ValueError, match="no size"):
            accounts.set_details(document_quota="much")
    assert Org.get_by_id(org.id).document_quota == 5 * 2**30
    with acting_as(actor_of(olivia)), pytest.raises(Denied):
        accounts.set_details(document_quota="50GB")


@pytest.mark.parametrize(
    ("name", "body"),
    [("virus.txt", EICAR), ("virus.docx", files.office(more={"word/a.txt": EICAR}, stored=True))],
)
def test_malware_is_held_back_and_told(as_alice, clamd, name, body):
    made = add(body, name)

    assert (made.state, made.state_words) == ("quarantined", "Eicar-Test-Signature")
    with pytest.raises(NotOpened, match="malware"):
        service.open_(made)
    with pytest.raises(NotOpened):
        service.peek(made)
    assert actions() == ["document.added", "document.quarantined"]
    clean = add()
    assert content(clean) == TEXT
    assert clamd.seen == [body, TEXT]


def test_while_the_scanner_is_away_uploads_wait_and_are_scanned_when_it_is_back(as_alice, clamd):
    clamd.stop()
    good, bad = add(), add(EICAR, "virus.txt")
    for document in (good, bad):
        assert document.state == "waiting"
        with pytest.raises(NotOpened, match="not scanned"):
            service.open_(document)
    workers.ring_for_documents()
    service.scan(good.id)
    assert service.find(good.id).state == "waiting"

    clamd.start()
    assert service.waiting() == [good.id, bad.id]
    workers.ring_for_documents()
    for document in (good, bad):
        workers.scan_document(org_id=as_alice.org_id, document_id=document.id)
        service.scan(document.id)

    assert content(service.find(good.id)) == TEXT
    assert service.find(bad.id).state == "quarantined"
    assert service.waiting() == []
    assert actions()[-2:] == ["document.quarantined", "document.opened"]


def test_a_verdict_of_the_content_before_is_not_one_of_the_content_now(as_alice, clamd):
    clamd.answer = "trouble ERROR"
    made = add()
    clamd.answer = ""

    def replaced():
        with db.connection_context(), acting_as(as_alice):
            Document.update(place="0" * 32).where(Document.id == made.id).execute()

    clamd.meanwhile = replaced
    service.scan(made.id)

    assert service.find(made.id).state == "waiting"


def test_without_a_scanner_what_waits_goes_on_waiting(as_alice, clamd, settings):
    clamd.stop()
    made = add()
    keeping.use(replace(settings, clamd_url=None))

    service.scan(made.id)
    workers.ring_for_documents()

    assert service.find(made.id).state == "waiting"


def test_the_sweep_removes_what_no_document_names_once_it_is_old(org, stored):
    Org.update(created_at=Org.created_at.python_value("2020-01-01 00:00:00.000000")).execute()
    with acting_as(system(org.id)):
        add()
    young, old, half = (keeping.store().put([b"x"]) for _ in range(3))
    aged = time.time() - sweeping.PATIENCE - 60
    for path in stored():
        if path.name != young:
            os.utime(path, (aged, aged))
        if path.name == half:
            path.rename(path.parents[2] / "coming" / half)

    assert sweeping.sweep() == 2

    assert young in {path.name for path in stored()}
    assert len(stored()) == 2
    assert old not in {path.name for path in stored()}


def test_the_sweep_leaves_a_store_that_is_older_than_the_database(org, stored):
    keeping.store().put([b"x"])
    aged = time.time() - sweeping.PATIENCE - 60
    os.utime(stored()[0], (aged, aged))

    assert sweeping.sweep() == 0


def test_a_document_whose_file_is_lost_says_so(as_alice, stored):
    made = add()
    stored()[0].write_bytes(b"something else altogether")

    with pytest.raises(NotOpened, match="cannot be read"):
        service.open_(made)
    assert actions() == ["document.added"]


def test_a_photo_is_a_small_square_and_takes_the_place_of_the_one_before(as_alice, thandi, stored):
    photos.change(thandi, io.BytesIO(files.picture(size=(1600, 900))), "x.png")
    photos.change(thandi, io.BytesIO(files.photo_with_place()), "face.jpg")

    assert len(stored()) == 1
    found = photos.of(thandi)
    assert (found.kind, found.media_type, found.contact_id) == ("photo", "image/jpeg", thandi.id)
    with pytest.raises(BadDocument, match="picture"):
        photos.change(thandi, io.BytesIO(files.pdf()), "x.pdf")
    photos.remove(thandi)
    assert photos.of(thandi) is None
    assert stored() == []


def test_a_photo_that_holds_malware_or_waits_is_not_shown(as_alice, thandi, clamd):
    clamd.stop()
    photos.change(thandi, io.BytesIO(files.picture()), "x.png")

    assert photos.of(thandi) is None
