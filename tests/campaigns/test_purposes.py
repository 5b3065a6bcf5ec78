"""What a campaign is for: its purpose decides its kind, and who calls marketing something else says why."""

import pytest

from portal.campaigns import sending, service
from portal.campaigns.appeal_rules import sounds_like_appeal
from portal.campaigns.audience import waterfall
from portal.campaigns.models import Campaign
from portal.consent import purposes
from portal.consent.rules import PurposeClass
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied
from tests.conftest import actor_of


@pytest.mark.parametrize(
    ("subject", "body", "found"),
    [
        ("Spring news", "<p>The garden has a new gate.</p>", ""),
        ("Spring news", "<p>Please <b>donate</b> today.</p>", "donat"),
        ("Ons nuus", "<p>U kan 'n skenking maak.</p>", "skenk"),
        ("AGM", "<p>Banking details below</p>", "banking details"),
        ("News", '<p><a href="https://www.payfast.co.za/x">here</a></p>', "payfast"),
        ("News", '<p><a href="https://hope.example/donate">here</a></p>', "donate"),
        ("Left", "<p>The leftovers were eaten.</p>", ""),  # no EFT in it
        ("Buyers", "<p>Nobody should be excluded.</p>", ""),
    ],
)
def test_what_asks_for_gifts_is_noticed(subject, body, found):
    assert sounds_like_appeal(subject, body) == found


def test_a_campaign_is_of_the_kind_of_its_purpose(as_alice):
    news, work = purposes.current()
    made = service.create("Spring")
    assert (made.purpose_id, made.purpose) == (news.id, "direct_marketing")

    service.set_purpose(made, work.id)

    assert (service.find(made.id).purpose_id, service.find(made.id).purpose) == (work.id, "information")
    assert service.create("Notice", purpose_id=work.id).purpose == "information"


def test_marketing_is_called_something_else_only_with_the_right_and_a_reason(as_alice, adam):
    news = purposes.first().id
    made = service.create("Spring")
    with pytest.raises(service.Undeclared):
        service.set_purpose(made, news, PurposeClass.INFORMATION, "  ")
    with pytest.raises(Denied):
        service.set_purpose(made, news, PurposeClass.INFORMATION, "the meeting of members")
    with pytest.raises(Denied):
        service.create("Another", purpose=PurposeClass.INFORMATION, reason="the meeting of members")

    with acting_as(actor_of(adam)):
        service.set_purpose(made, news, PurposeClass.INFORMATION, "the meeting of members")

    made = service.find(made.id)
    assert (made.purpose, made.purpose_reason) == ("information", "the meeting of members")
    made.body = "<p>Please donate</p>"
    assert service.hidden_appeal(made) == "donat"
    Campaign.update(state="finished").where(Campaign.id == made.id).execute()
    with pytest.raises(service.Begun):
        service.set_purpose(made, news)


def test_the_form_asks_for_the_reason_where_it_is_missing(client_of, adam, org):
    with acting_as(system(org.id)):
        made, news = service.create("Spring"), purposes.first().id
    data = {"name": "Spring", "version": 1, "purpose_id": news, "purpose": "information", "body": "<p>Donate now</p>"}
    client = client_of(adam)

    refused = client.post(f"/campaigns/{made.id}", data=data)
    assert refused.status_code == 422
    assert "Say why this is not direct marketing" in refused.text
    kept = client.post(f"/campaigns/{made.id}", data=data | {"purpose_reason": "the meeting of members"})
    assert kept.status_code == 303
    assert "seems to ask for something" in client.get(f"/campaigns/{made.id}").text
    assert client.post(f"/campaigns/{made.id}", data=data | {"purpose_id": 999}).status_code == 422


def test_what_the_gate_misses_is_said_with_the_link_that_mends_it(client_of, adam, org):
    with acting_as(system(org.id)):
        group = contacts.add_group("Choir")
        for name in ("Thandi", "Sipho"):
            made = contacts.add(first_name=name, email=f"{name.lower()}@example.org")
            contacts.group_contacts([made.id], group.id)
        campaign = service.create("Spring")
        sending.choose_audience(campaign, [group.id], [])
    client = client_of(adam)
    assert "Nobody&#39;s consent is on record" in client.get("/").text

    page = client.get(f"/campaigns/{campaign.id}/audience").text

    assert "Nearly everybody is left out: of 2 people nothing is recorded that allows this." in page
    link = f"/grounds/new?group={group.id}&amp;purpose={campaign.purpose_id}&amp;campaign={campaign.id}"
    assert f'href="{link}"' in page
    form = {"group": group.id, "purpose_id": campaign.purpose_id, "campaign": campaign.id, "basis": "consent"}
    form |= {"channels": "email", "source": "own", "detail": "signed at the AGM", "is_true": "y"}
    done = client.get(client.post("/grounds", data=form).location)
    assert f'href="/campaigns/{campaign.id}/audience"' in done.text
    with acting_as(system(org.id)):
        assert len(waterfall(service.find(campaign.id)).receivers) == 2
    assert "consent is on record" not in client.get("/").text
