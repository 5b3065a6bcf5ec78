"""Seven attacks on the record by somebody with every right on the database (I10), each named; and those on what was
sealed into it.
"""

import json
from functools import partial

import pytest

from portal.activity import anchors, checking, heads, log
from portal.activity.anchors import Anchor
from portal.activity.models import LogEntry, LogHead
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.delivery import seals
from portal.delivery.models import Delivery, DeliverySeal
from portal.delivery.seal_rules import Sealed, leaf_of, packed, root_of
from portal.privacy import anchoring, erasing
from tests.activity.chains import come_to, head_to, people, sent, sql, written_anew

pytestmark = pytest.mark.each_database


@pytest.fixture
def here(org):
    """The organisation with nine entries, the fifth of which was noted outside the database."""
    with acting_as(system(org.id)):
        while (head := LogHead.get_or_none()) is None or head.seq < 5:
            write("contact.added", name=f"N{head.seq if head else 0}")
        assert anchoring.anchor().trouble == ""
        for n in range(4):
            write("contact.note_added", name=f"M{n}")
        assert checking.verify().ok
        yield org.id


def write(action, **more):
    with transaction():
        log.write(action, **more)


COPIED = (
    "INSERT INTO log_entry (org_id, seq, at, action, detail, salt, digest, hash) SELECT org_id, {}, at, action,"
    " detail, salt, digest, hash FROM log_entry WHERE org_id = ? AND seq = 3"
)


def inserted(org_id):
    """Push the entries from the fourth on up by one and put another in between."""
    for seq in range(9, 3, -1):
        sql("UPDATE log_entry SET seq = ? WHERE org_id = ? AND seq = ?", seq + 1, org_id, seq)
    sql(COPIED.format(4), org_id)
    sql("UPDATE log_head SET seq = 10 WHERE org_id = ?", org_id)


def reordered(org_id):
    for old, new in ((3, 99), (4, 3), (99, 4)):
        sql("UPDATE log_entry SET seq = ? WHERE org_id = ? AND seq = ?", new, org_id, old)


def forged(entry):
    entry.detail = {**entry.detail, "actor": "Somebody else"}


ATTACKS = {
    "a column changed": (lambda org: sql("UPDATE log_entry SET user_id = 77 WHERE org_id = ? AND seq = 3", org), 3),
    "the detail changed": (
        lambda org: sql("UPDATE log_entry SET detail = ? WHERE org_id = ? AND seq = 3", '{"actor": "x"}', org), 3,
    ),
    "deleted": (lambda org: sql("DELETE FROM log_entry WHERE org_id = ? AND seq = 3", org), 3),
    "inserted": (inserted, 4),
    "reordered": (reordered, 3),
    "tail cut": (lambda org: head_to(org, 4), 5),
    "tail cut after the noted entry": (lambda org: head_to(org, 7), 6),
    "whole chain replaced": (lambda org: written_anew(org, forged), 1),
    "replaced after the noted entry": (lambda org: written_anew(org, forged, since=8), 6),
    "head removed": (lambda org: sql("DELETE FROM log_head WHERE org_id = ?", org), 9),
    "put in beyond the head": (lambda org: sql(COPIED.format(10), org), 10),
    "put in below the first": (lambda org: sql(COPIED.format(0), org), 0),
    "replaced, its head left": (lambda org: written_anew(org, forged, since=8, with_head=False), 6),
}  # fmt: skip


class TakenBack(Exception):
    pass


def after(attack):
    """What the check says after an attack, which is taken back then."""
    try:
        with transaction():
            attack()
            verdict = checking.verify()
            raise TakenBack
    except TakenBack:
        assert checking.verify().ok
        return verdict


def test_each_attack_is_named(here):
    found = {name: after(partial(attack, here)) for name, (attack, _) in ATTACKS.items()}

    assert {name: verdict.first_bad for name, verdict in found.items()} == {
        name: first_bad for name, (_, first_bad) in ATTACKS.items()
    }
    assert not any(verdict.ok for verdict in found.values())
    assert all(str(v.first_bad) in v.why or "head" in v.why for v in found.values())


def test_a_head_taken_back_to_an_earlier_one_is_betrayed_by_the_file_alone(here):
    """The signature of an earlier head is right; what was noted of the later ones is not there any more."""
    kept = LogHead.get()
    for n in range(3):
        write("contact.added", name=f"L{n}")
    anchoring.anchor()
    head_to(here, kept.seq, kept.mac)
    assert heads.is_signed(kept.seq, kept.hash, LogHead.get().mac)

    assert checking.verify().first_bad == kept.seq + 1


def test_a_chain_written_anew_is_not_made_good_by_going_on(here):
    for forgery in ("", "v1:" + "0" * 64, "v9:" + "0" * 64, "nonsense"):
        written_anew(here, forged, since=7)
        sql("UPDATE log_head SET mac = ? WHERE org_id = ?", forgery, here)

        write("contact.added", name="later")

        assert "not signed" in anchoring.anchor().trouble
        assert checking.verify().first_bad == 6
        assert [anchor.seq for anchor in anchors.read().anchors] == [5]


def test_a_head_of_before_they_were_signed_is_taken_over_once(org):
    with acting_as(system(org.id)):
        write("contact.added")
        sql("UPDATE log_head SET mac = '' WHERE org_id = ?", org.id)
        assert checking.verify().ok
        anchoring.anchor()
        assert checking.verify().ok
        sql("UPDATE log_head SET mac = '' WHERE org_id = ?", org.id)

        assert not checking.verify().ok


def test_entries_linked_in_the_older_way_hold(here):
    previous = "0" * 64
    for entry in LogEntry.select().order_by(LogEntry.seq).where(LogEntry.seq <= 9):
        fields = (entry.seq, entry.at, entry.action, entry.user_id, entry.contact_id, entry.subject_id, entry.digest)
        make = checking.older_hash_of if entry.seq < 7 else checking.hash_of
        previous = make(previous, *fields)
        sql("UPDATE log_entry SET hash = ? WHERE org_id = ? AND seq = ?", previous, here, entry.seq)
    sql("UPDATE log_head SET hash = ?, mac = ? WHERE org_id = ?", previous, heads.sign(9, previous), here)
    anchors.path().unlink()

    assert checking.verify().ok


def test_a_line_that_a_crash_left_half_written_spoils_nothing(here):
    with anchors.path().open("ab") as file:
        file.write(b'{"at":"2026-11-25T')
    head = heads.current()

    assert anchors.note(head.seq + 1, "f" * 64)

    kept = anchors.read()
    assert (kept.trouble, kept.anchors[-1].seq) == ("", head.seq + 1)


def test_what_was_mailed_is_enough_to_know_a_replaced_chain(here):
    mailed = LogEntry.get(LogEntry.seq == 4)
    written_anew(here, forged, since=2)
    sql("UPDATE log_head SET mac = ? WHERE org_id = ?", heads.sign(9, LogHead.get().hash), here)
    anchors.path().unlink()
    assert checking.verify().ok  # whoever has the keys as well, the mailed head alone betrays

    verdict = checking.verify(known=[Anchor(mailed.seq, mailed.hash, "2026-11-20")])

    assert (verdict.ok, verdict.first_bad) == (False, 1)


def cut(path):
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def changed(path):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b'"seq":9', b'"seq":8') + lines[2])


def without_one(path):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])


def nonsense(path):
    path.write_bytes(path.read_bytes() + b'\xff\x00 what\n[1]\n{"mac": 3}\n{"org": 1, "mac": "x", "key": "v7"}\n')


HARMS = (
    (lambda path: path.unlink(), "missing"), (lambda path: path.write_bytes(b""), "missing"), (cut, "cut off"),
    (changed, "Line 2"), (without_one, "Before line 2"), (nonsense, "Line 4"),
)  # fmt: skip


def test_a_file_of_noted_heads_that_was_harmed_is_said_in_words(here):
    anchoring.anchor()
    write("contact.added")
    anchoring.tell()
    assert [anchor.seq for anchor in anchors.read().anchors] == [5, 9, 10]
    assert checking.verify().warnings == []

    whole = anchors.path().read_bytes()
    for harm, words in HARMS:
        anchors.path().write_bytes(whole)
        harm(anchors.path())

        verdict = checking.verify()
        assert verdict.ok
        assert words in " ".join(verdict.warnings)


def test_the_check_since_the_last_noted_head_sees_what_came_after_it(here):
    assert checking.verify(since_anchor=True).entries == 4

    sql("UPDATE log_entry SET user_id = 77 WHERE org_id = ? AND seq = 8", here)

    assert checking.verify(since_anchor=True).first_bad == 8


# ------------------------------------------------------------------- what is sealed into it


@pytest.fixture
def sealed(here):
    """A campaign to five, sealed; its deliveries' ids."""
    campaign_id = sent(people(5))
    assert seals.due() == [campaign_id]
    assert seals.seal(campaign_id) == 5
    assert seals.due() == []
    assert checking.verify().ok
    return campaign_id, [row.id for row in Delivery.select().order_by(Delivery.id)]


ROW_ATTACKS = {
    "state": "UPDATE delivery SET state = 'refused' WHERE id = ?",
    "hash of the address": "UPDATE delivery SET mac = 'x' WHERE id = ?",
    "time": "UPDATE delivery SET handed_at = ended_at, ended_at = NULL WHERE id = ?",
    "person": "UPDATE delivery SET contact_id = (SELECT MIN(id) FROM contact WHERE org_id = delivery.org_id)"
    " WHERE id = ?",
    "campaign": "UPDATE delivery SET message_id = 'x' WHERE id = ?",
    "unsealed": "UPDATE delivery SET seal_id = NULL WHERE id = ?",
    "deleted": "DELETE FROM delivery WHERE id = ?",
}


def test_a_sealed_delivery_that_was_changed_is_named(sealed):
    campaign_id, ids = sealed
    found = {name: after(partial(sql, statement, ids[2])) for name, statement in ROW_ATTACKS.items()}

    named = (False, {"campaign": campaign_id, "delivery": ids[2]})
    assert {name: (verdict.ok, verdict.about) for name, verdict in found.items()} == dict.fromkeys(found, named)
    assert all(f"Delivery {ids[2]} of campaign {campaign_id}" in verdict.why for verdict in found.values())


COLUMNS = "org_id, contact_id, campaign_id, channel, address, state, reason, reply, bounce, message_id, worker, token"


def put_in(campaign_id, like, seal):
    sql(
        f"INSERT INTO delivery ({COLUMNS}, mac, attempts, created_at, seal_id) SELECT {COLUMNS}, 'x', attempts,"
        f" created_at, {seal} FROM delivery WHERE id = ?",
        like,
    )
    seals.seal(campaign_id)  # the job does not make it good


def test_a_delivery_put_in_afterwards_is_named(sealed):
    campaign_id, ids = sealed
    for seal in ("seal_id", "NULL"):
        verdict = after(partial(put_in, campaign_id, ids[0], seal))

        assert (verdict.ok, verdict.about["campaign"]) == (False, campaign_id)
        assert verdict.about["delivery"] > ids[-1]


def sealed_anew(delivery_id):
    """A row changed, and the list of its batch made to fit."""
    sql("UPDATE delivery SET state = 'refused' WHERE id = ?", delivery_id)
    fields = [getattr(Delivery, name) for name in Sealed._fields]
    leaves = [leaf_of(Sealed(*row)) for row in Delivery.select(*fields).order_by(Delivery.id).tuples()]
    DeliverySeal.update(leaves=packed(leaves), root=root_of(leaves)).execute()


@pytest.mark.parametrize("action", [seals.SEALED, seals.FROZEN, seals.FINISHED])
def test_an_entry_of_a_campaign_whose_words_were_taken_out_is_named(here, action):
    campaign_id = sent(people(3))
    seals.seal(campaign_id)
    write(seals.FROZEN, subject_id=campaign_id, people=3)
    write(seals.FINISHED, subject_id=campaign_id, figures={"frozen": 3})
    seq = LogEntry.get(LogEntry.action == action).seq

    verdict = after(
        partial(sql, "UPDATE log_entry SET detail = NULL, salt = NULL WHERE org_id = ? AND seq = ?", here, seq)
    )

    assert (verdict.ok, verdict.first_bad) == (False, seq)
    assert "were taken out" in verdict.why


def test_the_list_of_what_was_sealed_is_vouched_for_too(sealed):
    anew = after(partial(sealed_anew, sealed[1][2]))
    assert anew.about == {"campaign": sealed[0]}
    removed = after(partial(sql, "DELETE FROM delivery_seal"))
    changed = after(partial(DeliverySeal.update(leaves=b"x").execute))

    assert removed.about == changed.about == {"campaign": sealed[0]}


def test_what_comes_back_later_and_an_erasure_leave_the_seal_whole(sealed):
    contact_id = Delivery.get_by_id(sealed[1][1]).contact_id
    Delivery.update(bounce="hard").where(Delivery.id == sealed[1][0]).execute()
    erasing.erase([contact_id])

    assert checking.verify().ok
    assert Delivery.get_by_id(sealed[1][1]).address == ""


def test_a_delivery_that_follows_a_merge_is_in_order(sealed):
    winner = Delivery.get_by_id(sealed[1][0]).contact_id
    loser = Delivery.get_by_id(sealed[1][1]).contact_id
    Delivery.update(contact_id=winner).where(Delivery.contact_id == loser).execute()
    assert not checking.verify().ok

    with transaction():
        log.write("contact.merged", winner, subject_id=loser)

    assert checking.verify().ok


def test_a_delivery_that_passes_between_two_who_were_never_merged_shows(sealed):
    """Merges of each of them with somebody else explain nothing."""
    winner = Delivery.get_by_id(sealed[1][0]).contact_id
    loser = Delivery.get_by_id(sealed[1][1]).contact_id
    Delivery.update(contact_id=winner).where(Delivery.contact_id == loser).execute()

    with transaction():
        log.write("contact.merged", winner, subject_id=900_001)
        log.write("contact.merged", 900_002, subject_id=loser, merge=winner)

    assert not checking.verify().ok


@pytest.mark.one_database
def test_a_campaign_that_began_with_nobody_is_in_order(here):
    with transaction():
        log.write(seals.FROZEN, subject_id=812, people=0)
    assert checking.verify().ok


def test_a_large_campaign_costs_an_entry_for_each_thousand(here):
    first = people(1)[0]
    campaign_id = sent([first])
    row = Delivery.select().where(Delivery.campaign_id == campaign_id).dicts().get()
    own = {name: value for name, value in row.items() if name not in ("id", "org")}
    for start in range(0, 2300, 460):
        Delivery.insert_many([{**own, "mac": f"m{n}"} for n in range(start, start + 460)]).execute()
    Delivery.update(state="waiting").where(Delivery.id == row["id"]).execute()

    assert seals.seal(campaign_id) == 2000  # the rest waits until nothing is open any more
    come_to(campaign_id, "refused")
    assert seals.due() == [campaign_id]
    assert seals.seal(campaign_id) == 301

    entries = list(LogEntry.select().where(LogEntry.action == seals.SEALED).order_by(LogEntry.seq))
    assert [entry.detail["count"] for entry in entries] == [1000, 1000, 301]
    assert entries[-1].detail["states"] == {"accepted": 300, "refused": 1}
    assert DeliverySeal.select().count() == 3
    assert json.dumps([entry.detail for entry in entries]).count("example.org") == 0
