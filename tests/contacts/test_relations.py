"""Who belongs to whom: said from either side, seen by who sees both, logged on both."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.activity.models import LogEntry
from portal.contacts import history, relation_rules, relations
from portal.contacts import service as contacts
from portal.contacts.more_models import Relation
from portal.contacts.relation_rules import Entered, Unrelated
from portal.contacts.service import ContactNotFound, Stale
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.privacy import erasing
from tests.conftest import HX, actor_of


@pytest.fixture
def mother(as_alice):
    return contacts.add(first_name="Nomsa", last_name="Dube")


@pytest.fixture
def child(as_alice):
    return contacts.add(first_name="Sipho", last_name="Dube")


def read(contact) -> list[str]:
    return [f"{shown.words} {shown.name}" for shown in relations.of([contact.id]).get(contact.id, [])]


@pytest.mark.parametrize(
    ("choice", "there", "back"),
    [
        ("parent", "parent of", "child of"),
        ("parent-of", "child of", "parent of"),
        ("guardian", "guardian of", "in the care of"),
        ("spouse", "spouse of", "spouse of"),
        ("household", "in one household with", "in one household with"),
    ],
)
def test_a_relation_reads_right_from_either_side(mother, child, choice, there, back):
    relations.add(mother, choice, child.id, Entered())
    assert (read(mother), read(child)) == ([f"{there} Sipho Dube"], [f"{back} Nomsa Dube"])


def test_a_body_has_a_contact_person(mother, as_alice):
    school = contacts.add(kind="body", organisation="St Mary's")
    relations.add(school, "contact_person-of", mother.id, Entered())
    assert (read(mother), read(school)) == (["contact person of St Mary's"], ["has as contact person Nomsa Dube"])
    assert set(relation_rules.choices("body")) == {"contact_person-of", "employee-of"}
    for choice, other in (("spouse", school), ("parent", school)):
        with pytest.raises(Unrelated, match="Choose a person"):
            relations.add(mother, choice, other.id, Entered())
    with pytest.raises(Unrelated, match="Choose an organisation"):
        relations.add(mother, "contact_person", mother.id, Entered())
    with pytest.raises(Unrelated, match="Choose how"):
        relations.add(school, "spouse", mother.id, Entered())


def test_the_same_is_not_said_twice_nor_of_oneself(mother, child):
    relations.add(mother, "spouse", child.id, Entered())
    for one, other in ((mother, child), (child, mother)):
        with pytest.raises(Unrelated, match="already"):
            relations.add(one, "spouse", other.id, Entered())
    with pytest.raises(Unrelated, match="another contact"):
        relations.add(mother, "parent", mother.id, Entered())
    relations.add(mother, "parent", child.id, Entered())


@pytest.mark.parametrize(
    ("kind", "entered", "words"),
    [
        ("parent", Entered(since=date(2020, 1, 2), until=date(2020, 1, 1)), "ended before"),
        ("parent", Entered(consented_on=date(2026, 5, 3)), "how the consent was given"),
        ("parent", Entered(consented_on=date(2026, 5, 3), consent_note="  "), "how the consent was given"),
        ("parent", Entered(consented_on=date(2026, 12, 3), consent_note="x"), "future"),
        ("parent", Entered(is_marketing_too=True), "the day"),
        ("spouse", Entered(consented_on=date(2026, 5, 3), consent_note="x"), "parent or guardian"),
    ],
)
def test_a_consent_without_its_proof_is_refused(kind, entered, words):
    with pytest.raises(Unrelated, match=words):
        relation_rules.check_entered(kind, entered, date(2026, 11, 24))


def test_both_histories_tell_of_it_and_the_proof_stands_with_the_child(mother, child):
    entered = Entered(consented_on=now().date(), consent_note="CNRY form")
    made = relations.add(mother, "parent", child.id, entered)
    relations.change(mother, made, relations.stamp(made), replace(entered, until=now().date() + timedelta(9)))
    relations.remove(made)

    told = {
        c.id: [s for s in history.of_contact(c.id, 0, 9)[0] if "relation" in s.entry.action] for c in (mother, child)
    }
    assert [s.entry.action.split("_")[1] for s in told[child.id]] == ["removed", "changed", "added"]
    assert told[child.id][2].changes[0].new == "child of Nomsa Dube"
    assert told[mother.id][2].changes[0].new == "parent of Sipho Dube"
    assert ["CNRY" in str(s.changes) for s in (told[child.id][2], told[mother.id][2])] == [True, False]


def test_erasing_one_side_leaves_nothing_of_it_with_the_other(mother, child, olivia, as_alice):
    relations.add(mother, "parent", child.id, Entered(consented_on=now().date(), consent_note="Sipho signed"))
    with acting_as(actor_of(olivia)):
        erasing.erase([child.id])
    assert Relation.select().count() == 0
    assert read(mother) == []
    everything = "".join(str(entry.detail) for entry in LogEntry.select())
    assert "Sipho" not in everything
    history.of_contact(mother.id, 0, 9)


@pytest.fixture
def walled(mother, child, org):
    """A colleague of Alice's who sees the mother's group alone."""
    relations.add(mother, "parent", child.id, Entered(consented_on=now().date(), consent_note="x"))
    group = contacts.add_group("Mothers")
    contacts.group_contacts([mother.id], group.id)
    return replace(system(org.id), only_group=group.id)


def test_who_sees_one_of_two_does_not_learn_of_the_other(walled, mother, child):
    relation_id = Relation.get().id
    with acting_as(walled):
        assert read(mother) == []
        with pytest.raises(ContactNotFound):
            relations.find_relation(mother, relation_id)
        with pytest.raises(ContactNotFound):
            relations.add(mother, "household", child.id, Entered())
        told, total = history.of_contact(mother.id, 0, 9)
        assert "Sipho" not in str([s.changes for s in told])
        assert (len(told), [s for s in told if "relation" in s.entry.action]) == (total, [])


def test_erasing_takes_also_relations_beyond_the_wall(walled, mother):
    with acting_as(walled):
        erasing.erase([mother.id])
    assert Relation.select().count() == 0


def test_a_change_in_the_meantime_is_not_overwritten_and_who_only_reads_changes_nothing(mother, child, bob):
    made = relations.add(mother, "parent", child.id, Entered())
    seen = relations.stamp(made)
    relations.change(mother, made, seen, Entered(since=date(2020, 1, 1)))
    with pytest.raises(Stale):
        relations.change(mother, made, seen, Entered(since=date(2021, 1, 1)))
    with acting_as(actor_of(bob)):
        for act in (
            lambda: relations.add(mother, "spouse", child.id, Entered()),
            lambda: relations.change(mother, made, seen, Entered()),
            lambda: relations.remove(made),
        ):
            with pytest.raises(Denied):
                act()


def test_the_other_is_found_by_name_and_chosen(mother, child, client_of, alice):
    browser = client_of(alice)
    found = browser.get(f"/contacts/{child.id}/relations/new?q=nomsa", headers=HX)
    page = browser.get(f"/contacts/{child.id}/relations/new?q=nomsa")
    assert f'value="{mother.id}"' in found.text
    assert f'value="{child.id}"' not in browser.get(f"/contacts/{child.id}/relations/new?q=dube", headers=HX).text
    assert "<html" in page.text

    data = {"choice": "parent-of", "other": mother.id, "consented_on": "3 May 2026", "consent_note": ""}
    refused = browser.post(f"/contacts/{child.id}/relations", data=data, headers=HX)
    assert refused.status_code == 422
    assert "how the consent was given" in refused.text
    assert 'value="3 May 2026"' in refused.text
    nobody = browser.post(f"/contacts/{child.id}/relations", data={"choice": "parent-of"}, headers=HX)
    assert "Find the other contact by name" in nobody.text
    done = browser.post(f"/contacts/{child.id}/relations", data=data | {"consent_note": "form"})
    assert (done.status_code, read(child)) == (303, ["child of Nomsa Dube"])

    made = Relation.get()
    url = f"/contacts/{mother.id}/relations/{made.id}"
    form = browser.get(f"{url}/edit", headers=HX)
    assert 'value="2026-05-03"' in form.text
    data = {"seen": relations.stamp(made), "since": "2010", "consented_on": "3 May 2026", "consent_note": "form"}
    assert browser.post(url, data=data | {"since": "soon"}, headers=HX).status_code == 422
    assert browser.post(url, data=data | {"since": "2010-01-01"}).status_code == 303
    assert browser.post(url, data=data | {"since": "2011-01-01"}, headers=HX).status_code == 422
    assert Relation.get().since == date(2010, 1, 1)
    assert browser.post(f"{url}/removal").status_code == 303
    assert Relation.select().count() == 0


def test_a_relation_of_others_is_not_edited_from_here(mother, child, client_of, alice):
    made = relations.add(mother, "parent", child.id, Entered())
    stranger = contacts.add(first_name="Thandi")
    assert client_of(alice).post(f"/contacts/{stranger.id}/relations/{made.id}/removal").status_code == 404
