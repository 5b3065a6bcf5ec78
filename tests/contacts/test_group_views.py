"""The pages of groups: the list by category, the form, and a rule put together with and without JavaScript."""

import re

import pytest

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.contacts import groups
from portal.contacts import service as contacts
from portal.contacts.groups import Details
from portal.contacts.models import Group
from portal.core.actor import acting_as, system
from tests.conftest import HX, actor_of

pytestmark = pytest.mark.one_database  # what it asks of a database is asked on both by the services' tests

RULE = {
    "how": "rule", "sensitivity": "ordinary", "match": "all", "lines": "2", "fact-0": "town", "operator-0": "is",
    "value-0": "Durban", "fact-1": "name", "operator-1": "begins", "value-1": "Th",
}  # fmt: skip
KEPT = {
    "match": "all",
    "conditions": [
        {"fact": "town", "operator": "is", "value": "Durban"},
        {"fact": "name", "operator": "begins", "value": "Th"},
    ],
}
NAMED = {"match": "all", "conditions": [KEPT["conditions"][1]]}


def made() -> list[Group]:
    return list(Group.select().order_by(Group.id))


def test_a_group_is_made_with_all_that_is_told_of_it(client_of, olivia, org):
    data = {
        "name": "HIV support", "description": "Tuesdays", "category": "Care", "purpose": "To meet.",
        "sensitivity": "special", "authorisation": "health", "authorisation_note": "We are a clinic.",
        "is_children": "1", "how": "hand",
    }  # fmt: skip

    answer = client_of(olivia).post("/groups", data=data)

    assert answer.status_code == 303
    with acting_as(system(org.id)):
        (group,) = made()
    assert Details.of(group) == Details("Tuesdays", "Care", "To meet.", "special", "health", "We are a clinic.", 1)
    page = client_of(olivia).get("/groups").text
    for words in ("HIV support", "Care", "Special", "Children", "Tuesdays"):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for the group."),
        ({"name": "Taken"}, "There is already a group called Taken."),
        ({"sensitivity": "special"}, "Choose on what ground special information may be kept."),
        ({"sensitivity": "special", "authorisation": "law"}, "Write a sentence on how this ground is met"),
        ({"sensitivity": "secret"}, "Not a valid choice"),
        ({"how": "rule"}, "Add at least one condition."),
        (RULE | {"value-0": ""}, "Enter a word or a name."),
        (RULE | {"operator-0": "none"}, "Enter a word or a name."),
        (RULE | {"fact-0": "password"}, "This cannot be asked. Choose something else."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client_of, olivia, org, changes, sentence):
    with acting_as(system(org.id)):
        groups.add_group("Taken")

    answer = client_of(olivia).post("/groups", data={"name": "Choir", "category": "Music"} | changes)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Music" in answer.text
    with acting_as(system(org.id)):
        assert len(made()) == 1


def test_an_editor_is_not_offered_classes_he_may_not_see(client_of, alice, org):
    page = client_of(alice).get("/groups/new").text

    assert 'value="special"' not in page
    answer = client_of(alice).post("/groups", data={"name": "Choir", "sensitivity": "special"})
    assert answer.status_code == 422
    with acting_as(system(org.id)):
        assert made() == []


def test_a_rule_is_put_together_without_javascript(client_of, olivia, org, thandi):
    with acting_as(system(org.id)):
        contacts.add(first_name="Themba")
    client = client_of(olivia)
    data = {"name": "Names", "how": "rule", "lines": "1", "fact-0": "name"}

    chosen = client.post("/groups/rule", data=data).text
    added = client.post("/groups/rule", data=data | {"operator-0": "begins", "value-0": "th", "act": "add"}).text
    asked = data | {"lines": "2", "operator-0": "begins", "value-0": "th", "fact-1": "", "act": "count"}
    counted = client.post("/groups/rule", data=asked).text
    removed = client.post("/groups/rule", data=asked | {"act": "remove-0"}).text

    assert "<html" in chosen
    assert 'name="operator-0"' in chosen
    assert 'name="fact-1"' in added
    assert re.search(r"<b>Name begins with th\.</b>\s+2 contacts", counted)
    assert 'value="Names"' in counted
    assert 'name="operator-0"' not in removed
    with acting_as(system(org.id)):
        assert made() == []

    assert client.post("/groups", data=asked).status_code == 303
    with acting_as(system(org.id)):
        assert made()[0].rule == {
            "match": "all", "conditions": [{"fact": "name", "operator": "begins", "value": "th"}]
        }  # fmt: skip


def test_htmx_gets_the_rule_or_the_count_alone(client_of, olivia):
    client = client_of(olivia)

    rule = client.post("/groups/rule", data=RULE, headers=HX).text.strip()
    count = client.post("/groups/rule", data=RULE | {"act": "count"}, headers=HX).text.strip()

    assert rule.startswith('<fieldset class="rule" id="rule"')
    assert count.startswith('<p id="count"')
    assert "Town is Durban and name begins with Th." in count
    assert "0 contacts" in count


def test_choosing_another_question_forgets_the_answer(client_of, olivia):
    answer = client_of(olivia).post("/groups/rule", data=RULE | {"fact-0": "birth_date"}, headers=HX)

    assert answer.status_code == 200
    assert 'name="operator-0"' in answer.text
    assert 'value="Durban"' not in answer.text


def test_what_is_hidden_is_not_offered_cannot_be_asked_and_is_not_counted(client_of, org, alice, olivia, thandi):
    with acting_as(system(org.id)):
        by_number = {"match": "all", "conditions": [{"fact": "telephone", "operator": "yes", "value": None}]}
        hidden = groups.add_group("By number", rule=by_number)
        accounts.set_rights(Membership.get(Membership.user == alice).id, ["telephone"], None)
    client = client_of(alice)
    asked = {
        "name": "x",
        "how": "rule",
        "lines": "1",
        "fact-0": "telephone_number",
        "operator-0": "begins",
        "value-0": "08",
    }

    for url in ("/groups/rule", "/groups"):
        for act in ("", "count"):
            answer = client.post(url, data=asked | {"act": act})
            assert answer.status_code == 422
            assert "1 contact" not in answer.text
            assert "telephone_number" not in answer.text

    assert "Telephone number" not in client.get("/groups/new").text
    assert "By number" not in client.get("/groups").text
    assert client.get(f"/groups/{hidden.id}/edit").status_code == 404
    assert client.post(f"/groups/{hidden.id}/rule", data=asked).status_code == 404
    assert "Thandi" not in client.get(f"/contacts?group={hidden.id}").text


def test_a_rule_is_changed_and_stands_in_the_form_again(client_of, olivia, org):
    with acting_as(system(org.id)):
        group = groups.add_group("Names", rule=KEPT)
    client = client_of(olivia)

    page = client.get(f"/groups/{group.id}/edit").text
    client.post(f"/groups/{group.id}", data=RULE | {"name": "Names", "how": "hand", "match": "any", "value-0": "Paarl"})

    assert 'value="Durban"' in page
    with acting_as(system(org.id)):
        rule = groups.find_group(group.id).rule
    assert (rule["match"], rule["conditions"][0]["value"]) == ("any", "Paarl")


def test_a_group_with_members_is_offered_no_rule(client_of, olivia, org, thandi):
    with acting_as(system(org.id)):
        group = groups.add_group("Choir")
        groups.group_contacts([thandi.id], group.id)
    client = client_of(olivia)

    page = client.get(f"/groups/{group.id}/edit").text
    client.post(f"/groups/{group.id}", data=RULE | {"name": "Singers"})

    assert "so that it cannot be given a rule" in page
    with acting_as(system(org.id)):
        assert (groups.find_group(group.id).name, groups.find_group(group.id).rule) == ("Singers", None)


def test_who_has_only_that_group_is_shown_its_rule_and_cannot_change_it(client_of, alice, org, thandi):
    with acting_as(system(org.id)):
        group = groups.add_group("Names", rule=NAMED)
        accounts.set_rights(Membership.get(Membership.user == alice).id, [], group.id)
    client = client_of(alice)

    page = client.get(f"/groups/{group.id}/edit").text
    client.post(f"/groups/{group.id}", data=RULE | {"name": "Names", "value-1": ""})
    client.post(f"/groups/{group.id}", data=RULE | {"name": "Names", "fact-1": ""})

    assert "Name begins with Th." in page
    assert 'name="fact-0"' not in page
    with acting_as(system(org.id)):
        assert groups.find_group(group.id).rule == NAMED


def test_adding_somebody_outside_ones_only_group_is_refused_in_words(client_of, alice, org):
    with acting_as(system(org.id)):
        group = groups.add_group("Names", rule=NAMED)
        accounts.set_rights(Membership.get(Membership.user == alice).id, [], group.id)
    client = client_of(alice)

    refused = client.post("/contacts", data={"kind": "person", "language": "", "first_name": "Sipho"})
    added = client.post("/contacts", data={"kind": "person", "language": "", "first_name": "Thabo"})

    assert refused.status_code == 422
    assert "whom the rule of Names finds" in refused.text
    assert added.status_code == 303


def test_a_group_by_rule_is_not_offered_to_put_people_into(client_of, olivia, org, thandi):
    with acting_as(system(org.id)):
        group = groups.add_group("Names", rule=NAMED)
    client = client_of(olivia)

    listed = client.get("/contacts").text
    block = client.get(f"/contacts/{thandi.id}/groups").text
    answer = client.post("/contacts/chosen/groups", data={"chosen": thandi.id, "into": group.id})

    assert "Names</td>" in listed
    assert f'<option value="{group.id}">Names</option>' not in listed
    assert 'name="group"' not in block
    assert answer.status_code == 422
    assert "Names is filled by its rule" in answer.text


def test_a_rule_that_asks_about_what_is_gone_says_so(client_of, olivia, org, thandi):
    with acting_as(system(org.id)):
        gone = groups.add_group("Gone")
        rule = {"match": "all", "conditions": [{"fact": "group", "operator": "not_in", "value": [str(gone.id)]}]}
        group = groups.add_group("Others", rule=rule)
        groups.remove_group(gone.id)
    client = client_of(olivia)

    assert "Finds nobody" in client.get("/groups").text
    assert "Nobody is found" in client.get(f"/groups/{group.id}/edit").text
    assert "Nobody was found" in client.get(f"/contacts?group={group.id}").text


def test_a_name_that_sounds_special_is_remarked_on(client_of, olivia, bob, org):
    with acting_as(system(org.id)):
        group = groups.add_group("Confirmed members")

    assert "The name seems to tell of faith" in client_of(olivia).get("/groups").text
    assert "The name seems to tell of faith" in client_of(olivia).get(f"/groups/{group.id}/edit").text
    assert "seems to tell" not in client_of(bob).get("/groups").text


def test_removing_a_group_by_rule_says_what_goes(client_of, adam, org, thandi):
    with acting_as(system(org.id)):
        group = groups.add_group("Names", rule=NAMED)
    client = client_of(adam)

    assert "Its rule finds 1 contact." in client.get(f"/groups/{group.id}/removal").text
    assert client.post(f"/groups/{group.id}/removal").status_code == 303
    with acting_as(actor_of(adam)):
        assert made() == []
        assert contacts.find(thandi.id)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("q=Thandi+Ngc", "Name contains thandi and name contains ngc"),
        ("role=donor&kind=person", "Role is donor and kind is a person"),
        ("town=Durban&state=no_email", "Town is Durban and has an email address: no"),
        ("state=undeliverable", "An email could not be delivered: yes"),
        ("group=1&not_group=1", "Is in Choir and is not in Choir"),
    ],
)
def test_a_list_is_kept_as_a_group(client_of, olivia, org, thandi, words, sentence):
    with acting_as(system(org.id)):
        groups.add_group("Choir")
    client = client_of(olivia)

    href = re.search(r'href="(/groups/new[^"]+)">Save this list', client.get(f"/contacts?{words}").text)
    page = client.get(href[1].replace("&amp;", "&")).text

    assert f"<b>{sentence}.</b>" in page
    assert re.search(r'<input checked id="how-1"', page)


def test_a_whole_list_or_one_by_another_rule_is_not_offered_as_a_group(client_of, olivia, org, thandi):
    with acting_as(system(org.id)):
        group = groups.add_group("Names", rule=NAMED)
    client = client_of(olivia)

    for url in ("/contacts", f"/contacts?group={group.id}"):
        assert "Save this list" not in client.get(url).text
