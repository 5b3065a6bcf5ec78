"""The report of addresses that could not be reached: what stands there, and how each line leaves it."""

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core.actor import acting_as, system
from tests.conftest import HX

PAGE = "/reports/undeliverable"


@pytest.fixture
def unreached(org):
    """Two contacts who share an address that does not exist, and one whose mailbox is full."""
    with acting_as(system(org.id)):
        contacts.add(first_name="Thandi", last_name="Mokoena", email="home@school.example")
        contacts.add(first_name="Pieter", last_name="Mokoena", email="home@school.example")
        contacts.add(first_name="Sipho", last_name="Zulu", email="sipho@school.example")
        record.mark_email("home@school.example", "undeliverable", "There is no such mailbox.", words="550 <b>no</b>")
        record.mark_email("sipho@school.example", "undeliverable", "The mailbox is full, 5 times in 16 days.")
        return [email.id for email in Email.select().order_by(Email.id)]


def states(org):
    with acting_as(system(org.id)):
        return [(e.address, e.state) for e in Email.select().order_by(Email.id)]


def test_each_line_says_who_why_and_when(client_of, alice, unreached):
    page = client_of(alice).get(PAGE).text
    assert "3 addresses" in page
    assert page.count("There is no such mailbox.") == 2
    assert "550 &lt;b&gt;no&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("reason=full", 1),
        ("reason=no_mailbox", 2),
        ("q=thandi", 1),
        ("since=week", 3),
        ("reason=x", 3),
        ("q=nobody", 0),
    ],
)
def test_the_list_is_filtered(client_of, alice, unreached, query, count):
    assert client_of(alice).get(f"{PAGE}?{query}").text.count("data-row") == count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter an email address such as thandi@example.org."),
        ("home at school", "Enter an email address such as thandi@example.org."),
        ("HOME@school.example", "This is the address that could not be reached. Enter another one."),
    ],
)
@pytest.mark.parametrize("headers", [HX, {}], ids=["htmx", "plain"])
def test_a_wrong_correction_is_said_at_the_field(client_of, alice, org, unreached, text, words, headers):
    before = states(org)
    answer = client_of(alice).post(f"{PAGE}/{unreached[0]}", data={"address": text}, headers=headers)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{text}"' in answer.text
    assert states(org) == before


def test_a_correction_concerns_one_contact_and_clears_the_mark(client_of, alice, org, unreached):
    answer = client_of(alice).post(f"{PAGE}/{unreached[0]}", data={"address": "Thandi@work.example"}, headers=HX)
    assert "Corrected to Thandi@work.example." in answer.text
    assert states(org)[:2] == [("Thandi@work.example", ""), ("home@school.example", "undeliverable")]
    with acting_as(system(org.id)):
        assert LogEntry.select().order_by(LogEntry.id.desc()).get().action == "contact.email_changed"


def test_trying_again_concerns_everybody_who_has_the_address(client_of, alice, org, unreached):
    answer = client_of(alice).post(f"{PAGE}/{unreached[0]}/retry", headers=HX)
    assert "It is tried again with the next newsletter." in answer.text
    assert [state for _, state in states(org)] == ["", "", "undeliverable"]
    with acting_as(system(org.id)):
        assert Email.get(Email.id == unreached[0]).state_at is None


def test_removing_takes_the_address_only(client_of, alice, org, unreached):
    assert client_of(alice).post(f"{PAGE}/{unreached[2]}/remove").status_code == 303
    assert len(states(org)) == 2
    assert "Zulu, Sipho" in client_of(alice).get("/contacts?q=sipho").text


def test_the_list_is_taken_along_and_that_is_recorded(client_of, olivia, org, unreached):
    text = client_of(olivia).post(f"{PAGE}/export", data={"reason": "full"}).text
    assert 'sipho@school.example,"The mailbox is full, 5 times in 16 days."' in text
    assert "home@school.example" not in text
    with acting_as(system(org.id)):
        entry = LogEntry.select().order_by(LogEntry.id.desc()).get()
        assert (entry.action, entry.detail["rows"]) == ("report.exported", 1)


def test_home_says_what_is_new_this_week(client_of, alice, unreached):
    page = client_of(alice).get("/").text
    assert "3 addresses</a> could not be reached this week." in page
    assert "/reports/undeliverable?since=week" in page


def test_whoever_may_not_see_addresses_sees_no_report(client_of, bob, org, unreached):
    Membership.update(denied=["email"]).where(Membership.user == bob, Membership.org == org).execute()
    browser = client_of(bob)
    for path in (PAGE, f"{PAGE}/{unreached[0]}"):
        assert browser.get(path, headers=HX).status_code == 403
    assert "home@school.example" not in browser.get("/reports").text
