"""The foot of every message: what the law demands always stands; the rest, its order and a last line are chosen."""

import re
from html import unescape

import pytest

from portal.accounts import service as accounts
from portal.activity.models import LogEntry
from portal.campaigns import foot, sending
from portal.campaigns import service as campaigns
from portal.campaigns.foot_rules import LINES, LINKS, BadFoot, Foot, links_of, moved
from portal.campaigns.foot_rules import foot as checked
from portal.campaigns.letter import Letter
from portal.campaigns.models import MessageFoot
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied
from portal.delivery.kinds import kind_of
from portal.delivery.models import Delivery
from portal.transfers import service as transfers
from portal.transfers.service import Line
from tests.agreed import everybody_agrees
from tests.conftest import actor_of

LAST = "Thank you for walking with us."


@pytest.fixture
def message(org):
    """Makes what one person gets, as it would be sent now: the page and the text."""

    def make(number=0):
        group = contacts.add_group(f"Newsletter {number}")
        one = contacts.add(first_name="Thandi", email=f"thandi{number}@example.org")
        contacts.change_groups(one, contacts.stamp(one, "groups"), [group.id])
        everybody_agrees()
        made = campaigns.create("Spring")
        made = campaigns.change(made, 1, subject="Spring", body="<p>Dear [[first name]]</p>")
        sending.choose_audience(made, [group.id], [])
        sending.start(campaigns.find(made.id))
        row = Delivery.get(Delivery.campaign_id == made.id)
        return kind_of("email").render(made.id, [row])[row.id].message.decode().replace("=\r\n", "").replace("=3D", "=")

    with acting_as(system(org.id)):
        accounts.set_details(telephone="+27315550100", address="12 Marion Avenue, Durban")
        yield make


def words_of(message):
    """The words of the links of the foot, in their order."""
    return re.findall(r'style="color:#6b655c">([^<]+)</a>', message)


@pytest.mark.parametrize(
    ("foot", "is_request", "with_removal", "has_notice", "keys"),
    [
        (Foot(), False, False, True, ["unsubscribe", "own page", "why", "complaint", "privacy"]),
        (Foot(), False, True, False, ["unsubscribe", "own page", "removal", "why", "complaint"]),
        (Foot(), True, True, True, ["unsubscribe", "complaint", "privacy"]),
        (Foot(left_out=frozenset(LINKS)), False, False, True, ["unsubscribe"]),
        (Foot(order=("why", "own page", "complaint", "privacy", "removal"), left_out=frozenset()), False, False, False,
         ["unsubscribe", "why", "own page", "complaint", "removal"]),
    ],
)  # fmt: skip
def test_which_links_a_letter_has(foot, is_request, with_removal, has_notice, keys):
    found = links_of(foot, is_request=is_request, with_removal=with_removal, has_notice=has_notice)
    assert [key for _, key in found] == keys


@pytest.mark.parametrize(
    ("order", "left_out", "closing", "field"),
    [
        (["nothing"], [], "", "order"),
        (["why", "why"], [], "", "order"),
        ([], ["unsubscribe"], "", "order"),
        ([], ["identity"], "", "order"),
        ([], [], "x" * 201, "closing"),
        ([], [], "Please give to the garden", "closing"),
    ],
)
def test_what_cannot_be_chosen(order, left_out, closing, field):
    with pytest.raises(BadFoot) as refused:
        checked(order, left_out, closing)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("act", "expected"),
    [("up:why", ("why", "own page")), ("down:own page", ("why", "own page")), ("up:own page", ("own page", "why")),
     ("down:why", ("own page", "why")), ("save", ("own page", "why")), ("up:nothing", ("own page", "why"))],
)  # fmt: skip
def test_moving_a_link(act, expected):
    assert moved(("own page", "why"), act) == expected


def test_a_link_that_was_not_named_comes_last():
    assert checked(["why"], [], "").order == ("why", "own page", "removal", "complaint", "privacy")


def test_until_somebody_arranges_it_the_foot_is_as_it_always_was(message):
    found = message()
    assert words_of(found) == ["Unsubscribe", "See or change your details", "Why did I get this?", "Complain"]
    assert "031 555 0100" in found


def test_a_message_ends_as_it_was_arranged_and_still_says_who_writes_and_how_to_leave(message, org):
    left_out = {"own page", "why", "telephone", "removal"}
    foot.arrange(checked(["complaint", "privacy"], left_out, LAST))
    found = message()
    assert words_of(found) == ["Unsubscribe", "Complain"]
    for shown in (org.name, "12 Marion Avenue, Durban", org.email, "/u/", LAST):
        assert found.count(shown) >= 2, shown  # as HTML and as text
    assert "031 555 0100" not in found


def test_nothing_leaves_out_what_the_law_demands(message, org):
    foot.arrange(checked([], {*LINKS, *LINES}, ""))
    found = message()
    assert words_of(found) == ["Unsubscribe"]
    assert found.count("12 Marion Avenue, Durban") >= 2


@pytest.mark.parametrize("left_out", [[], ["clause", "telephone"]])
def test_where_details_go_is_always_said(client_of, olivia, org, left_out):
    """R06. It could be left out once; what an organisation chose then counts no more."""
    with acting_as(system(org.id)):
        transfers.add(Line("Relay Inc", "mail", "US", "smtp.relay.example", "adequate"))
        clause = transfers.clause()
    client_of(olivia).post("/settings/foot", data=sent(shown=["own page"]))
    with acting_as(system(org.id)):
        if left_out:
            MessageFoot.update(left_out=left_out).execute()
        assert foot.parts(foot.current())["clause"] == clause != ""
    page = client_of(olivia).get("/settings/foot").text
    assert 'value="clause"' not in page
    assert "that details leave South Africa" in page


def test_a_request_for_consent_has_no_line_of_ones_own(message):
    foot.arrange(checked([], set(), LAST))
    assert foot.parts(foot.current(), is_request=True)["closing"] == ""
    assert foot.parts(foot.current())["closing"] == LAST


def test_what_is_being_sent_ends_as_it_was_approved(message):
    before = message()
    with acting_as(system(accounts.current_org().id)):
        row = Delivery.get()
        foot.arrange(checked([], {*LINKS, *LINES}, LAST))
        again = kind_of("email").render(row.campaign_id, [row])[row.id].message.decode()
    assert words_of(again.replace("=\r\n", "").replace("=3D", "=")) == words_of(before)
    assert LAST not in again


def test_a_letter_that_was_approved_before_keeps_its_notice_at_the_end(org):
    """Its links do not name the privacy notice, which stood beside them."""
    with acting_as(system(org.id)):
        made = campaigns.create("Old")
        data = campaigns.letter_of(made).as_data() | {"privacy_url": "https://hopehouse.example/privacy"}
    del data["closing"]
    assert Letter.from_data(data).closing == ""
    assert not any(key == "privacy" for _, key in data["links"])


def test_who_arranged_what_is_logged_and_nothing_new_is_not(org):
    with acting_as(system(org.id)):
        foot.arrange(checked(["why"], {"removal", "telephone"}, LAST))
        foot.arrange(foot.current())
        entry = LogEntry.select().where(LogEntry.action == "organisation.foot_changed").get()
    assert set(entry.detail["changes"]) == {"Order", "Left out", "Last line"}
    assert entry.detail["changes"]["Last line"] == ["", LAST]


def test_offering_the_removal_is_one_setting(org):
    with acting_as(system(org.id)):
        accounts.set_details(offers_removal=1)
        assert foot.current().shows("removal")
        foot.arrange(checked([], {"removal"}, ""))
        assert not accounts.current_org().offers_removal


def test_who_may_not_change_settings_arranges_nothing(org, bob):
    with acting_as(actor_of(bob)), pytest.raises(Denied):
        foot.arrange(Foot(closing=LAST))


def sent(**more):
    return {"order": list(LINKS), "shown": ["own page", "telephone"], "closing": LAST, **more}


def test_the_page_saves_and_shows_what_was_chosen(client_of, olivia, org):
    client = client_of(olivia)
    assert client.post("/settings/foot", data=sent()).status_code == 303
    page = client.get("/settings/foot").text
    assert f'value="{LAST}"' in page
    assert re.findall(r'name="shown" value="([^"]+)" checked', page) == ["own page", "telephone"]


def test_up_and_down_move_and_save_nothing(client_of, olivia, org):
    page = client_of(olivia).post("/settings/foot", data=sent(act="up:why")).text
    assert re.findall(r'name="order" value="([^"]+)"', page)[1] == "why"
    with acting_as(system(org.id)):
        assert foot.current() == Foot()


def test_what_is_wrong_stands_at_its_field_with_what_was_typed(client_of, olivia):
    page = client_of(olivia).post("/settings/foot", data=sent(closing="Please donate"))
    assert page.status_code == 422
    assert 'value="Please donate"' in page.text
    assert "This sounds like an appeal" in page.text
    assert client_of(olivia).post("/settings/foot", data=sent(order=["x"])).status_code == 422


def test_the_example_shows_what_is_typed_and_keeps_nothing(client_of, olivia, org):
    client = client_of(olivia)
    example = client.post("/settings/foot/example", data=sent())
    assert example.status_code == 200
    text = unescape(example.text)
    assert text.count(LAST) == 2
    assert "Unsubscribe: http" in text
    assert "Complain" not in text
    assert client.post("/settings/foot/example", data=sent(closing="Please donate")).status_code == 422
    assert LAST not in client.get("/settings/foot/example").text
