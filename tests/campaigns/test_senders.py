"""Senders: the names and addresses a campaign may come from, beside the organisation's own."""

import pytest
from peewee import IntegrityError

from portal.campaigns import senders, service
from portal.campaigns.models import Campaign
from portal.core.actor import acting_as
from portal.core.db import transaction
from tests.conftest import actor_of

SHOP = {"name": "Hope House shop", "email": "shop@hopehouse.example", "reply_to": "orders@hopehouse.example"}


@pytest.fixture
def shop(olivia):
    with acting_as(actor_of(olivia)):
        return senders.add(**SHOP)


@pytest.fixture
def campaign(olivia):
    with acting_as(actor_of(olivia)):
        return service.create("Spring")


def written(campaign, **changes):
    return {"name": "Spring", "subject": "Hello", "body": "<p>Good day</p>", "version": campaign.version, **changes}


def test_a_campaign_comes_from_the_organisation_unless_another_sender_is_chosen(client_of, olivia, campaign, shop):
    client_of(olivia).post(f"/campaigns/{campaign.id}", data=written(campaign, sender_id=shop.id))

    with acting_as(actor_of(olivia)):
        kept = service.find(campaign.id)
        assert service.letter_of(kept).mailbox.email == "shop@hopehouse.example"
        assert service.letter_of(kept).mailbox.reply_to == "orders@hopehouse.example"
        assert service.letter_of(kept).sender.legal_name == service.letter_of(campaign).sender.legal_name
        assert service.letter_of(campaign).mailbox == senders.own()


@pytest.mark.parametrize("choice", ["987654", "-1"])
def test_a_sender_that_is_not_there_is_refused_at_the_field(client_of, olivia, campaign, choice):
    answer = client_of(olivia).post(f"/campaigns/{campaign.id}", data=written(campaign, sender_id=choice))

    assert answer.status_code == 422
    assert "not there any more" in answer.text
    assert "Good day" in answer.text


def test_a_stranger_s_sender_cannot_be_chosen(client_of, charlie, shop):
    with acting_as(actor_of(charlie)):
        theirs = service.create("Theirs")

    answer = client_of(charlie).post(f"/campaigns/{theirs.id}", data=written(theirs, sender_id=shop.id))

    assert answer.status_code == 422
    assert "Hope House shop" not in answer.text


def test_a_sender_is_added_changed_and_taken_away(client_of, olivia, campaign):
    browser = client_of(olivia)
    assert browser.post("/settings/senders", data=SHOP).status_code == 303
    with acting_as(actor_of(olivia)):
        made = senders.others()[0]
        service.change(campaign, campaign.version, sender_id=made.id)

    browser.post(f"/settings/senders/{made.id}", data={**SHOP, "name": "The shop"})
    assert "The shop" in browser.get("/settings/senders").text
    browser.post(f"/settings/senders/{made.id}/removal")

    with acting_as(actor_of(olivia)):
        assert senders.others() == []
        assert service.find(campaign.id).sender_id is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "no address"}, "email address"),
        ({"name": ""}, "Enter the name that people see"),
        ({}, "There is a sender with this name and address already."),
    ],
)
def test_what_is_wrong_with_a_sender_is_said_at_its_field(client_of, olivia, shop, changes, sentence):
    answer = client_of(olivia).post("/settings/senders", data={**SHOP, **changes})

    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_database_refuses_a_sender_of_another_organisation(olivia, charlie, campaign, shop):
    with acting_as(actor_of(charlie)):
        theirs = service.create("Theirs")
        with pytest.raises(IntegrityError), transaction():
            Campaign.update(sender_id=shop.id).where(Campaign.id == theirs.id).execute()


def test_what_was_approved_keeps_its_sender(olivia, campaign, shop):
    with acting_as(actor_of(olivia)):
        service.change(campaign, campaign.version, sender_id=shop.id)
        Campaign.update(letter=service.letter_of(service.find(campaign.id)).as_data()).where(
            Campaign.id == campaign.id
        ).execute()

        senders.remove(shop)

        assert service.mailbox_of(service.find(campaign.id)).name == "Hope House shop"
