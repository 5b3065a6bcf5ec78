"""Making two contacts one, and two again: nothing is lost, the stricter wins, and what came since stays."""

from datetime import date, timedelta

import pytest

from portal.activity import log
from portal.activity.models import LogEntry
from portal.consent import restricting, suppressing
from portal.consent.models import ConsentEvent
from portal.consent.purposes import first
from portal.consent.queries import restricted_of, states, suppressions
from portal.consent.recording import record as say
from portal.contacts import holders, identities, relations, time_line
from portal.contacts import service as contacts
from portal.contacts.identity_rules import id_number
from portal.contacts.models import Contact, Email, GroupMember, Note, Telephone
from portal.contacts.more_models import Identity, Relation
from portal.contacts.relation_rules import Entered
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.duplicates import parting, uniting
from portal.duplicates.models import Merge
from portal.privacy import erasing
from tests import schema


def emails_of(contact):
    return sorted(e.normal for e in Email.select().where(Email.contact_id == contact.id))


def standing(contact):
    state = states([contact.id]).get(contact.id, {}).get((first().id, "email"))
    return state.standing if state else "missing"


def tell(contact, kind, **more):
    with transaction():
        say([contact.id], purpose_id=first().id, channels=["email"], kind=kind, **more)


def fresh(contact):
    return Contact.get_by_id(contact.id)


def test_every_column_that_names_a_contact_follows_a_merge(app):
    named = set()
    for model in schema.models():
        table = model._meta.table_name
        keys = [str(c.sql) for c in model._meta.constraints or [] if hasattr(c, "sql")]
        for field in model._meta.sorted_fields:
            column = field.column_name
            points = any(
                'REFERENCES "contact" ' in key and f'FOREIGN KEY ("org_id", "{column}")' in key for key in keys
            )
            if points or column == "contact_id":
                named.add(f"{table}.{column}")

    assert {"contact_value.person_id", "contact_relation.other_id", "log_entry.contact_id"} <= named
    assert named == {pointer.name for pointer in holders.pointers()} | set(holders.fixed())


def test_what_each_holds_is_united_and_what_one_lacks_is_filled_in(person):
    group, other_group = contacts.add_group("Choir"), contacts.add_group("Readers")
    kept = person(email="thandi@example.org", telephone="082 555 0134")
    other = person("Thandiwe", email="t.ngcobo@example.org", telephone="082 555 0134", birth_date=date(1986, 3, 14))
    contacts.group_contacts([kept.id, other.id], group.id)
    contacts.group_contacts([other.id], other_group.id)
    contacts.add_note(other, "Sings alto.")

    uniting.unite(kept.id, other.id)

    assert emails_of(kept) == ["t.ngcobo@example.org", "thandi@example.org"]
    assert Telephone.select().where(Telephone.contact_id == kept.id).count() == 1
    assert Email.select().where(Email.contact_id == kept.id, Email.is_primary == 1).count() == 1
    assert GroupMember.select().where(GroupMember.contact_id == kept.id).count() == 2
    assert Note.get().contact_id == kept.id
    assert (fresh(kept).first_name, fresh(kept).birth_date) == ("Thandi", date(1986, 3, 14))
    assert "t.ngcobo@example.org" in fresh(kept).search_emails
    assert (fresh(other).first_name, fresh(other).merged_into) == ("", kept.id)
    assert fresh(other).erased_at is not None


def test_the_value_that_was_chosen_stays(person):
    kept, other = person("Thandi"), person("Thandiwe")

    uniting.unite(kept.id, other.id, {"first_name": "other"})

    assert fresh(kept).first_name == "Thandiwe"
    assert fresh(kept).sort_name == "ngcobo, thandiwe"


def test_the_time_line_of_who_is_kept_tells_what_was_done_to_the_other(person):
    kept, other = person(), person("Thandiwe", email="t.ngcobo@example.org")

    uniting.unite(kept.id, other.id)

    words = [event.words for event in time_line.of_contact(kept.id, None, 20).events]
    assert words[0] == "merged another contact into this one"
    assert words.count("added this contact") == 2
    assert "added an email address" in words


def test_an_undo_makes_them_two_as_they_were(person):
    group = contacts.add_group("Choir")
    kept = person(email="thandi@example.org", telephone="082 555 0134")
    other = person("Thandiwe", email="t.ngcobo@example.org", telephone="082 555 0134", birth_date=date(1986, 3, 14))
    contacts.group_contacts([kept.id, other.id], group.id)
    contacts.add_note(other, "Sings alto.")
    third = person("Sipho")
    relations.add(other, "parent", third.id, Entered())
    identities.keep(other, id_number("8001015009087", today=now().date()))
    before = [_whole(contact) for contact in (kept, other, third)]
    merge = uniting.unite(kept.id, other.id, {"first_name": "other"})
    assert Relation.get().contact_id == kept.id
    assert Identity.get().contact_id == kept.id

    stayed = parting.part(merge)

    assert stayed == []
    assert [_whole(contact) for contact in (kept, other, third)] == before
    assert LogEntry.select().where(LogEntry.action == "contact.merge_undone").count() == 2


def _whole(contact):
    """Everything that is kept of a contact, but ids and times that change with every change."""
    row = fresh(contact)
    found = {name: getattr(row, name) for name in Contact._meta.fields if name not in ("version", "updated_at")}
    hanging = []
    for pointer in holders.pointers():
        column = getattr(pointer.model, pointer.column)
        for one in pointer.model.select().where(column == contact.id):
            hanging.append((pointer.name, sorted(map(str, uniting.row_as_data(one).items()))))
    return found, sorted(hanging)


def test_what_was_changed_since_stays_and_is_named(person):
    kept, other = person(), person("Thandiwe", email="t.ngcobo@example.org", telephone="082 555 0134", language="zu")
    merge = uniting.unite(kept.id, other.id)
    contacts.change_details(
        fresh(kept), contacts.stamp(fresh(kept), "details"), kind="person", first_name="Thandi", last_name="Ngcobo",
        language="xh",
    )  # fmt: skip
    contacts.correct_email(Email.get(), "thandiwe@example.org")
    contacts.add_note(fresh(kept), "Telephoned.")

    stayed = parting.part(merge)

    assert sorted(stayed) == ["an email address that was changed since", "language, which was changed since"]
    assert emails_of(kept) == ["thandiwe@example.org"]
    assert (fresh(kept).language, fresh(other).language) == ("xh", "zu")
    assert Note.get().contact_id == kept.id
    assert Telephone.get().contact_id == other.id
    assert Merge.get().stayed == stayed


@pytest.mark.parametrize(
    ("of_kept", "of_other"),
    [
        (["granted"], ["withdrawn"]),
        (["withdrawn"], ["granted"]),
        (["objected"], ["granted"]),
        (["granted", "withheld"], ["granted"]),
        (["withheld"], ["objected", "withdrawn"]),
    ],
)
def test_the_stricter_consent_wins_and_an_undo_gives_each_his_own(person, of_kept, of_other):
    kept, other = person(email="thandi@example.org"), person("Thandiwe", email="t.ngcobo@example.org")
    hour = now() - timedelta(days=9)
    for contact, kinds in ((kept, of_kept), (other, of_other)):
        for kind in kinds:
            hour += timedelta(hours=1)
            proof = (
                {"proof": "proven", "recording": "a tape", "method": "telephone"}
                if kind in ("granted", "reconfirmed")
                else {}
            )
            tell(contact, kind, at=hour, **proof)
    before = [standing(kept), standing(other)]
    refused = {"withheld", "withdrawn", "objected"}

    merge = uniting.unite(kept.id, other.id)

    assert standing(kept) in refused
    if "objected" in before:
        assert standing(kept) == "objected"
    count = ConsentEvent.select().count()
    parting.part(merge)
    assert [standing(kept), standing(other)] == before
    assert ConsentEvent.select().count() == count


def test_who_refuses_while_the_two_are_one_refuses_for_both(person):
    kept, other = person(email="thandi@example.org"), person("Thandiwe", email="t.ngcobo@example.org")
    tell(kept, "granted")
    tell(other, "granted")
    merge = uniting.unite(kept.id, other.id)
    tell(kept, "withdrawn")

    parting.part(merge)

    assert (standing(kept), standing(other)) == ("withdrawn", "withdrawn")


def test_an_address_that_must_be_left_alone_stops_the_others_too(person):
    kept, other = person(email="thandi@example.org"), person("Thandiwe", email="t.ngcobo@example.org")
    with transaction():
        suppressing.suppress("email", "t.ngcobo@example.org", "unsubscribed")

    merge = uniting.unite(kept.id, other.id)

    both = ["thandi@example.org", "t.ngcobo@example.org"]
    assert set(suppressions(both)) == set(both)
    parting.part(merge)
    assert set(suppressions(both)) == {"t.ngcobo@example.org"}


def test_a_restriction_of_either_is_one_of_the_result(person):
    kept, other = person(), person("Thandiwe")
    restricting.restrict(other.id, "contested")

    merge = uniting.unite(kept.id, other.id)

    assert restricted_of([kept.id]) == {kept.id}
    parting.part(merge)
    assert restricted_of([kept.id, other.id]) == {other.id}


def test_a_child_without_consent_is_not_merged_into_somebody_who_is_written_to(person):
    kept = person(birth_date=date(1980, 1, 1))
    child = person("Thandiwe", birth_date=now().date() - timedelta(days=4000))

    with pytest.raises(uniting.Unmergeable, match="child"):
        uniting.unite(kept.id, child.id)
    assert fresh(child).merged_into is None

    uniting.unite(kept.id, child.id, {"birth_date": "other"})
    assert fresh(kept).birth_date == child.birth_date


def test_who_died_is_dead_and_who_is_not_to_be_watched_is_not(person):
    kept, other = person(), person("Thandiwe", is_untracked=1)

    uniting.unite(kept.id, other.id)

    assert fresh(kept).is_untracked == 1


@pytest.mark.parametrize("change", [{"archived_at": True}, {"kind": "body"}])
def test_what_is_not_merged(person, change):
    from portal.contacts import record
    from portal.contacts import states as standings

    kept, other = person(), person("Thandiwe")
    if "kind" in change:
        record.change(other, "contact.details_changed", kind="body", organisation="Thandi's")
    else:
        standings.archive(other, "moved")

    with pytest.raises(uniting.Unmergeable):
        uniting.unite(kept.id, other.id)
    with pytest.raises(uniting.Unmergeable):
        uniting.unite(kept.id, kept.id)


def test_a_chain_of_merges_leads_to_the_last_and_is_undone_from_there(person):
    one, two, three = person(), person("Thandiwe"), person("Thando")
    early = uniting.unite(two.id, three.id)
    late = uniting.unite(one.id, two.id)

    assert (fresh(three).merged_into, fresh(two).merged_into) == (one.id, one.id)
    with pytest.raises(parting.CannotPart, match="once more"):
        parting.part(early)
    parting.part(late)
    assert (fresh(three).merged_into, fresh(two).merged_into) == (two.id, None)
    parting.part(Merge.get_by_id(early.id))
    assert fresh(three).first_name == "Thando"


def test_a_merge_is_for_good_after_thirty_days_or_once_one_was_erased(person):
    one, two, three = person(), person("Thandiwe"), person("Thando")
    old, gone = uniting.unite(one.id, two.id), uniting.unite(one.id, three.id)
    Merge.update(created_at=now() - timedelta(days=31)).where(Merge.id == old.id).execute()

    with pytest.raises(parting.CannotPart, match="30 days"):
        parting.part(old)
    erasing.erase([one.id])
    with pytest.raises(parting.CannotPart):
        parting.part(gone)
    assert Merge.get_by_id(gone.id).data == {}
    assert log.verify().ok


def test_what_undoing_would_need_is_forgotten_with_its_time(person):
    old, young = uniting.unite(person().id, person("Thandiwe").id), uniting.unite(person().id, person("Thando").id)
    Merge.update(created_at=now() - timedelta(days=31)).where(Merge.id == old.id).execute()

    parting.tidy()

    assert Merge.get_by_id(old.id).data == {}
    assert Merge.get_by_id(young.id).data != {}


def test_erasing_who_is_kept_erases_what_the_log_says_of_the_other(person, org):
    kept, other = person(), person("Cnrythandiwe")
    uniting.unite(kept.id, other.id)

    erasing.erase([kept.id])

    with acting_as(system(org.id)):
        told = [str(entry.detail) for entry in LogEntry.select()]
        assert not any("Cnry" in words for words in told)
        assert log.verify().ok


def test_a_merge_of_what_was_changed_meanwhile_is_stale(person):
    kept, other = person(), person("Thandiwe")
    seen = uniting.stamp(kept, other)
    contacts.add_note(other, "Moved.")

    with pytest.raises(uniting.StalePair):
        uniting.unite(kept.id, other.id, seen=seen)
    assert fresh(other).merged_into is None
