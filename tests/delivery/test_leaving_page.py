"""Unsubscribing by a page: one press, one message that confirms it, one press back; and why is asked after."""

import pytest

from portal.consent.models import Suppression
from portal.consent.suppressing import suppress_mac
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.keys import make_token
from portal.delivery import history
from portal.delivery.history import Wanted
from portal.delivery.leaving_rules import OWN_PAGE, WHYS, is_confirmed
from portal.delivery.models import UNSUBSCRIBED, DeliveryEvent
from portal.privacy import erasing
from portal.profile.rules import MOST_CONFIRMED
from tests.profile.conftest import sent as sent
from tests.profile.test_profile import form, link, mails


def press(app, row, **data):
    return app.test_client().post(f"/u/{make_token('u', row.org_id, row.id)}", data=data)


def whys(org):
    with acting_as(system(org.id)):
        return [
            (e.detail or {}).get("why", "") for e in DeliveryEvent.select().where(DeliveryEvent.kind == UNSUBSCRIBED)
        ]


@pytest.mark.parametrize(
    ("how", "expected"), [("page", True), (OWN_PAGE, True), ("one click", False), ("a colleague", False)]
)
def test_what_is_confirmed(how, expected):
    assert is_confirmed(how) is expected


def test_a_page_is_confirmed_once_with_the_way_back(app, org, sent):
    press(app, sent, what="leave")
    press(app, sent, what="leave")

    assert [mail.recipient for mail in mails(org, "profile_left")] == ["p0@example.org"]
    assert f"/u/{make_token('u', org.id, sent.id)}" in mails(org, "profile_left")[0].message.replace("=\n", "")


def test_the_button_of_a_mail_program_is_followed_by_no_message(app, org, sent):
    press(app, sent, **{"List-Unsubscribe": "One-Click"})

    assert mails(org, "profile_left") == []


def test_the_own_page_confirms_too_and_takes_back_by_one_press(app, org, sent):
    client = app.test_client()
    form(client, link(sent), link(sent) + "/leaving", what="leave")
    assert "That was a mistake" in client.get(link(sent)).text

    form(client, link(sent), link(sent) + "/return", what="stay")

    assert len(mails(org, "profile_left")) == 1
    assert "You unsubscribed" not in client.get(link(sent)).text
    with acting_as(system(org.id)):
        assert Suppression.select().count() == 0


def test_who_presses_to_and_fro_is_not_written_to_each_time(app, org, sent):
    for _ in range(MOST_CONFIRMED + 2):
        press(app, sent, what="leave")
        press(app, sent, what="stay")

    assert len(mails(org, "profile_left")) == MOST_CONFIRMED


def test_why_is_asked_after_and_colleagues_read_it_in_the_list(app, org, sent):
    page = press(app, sent, what="leave")
    assert "Will you tell us why?" in page.text

    page = press(app, sent, what="why", why="often")

    assert "Thank you for telling us." in page.text
    assert whys(org) == ["often"]
    with acting_as(system(org.id)):
        lines = history.page(Wanted(sent.campaign_id, UNSUBSCRIBED), 1)
        assert [line.why for line in lines] == [WHYS["often"].read]
        erasing.erase([sent.contact_id])
    assert whys(org) == [""]


@pytest.mark.parametrize("data", [{"why": "CNRY"}, {"why": ""}, {}])
def test_another_reason_than_those_asked_for_is_not_kept(app, org, sent, data):
    press(app, sent, what="leave")
    press(app, sent, what="why", **data)

    assert whys(org) == [""]


def test_who_did_not_leave_has_no_reason_to_tell(app, org, sent):
    press(app, sent, what="why", why="often")

    assert whys(org) == []


def test_what_is_graver_offers_no_way_back_by_a_click(app, org, sent):
    press(app, sent, what="leave")
    with acting_as(system(org.id)), transaction():
        suppress_mac("email", sent.mac, "complained")

    page = press(app, sent, what="stay")

    assert "You are unsubscribed" in page.text
    assert "That was a mistake" not in page.text
