"""The pages of duplicates, as a browser sees them; and merging many at once."""

import pytest

from portal.activity.models import LogEntry
from portal.consent import restricting
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.duplicates import merging_many, uniting
from portal.duplicates.models import Merge, MergeRun, Pair, Search
from portal.imports import follow_ups
from tests.conftest import actor_of

pytestmark = pytest.mark.one_database

NEW = {"kind": "person", "language": "", "first_name": "Thandi", "last_name": "Ngcobo", "email": "thandi@example.org"}


@pytest.fixture
def twins(person):
    return person(email="thandi@example.org"), person("Thandi", email="thandi@example.org", telephone="082 555 0134")


def form_of(one, other, **more):
    return {"seen": uniting.stamp(one, other), "keep": "one", **more}


def test_the_form_asks_before_it_adds_somebody_who_is_there(client_of, alice, thandi):
    client = client_of(alice)

    asked = client.post("/contacts", data=NEW)

    assert asked.status_code == 422
    assert "Is it one of these?" in asked.text
    assert f'href="/contacts/{thandi.id}"' in asked.text
    assert "The same email address" in asked.text
    assert 'value="thandi@example.org"' in asked.text
    assert client.post("/contacts", data=NEW | {"anyway": "1"}).status_code == 303


def test_who_may_not_see_addresses_is_not_told_of_them_by_the_form(client_of, alice, org, thandi):
    from portal.accounts.models import Membership

    Membership.update(denied=["email"]).where(Membership.user == alice).execute()

    answer = client_of(alice).post(
        "/contacts",
        data={"kind": "person", "language": "", "first_name": "T", "last_name": "N"} | {"email": NEW["email"]},
    )

    assert "Is it one of these?" not in answer.text


def test_the_contacts_page_says_who_looks_like_it(client_of, olivia, alice, twins):
    one, other = twins

    assert f"/contacts/duplicates/{one.id}/{other.id}" in client_of(olivia).get(f"/contacts/{one.id}").text
    seen = client_of(alice).get(f"/contacts/{one.id}").text
    assert "May be the same" in seen
    assert "Compare and merge" not in seen


def test_the_list_is_for_who_may_merge(client_of, olivia, alice, twins, look):
    look()

    page = client_of(olivia).get("/contacts/duplicates")

    assert "Certain · 90" in page.text
    assert "The same email address; the same name" in page.text
    assert "No duplicates here" in client_of(olivia).get("/contacts/duplicates?level=perhaps").text
    assert client_of(alice).get("/contacts/duplicates").status_code == 403


def test_three_who_may_be_one_stand_together(client_of, olivia, person, look):
    for _ in range(3):
        person(email="thandi@example.org")
    look()

    assert "3 contacts that may be one" in client_of(olivia).get("/contacts/duplicates").text


def test_looking_is_a_job_with_a_page_of_its_own(client_of, olivia, person):
    client = client_of(olivia)
    assert "Nobody has looked" in client.get("/contacts/duplicates").text

    answer = client.post("/contacts/duplicates/search")

    assert (answer.status_code, answer.location) == (303, "/contacts/duplicates/search")
    assert "Being compared" in client.get("/contacts/duplicates/search").text
    assert Search.get().state == "waiting"


def test_two_are_compared_previewed_and_merged(client_of, olivia, person):
    client = client_of(olivia)
    one, other = person("Thandi"), person("Thandiwe", email="t.ngcobo@example.org", language="zu")
    url = f"/contacts/duplicates/{one.id}/{other.id}"
    page = client.get(url)
    assert 'name="first_name" value="other"' in page.text
    assert 'name="last_name"' not in page.text

    shown = client.post(f"{url}/preview", data=form_of(one, other, first_name="other"))
    assert "This is what will be kept" in shown.text
    assert Merge.select().count() == 0
    answer = client.post(url, data=form_of(one, other, first_name="other"))

    assert (answer.status_code, answer.location) == (303, f"/contacts/{one.id}")
    assert Contact.get_by_id(one.id).first_name == "Thandiwe"
    moved = client.get(f"/contacts/{other.id}")
    assert (moved.status_code, moved.location) == (302, f"/contacts/{one.id}")


def test_a_pair_that_was_changed_meanwhile_is_shown_again(client_of, olivia, twins):
    one, other = twins
    form = form_of(one, other)
    contacts.add_note(other, "Moved.")
    contacts.change_roles(other, contacts.stamp(other, "roles"), ["donor"])

    answer = client_of(olivia).post(f"/contacts/duplicates/{one.id}/{other.id}", data=form)

    assert answer.status_code == 422
    assert "Somebody changed one of the two" in answer.text
    assert Merge.select().count() == 0


def test_a_merge_is_undone_on_its_page(client_of, olivia, twins):
    client = client_of(olivia)
    merge = uniting.unite(twins[0].id, twins[1].id)
    assert "Undo this merge" in client.get(f"/contacts/duplicates/merges/{merge.id}").text

    client.post(f"/contacts/duplicates/merges/{merge.id}/undo")

    assert "They are two again" in client.get(f"/contacts/duplicates/merges/{merge.id}").text
    assert client.post(f"/contacts/duplicates/merges/{merge.id}/undo").status_code == 422
    assert "Undone" in client.get("/contacts/duplicates/merges").text


def test_not_the_same_takes_two_off_the_list(client_of, olivia, twins, look):
    client = client_of(olivia)
    pair = look()[0]

    client.post(f"/contacts/duplicates/{pair.id}/dismissal")

    assert "Certain 0" in client.get("/contacts/duplicates").text
    assert "said by Olivia" in client.get("/contacts/duplicates/dismissed").text
    client.post(f"/contacts/duplicates/{pair.id}/dismissal/undo")
    assert "Certain 1" in client.get("/contacts/duplicates").text


def test_two_of_whom_no_search_has_told_are_said_not_to_be_one(client_of, olivia, twins):
    one, other = twins

    client_of(olivia).post(f"/contacts/duplicates/{other.id}/{one.id}/dismissal")

    assert (Pair.get().contact_id, Pair.get().state) == (one.id, "dismissed")
    assert "May be the same" not in client_of(olivia).get(f"/contacts/{one.id}").text


def test_an_import_leads_to_looking_among_those_it_added(app, as_olivia):
    assert [one.endpoint for one in follow_ups.follow_ups() if one.endpoint == "duplicates.of_import"]


def pairs_of(person, count):
    for number in range(count):
        for _ in range(2):
            person(f"Thandi{'abcdefg'[number]}", f"Ngcobo{'hijklmn'[number]}", email=f"thandi{number}@example.org")


def test_many_are_merged_and_counted(person, look, client_of, olivia):
    pairs_of(person, 3)
    person("Sipho", "Zulu", telephone="082 555 0199")
    person("Sipho", "Zulu", telephone="082 555 0199")
    look()
    client = client_of(olivia)
    answer = client.post("/contacts/duplicates/many", data={"level": "certain"})
    run = MergeRun.get()
    assert answer.location == f"/contacts/duplicates/many/{run.id}"

    merging_many.run(run.id)

    assert "3 pairs merged" in client.get(answer.location).text
    assert (MergeRun.get().state, MergeRun.get().merged, Merge.select().count()) == ("finished", 3, 3)
    assert {merge.user_name for merge in Merge.select()} == {"Olivia"}
    assert Pair.select().where(Pair.state == "open").count() == 1


def test_merging_many_is_stopped_and_goes_on_without_doing_anything_twice(person, look):
    pairs_of(person, 3)
    look()
    run = merging_many.begin("certain")
    assert merging_many.begin("likely").id == run.id
    MergeRun.update(state="running", lease=now()).execute()
    first = Pair.select().order_by(Pair.id).first()
    assert merging_many._step(MergeRun.get(), 0, first.id)

    merging_many.stop(run)
    assert not merging_many._step(MergeRun.get(), first.id, first.id + 1)
    merging_many.run(run.id)
    assert Merge.select().count() == 1
    merging_many.go_on(run)
    merging_many.run(run.id)
    merging_many.run(run.id)

    assert (MergeRun.get().state, MergeRun.get().done, Merge.select().count()) == ("finished", 3, 3)
    actions = [e.action for e in LogEntry.select().where(LogEntry.action.startswith("duplicates.merge_"))]
    assert actions == [f"duplicates.merge_{word}" for word in ("begun", "stopped", "resumed", "finished")]


def test_a_pair_that_is_one_no_more_is_left_by_merging_many(person, look):
    one, _ = person(email="thandi@example.org"), person(email="thandi@example.org")
    look()
    contacts.change_details(one, contacts.stamp(one, "details"), kind="person", first_name="Pieter", last_name="Botha")
    run = merging_many.begin("certain")

    merging_many.run(run.id)

    assert (MergeRun.get().done, MergeRun.get().merged) == (1, 0)


def test_merging_many_ends_when_whoever_began_it_may_not_merge_any_more(person, look, olivia):
    from portal.accounts.models import Membership

    pairs_of(person, 1)
    look()
    run = merging_many.begin("certain")
    Membership.update(denied=["merge"]).where(Membership.user == olivia).execute()

    merging_many.run(run.id)

    assert (MergeRun.get().state, Merge.select().count()) == ("failed", 0)


def test_who_was_merged_is_hidden_with_who_is_kept(client_of, adam, alice, twins, org):
    one, other = twins
    uniting.unite(one.id, other.id)
    restricting.restrict(one.id, "contested")

    with acting_as(actor_of(alice)):
        assert LogEntry.select().where(LogEntry.contact_id == other.id).count() == 0
    assert client_of(alice).get(f"/contacts/{other.id}").status_code == 404
