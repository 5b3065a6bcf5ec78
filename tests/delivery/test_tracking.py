"""Readings and clicks: machines stand apart, what is switched off is not noted, and no link leads astray."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.campaigns import letter, sending, service
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.keys import make_token
from portal.delivery import figures, tracking, transport
from portal.delivery.kinds import kind_of
from portal.delivery.machine_rules import is_burst, is_machine
from portal.delivery.models import ACCEPTED, Delivery, DeliveryEvent
from tests.agreed import everybody_agrees
from tests.delivery.test_sending import person

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
BODY = (
    '<p>Dear [[first name]], <a href="https://hopehouse.example/a?x=1&amp;y=2">one</a>, '
    '<a href="https://hopehouse.example/b">two</a>, <a href="https://hopehouse.example/b">two again</a>, '
    '<a href="https://hopehouse.example/c">three</a>, <a href="mailto:hello@hopehouse.example">write</a></p>'
)


@pytest.fixture
def sent(org):
    """A newsletter that reached two people an hour ago."""
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
        record.add_many([person(n, f"p{n}@example.org", group.id) for n in range(2)], "contact.added")
        everybody_agrees()
        made = service.create("Spring")
        made = service.change(made, 1, subject="Spring", body=BODY)
        sending.choose_audience(made, [group.id], [])
        sending.start(service.find(made.id))
        _accept(made.id)
        return service.find(made.id)


def _accept(campaign_id):
    at = now() - timedelta(hours=1)
    Delivery.update(state=ACCEPTED, handed_at=at, ended_at=at).where(Delivery.campaign_id == campaign_id).execute()


def message(campaign):
    """The first recipient's message as it leaves, and its row."""
    with acting_as(system(campaign.org_id)):
        row = Delivery.select().where(Delivery.campaign_id == campaign.id).order_by(Delivery.id).get()
        ready = kind_of("email").render(campaign.id, [row])[row.id]
    text = ready.message.decode().replace("=\r\n", "").replace("=3D", "=")
    return text, row


def traces(text):
    """The picture and the links of a message, as paths, the hidden one first."""
    picture = re.search(r'<img src="http://[^/]+(/o/[^"]+)"', text)[1]
    return picture, re.findall(r'href="http://[^/]+(/c/[^"]+)"', text)


def events(campaign):
    with acting_as(system(campaign.org_id)):
        return [(e.kind, e.is_machine) for e in DeliveryEvent.select().order_by(DeliveryEvent.id)]


def test_a_person_reads_and_follows_a_link(app, sent):
    picture, links = traces(message(sent)[0])
    assert len(links) == 5  # the hidden one, and four that lead to three places
    browser = app.test_client()

    shown = browser.get(picture, headers=FIREFOX)
    assert shown.content_type == "image/gif"
    assert shown.headers["Cross-Origin-Resource-Policy"] == "cross-origin"  # webmail shows it on its own pages
    answer = browser.get(links[0], headers=FIREFOX)

    assert (answer.status_code, answer.location) == (302, "https://hopehouse.example/a?x=1&y=2")
    assert answer.headers["Cache-Control"] == "no-store"
    assert events(sent) == [("seen", 0), ("clicked", 0)]
    with acting_as(system(sent.org_id)):
        assert figures.doings(sent.id) == figures.Doings(1, 1, 0, 0, 0, 0)
        assert [one.people for one in figures.links(sent.id)] == [1, 0, 0]
        assert [one.link.words for one in figures.links(sent.id)] == ["one", "two", "three"]
        assert sum(hour.read for hour in figures.hours(sent.id, sent.started_at)) == 1


def test_a_click_without_a_picture_is_a_reading_too(app, sent):
    _, links = traces(message(sent)[0])
    app.test_client().get(links[2], headers=FIREFOX)
    with acting_as(system(sent.org_id)):
        assert figures.doings(sent.id).read == 1


def test_a_crawler_that_fetches_everything_stands_apart(app, sent):
    picture, links = traces(message(sent)[0])
    browser = app.test_client()
    for path in (picture, *links[:-1]):  # not the hidden one, which would give it away by itself
        browser.get(path, headers=FIREFOX)
    browser.get(picture, headers=FIREFOX)

    assert {machine for _, machine in events(sent)} == {1}
    with acting_as(system(sent.org_id)):
        assert figures.doings(sent.id) == figures.Doings(0, 0, 0, 0, 0, 1)


def test_who_follows_the_hidden_link_is_a_machine_a_minute_long(app, sent):
    picture, links = traces(message(sent)[0])
    browser = app.test_client()
    browser.get(picture, headers=FIREFOX)
    assert browser.get(links[-1], headers=FIREFOX).status_code == 200  # the hidden one stands below the letter
    browser.get(links[0], headers=FIREFOX)
    assert events(sent) == [("seen", 1), ("clicked", 1), ("clicked", 1)]


@pytest.mark.parametrize(
    ("method", "agent", "seconds", "machine"),
    [
        ("GET", FIREFOX["User-Agent"], 3600, False),
        ("GET", FIREFOX["User-Agent"], 9, True),
        ("HEAD", FIREFOX["User-Agent"], 3600, True),
        ("GET", "Mozilla/5.0", 3600, True),
        ("GET", "", 3600, True),
        ("GET", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", 60, False),
        ("GET", "python-requests/2.32", 3600, True),
        ("GET", "Barracuda Sentinel (EE)", 3600, True),
        ("GET", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15", 3600, False),
        ("GET", "Slackbot-LinkExpanding 1.0", 3600, True),
    ],
)
def test_what_one_request_gives_away(method, agent, seconds, machine):
    assert is_machine(method, agent, timedelta(seconds=seconds)) is machine


@pytest.mark.parametrize(
    ("places", "burst"), [((1, 2, 3), True), ((1, 1, 1, 2), False), ((0, 1, 2), False), ((), False)]
)
def test_three_links_within_seconds_are_no_person(places, burst):
    assert is_burst(places) is burst


def test_no_address_of_a_request_is_ever_followed(app, sent):
    _, links = traces(message(sent)[0])
    browser = app.test_client()
    for path in (f"{links[0]}?url=https://evil.example", f"{links[0]}?next=//evil.example"):
        assert browser.get(path, headers={**FIREFOX, "Referer": "https://evil.example"}).location.startswith(
            "https://hopehouse.example/a"
        )
    for path in ("/c/AAAA", "/o/AAAA", links[0].replace("/c/", "/o/"), links[0].replace("/c/", "/u/"), links[0] + "A"):
        assert browser.get(path).status_code == 404
    row = message(sent)[1]
    beyond = tracking.link_url("", row.org_id, row.id, 77)
    assert browser.get(beyond).status_code == 404
    assert browser.get(f"/c/{make_token('c', row.org_id + 1, row.id << 12 | 1)}").status_code == 404


def test_the_switches(app, sent, settings):
    picture, _ = traces(message(sent)[0])
    browser = app.test_client()
    org_id = sent.org_id

    def tried():
        browser.get(picture, headers=FIREFOX)
        return len(events(sent))

    with acting_as(system(org_id)):
        accounts.set_details(is_tracking=0)
    assert tried() == 0
    with acting_as(system(org_id)):
        accounts.set_details(is_tracking=1)
        transport.use(replace(settings, tracking=False))
    assert tried() == 0
    transport.use(settings)
    with acting_as(system(org_id)):
        contact = Contact.get(Contact.id == message(sent)[1].contact_id)
        record.change(contact, "contact.details_changed", is_untracked=1)
    assert tried() == 0
    assert "/o/" not in message(sent)[0]
    assert letter.NOTICE not in message(sent)[0]
    with acting_as(system(org_id)):
        record.change(Contact.get(Contact.id == contact.id), "contact.details_changed", is_untracked=0)
    assert tried() == 1
    assert letter.NOTICE in message(sent)[0]


def test_a_campaign_that_notes_nothing_holds_no_trace(app, sent, org):
    with acting_as(system(org.id)):
        made = service.create("Quiet")
        made = service.change(made, 1, subject="Quiet", body=BODY, is_tracked=0)
        sending.choose_audience(made, sent.groups, [])
        sending.start(service.find(made.id))
        text, _ = message(service.find(made.id))
    assert not re.search(r"/[oc]/", text)
    assert "https://hopehouse.example/a?x=1&amp;y=2" in text
    assert letter.NOTICE not in text


def test_where_and_with_what_is_forgotten_after_ninety_days(app, sent):
    picture, _ = traces(message(sent)[0])
    app.test_client().get(picture, headers=FIREFOX)
    with acting_as(system(sent.org_id)):
        event = DeliveryEvent.get()
        assert (event.source, event.agent) == ("127.0.0.1", FIREFOX["User-Agent"])
        tracking.tidy()
        assert DeliveryEvent.get().source == "127.0.0.1"
        DeliveryEvent.update(at=now() - timedelta(days=91)).execute()
        tracking.tidy()
        assert (DeliveryEvent.get().source, DeliveryEvent.get().agent) == ("", "")


def test_one_message_does_not_fill_the_database(app, sent, monkeypatch):
    monkeypatch.setattr(tracking, "MOST_EVENTS", 3)
    picture, _ = traces(message(sent)[0])
    browser = app.test_client()
    for _ in range(6):
        assert browser.get(picture, headers=FIREFOX).status_code == 200
    assert len(events(sent)) == 3
