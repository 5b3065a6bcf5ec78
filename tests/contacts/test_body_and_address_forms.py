"""The forms of bodies and of addresses: what is kept, what is asked back, and what is not wiped."""

from dataclasses import replace

import pytest

from portal.contacts import queries, service
from portal.contacts.forms import read_addresses
from portal.contacts.models import Address, Contact
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.permissions import DataSet
from tests.conftest import HX, actor_of

pytestmark = pytest.mark.one_database


def address(**values):
    return {"lines": "1", "country-0": "South Africa", **{f"{name}-0": value for name, value in values.items()}}


@pytest.mark.parametrize(
    ("values", "where", "words"),
    [
        ({"suburb": "Umlazi", "city": "Durban"}, "", ""),
        ({"line1": "PO Box 12", "city": "Durban", "postal_code": "0001", "label": "Postal"}, "", ""),
        ({"line1": "12 Marion Avenue"}, "suburb", "Enter the suburb or the town."),
        ({"city": "Pretoria", "postal_code": "1"}, "postal_code", "Is 0001 meant?"),
        ({"city": "Pretoria", "postal_code": "0000"}, "postal_code", "four digits"),
        ({"city": "Pretoria", "postal_code": "40511"}, "postal_code", "four digits"),
        ({"city": "Pretoria", "province": "ZA-XX"}, "province", "one of the provinces"),
        ({"line1": "10 Downing Street", "postal_code": "SW1A 2AA", "country": "United Kingdom"}, "", ""),
        ({"city": "Gaborone", "country": "Atlantis"}, "country", "Enter a country"),
    ],
)
def test_an_address_is_kept_or_asked_back_in_words(values, where, words):
    line = read_addresses(address(**values))[0]
    assert words in line.error
    assert bool(line.error) is bool(words)
    assert not words or line.error_field == where


def test_a_short_code_is_confirmed_by_saving_again_and_the_zeros_stay(client_of, alice, thandi):
    browser = client_of(alice)
    with acting_as(actor_of(alice)):
        seen = {"seen": service.stamp(thandi, "addresses")}
    typed = address(line2="Flat 3, Palm Court", line1="12 Marion Avenue", city="Pretoria", postal_code="1")
    asked = browser.post(f"/contacts/{thandi.id}/addresses", data=typed | seen, headers=HX)
    assert asked.status_code == 422
    assert 'value="0001"' in asked.text
    saved = browser.post(f"/contacts/{thandi.id}/addresses", data=typed | seen | {"postal_code-0": "0001"}, headers=HX)
    assert "Flat 3, Palm Court, 12 Marion Avenue, Pretoria, 0001" in saved.text
    with acting_as(actor_of(alice)):
        assert (Address.get().postal_code, Address.get().country) == ("0001", "ZA")


def test_towns_are_suggested_from_addresses_that_may_be_seen(client_of, alice, thandi, org, charlie):
    with acting_as(system(org.id)):
        line = service.AddressLine(None, "Home", True, {"suburb": "Glenashley", "city": "Durban"})
        service.change_addresses(thandi, service.stamp(thandi, "addresses"), [line])
        assert queries.places("suburb", "gle") == ["Glenashley"]
        assert queries.places("city", "") == []
        with acting_as(replace(system(org.id), hidden=frozenset({DataSet.ADDRESS}))):
            assert queries.places("suburb", "gle") == []
    assert 'value="Durban"' in client_of(alice).get("/contacts/addresses/suggestions?city-3=du").text
    assert "Durban" not in client_of(charlie).get("/contacts/addresses/suggestions?city-3=du").text


def details(contact, user, **values):
    with acting_as(actor_of(user)):
        return {"seen": service.stamp(contact, "details"), "kind": contact.kind, "language": "", **values}


def test_a_body_has_its_kind_and_numbers(client_of, alice, org):
    with acting_as(system(org.id)):
        school = service.add(kind="body", organisation="Hope NPC")
    browser, url = client_of(alice), f"/contacts/{school.id}/details"
    typed = {"organisation": "Hope NPC", "trading_name": "Hope", "body_kind": "npc", "vat_number": "4123456789"}
    wrong = browser.post(url, data=details(school, alice, **typed, registration="2014/123456/07"), headers=HX)
    assert wrong.status_code == 422
    assert "ends with 08" in wrong.text
    saved = browser.post(url, data=details(school, alice, **typed, registration="2014/123456/08"), headers=HX)
    assert ["Non-profit company" in saved.text, "2014/123456/08" in saved.text] == [True, True]
    with acting_as(actor_of(alice)):
        assert [row.name for row in queries.page(Filter(text="hope"), 1)] == ["Hope NPC"]


def test_a_field_that_was_not_in_the_form_is_not_emptied(client_of, alice, org):
    with acting_as(system(org.id)):
        school = service.add(kind="body", organisation="Hope", registration="123-456 NPO", first_name="Desk")
    client_of(alice).post(f"/contacts/{school.id}/details", data=details(school, alice, organisation="Hope House"))
    with acting_as(system(org.id)):
        row = Contact.get_by_id(school.id)
        assert (row.organisation, row.registration, row.first_name) == ("Hope House", "123-456 NPO", "Desk")


def test_initials_stand_where_there_is_no_first_name(client_of, alice, org):
    with acting_as(system(org.id)):
        person = service.add(last_name="Botha")
    typed = {"initials": "J.P.", "last_name": "Botha", "first_name": ""}
    saved = client_of(alice).post(f"/contacts/{person.id}/details", data=details(person, alice, **typed), headers=HX)
    assert "J.P. Botha" in saved.text
