"""Identity numbers: sealed, masked for most, found by who may see them, and nowhere else."""

from dataclasses import replace
from datetime import date

import pytest

from portal.activity.models import LogEntry
from portal.contacts import identities, queries
from portal.contacts import service as contacts
from portal.contacts.identity_lookup import contacts_with
from portal.contacts.identity_rules import id_number, passport, tax_number
from portal.contacts.models import Contact
from portal.contacts.more_models import Identity
from portal.contacts.queries import Filter
from portal.contacts.service import Stale
from portal.core import keys
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.db import db
from portal.core.permissions import DataSet, Denied
from portal.privacy import erasing
from tests import schema
from tests.conftest import HX, actor_of

NUMBER, MASKED = "7503305044089", "750330 **** 08 9"


def number(text=NUMBER):
    return id_number(text, today=now().date())


@pytest.fixture
def known(as_olivia, thandi):
    """Thandi, with an ID number."""
    contact = contacts.find(thandi.id)
    identities.keep(contact, number())
    return contacts.find(thandi.id)


def everything_in_the_database() -> str:
    return "\n".join(str(row) for model in schema.models() for row in db.execute(model._meta.table.select().tuples()))


def found(text: str) -> list[str]:
    return [row.name for row in queries.page(Filter(text=text), 1)]


def test_the_number_stands_nowhere_in_the_database(known):
    everything = everything_in_the_database()
    assert MASKED in everything
    assert NUMBER not in everything
    assert NUMBER[6:10] not in "".join(str(entry.detail) for entry in LogEntry.select())


def test_the_birth_date_it_states_is_filled_in_where_none_is_known(known):
    assert known.birth_date == date(1975, 3, 30)


def test_a_birth_date_that_is_known_stays(as_olivia, thandi):
    contact = contacts.find(thandi.id)
    contacts.change_details(contact, contacts.stamp(contact, "details"), first_name="T", birth_date=date(1980, 1, 1))
    identities.keep(contacts.find(thandi.id), number())
    assert Contact.get_by_id(thandi.id).birth_date == date(1980, 1, 1)


@pytest.mark.parametrize("text", [NUMBER, "750330 5044 089", " 7503305044089 "])
def test_who_may_see_numbers_finds_the_contact_by_a_whole_one(known, text):
    assert found(text) == ["Ngcobo, Thandi"]


def test_a_part_of_a_number_or_its_mask_finds_nobody(known):
    assert [found(text) for text in ("750330", "5044089", MASKED, NUMBER[:-1])] == [[], [], [], []]


def test_who_may_not_see_numbers_gets_the_same_answers_whether_or_not_there_is_one(known, alice):
    with acting_as(actor_of(alice)):
        assert found(NUMBER) == []
        assert queries.count(Filter(text=NUMBER)) == 0
        assert found("Thandi") == ["Ngcobo, Thandi"]


def test_another_organisation_finds_nobody_by_it(known, charlie):
    with acting_as(actor_of(charlie)):
        assert found(NUMBER) == []


def test_a_passport_and_a_tax_number_are_found_too(known):
    identities.keep(known, passport("A 1234567", "ZW"))
    identities.keep(known, tax_number("0001339050"))
    assert found("a1234567") == found("000 133 9050") == ["Ngcobo, Thandi"]


def test_a_number_kept_under_an_older_key_is_found_and_opened_and_is_not_another_one(known, settings):
    keys.use({**settings.address_keys, "v2": b"b" * 40})
    try:
        assert found(NUMBER) == ["Ngcobo, Thandi"]
        assert identities.show(known, identities.of(known.id)[0].id)[1] == NUMBER
        assert identities.keep(known, number()) is False
    finally:
        keys.use(settings.address_keys)


def test_showing_it_is_written_into_the_log_masked(known):
    row, shown = identities.show(known, identities.of(known.id)[0].id)
    entry = LogEntry.get(LogEntry.action == "contact.identity_shown")
    assert (shown, row.masked) == (NUMBER, MASKED)
    assert entry.detail["changes"] == {"id_number": [None, MASKED]}


def test_who_may_not_see_numbers_sees_masks_and_changes_nothing(known, alice):
    with acting_as(actor_of(alice)):
        row = identities.of(known.id)[0]
        assert row.masked == MASKED
        for act in (
            lambda: identities.show(known, row.id),
            lambda: identities.keep(known, number("8001015009087")),
            lambda: identities.change(known, identities.stamp(known.id), [], ["id_number"]),
            lambda: identities.take_in([(known.id, number("8001015009087"))]),
            lambda: identities.opened([known.id], "id_number"),
        ):
            with pytest.raises(Denied):
                act()
        assert identities.others_with(row) == []
        assert contacts_with("id_number", [NUMBER]) == {}
    assert contacts_with("id_number", [NUMBER]) == {NUMBER: [known.id]}
    assert Identity.select().count() == 1


def test_who_may_only_read_changes_nothing_even_when_numbers_are_shown_to_him(known, bob):
    with acting_as(replace(actor_of(bob), hidden=frozenset())):
        assert identities.show(known, identities.of(known.id)[0].id)[1] == NUMBER
        with pytest.raises(Denied):
            identities.keep(known, number("8001015009087"))


def test_saving_what_one_sees_does_not_wipe_what_one_does_not(known, alice):
    with acting_as(actor_of(alice)):
        contact = contacts.find(known.id)
        contacts.change_details(contact, contacts.stamp(contact, "details"), first_name="Thandiwe", last_name="N")
    assert identities.of(known.id)[0].masked == MASKED


def test_a_number_is_replaced_and_taken_away_and_the_log_tells_of_masks(known):
    identities.change(known, identities.stamp(known.id), [number("8001015009087"), tax_number("0001339050")])
    assert [row.masked for row in identities.of(known.id)] == ["800101 **** 08 7", "*******050"]
    identities.change(known, identities.stamp(known.id), [], ["id_number", "passport"])
    assert [row.kind for row in identities.of(known.id)] == ["tax_number"]
    told = [e.detail["changes"] for e in LogEntry.select().where(LogEntry.action == "contact.identity_removed")]
    assert told == [{"id_number": ["800101 **** 08 7", None]}]


def test_a_change_made_in_the_meantime_is_not_overwritten(known):
    seen = identities.stamp(known.id)
    identities.keep(known, number("8001015009087"))
    with pytest.raises(Stale):
        identities.change(known, seen, [number()])


def test_two_contacts_with_one_number_are_told_of_each_other(known, client_of, olivia):
    twin = contacts.add(first_name="Thandi", last_name="Twin")
    identities.keep(twin, number())
    assert identities.others_with(identities.of(twin.id)[0]) == [known.id]
    assert "The same number stands with" in client_of(olivia).get(f"/contacts/{twin.id}").text


def test_erasing_leaves_neither_number_nor_mask(known):
    erasing.erase([known.id])
    everything = everything_in_the_database()
    assert MASKED not in everything
    assert Identity.select().count() == 0


def test_the_page_holds_the_mask_and_the_whole_number_only_after_asking(known, client_of, olivia, alice):
    browser = client_of(olivia)
    row = identities.of(known.id)[0]
    page = browser.get(f"/contacts/{known.id}")
    form = browser.get(f"/contacts/{known.id}/numbers/edit", headers=HX)
    shown = browser.post(f"/contacts/{known.id}/numbers/{row.id}/showing", headers=HX)
    whole = browser.post(f"/contacts/{known.id}/numbers/{row.id}/showing")
    assert MASKED in page.text
    assert MASKED in form.text
    assert NUMBER not in page.text + form.text
    assert NUMBER in shown.text
    assert NUMBER in whole.text
    assert "<html" in whole.text

    others = client_of(alice)
    page = others.get(f"/contacts/{known.id}")
    assert MASKED in page.text
    assert "Show the whole number" not in page.text
    assert others.post(f"/contacts/{known.id}/numbers/{row.id}/showing").status_code == 403
    assert others.get(f"/contacts/{known.id}/numbers/edit").status_code == 403
    assert others.post(f"/contacts/{known.id}/numbers", data={"id_number": "8001015009087"}).status_code == 403


def test_a_number_of_another_contact_is_not_shown_on_this_one(known, client_of, olivia):
    other = contacts.add(first_name="Sipho")
    row = identities.of(known.id)[0]
    answer = client_of(olivia).post(f"/contacts/{other.id}/numbers/{row.id}/showing")
    assert answer.status_code == 404


def test_a_wrong_number_comes_back_with_its_sentence(as_olivia, thandi, client_of, olivia):
    data = {"seen": identities.stamp(thandi.id), "id_number": "8503305044089", "passport": "A1234567"}
    answer = client_of(olivia).post(f"/contacts/{thandi.id}/numbers", data=data, headers=HX)
    assert answer.status_code == 422
    assert "its last digit does not fit" in answer.text
    assert "Enter the two letters of the country" in answer.text
    assert Identity.select().count() == 0


def test_saving_numbers_by_the_form_keeps_those_left_empty(known, client_of, olivia):
    data = {"seen": identities.stamp(known.id), "id_number": "", "tax_number": "0001339050"}
    answer = client_of(olivia).post(f"/contacts/{known.id}/numbers", data=data)
    assert answer.status_code == 303
    assert [row.kind for row in identities.of(known.id)] == ["id_number", "tax_number"]
    data = {"seen": identities.stamp(known.id), "remove": "id_number"}
    client_of(olivia).post(f"/contacts/{known.id}/numbers", data=data)
    assert [row.kind for row in identities.of(known.id)] == ["tax_number"]


def test_a_contradicting_birth_date_is_a_word_on_the_page_and_no_refusal(known, client_of, olivia):
    contacts.change_details(known, contacts.stamp(known, "details"), first_name="T", birth_date=date(1975, 3, 31))
    assert "states another birth date" in client_of(olivia).get(f"/contacts/{known.id}").text


def test_a_colleague_given_the_right_sees_numbers(known, alice):
    with acting_as(replace(actor_of(alice), hidden=actor_of(alice).hidden - {DataSet.IDENTITY})):
        assert found(NUMBER) == ["Ngcobo, Thandi"]
