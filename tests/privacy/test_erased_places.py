"""Must show 4: erase a contact who stands in every place, then look for him in every table, file and log."""

import gzip
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from portal.activity import log
from portal.consent import suppressing
from portal.consent.models import Suppression
from portal.consent.purposes import first
from portal.consent.queries import suppression_reasons
from portal.consent.recording import record as say
from portal.consent.suppressing import Wish
from portal.contacts import queries
from portal.contacts import service as contacts
from portal.contacts.holders import holders
from portal.contacts.models import Contact
from portal.contacts.sweeps import sweeps
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, is_sqlite, transaction
from portal.core.keys import address_mac
from portal.delivery import catcher, system_mail
from portal.delivery.mime import Message, build
from portal.delivery.models import ReturnedMail
from portal.imports.models import Import, ImportProblem
from portal.privacy import erasing, places, proof, replaying, scrubbing
from portal.privacy.models import Nameless
from tests import planting, schema
from tests.conftest import actor_of


def test_every_table_says_how_it_is_emptied_or_why_nobody_stands_in_it():
    held = {holder.table for holder in holders()}
    known = {*places.OWN, *held, *places.SWEPT, *places.LAWFUL_REMAINDER, *places.NOT_ABOUT_CONTACTS}
    there = {model._meta.table_name for model in schema.models()}

    assert (there - known, known - there) == (set(), set())
    assert not places.OWN & held
    assert not set(places.NOT_ABOUT_CONTACTS) & (held | set(places.SWEPT))


def test_every_place_that_is_swept_has_its_sweep(app):
    names = {one.name for one in sweeps()}

    assert set(places.SWEPT.values()) <= names
    assert "messages that were caught" in names


OF_THE_ORGANISATION = {"contact_field", "contact_group", "contact_page", "ground_run", "purpose", "org"}


@pytest.fixture
def planted(olivia, settings):
    """A contact full of canaries; also in a file, in a message of the portal, in mail that was caught or returned."""
    found = planting.plant(olivia)
    mail = "cnryamail@example.org"
    with acting_as(actor_of(olivia)):
        made = Message(
            sender_name="Answers", sender="o@example.net", recipient_name="", recipient="o@example.net",
            subject="Answer: CNRYA", text=f"{mail} answered a message you sent.\n\nCNRYAanswer é", html="<p>x</p>",
            message_id="<1@example.net>", date=now(), reply_to=mail,
        )  # fmt: skip
        source = build(made)
        system_mail.send(None, "answer", "o@example.net", "o@example.net", source)
        ReturnedMail.create(road="command", recipient="b@example.net", source=source)
        folder = catcher.folder_of(settings.data_dir)
        folder.mkdir()
        catcher.keep(folder, "o@example.net", [mail], b"Subject: CNRYAcaught\r\n\r\nCNRYA")
        catcher.keep(folder, "o@example.net", ["o@example.net"], source)
        catcher.keep(folder, "o@example.net", ["next@example.net"], b"Subject: Other\r\n\r\nSomebody else")
        cells = ["CNRYAfirst CNRYAlast", "CNRYArow"]
        ended = Import.select().where(Import.state == "finished").first()
        ImportProblem.create(import_id=ended.id, row=3, column="", message="CNRYA wrong", cells=cells)
        with transaction():
            say([found.ids["contact_id"]], purpose_id=first().id, channels=["email"], kind="granted",
                detail="CNRYAsaid", recording="CNRYAtape")  # fmt: skip
    return found


def needles_of(planted):
    """What stood at the contact alone: what the organisation calls its fields and groups, and what somebody else is
    called, is not his.
    """
    mine = {
        "contact",
        "email",
        "telephone",
        "address",
        "notes",
        "documents",
        "identity",
        "special",
        "child",
        "financial",
    }
    texts = {text for kind in mine for text in planted.canaries.get(kind, ())}
    texts |= {"cnryasaid", "cnryatape", "cnryarow", "cnryacaught", "cnryaanswer"}
    contact_id = planted.ids["contact_id"]
    with acting_as(system(planted.org_id)):
        others = list(Contact.select().where(Contact.id != contact_id).dicts())
    theirs = {text for text in texts if text in str(others).lower()}
    return texts - theirs - {text for table, text in tables_naming(texts) if table in OF_THE_ORGANISATION}


def tables_naming(needles):
    return {
        (model._meta.table_name, needle)
        for model in schema.models()
        for row in db.execute(model._meta.table.select().tuples())
        for needle in needles
        if needle in str(tuple(bytes(c).decode("utf-8", "replace") if isinstance(c, memoryview | bytes) else c
                               for c in row)).lower()
    }  # fmt: skip


def files_naming(folder: Path, needles):
    """The files of the data folder that hold one of them: as they lie, unpacked, or opened."""
    found = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        views = [raw]
        for unpack in (gzip.decompress, zlib.decompress):
            try:
                views.append(unpack(raw))
            except (OSError, zlib.error, EOFError):
                continue
        found |= {(path.name, needle) for needle in needles for view in views if needle.encode() in view.lower()}
    return found


def test_after_an_erasure_nothing_names_the_person_anywhere(planted, olivia, settings, caplog):
    contact_id = planted.ids["contact_id"]
    needles = needles_of(planted)
    before = {table for table, _ in tables_naming(needles)}
    assert before >= {
        "contact", "contact_email", "contact_address", "contact_note", "contact_value", "delivery", "delivery_event",
        "document", "import_problem", "log_entry", "returned_mail", "task", "consent_event", "justification",
    }  # fmt: skip
    assert len(needles) > 20
    with acting_as(actor_of(olivia)):
        with open("/dev/null", "wb") as nowhere:
            proof.make(contact_id, nowhere)
        assert {"caught", "portal.sqlite3"} <= {p.name for p in settings.data_dir.iterdir()} or not is_sqlite()
        erasing.erase([contact_id])
        scrubbing.scrub()

        assert tables_naming(needles) == set()
        assert files_naming(settings.data_dir, needles) == set()
        assert files_naming(planted.folder, needles) == set()
        assert not any(needle in caplog.text.lower() for needle in needles)
        assert log.verify().ok
        assert Contact.get_by_id(contact_id).erased_at
        mac = address_mac(planted.org_id, "email", "cnryamail@example.org")
        assert Suppression.get(Suppression.mac == mac, Suppression.scope == "everything").reason == "erased"
        assert catcher.caught(settings.data_dir, "", 0, 9)[1] == 1


def test_made_nameless_nothing_names_the_person_either(planted, olivia, settings):
    contact_id, needles = planted.ids["contact_id"], needles_of(planted)
    with acting_as(actor_of(olivia)):
        erasing.erase([contact_id], "retention", "de_identify")
        scrubbing.scrub()

        assert tables_naming(needles) == set()
        row = Nameless.get()
        assert (row.kind, row.province, row.city) == ("person", "ZA-KZN", "")
        assert log.verify().ok
        assert queries.name_of(Contact.get_by_id(contact_id)) == "Removed contact"


@pytest.mark.one_database
def test_a_database_that_is_put_back_erases_again_and_remembers_who_said_no(planted, olivia, settings, tmp_path):
    """The backup is older than the erasure, an unsubscribing and a refusal (I04)."""
    needles, contact_id = needles_of(planted), planted.ids["contact_id"]
    at, kept = settings.data_dir / "portal.sqlite3", tmp_path / "yesterday.copy"
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(at, kept)
    with acting_as(actor_of(olivia)):
        suppressing.suppress("email", "nexta@example.net", "unsubscribed")
        with transaction():
            say([planted.neighbour_id], purpose_id=first().id, channels=["email"], kind="withdrawn")
        erasing.erase([contact_id])
        later = contacts.add(first_name="Later", last_name="Added")
        erasing.erase([later.id])
    with closing(sqlite3.connect(kept)) as backup:
        backup.backup(db.connection())
    kept.unlink()
    assert tables_naming(needles)
    with acting_as(system(planted.org_id)):
        fresh = contacts.add(first_name="Fresh", last_name="After")  # gets the id of the one who was added later
        assert fresh.id == later.id

        done, again = replaying.replay(), replaying.replay()

        assert (done.erased, done.refused, done.suppressed > 0, done.trouble) == (1, 1, True, "")
        assert (again.erased, again.refused, again.suppressed) == (0, 0, 0)
        assert tables_naming(needles) == set()
        assert files_naming(settings.data_dir, needles) == set()
        assert Contact.get_by_id(fresh.id).first_name == "Fresh"
        assert suppressing.check_new(["cnryamail@example.org"])
        assert "nexta@example.net" in suppression_reasons(["nexta@example.net"])
        assert log.verify().ok


def test_what_somebody_took_back_himself_stays_lifted(olivia, settings):
    with acting_as(actor_of(olivia)):
        suppressing.suppress("email", "one@example.org", "unsubscribed")
        row = Suppression.get()
        suppressing.lift_own("email", [row.mac])
        suppressing.suppress_many([Wish("email", row.mac, row.key_version, "marketing", "unsubscribed")])

        assert replaying.replay().lifted == 1
        assert Suppression.select().count() == 0
