"""What is done later, or by the clock, is done with the rights its user has then: imports and campaigns (B09)."""

import io
from datetime import timedelta

import pytest
import time_machine

from portal.accounts.models import Membership, User
from portal.campaigns import sending, service
from portal.campaigns.audience import people_of
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Group, Note, Telephone
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Denied, Role
from portal.delivery.models import Delivery
from portal.imports import running
from portal.imports import service as imports
from tests.agreed import agree
from tests.conftest import actor_of

FILE = b"First name,Email,Cell,Address,Notes,Group\nSipho,sipho@example.org,082 555 0177,1 Long Street,Tall,Donors\n"


def give(user, **rights):
    Membership.update(**{"denied": [], "granted": [], "only_group": None, **rights}).where(
        Membership.user == user
    ).execute()


def befalls(user, happens):
    """Other rights, or none at all."""
    if happens == "locked":
        User.update(disabled_at=now()).where(User.id == user.id).execute()
    elif happens == "removed":
        Membership.delete().where(Membership.user == user).execute()
    else:
        give(user, **happens)


@pytest.fixture
def begun(org, alice, tmp_path):
    """An import of Alice's, waiting for a worker."""
    with acting_as(actor_of(alice)):
        made = imports.take_in(tmp_path, "list.csv", io.BytesIO(FILE))
        imports.declare(made, made.mapping, "own", "open day", [])
        imports.start(imports.find(made.id), "update", [])
    return made


def run(org, made):
    with acting_as(system(org.id)):
        running.run(made.id)
        return imports.find(made.id), Contact.select().count()


def test_an_import_is_done_in_the_name_of_who_began_it(org, begun, alice):
    ended, count = run(org, begun)
    assert (ended.state, ended.added, count) == ("finished", 1, 1)
    with acting_as(system(org.id)):
        assert Note.get().author == "Alice"


IMPORTER = [
    ({"denied": ["import"]}, "Alice may not bring this in any more."),
    ({"denied": ["edit"]}, "Alice may not bring this in any more."),
    ({"role": Role.READER}, "Alice may not bring this in any more."),
    ({"denied": ["telephone"]}, "hidden from you"),
    ({"denied": ["notes"]}, "hidden from you"),
    ({"only_group": 1}, "You see only some of the contacts."),
    (
        "locked",
        "does not work here any more",
    ),
    ("removed", "does not work here any more"),
]


@pytest.mark.parametrize(("happens", "words"), IMPORTER, ids=[str(row[0]) for row in IMPORTER])
def test_an_import_whose_right_is_gone_ends_with_a_sentence(org, begun, alice, happens, words):
    befalls(alice, happens)
    ended, count = run(org, begun)
    assert (ended.state, count) == ("failed", 0)
    assert words in ended.problem


def test_what_is_hidden_is_offered_for_no_column_and_refused_when_sent(client_of, org, adam, tmp_path):
    give(adam, denied=["telephone", "address", "notes"])
    browser = client_of(adam)
    browser.post("/imports", data={"file": (io.BytesIO(FILE), "list.csv")})
    with acting_as(actor_of(adam)):
        made = imports.recent()[0]
        assert [made.mapping[h] for h in ("Cell", "Address", "Notes")] == ["ignore"] * 3
    page = browser.get(f"/imports/{made.id}").text
    assert ('value="email"' in page, 'value="mobile"' in page, 'value="notes"' in page) == (True, False, False)
    answer = browser.post(
        f"/imports/{made.id}/columns",
        data={"column-0": "first_name", "column-2": "mobile", "source": "own", "obtained": "x", "signature": "Adam"},
    )
    assert (answer.status_code, "hidden from you" in answer.text) == (403, True)


def test_people_are_not_matched_by_what_is_hidden(org, adam, thandi, tmp_path):
    """Whether somebody has this number, he would learn by it."""
    give(adam, denied=["telephone"])
    with acting_as(actor_of(adam)):
        made = imports.take_in(tmp_path, "list.csv", io.BytesIO(b"First name,Cell\nThandi,082 555 0134\n"))
        imports.declare(made, made.mapping, "own", "", [])
        imports.start(imports.find(made.id), "update", [])
    ended, count = run(org, made)
    assert (ended.added, ended.updated, count) == (1, 0, 2)


def test_a_colleagues_file_is_not_seen_by_who_may_not_see_all_of_it(client_of, org, begun, adam):
    assert client_of(adam).get(f"/imports/{begun.id}/problems.csv").status_code == 200
    for rights in ({"denied": ["telephone"]}, {"denied": ["notes"]}, {"only_group": 1}, {"denied": ["group:1"]}):
        give(adam, **rights)
        browser = client_of(adam)
        assert browser.get(f"/imports/{begun.id}").status_code == 404
        assert browser.get(f"/imports/{begun.id}/problems.csv").status_code == 404
        assert "list.csv" not in browser.get("/imports/new").text


def test_an_import_leaves_what_its_user_does_not_see_as_it_is(org, adam, thandi, tmp_path):
    give(adam, denied=["telephone"])
    with acting_as(actor_of(adam)):
        made = imports.take_in(tmp_path, "list.csv", io.BytesIO(b"First name,Email\nThandi,thandi@example.org\n"))
        imports.declare(made, made.mapping, "own", "", [])
        imports.start(imports.find(made.id), "update", [])
    assert run(org, made)[0].updated == 1
    with acting_as(system(org.id)):
        assert Telephone.get().number == "+27825550134"
        assert "0825550134" in Contact.get().search_numbers


@pytest.fixture
def groups(org):
    """Two groups with one contact each, and one who is in both."""
    with acting_as(system(org.id)):
        made = [contacts.add_group(name).id for name in ("North", "South")]
        for name, mine in (("Thandi", made[:1]), ("Sipho", made[1:]), ("Nomsa", made)):
            contact = contacts.add(first_name=name, email=f"{name.lower()}@example.org")
            agree([contact.id])
            for group_id in mine:
                contacts.group_contacts([contact.id], group_id)
    return made


def newsletter(org, groups, excluded=()):
    with acting_as(system(org.id)):
        made = service.create("Spring")
        made = service.change(made, 1, subject="Spring", body="<p>Welcome</p>")
        sending.choose_audience(made, groups, excluded)
        return service.find(made.id)


def reached(org, campaign) -> list[str]:
    with acting_as(system(org.id)):
        ids = [row.contact_id for row in Delivery.select().where(Delivery.campaign_id == campaign.id)]
        return sorted(c.first_name for c in Contact.select().where(Contact.id.in_(ids)))


def state_of(org, campaign):
    with acting_as(system(org.id)):
        found = service.find(campaign.id)
        return found.state, found.trouble


def clock_begins(org, at):
    with time_machine.travel(at + timedelta(minutes=1), tick=False), acting_as(system(org.id)):
        sending.sweep()


def test_a_campaign_reaches_nobody_out_of_its_senders_groups(org, adam, groups):
    """Denied the South, he sends to the North: Nomsa, who is in both, is not there for him."""
    campaign = newsletter(org, groups[:1])
    give(adam, denied=[f"group:{groups[1]}"])
    with acting_as(actor_of(adam)):
        assert len(people_of(campaign)) == 1
        sending.start(campaign)
    assert reached(org, campaign) == ["Thandi"]


@pytest.mark.parametrize("rights", [{"only_group": 1}, {"denied": ["group:2"]}], ids=str)
def test_who_does_not_see_all_its_groups_sends_no_campaign_and_learns_nobody_of_them(
    client_of, org, adam, groups, rights
):
    campaign = newsletter(org, groups)
    give(adam, **rights)
    browser = client_of(adam)
    page = browser.get(f"/campaigns/{campaign.id}/audience").text
    assert "people who are hidden from you" in page
    assert "Send to" not in page
    assert "Thandi" not in browser.get(f"/campaigns/{campaign.id}/audience/people?figure=all").text
    sent = browser.post(f"/campaigns/{campaign.id}/dispatch", data={"seen": "1"})
    assert (sent.status_code, "people who are hidden from you" in sent.text) == (422, True)
    assert "Spring" in browser.get("/campaigns").text
    assert reached(org, campaign) == []


def test_choosing_groups_leaves_those_that_are_hidden_as_they_were_chosen(client_of, org, adam, groups):
    campaign = newsletter(org, groups[1:], groups[1:])
    give(adam, denied=[f"group:{groups[1]}"])
    client_of(adam).post(f"/campaigns/{campaign.id}/audience", data={"group": [groups[0]]})
    with acting_as(system(org.id)):
        found = service.find(campaign.id)
    assert (found.groups, found.excluded) == (groups, groups[1:])


SENDER = [
    ({"denied": ["send"]}, "Adam, who scheduled it, may not send any more."),
    ({"role": Role.EDITOR}, "Adam, who scheduled it, may not send any more."),
    ({"only_group": 2}, "people who are hidden from you"),
    ({"denied": ["email"]}, "hidden from you"),
    ("removed", "does not work here any more"),
    (
        "locked",
        "does not work here any more",
    ),
]


@pytest.mark.parametrize(("happens", "words"), SENDER, ids=[str(row[0]) for row in SENDER])
def test_a_scheduled_campaign_whose_right_is_gone_is_paused_with_a_sentence(org, adam, groups, happens, words):
    campaign = newsletter(org, groups[:1])
    with acting_as(system(org.id)):
        service.change(campaign, campaign.version, subject="For [[email]]")
    at = now() + timedelta(hours=1)
    with acting_as(actor_of(adam)):
        sending.start(service.find(campaign.id), at)
    befalls(adam, happens)
    clock_begins(org, at)
    state, trouble = state_of(org, campaign)
    assert (state, words in trouble, reached(org, campaign)) == ("paused", True, [])


def test_a_scheduled_campaign_goes_to_whom_its_user_sees_when_it_begins(org, adam, groups):
    campaign = newsletter(org, groups[:1])
    at = now() + timedelta(hours=1)
    with acting_as(actor_of(adam)):
        sending.start(campaign, at)
    give(adam, denied=[f"group:{groups[1]}"])
    clock_begins(org, at)
    assert (state_of(org, campaign)[0], reached(org, campaign)) == ("sending", ["Thandi"])


def test_who_does_not_see_everybody_may_pause_but_neither_goes_on_nor_ends_it(org, adam, groups):
    """A campaign that others began also goes to people out of his sight; stopping it harms nobody."""
    campaign = newsletter(org, groups[:1])
    with acting_as(system(org.id)):
        sending.start(campaign)
    give(adam, denied=[f"group:{groups[1]}"])
    with acting_as(actor_of(adam)):
        sending.pause(service.find(campaign.id))
        for act in (sending.resume, sending.cancel):
            with pytest.raises(Denied):
                act(service.find(campaign.id))
    with acting_as(system(org.id)):
        assert {row.state for row in Delivery.select()} == {"waiting"}
        sending.resume(service.find(campaign.id))


def test_figures_people_and_files_of_a_campaign_are_of_those_whom_one_sees(client_of, org, adam, groups):
    campaign = newsletter(org, groups)
    with acting_as(system(org.id)):
        sending.start(campaign)
    give(adam, only_group=groups[0])
    browser = client_of(adam)
    page = browser.get(f"/campaigns/{campaign.id}/history").text
    people = browser.get(f"/campaigns/{campaign.id}/people").text
    file = browser.post(f"/campaigns/{campaign.id}/people/export").text
    assert "0 of 2" in page
    for text in (people, file):
        assert ("Thandi" in text, "Nomsa" in text, "Sipho" in text) == (True, True, False)


def test_to_whom_a_campaign_of_a_hidden_kind_of_group_went_is_not_told(client_of, org, alice, groups):
    """That Thandi got the letter of the group tells that she is in it."""
    with acting_as(system(org.id)):
        Group.update(sensitivity="special").where(Group.id == groups[0]).execute()
    campaign = newsletter(org, groups[:1])
    with acting_as(system(org.id)):
        sending.start(campaign)
        thandi = Contact.get(Contact.first_name == "Thandi")
    browser = client_of(alice)
    for path in ("history", "people", "audience/people"):
        assert "Thandi" not in browser.get(f"/campaigns/{campaign.id}/{path}").text
    assert browser.get(f"/campaigns/{campaign.id}/history").status_code == 403
    assert "Spring" not in browser.get(f"/contacts/{thandi.id}").text
    give(alice, granted=["special"])
    assert "Spring" in client_of(alice).get(f"/contacts/{thandi.id}").text


@pytest.mark.parametrize("denied", ["edit", "import", "export", "erase", "send", "compose"])
def test_a_right_that_is_taken_between_page_and_save_is_gone(client_of, org, olivia, thandi, groups, denied):
    browser = client_of(olivia)
    campaign = newsletter(org, groups)
    saves = {
        "edit": f"/contacts/{thandi.id}/details", "import": "/imports", "export": "/contacts/export",
        "erase": "/contacts/chosen/removal", "send": f"/campaigns/{campaign.id}/dispatch", "compose": "/campaigns",
    }  # fmt: skip
    data = {"chosen": thandi.id, "word": "Thandi Ngcobo", "name": "New", "first_name": "New", "seen": "3"}
    assert browser.get(f"/contacts/{thandi.id}").status_code == 200
    give(olivia, denied=[denied])
    assert browser.post(saves[denied], data=data).status_code == 403
    with acting_as(system(org.id)):
        assert Contact.get_by_id(thandi.id).first_name == "Thandi"
