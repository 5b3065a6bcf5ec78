"""The record of what was done, and its chain."""

import pytest

from portal.activity import log
from portal.activity.models import LogEntry, LogHead
from portal.contacts import service as contacts
from portal.contacts.models import Telephone
from portal.core.db import db, transaction
from portal.privacy import erasing


def entries():
    return list(LogEntry.select().where(LogEntry.contact_id.is_null(False)).order_by(LogEntry.seq))


def test_a_new_number_is_saved_and_logged_by_name(thandi, as_alice):
    telephone = Telephone.get()
    line = contacts.Line(telephone.id, "Cell", "083 555 0199", is_primary=True)

    contacts.change_telephones(thandi, contacts.stamp(thandi, "telephones"), [line])

    entry = entries()[-1]
    assert (entry.action, entry.detail["actor"]) == ("contact.telephone_changed", "Alice")
    assert entry.detail["changes"] == {"telephone": ["+27825550134", "+27835550199"]}


def test_the_same_number_typed_otherwise_logs_nothing(thandi, as_alice):
    before = len(entries())
    line = contacts.Line(Telephone.get().id, "", "082-555-0134", is_primary=True)

    contacts.change_telephones(thandi, contacts.stamp(thandi, "telephones"), [line])

    assert len(entries()) == before


def test_a_change_and_its_entry_stand_or_fall_together(thandi, as_alice):
    before = len(entries())

    def fail_after_the_change():
        with transaction():
            contacts.change_roles(thandi, contacts.stamp(thandi, "roles"), ["donor"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_change()

    assert (len(entries()), contacts.find(thandi.id).roles) == (before, "")
    assert log.verify().ok


def test_an_entry_apart_from_a_transaction_is_refused(as_alice):
    with pytest.raises(log.NoTransaction):
        log.write("contact.added")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE log_entry SET action = 'x' WHERE seq = 3",
        "UPDATE log_entry SET detail = '{}' WHERE seq = 3",
        "DELETE FROM log_entry WHERE seq = 3",
        "UPDATE log_entry SET detail = NULL, salt = NULL WHERE seq = 3",
        "UPDATE log_entry SET salt = NULL WHERE seq = 3",
        "UPDATE log_entry SET contact_id = NULL WHERE seq = 3",
        "UPDATE log_entry SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3",
    ],
    ids=["action", "detail", "deletion", "emptied", "salt", "contact", "time"],
)
def test_a_change_behind_the_programs_back_is_named(thandi, as_alice, attack):
    db.execute_sql(attack)

    verdict = log.verify()

    assert (verdict.ok, verdict.first_bad) == (False, 3)


def test_a_cut_tail_is_noticed(thandi, as_alice):
    last = LogHead.get().seq
    LogEntry.delete().where(LogEntry.seq == last).execute()

    assert not log.verify().ok


def test_erasing_a_contact_keeps_the_chain_and_drops_the_words(thandi, as_olivia):
    erasing.erase([thandi.id])

    assert log.verify().ok
    told = [entry for entry in entries() if entry.action != "contact.erased"]
    assert told
    assert all(entry.detail is None for entry in told)
