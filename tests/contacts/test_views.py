"""The pages of contacts, as a browser and as htmx see them."""

import pytest
from playhouse.test_utils import count_queries

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.contacts import history, queries, service
from portal.contacts.models import Contact, Email, Telephone
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from tests import designed
from tests.conftest import HX, actor_of

pytestmark = pytest.mark.one_database


def form_of(thandi, user, block, **lines):
    with acting_as(actor_of(user)):
        return {"seen": service.stamp(thandi, block), "lines": "2", **lines}


def telephone_of(user):
    with acting_as(actor_of(user)):
        return Telephone.get()


def test_htmx_gets_the_part_and_a_browser_gets_the_page_around_it(client_of, alice, thandi):
    client = client_of(alice)
    part = client.get(f"/contacts/{thandi.id}/telephones/edit", headers=HX)
    page = client.get(f"/contacts/{thandi.id}/telephones/edit")

    assert "<html" not in part.text
    assert "<html" in page.text
    assert 'name="text-0" value="+27825550134"' in part.text
    assert 'name="text-0" value="+27825550134"' in page.text
    assert "HX-Request" in part.headers["Vary"]


def test_saving_swaps_in_the_new_number(client_of, alice, thandi):
    data = form_of(thandi, alice, "telephones") | {"text-0": "083 555 0199", "id-0": telephone_of(alice).id}

    answer = client_of(alice).post(f"/contacts/{thandi.id}/telephones", data=data, headers=HX)

    assert answer.status_code == 200
    assert "083 555 0199" in answer.text
    assert "Saved" in answer.headers["HX-Trigger"]


def test_saving_without_javascript_returns_to_the_contact(client_of, alice, thandi):
    data = form_of(thandi, alice, "telephones") | {"text-0": "083 555 0199"}

    answer = client_of(alice).post(f"/contacts/{thandi.id}/telephones", data=data)

    assert (answer.status_code, answer.location) == (303, f"/contacts/{thandi.id}")


@pytest.mark.parametrize(
    ("block", "typed", "sentence"),
    [("telephones", "12", "Enter a number such as"), ("emails", "thandi@", "email")],
)
def test_a_bad_line_comes_back_with_its_sentence_and_nothing_lost(client_of, alice, thandi, block, typed, sentence):
    data = form_of(thandi, alice, block) | {
        "text-0": typed,
        "text-1": "072 555 0161" if block == "telephones" else "b@example.org",
    }

    answer = client_of(alice).post(f"/contacts/{thandi.id}/{block}", data=data, headers=HX)

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert sentence in answer.text
    assert data["text-1"] in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_change_made_in_the_meantime_is_shown_and_not_overwritten(client_of, alice, thandi):
    stale = form_of(thandi, alice, "telephones") | {"text-0": "072 555 0161", "id-0": telephone_of(alice).id}
    client = client_of(alice)
    client.post(f"/contacts/{thandi.id}/telephones", data=stale | {"text-0": "083 555 0199"})

    answer = client.post(f"/contacts/{thandi.id}/telephones", data=stale, headers=HX)

    assert answer.status_code == 422
    assert "Somebody changed this" in answer.text
    assert "+27835550199" in answer.text
    assert "072 555 0161" in answer.text
    assert telephone_of(alice).number == "+27835550199"


def test_a_body_needs_its_name_and_a_person_a_name(client_of, alice):
    client = client_of(alice)
    person = client.post("/contacts", data={"kind": "person", "language": ""}, headers=HX)
    body = client.post("/contacts", data={"kind": "body", "language": "", "first_name": "x"}, headers=HX)

    assert (person.status_code, body.status_code) == (422, 422)
    assert "Enter a first name or a last name." in person.text
    assert "Enter the name of the organisation." in body.text


def test_a_contact_is_added_with_its_address_and_source(client_of, alice):
    data = {
        "kind": "person",
        "language": "",
        "first_name": "Sipho",
        "email": "Sipho@Example.org",
        "obtained": "Open day",
    }

    answer = client_of(alice).post("/contacts", data=data)

    with acting_as(actor_of(alice)):
        contact = Contact.get()
        assert answer.location == f"/contacts/{contact.id}"
        assert (contact.obtained, Email.get().normal) == ("Open day", "sipho@example.org")


def test_a_reader_sees_no_edit_links_and_may_not_write(client_of, bob, thandi):
    client = client_of(bob)
    page = client.get(f"/contacts/{thandi.id}")

    assert page.status_code == 200
    assert "data-edit" not in page.text
    assert client.post(f"/contacts/{thandi.id}/telephones", data={"lines": "0"}).status_code == 403
    assert client.get("/contacts/new").status_code == 403


def test_deleting_asks_for_the_name_and_then_empties_the_contact(client_of, olivia, thandi):
    client = client_of(olivia)
    asked = client.post("/contacts/chosen/removal/ask", data={"chosen": thandi.id})
    said = {"chosen": thandi.id, "reason": "asked"}
    wrong = client.post("/contacts/chosen/removal", data={**said, "word": "yes"})
    no_reason = client.post("/contacts/chosen/removal", data={"chosen": thandi.id, "word": "thandi ngcobo"})
    right = client.post("/contacts/chosen/removal", data={**said, "word": "thandi ngcobo"})

    assert "type Thandi Ngcobo" in asked.text
    assert (wrong.status_code, no_reason.status_code, right.status_code) == (422, 422, 303)
    assert "Choose why." in no_reason.text
    assert client.get(f"/contacts/{thandi.id}").status_code == 404
    with acting_as(actor_of(olivia)):
        tombstone = Contact.get_by_id(thandi.id)
        assert (tombstone.first_name, tombstone.search_names, Email.select().count()) == ("", "", 0)


def test_many_are_put_into_a_group_at_once_by_the_filter(client_of, alice, thandi):
    with acting_as(actor_of(alice)):
        group = service.add_group("Donors")
        for name in ("Sipho", "Nomsa"):
            service.add(first_name=name, last_name="Dube")

    client_of(alice).post("/contacts/chosen/groups", data={"all": "1", "q": "dube", "into": group.id})

    with acting_as(actor_of(alice)):
        assert queries.group_sizes() == {group.id: 2}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("thandi", 1), ("NGCOBO", 1), ("ngc tha", 1), ("0825550134", 1), ("27825", 1), ("example.org", 1),
        ("thandi@", 1), ("nobody", 0), ("%", 0), ("_", 0), ("'", 0), ('"', 0), ("a\\b", 0),
    ],
)  # fmt: skip
def test_a_contact_is_found_by_part_of_name_email_or_number(as_alice, thandi, typed, found):
    assert queries.count(Filter(text=typed)) == found


def test_what_is_hidden_cannot_be_found_or_seen(client_of, bob, org, thandi):
    with acting_as(system(org.id)):
        accounts.set_rights(accounts.member_by_email(bob.email).id, ["telephone", "email"], None)
    client = client_of(bob)

    page = client.get(f"/contacts/{thandi.id}").text
    searched = client.get("/contacts?q=0825550134", headers=HX).text

    assert "Thandi" in page
    for canary in ("0825550134", "082 555 0134", "+27825550134", "thandi@example.org"):
        assert canary not in page
    assert "Nobody was found" in searched
    assert client.get(f"/contacts/{thandi.id}/telephones").status_code == 404


def test_the_list_asks_as_many_questions_for_many_as_for_few(client_of, alice, org):
    client = client_of(alice)
    with acting_as(system(org.id)):
        group = service.add_group("Donors")
        ids = [
            service.add(first_name=f"A{n}", email=f"a{n}@example.org", telephone="082 555 0134").id for n in range(2)
        ]
        service.group_contacts(ids, group.id)
    client.get("/contacts")
    with count_queries() as few:
        client.get("/contacts")
    with acting_as(system(org.id)):
        ids = [
            service.add(first_name=f"B{n}", email=f"b{n}@example.org", telephone="082 555 0134").id for n in range(30)
        ]
        service.group_contacts(ids, group.id)
    with count_queries() as many:
        client.get("/contacts")

    assert many.count == few.count


def test_history_tells_who_changed_what(client_of, alice, thandi):
    data = form_of(thandi, alice, "telephones") | {"text-0": "083 555 0199", "id-0": telephone_of(alice).id}
    client = client_of(alice)
    client.post(f"/contacts/{thandi.id}/telephones", data=data)

    page = client.get(f"/contacts/{thandi.id}").text

    assert "Alice changed the telephone" in page
    assert "<del>082 555 0134</del>" in page
    assert "<ins>083 555 0199</ins>" in page


def test_a_name_that_is_html_is_shown_as_text(client_of, alice):
    client = client_of(alice)
    added = client.post("/contacts", data={"kind": "person", "language": "", "first_name": "<script>alert(1)</script>"})

    for page in (client.get(added.location), client.get("/contacts"), client.get("/")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("name", ["q", "town", "f1"])
def test_a_list_asked_for_with_a_character_no_database_takes_is_not_there(client_of, olivia, thandi, name):
    with acting_as(actor_of(olivia)):
        designed.field("Shirt", "choice")
    answer = client_of(olivia).post("/contacts/export", data={name: "x\0"})

    assert answer.status_code == 404


def test_a_column_of_what_is_hidden_is_left_out_of_the_list(client_of, alice, thandi):
    seen = client_of(alice).get("/contacts").text
    Membership.update(denied=["email", "telephone"]).where(Membership.user == alice).execute()
    hidden = client_of(alice).get("/contacts").text

    assert ["<th>Email</th>" in seen, "<th>Telephone</th>" in seen] == [True, True]
    assert ["<th>Email</th>" in hidden, "<th>Telephone</th>" in hidden] == [False, False]


@pytest.mark.parametrize(
    ("name", "kept", "words"),
    [
        ("birth_date", "1980-01-01", "1 Jan 1980"),
        ("archived_at", "2026-05-03T10:00:00+00:00", "3 May 2026"),
        ("consented_on", "2026-05-03", "3 May 2026"),
        ("address", "3 Long Street, Gqeberha, ZA-EC", "3 Long Street, Gqeberha, Eastern Cape"),
        ("address province", "ZA-KZN", "KwaZulu-Natal"),
    ],
)
def test_history_writes_days_and_provinces_as_people_do(as_alice, name, kept, words):
    assert history.show(name, kept) == words
