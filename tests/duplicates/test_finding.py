"""Looking for duplicates: by what they are found, who is told of which, and what is remembered."""

from dataclasses import replace
from datetime import date

import pytest
from playhouse.test_utils import count_queries

from portal.activity.models import LogEntry
from portal.contacts import identities, record
from portal.contacts import service as contacts
from portal.contacts.identity_rules import id_number
from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor
from portal.core.clock import now
from portal.core.permissions import DataSet
from portal.duplicates import finding, queries, service
from portal.duplicates.models import Pair, Search

pytestmark = pytest.mark.each_database


def ids_of(pairs):
    return [(pair.contact_id, pair.other_id) for pair in pairs]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "thandi@example.org"}, {"email": "Thandi@example.org"}),
        ({"telephone": "082 555 0134"}, {"telephone": "+27 82 555 0134"}),
        ({"birth_date": date(1986, 3, 14)}, {"birth_date": date(1986, 3, 14), "last": "Ngcobbo"}),
        (
            {"line": "12 Marion Avenue", "city": "Durban"},
            {"line": "12 Marion Ave.", "city": "durban", "last": "Ngocbo"},
        ),
        ({"city": "Durban"}, {"city": "Durban", "last": "Ngocbo"}),
        ({"city": "Durban"}, {"city": "Durban", "last": "Gncobo"}),
    ],
    ids=["email", "telephone", "birth date", "street", "town", "town, first letters"],
)
def test_a_pair_is_found_by(person, look, one, other):
    first, second = person(**one), person(**other)
    person("Pieter", "Botha", city="Durban")

    assert ids_of(look()) == [(first.id, second.id)]


def test_a_pair_is_found_by_the_identity_number_whatever_the_names_are(person, look):
    first, second = person(), person("Precious", "Zulu")
    for contact in (first, second):
        identities.keep(contact, id_number("8001015009087", today=now().date()))

    assert ids_of(look()) == [(first.id, second.id)]
    assert Pair.get().score == 100


def test_a_household_is_no_pair(person, look):
    for first in ("Thandi", "Sipho", "Precious"):
        person(first, email="family@example.org", telephone="031 555 0134", line="12 Marion Avenue", city="Durban")

    assert look() == []


def test_a_common_name_alone_tells_nothing(person, look):
    for _ in range(6):
        person(city="Durban")

    assert look() == []


def test_a_search_that_finds_a_pair_no_more_takes_it_off_the_list(person, look):
    first, _ = person(email="thandi@example.org"), person(email="thandi@example.org")
    assert len(look()) == 1

    contacts.change_details(first, contacts.stamp(first, "details"), kind="person", first_name="Pieter", last_name="B")

    assert look() == []


def test_not_the_same_is_remembered_and_told(person, look):
    first, second = person(email="thandi@example.org"), person(email="thandi@example.org")
    service.dismiss(look()[0])

    assert queries.count() == 0
    look()
    assert queries.count() == 0
    entries = LogEntry.select().where(LogEntry.action == "duplicates.dismissed")
    assert {entry.contact_id for entry in entries} == {first.id, second.id}
    service.restore(Pair.get())
    assert queries.count() == 1


def test_whom_telephones_are_hidden_from_is_told_the_same_whatever_they_are(person, look):
    person("Thandi", "Ngcobo", telephone="082 555 0134")
    person("Thandi", "Ngcobo", telephone="082 555 0134")
    person("Sipho", "Zulu", telephone="082 555 0199", email="sipho@example.org")
    person("Sipho", "Zulu", telephone="082 555 0199", email="sipho@example.org")
    look()
    hidden = replace(current_actor(), hidden=frozenset({DataSet.TELEPHONE}))

    assert queries.counts() == {"certain": 1, "likely": 1, "perhaps": 0}
    with acting_as(hidden):
        lines = [line for group in queries.page("", 1) for line in group]

        assert queries.counts() == {"certain": 1, "likely": 0, "perhaps": 0}
        assert [(line.one.contact.first_name, line.score) for line in lines] == [("Sipho", 90)]
        assert lines[0].reasons == ["the same email address", "the same name"]
        assert [p.id for p in Pair.select() if queries.find(p.id)] == [lines[0].pair.id]


def test_a_pair_is_there_for_who_sees_them_both(person, look):
    group = contacts.add_group("Choir")
    first, _ = person(email="thandi@example.org"), person(email="thandi@example.org")
    contacts.group_contacts([first.id], group.id)
    look()

    with acting_as(replace(current_actor(), denied_groups=frozenset({group.id}))):
        assert queries.count() == 0
        assert (
            finding.like({"first_name": "Thandi", "last_name": "Ngcobo"}, "thandi@example.org")[0].contact.id
            != first.id
        )


def test_whom_a_new_contact_looks_like(person):
    thandi = person(email="thandi@example.org", telephone="082 555 0134")
    person("Sipho", email="family@example.org")

    def like(email="", telephone="", **names):
        return [one.contact.id for one in finding.like(names, email, telephone)]

    assert like("THANDI@example.org", first_name="Thandi", last_name="Ngcobo") == [thandi.id]
    assert like(telephone="082 555 0134", first_name="Thandi") == [thandi.id]
    assert like(first_name="Thandi", last_name="Ngcobo") == [thandi.id]
    assert like("family@example.org", first_name="Nomsa", last_name="Ngcobo") == []
    assert like("no address", "12", first_name="Thandi", last_name="Ngcobo") == [thandi.id]


def test_an_erased_contact_leaves_the_list(person, look):
    first, _ = person(email="thandi@example.org"), person(email="thandi@example.org")
    look()

    record.erase([first.id])

    assert Pair.select().count() == 0


def test_a_search_is_begun_once_and_goes_on_when_it_was_broken_off(person):
    person()
    search = finding.begin_search()

    assert finding.begin_search().id == search.id
    assert finding.due() == [search.id]
    Search.update(state="running", lease=now()).execute()
    finding.run(search.id)
    assert (Search.get().state, finding.due()) == ("finished", [])
    finding.run(search.id)


def test_a_page_has_a_fixed_number_of_queries(person, look):
    for number in range(3):
        for _ in range(2):
            person(email=f"thandi{number}@example.org")
    look()
    Contact.get()

    with count_queries() as few:
        queries.page("", 1)
    for number in range(3, 9):
        for _ in range(2):
            person(email=f"thandi{number}@example.org")
    look()
    with count_queries() as many:
        queries.page("", 1)

    assert few.count == many.count
