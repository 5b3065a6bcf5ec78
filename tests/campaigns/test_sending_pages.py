"""The way from a finished text to its history, as an administrator walks it."""

from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.activity.models import LogEntry
from portal.campaigns import sending, service
from portal.campaigns.models import Campaign
from portal.consent.models import Suppression
from portal.consent.rules import Aim, PurposeClass
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.keys import address_mac
from portal.delivery import ledger
from portal.delivery.models import Delivery
from tests.agreed import everybody_agrees
from tests.conftest import HX

pytestmark = pytest.mark.one_database


@pytest.fixture
def group(org):
    """Three people: one without an address, and two who share one."""
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
        for name, email in (("Thandi", "home@example.org"), ("Sipho", "home@example.org"), ("Nomsa", "")):
            contact = contacts.add(first_name=name, last_name="Dube", email=email)
            contacts.group_contacts([contact.id], group.id)
        everybody_agrees()
    return group


@pytest.fixture
def campaign(org):
    with acting_as(system(org.id)):
        made = service.create("Spring")
        return service.change(made, 1, subject="Spring", body="<p>Welcome</p>")


@pytest.fixture
def ready(campaign, group, org):
    """A campaign whose audience is chosen."""
    with acting_as(system(org.id)):
        sending.choose_audience(campaign, [group.id], [])
        return service.find(campaign.id)


def of(org, question):
    with acting_as(system(org.id)):
        return question()


def test_choosing_a_group_shows_who_will_receive_it(client_of, adam, campaign, group):
    client = client_of(adam)

    part = client.post(f"/campaigns/{campaign.id}/audience", data={"group": group.id}, headers=HX)

    assert "Send to 1 person" in part.text
    assert "without an email address" in part.text
    assert "same address as another" in part.text
    page = client.get(f"/campaigns/{campaign.id}/audience/people?figure=no_address")
    assert "Dube, Nomsa" in page.text
    assert "Dube, Thandi" not in page.text


def test_it_is_sent_once_however_often_the_button_is_pressed(client_of, adam, ready, org):
    client = client_of(adam)
    for _ in range(2):
        answer = client.post(f"/campaigns/{ready.id}/dispatch", data={"when": "now", "seen": "1"})
        assert answer.location.endswith(f"/campaigns/{ready.id}/history")

    figures = of(org, lambda: ledger.status(ready.id))
    assert (figures["frozen"], figures["pending"], figures["suppressed"]) == (3, 1, 2)
    assert client.get(f"/campaigns/{ready.id}").status_code == 303


def test_it_does_not_leave_when_the_audience_has_changed_since_it_was_shown(client_of, adam, ready):
    answer = client_of(adam).post(f"/campaigns/{ready.id}/dispatch", data={"when": "now", "seen": "5"})

    assert answer.status_code == 422
    assert "have changed" in answer.text


def test_an_editor_may_prepare_but_not_send(client_of, alice, ready):
    client = client_of(alice)

    assert "An administrator of your organisation can send it" in client.get(f"/campaigns/{ready.id}/audience").text
    assert client.post(f"/campaigns/{ready.id}/dispatch", data={"seen": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("day", "hour", "words"), [("2001-01-01", "09:00", "has passed"), ("", "", "Give the day"), ("x", "9", "Give the")]
)
def test_a_time_that_cannot_be_is_said(client_of, adam, ready, day, hour, words):
    answer = client_of(adam).post(
        f"/campaigns/{ready.id}/dispatch", data={"when": "later", "date": day, "time": hour, "seen": "1"}
    )
    assert answer.status_code == 422
    assert words in answer.text


def test_a_time_is_the_organisations_own(client_of, adam, ready, org):
    day = (now() + timedelta(days=30)).date().isoformat()

    client_of(adam).post(
        f"/campaigns/{ready.id}/dispatch", data={"when": "later", "date": day, "time": "09:00", "seen": "1"}
    )

    kept = of(org, lambda: service.find(ready.id))
    assert (kept.state, kept.scheduled_at.hour) == ("scheduled", 7)  # Johannesburg is two hours ahead
    assert kept.scheduled_at.date().isoformat() == day


def test_what_stands_in_the_way_at_the_time_pauses_it_and_says_so(client_of, adam, ready, org):
    with acting_as(system(org.id)):
        sending.start(ready, now() + timedelta(hours=1))
        Campaign.update(scheduled_at=now() - timedelta(minutes=1)).where(Campaign.id == ready.id).execute()
    org.information_officer = ""
    org.save()

    of(org, sending.sweep)

    page = client_of(adam).get(f"/campaigns/{ready.id}/history").text
    assert "information officer must be set first" in page
    assert "Go on sending" in page
    answer = client_of(adam).post(f"/campaigns/{ready.id}/resumption")
    assert answer.status_code == 422


def test_pausing_going_on_and_cancelling(client_of, adam, ready, org):
    client = client_of(adam)
    client.post(f"/campaigns/{ready.id}/dispatch", data={"when": "now", "seen": "1"})
    client.post(f"/campaigns/{ready.id}/pause")
    assert "Paused: nothing leaves" in client.get(f"/campaigns/{ready.id}/history").text
    client.post(f"/campaigns/{ready.id}/resumption")
    assert "1 person has not been reached yet" in client.get(f"/campaigns/{ready.id}/cancellation").text
    client.post(f"/campaigns/{ready.id}/cancellation")

    figures = of(org, lambda: sending.status(ready))
    assert (figures["state"], figures["cancelled"], figures["suppressed"]) == ("cancelled", 1, 2)
    assert client.post(f"/campaigns/{ready.id}/resumption").status_code == 422


def test_each_figure_opens_its_people_who_can_be_searched_and_taken_along(client_of, adam, bob, ready, org):
    client = client_of(adam)
    client.post(f"/campaigns/{ready.id}/dispatch", data={"when": "now", "seen": "1"})
    with acting_as(system(org.id)):
        Delivery.update(state="refused", reply="550 5.1.1 =unknown").where(Delivery.state == "waiting").execute()

    people = f"/campaigns/{ready.id}/people"
    refused = client.get(f"{people}?state=refused").text
    assert "550 5.1.1 =unknown" in refused
    assert "Dube, Nomsa" not in refused
    assert "Dube, Thandi" in client.get(f"{people}?q=thand", headers=HX).text
    assert "Nobody here was found" in client.get(f"{people}?state=refused&q=nomsa").text
    file = client.post(f"{people}/export", data={"state": "refused"})
    assert file.headers["Content-Disposition"] == f'attachment; filename="campaign-{ready.id}-people.csv"'
    assert file.get_data(as_text=True).splitlines()[1].startswith('"Dube, Thandi",home@example.org,refused,')
    entry = of(org, lambda: LogEntry.select().order_by(LogEntry.id.desc()).get())
    assert (entry.action, entry.detail["rows"]) == ("campaign.list_exported", 1)
    assert client_of(bob).post(f"{people}/export").status_code == 403


def test_whoever_may_not_see_addresses_sees_none_here(client_of, alice, ready, org):
    with acting_as(system(org.id)):
        sending.start(ready)
        Delivery.update(state="refused", reply="550 home@example.org unknown").execute()
        accounts.set_rights(accounts.member_by_email(alice.email).id, ["email"], None)

    page = client_of(alice).get(f"/campaigns/{ready.id}/people").text

    assert "Dube, Thandi" in page
    assert "home@example.org" not in page


def test_a_suspended_organisation_sends_nothing_and_loses_nobody(ready, org):
    with acting_as(system(org.id)):
        sending.start(ready)
    org.suspended_at = now()
    org.save()

    with acting_as(system(org.id)):
        row = ledger.claim(ready.id, "worker", 10)[0]
        with pytest.raises(ledger.Halted, match="suspended"):
            ledger.hand(row, "home@example.org", Aim(PurposeClass.DIRECT_MARKETING))
        assert ledger.status(ready.id)["pending"] == 1


def test_the_contact_shows_what_came_and_whether_we_may_write(client_of, adam, ready, org):
    with acting_as(system(org.id)):
        sending.start(ready)
        people = {c.first_name: c.id for c in Contact.select()}
        Suppression.create(
            channel="email",
            mac=address_mac(org.id, "email", "home@example.org"),
            key_version="v1",
            reason="unsubscribed",
        )
    client = client_of(adam)

    thandi = client.get(f"/contacts/{people['Thandi']}").text
    nomsa = client.get(f"/contacts/{people['Nomsa']}").text

    assert "We may not write to Thandi by email about News and appeals</b>: unsubscribed." in thandi
    assert "still to go" in thandi
    assert "We may not write to Nomsa by email about News and appeals</b>: without an email address." in nomsa
    assert "without an email address" in nomsa
    assert f'href="/campaigns/{ready.id}/history">Spring</a>' in nomsa


def test_home_shows_what_is_under_way_and_what_is_uncertain(client_of, adam, ready, org):
    with acting_as(system(org.id)):
        sending.start(ready)
        Delivery.update(state="unknown").where(Delivery.state == "waiting").execute()

    home = client_of(adam).get("/").text

    assert "Being sent" in home
    assert "1 message is not certain" in home
