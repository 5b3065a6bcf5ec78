import io
import shutil

import pytest

from portal.activity import log
from portal.activity.models import LogEntry
from portal.consent import suppressing
from portal.consent.models import Suppression
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.address_guards import AddressRefused
from portal.contacts.models import Contact, Email
from portal.contacts.sweeps import _holds, register_hold
from portal.core.actor import acting_as, current_actor
from portal.core.clock import now
from portal.core.keys import address_mac
from portal.core.permissions import Denied
from portal.imports import running
from portal.imports import service as imports
from portal.imports.models import Import, ImportProblem
from portal.privacy import clearing, erasing, journal
from portal.privacy.erasing import Kept
from portal.privacy.models import Erasure
from tests.conftest import actor_of

MAIL, NUMBER = "thandi@example.org", "+27825550142"


def reasons(channel="email", normal=MAIL):
    mac = address_mac(current_actor().org_id, channel, normal)
    rows = Suppression.select().where(Suppression.channel == channel, Suppression.mac == mac)
    return {row.scope: row.reason for row in rows}


@pytest.fixture
def known(as_olivia):
    return contacts.add(first_name="Thandi", last_name="Ngcobo", email=MAIL, telephone="082 555 0142")


def test_an_erased_address_is_left_alone_and_refused_wherever_it_is_typed(known):
    erasing.erase([known.id])

    assert reasons() == {"everything": "erased"}
    assert reasons("sms", NUMBER) == {"everything": "erased"}
    with pytest.raises(AddressRefused, match=r"^This address asked not to be contacted\.$"):
        contacts.add(first_name="Somebody", email="Thandi@Example.org")
    with pytest.raises(AddressRefused, match=r"^This number asked not to be contacted\.$"):
        contacts.add(first_name="Somebody", telephone="+27 82 555 0142")
    other = contacts.add(first_name="Somebody", last_name="Else")
    line = contacts.Line(None, "", "0825550142", is_primary=True)
    with pytest.raises(AddressRefused):
        contacts.change_telephones(other, contacts.stamp(other, "telephones"), [line])


@pytest.mark.parametrize("row", ["Thandi,Ngcobo,thandi@example.org,", "T,N,,082 555 0142"])
def test_an_import_refuses_the_erased_without_saying_who_it_was(known, tmp_path, row):
    erasing.erase([known.id])
    head = "First name,Last name,Email,Cell\n"
    made = imports.take_in(tmp_path, "list.csv", io.BytesIO(f"{head}{row}\n".encode()))
    Import.update(source="own", state="waiting").where(Import.id == made.id).execute()
    running.run(made.id)

    told = list(ImportProblem.select())
    assert [problem.message for problem in told] == ["This address asked not to be contacted."]
    assert all(not cell for cell in told[0].cells)
    assert Contact.select().where(Contact.erased_at.is_null()).count() == 0


def test_undoing_an_import_leaves_addresses_free(known):
    record.erase([known.id])

    assert Suppression.select().count() == 0
    assert contacts.add(first_name="Thandi", email=MAIL).id


def test_an_address_of_two_stays_with_the_other_unless_somebody_asked(known):
    twice = contacts.add(first_name="Thandi", last_name="Twice", email=MAIL, telephone="082 555 0142")

    erasing.erase([twice.id], "not_needed")
    assert (reasons(), reasons("sms", NUMBER)) == ({}, {})

    third = contacts.add(first_name="Thandi", last_name="Thrice", email=MAIL, telephone="082 555 0142")
    erasing.erase([third.id], "asked")
    assert (reasons(), reasons("sms", NUMBER)) == ({"everything": "erased"}, {})


def test_nothing_but_a_persons_own_act_lifts_it(known):
    suppressing.suppress("email", MAIL, "staff", "everything")
    erasing.erase([known.id])
    mac = Suppression.get(Suppression.channel == "email").mac

    assert not suppressing.lift_own("email", [mac])
    assert not suppressing.lift_by_proof("email", [MAIL], said_at=known.created_at.replace(year=2099))
    assert reasons() == {"everything": "erased"}


def test_the_record_says_why_and_still_holds(known):
    erasing.erase([known.id], "unlawful")

    last = LogEntry.select().where(LogEntry.contact_id == known.id).order_by(LogEntry.seq.desc()).get()
    assert (last.action, last.detail["changes"]) == ("contact.erased", {"why": [None, "it was not collected lawfully"]})
    assert log.verify().ok


def test_the_row_of_it_counts_and_names_nobody(known, org):
    contacts.add_note(known, "Likes gardens")
    made = erasing.erase([known.id])

    assert (made.state, made.total, made.done, made.ids) == ("finished", 1, 1, [])
    assert made.counts["contact_email"] == made.counts["contact_note"] == 1
    assert made.kept["suppression"] == 2
    assert (made.log_seq, made.user_name) == (LogEntry.select().count(), "Olivia")
    assert "thandi" not in str(vars(made)).lower()


def test_who_must_stay_stays_and_the_sentence_says_why(known):
    other = contacts.add(first_name="Sipho")
    try:
        register_hold(
            "test",
            "there is an open request of theirs",
            lambda: Contact.select(Contact.id).where(Contact.first_name == "Thandi"),
        )
        with pytest.raises(Kept, match="there is an open request of theirs"):
            erasing.erase([known.id])
        made = erasing.erase([known.id, other.id])
    finally:
        _holds.pop("test")

    assert (made.total, made.held) == (2, 1)
    assert Email.get().normal == MAIL
    assert reasons() == {}


def test_it_takes_the_right(as_alice, known, olivia, alice):
    with acting_as(actor_of(alice)), pytest.raises(Denied):
        erasing.erase([known.id])


def test_the_journal_knows_of_the_erasure_and_of_opt_outs_by_codes_only(known, settings):
    suppressing.suppress("email", "other@example.org", "objected")
    erasing.erase([known.id])
    told = journal.read()
    text = journal.path().read_text()

    assert [gone.contact_id for gone in told.erased] == [known.id]
    assert {(w.channel, w.scope, w.reason) for w in told.wishes.values()} == {
        ("email", "marketing", "objected"), ("email", "everything", "erased"), ("sms", "everything", "erased"),
    }  # fmt: skip
    assert told.trouble == ""
    assert "thandi" not in text.lower()
    assert "5550142" not in text


def test_a_changed_line_of_the_journal_is_said(known):
    suppressing.suppress("email", "other@example.org", "objected")
    erasing.erase([known.id])
    text = journal.path().read_text()
    journal.path().write_text(text.replace('"reason":"asked"', '"reason":"other"'))

    assert "Line 2 of the file of erasures was changed" in journal.read().trouble


def test_what_the_journal_missed_is_caught_up(known):
    suppressing.suppress("email", "other@example.org", "objected")
    shutil.rmtree(journal.path().parent)

    assert (journal.catch_up(), journal.catch_up()) == (1, 0)
    assert len(journal.read().wishes) == 1


def test_a_removal_whose_machine_died_before_its_first_step_is_gone_on_with(known, monkeypatch):
    def dies(_erasure_id):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(erasing, "step", dies)
        with pytest.raises(KeyboardInterrupt):
            erasing.erase([known.id])
    left = Erasure.get()
    assert clearing.due() == []  # somebody may still be at it

    Erasure.update(lease=now() - erasing.LEASE).where(Erasure.id == left.id, Erasure.lease > now()).execute()
    assert clearing.due() == [left.id]
    clearing.run(left.id)
    assert Contact.get_by_id(known.id).erased_at is not None
