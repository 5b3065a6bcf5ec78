"""Details abroad: on what ground, whom the gate leaves out, and what people are told."""

from dataclasses import replace

import pytest

from portal.campaigns import service as campaigns
from portal.consent.models import Purpose
from portal.consent.queries import Candidate, facts
from portal.consent.recording import record as say
from portal.consent.rules import Aim, Allow, PurposeClass, Refuse, may_send
from portal.contacts import record
from portal.contacts.rules import NewContact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import transport
from portal.transfers import rules, service
from portal.transfers.rules import Place
from portal.transfers.service import BadOperator, Line
from tests.agreed import agree

AIM = Aim(PurposeClass.DIRECT_MARKETING)
HOST = "smtp.relay.example"


@pytest.mark.parametrize(
    ("country", "ground", "lacks", "asks"),
    [
        ("ZA", "", False, False),
        ("ZA", "consent", False, False),
        ("US", "", True, False),
        ("US", "nonsense", True, False),
        ("US", "consent", False, True),
        ("DE", "adequate", False, False),
    ],
)
def test_when_details_may_leave(country, ground, lacks, asks):
    place = Place("Relay", country, country, ground)
    assert (rules.lacks_ground(place), rules.needs_consent(place)) == (lacks, asks)


@pytest.mark.parametrize(
    ("country", "ground", "keeps_sensitive", "expected"),
    [
        ("US", "consent", True, True),
        ("US", "consent", False, False),
        ("DE", "adequate", True, False),
        ("ZA", "", True, False),
    ],
)
def test_when_the_regulator_must_agree_first(country, ground, keeps_sensitive, expected):
    assert rules.needs_authorisation(Place("Relay", country, country, ground), keeps_sensitive) is expected


def test_the_sentence_names_each_country_once():
    places = [Place("A", "US", "the US"), Place("B", "US", "the US"), Place("C", "DE", "Germany"), Place("D", "ZA", "")]
    assert rules.clause("Hope House", places).endswith("also in Germany and the US.")
    assert rules.clause("Hope House", places[3:]) == ""


@pytest.fixture
def relayed(org, settings):
    """Hope House, whose mail goes out through a server of somebody else; one contact who agreed to news."""
    transport.use(replace(settings, smtp_url=f"smtp://{HOST}:587"))
    with acting_as(system(org.id)):
        email = {"address": "t@example.org", "normal": "t@example.org", "label": "", "is_primary": 1}
        (contact_id,) = record.add_many(
            [NewContact({"kind": "person", "first_name": "Thandi"}, [email])], "contact.added"
        )
        agree([contact_id])
        yield contact_id
    transport.use(settings)


def verdict(contact_id):
    return may_send(facts([Candidate(contact_id, "t@example.org")], AIM)[0], now())


def test_a_server_that_nobody_noted_stops_nothing_but_is_asked_about(relayed):
    assert verdict(relayed) == Allow()
    assert service.unnoted_relay() == HOST


def test_through_a_server_abroad_only_those_who_agreed_are_written_to(relayed):
    service.add(Line("Relay Inc", "mail", "US", HOST, "consent"))
    assert service.unnoted_relay() == ""
    assert verdict(relayed) == Refuse("no_transfer")

    purpose = Purpose.get(Purpose.name == service.ABROAD)
    with transaction():
        say([relayed], purpose_id=purpose.id, channels=["email"], kind="granted", method="paper")
    assert verdict(relayed) == Allow()


def test_a_line_abroad_without_a_ground_is_refused_and_one_in_the_country_is_not(relayed):
    with pytest.raises(BadOperator, match="Outside South Africa a ground is needed"):
        service.add(Line("Relay Inc", "mail", "US", HOST))
    service.add(Line("Relay Ltd", "mail", "ZA", HOST))
    assert verdict(relayed) == Allow()


def test_the_sentence_stands_at_the_foot_of_each_message(relayed):
    service.add(Line("Relay Inc", "mail", "US", HOST, "adequate"))
    draft = campaigns.change(campaigns.create("Spring"), 1, subject="Spring", body="<p>Dear all</p>")
    written = campaigns.as_seen_by(draft, None)

    assert service.clause() in written.text
    assert service.clause() in written.html


def test_the_register_is_kept_on_a_page(client_of, adam, bob, org):
    client = client_of(adam)
    bad = client.post("/settings/transfers", data={"name": "Relay", "service": "mail", "country": "US", "ground": ""})
    assert bad.status_code == 422
    assert "Outside South Africa" in bad.text

    data = {"name": "Relay", "service": "backup", "country": "DE", "ground": "adequate", "contract_on": "3 May 2026"}
    assert client.post("/settings/transfers", data=data).status_code == 303
    page = client.get("/settings/transfers")
    assert "signed on 3 May 2026" in page.text
    assert client.post("/settings/transfers", data=data).status_code == 422
    with acting_as(system(org.id)):
        made = service.current()[0].id
    data["name"] = "Other"
    assert client.post(f"/settings/transfers/{made}", data=data).status_code == 303
    assert client.post(f"/settings/transfers/{made}/archiving").status_code == 303
    with acting_as(system(org.id)):
        assert service.current() == []
    assert client_of(bob).get("/settings/transfers").status_code == 403
