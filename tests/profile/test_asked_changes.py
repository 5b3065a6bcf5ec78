"""A change that waits for a colleague changes nothing, until it is confirmed as the colleague's act."""

import threading
from dataclasses import replace

import pytest
from peewee import IntegrityError

from portal.activity.models import LogEntry
from portal.contacts import page_blocks
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Field, Telephone
from portal.contacts.self_service import CHANGED, CONFIRMED
from portal.core.actor import acting_as, system
from portal.core.db import db, transaction
from portal.core.permissions import DataSet
from portal.delivery import own_page
from portal.duplicates import uniting
from portal.privacy import erasing, proof_holdings
from portal.profile import asked, deciding, links
from portal.profile.deciding import NothingAsked
from portal.profile.models import AskedChange
from tests.conftest import actor_of
from tests.designed import field, page, put
from tests.profile.test_own_levels import choose, contact_of, save
from tests.profile.test_profile import enter, form, link, mails


@pytest.fixture
def waiting(app, org, sent):
    """P0, who asked for another first name, another number, and another shirt."""
    with acting_as(system(org.id)):
        shirt = field("Shirt size", self_service=CONFIRMED)
        put(contact_of(org, sent), shirt, "Large")
        field("Nickname", self_service=CHANGED)
    choose(org, names=CONFIRMED, telephones=CONFIRMED, addresses=CONFIRMED)
    client = enter(app, org, sent)
    ask(client, sent, "names", first_name="Thandeka", last_name="Dube")
    ask(client, sent, "telephones", **{"lines": "1", "text-0": "083 777 0001"})
    save(client, sent, shirt, **{f"field-{shirt.id}": "Small"})
    return client


def ask(client, sent, block, **data):
    url = f"{link(sent)}/{block}"
    seen = client.get(url).text.split('name="seen" value="')[1].split('"')[0]
    return form(client, url, url, seen=seen, **data)


def rows():
    return {row.block.partition(":")[0]: row for row in AskedChange.select()}


def test_asking_changes_nothing_and_is_said_to_the_person(org, sent, waiting):
    with acting_as(system(org.id)):
        contact = contact_of(org, sent)
        assert contact.first_name == "P0"
        assert [t.number for t in Telephone.select()] == ["+27825550161"]
        assert set(rows()) == {"names", "telephones", "page"}
        assert rows()["names"].changes == {"First name": ["P0", "Thandeka"]}
        asks = LogEntry.select().where(LogEntry.action == "contact.change_asked")
        assert [entry.detail.get("changes") for entry in asks] == [None] * 3
    assert mails(org, "profile_changed") == []
    shown = waiting.get(link(sent)).text
    assert shown.count("You asked for a change. We look at it and tell you.") == 3
    assert "Thandeka" in waiting.get(link(sent) + "/names").text
    assert "083 777 0001" in waiting.get(link(sent) + "/telephones").text
    assert "Small" in waiting.get(f"{link(sent)}/pages/{page_id(org)}").text


def page_id(org):
    with acting_as(system(org.id)):
        return page().id


def test_a_later_wish_takes_the_place_of_the_first_and_wanting_things_as_they_are_takes_it_back(org, sent, waiting):
    ask(waiting, sent, "names", first_name="Nomsa", last_name="Dube")
    with acting_as(system(org.id)):
        assert rows()["names"].changes == {"First name": ["P0", "Nomsa"]}

    ask(waiting, sent, "names", first_name="P0", last_name="Dube")

    with acting_as(system(org.id)):
        assert set(rows()) == {"telephones", "page"}
        assert LogEntry.select().where(LogEntry.action == "contact.asked_change_withdrawn").count() == 1


def test_what_cannot_be_kept_is_refused_when_it_is_asked(org, sent, waiting):
    answer = ask(waiting, sent, "telephones", **{"lines": "1", "text-0": "12"})
    nameless = ask(waiting, sent, "names", first_name="", last_name="", preferred_name="")

    assert (answer.status_code, nameless.status_code) == (422, 422)
    with acting_as(system(org.id)):
        assert rows()["telephones"].changes["Telephone"][1] == "083 777 0001"


@pytest.mark.parametrize("block", ["names", "telephones", "page"])
def test_confirming_makes_the_change_as_the_colleague_and_tells_the_person(client_of, alice, org, sent, waiting, block):
    with acting_as(system(org.id)):
        speak(contact_of(org, sent), "af")
        row = rows()[block]
        seen = next(one.seen for one in deciding.waiting() if one.row.id == row.id)
    url = f"/contacts/{sent.contact_id}/asked-changes/{row.id}"

    answer = client_of(alice).post(f"{url}/confirmation", data={"seen": seen})

    assert answer.status_code == 303
    with acting_as(system(org.id)):
        contact = contact_of(org, sent)
        cells = {c.field.name: c.text for c in page_blocks.blocks_of(contact.id)[0].cells}
        now = {
            "names": contact.first_name, "telephones": Telephone.get().number, "page": cells["Shirt size"],
        }  # fmt: skip
        assert now[block] == {"names": "Thandeka", "telephones": "+27837770001", "page": "Small"}[block]
        entries = list(LogEntry.select().order_by(LogEntry.id.desc()).limit(2))
        assert entries[0].action == "contact.asked_change_confirmed"
        assert [entry.user_id for entry in entries] == [alice.id] * 2
        assert block not in rows()
    [told] = mails(org, "profile_asked")
    assert told.recipient == "p0@example.org"
    words = told.message.replace("=\n", "")
    assert "Hulle is nou verander" in words
    for detail in ("Thandeka", "083 777", "Small"):
        assert detail not in words
    assert client_of(alice).post(f"{url}/confirmation", data={"seen": seen}).status_code == 404


def speak(contact, language):
    contacts.change_details(
        contact, contacts.stamp(contact, "details"), first_name=contact.first_name, language=language
    )


def test_refusing_needs_a_sentence_which_the_person_is_told(client_of, alice, org, sent, waiting):
    with acting_as(system(org.id)):
        row = rows()["names"]
    url = f"/contacts/{sent.contact_id}/asked-changes/{row.id}/refusal"

    assert "Say why" in client_of(alice).post(url, data={"why": " "}).text
    assert client_of(alice).post(url, data={"why": "Please bring your ID."}).status_code == 303

    assert "Please bring your ID." in mails(org, "profile_asked")[-1].message.replace("=\n", "")
    with acting_as(system(org.id)):
        assert contact_of(org, sent).first_name == "P0"
        assert "names" not in rows()
        assert LogEntry.select().where(LogEntry.action == "contact.asked_change_refused").count() == 1


@pytest.mark.one_database
def test_what_changed_since_it_was_shown_is_not_confirmed_unseen(client_of, alice, org, sent, waiting):
    with acting_as(system(org.id)):
        row = rows()["names"]
        seen = next(one.seen for one in deciding.waiting() if one.row.id == row.id)
        contact = contact_of(org, sent)
        contacts.change_details(contact, contacts.stamp(contact, "details"), first_name="Zodwa", last_name="Zulu")
    url = f"/contacts/{sent.contact_id}/asked-changes/{row.id}/confirmation"

    answer = client_of(alice).post(url, data={"seen": seen})

    assert answer.status_code == 422
    assert "It was P0 when this was asked for." in answer.text
    fresh = answer.text.split('name="seen" value="')[1].split('"')[0]
    assert client_of(alice).post(url, data={"seen": fresh}).status_code == 303
    with acting_as(system(org.id)):
        contact = contact_of(org, sent)
        assert (contact.first_name, contact.last_name) == ("Thandeka", "Zulu")


@pytest.mark.one_database
def test_only_who_may_change_and_see_it_is_shown_it(client_of, alice, bob, charlie, org, sent, waiting):
    with acting_as(system(org.id)):
        row = rows()["names"]
    url = f"/contacts/{sent.contact_id}/asked-changes/{row.id}"
    assert [client_of(user).get(url).status_code for user in (alice, bob, charlie)] == [200, 403, 404]
    assert "3 changes" in client_of(alice).get("/").text
    assert "asked-changes" not in client_of(bob).get("/").text
    shown = client_of(alice).get(f"/contacts/{sent.contact_id}").text
    assert shown.count("asks for a change") == 3
    actor = actor_of(alice)
    for less, left in (
        (replace(actor, hidden=actor.hidden | {DataSet.TELEPHONE}), {"names", "page"}),
        (replace(actor, read_only_pages=frozenset({page_id(org)})), {"names", "telephones"}),
        (replace(actor, hidden_pages=frozenset({page_id(org)})), {"names", "telephones"}),
    ):
        with acting_as(less):
            assert {one.row.block.partition(":")[0] for one in deciding.waiting()} == left
            assert deciding.count() == 2
    with acting_as(system(org.id)):
        Field.update(sensitivity="special").where(Field.name == "Shirt size").execute()
    with acting_as(actor):
        assert {one.row.block for one in deciding.waiting()} == {"names", "telephones"}
        with pytest.raises(NothingAsked):
            deciding.find(sent.contact_id, rows()["page"].id)


def test_it_follows_a_merge_stands_in_the_proof_pack_and_goes_with_an_erasure(org, olivia, sent, waiting):
    with acting_as(actor_of(olivia)):
        other = contacts.add(first_name="Thandi", last_name="Dube", email="other@example.org")
        uniting.unite(other.id, sent.contact_id)
        assert {row.contact_id for row in AskedChange.select()} == {other.id}
        held = proof_holdings.of_contact(Contact.get_by_id(other.id)).tables["asked_change"]
        assert any("Thandeka" in str(row) for row in held)
        assert links.read(rows()["names"].link).contact.id == other.id

        erasing.erase([other.id])

        assert AskedChange.select().count() == 0


@pytest.mark.each_database
def test_two_presses_of_one_button_are_one_wish(app, org, sent):
    broken = []

    def press(word):
        with acting_as(system(org.id)):
            mine = links.read(own_page.of_delivery(sent.id))
            asked.ask(mine, "names", {"first_name": word}, {"First name": ("P0", word)})

    def press_again():
        try:
            with db.connection_context():
                press("Second")
        except IntegrityError as error:
            broken.append(error)

    second = threading.Thread(target=press_again)
    with transaction():
        press("First")
        second.start()
        second.join(0.5)  # it waits for the first to end
    second.join()

    assert broken == []
    with acting_as(system(org.id)):
        assert [row.typed["first_name"] for row in AskedChange.select()] == ["Second"]
