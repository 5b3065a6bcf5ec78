"""The designer's pages in the settings, as a browser and as htmx see them."""

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import designing, fields, filling, groups
from portal.contacts.design_rules import Design, TypedOption
from portal.contacts.models import Field, Page
from portal.contacts.page_blocks import block_of
from portal.core.actor import acting_as, system
from tests.conftest import HX

pytestmark = pytest.mark.one_database

TEXT = {"kind": "text", "name": "Nickname", "purpose": "To greet people", "sensitivity": "ordinary"}


@pytest.fixture
def pages(org):
    with acting_as(system(org.id)):
        return [designing.add_page(name) for name in ("Volunteers", "Pets", "Bursaries")]


@pytest.fixture
def shirt(org, pages):
    options = [TypedOption("", name) for name in ("Small", "Medium", "Large")]
    with acting_as(system(org.id)):
        return designing.add_field(pages[0], Design("choice", "Shirt", "To order", "ordinary", options=options))


def fill(org, contact, field, value):
    with acting_as(system(org.id)):
        block = block_of(contact.id, field.page_id)
        filling.fill(contact, block, filling.stamp(block), {field.id: [value]})


def names(org):
    with acting_as(system(org.id)):
        return [sheet.page.name for sheet in designing.sheets()]


def only_field(org):
    with acting_as(system(org.id)):
        return Field.get()


@pytest.mark.one_database
def test_the_first_page_is_explained_and_made(client_of, olivia, org):
    client = client_of(olivia)
    empty = client.get("/settings/pages").text

    answer = client.post("/settings/pages", data={"name": "Volunteers"})
    kinds = client.get(answer.location).text
    form = client.get(f"{answer.location}?kind=choice").text

    assert "shirt size, driver&#39;s licence, first day" in empty or "shirt size, driver's licence, first day" in empty
    assert answer.status_code == 303
    assert "Shirt size: Medium" in kinds
    assert "Signed agreement: a PDF" in kinds
    assert "What can be chosen" in form
    assert "checked" not in form.split("How sensitive is it?")[1].split("</fieldset>")[0]


@pytest.mark.one_database
def test_a_page_needs_a_name_of_its_own(client_of, olivia, org, pages):
    client = client_of(olivia)

    for name, sentence in (("", "Enter a name"), ("pets", "already a page called pets"), ("x" * 41, "at most 40")):
        answer = client.post("/settings/pages", data={"name": name}, headers=HX)
        assert (answer.status_code, sentence in answer.text, "<html" in answer.text) == (422, True, False)
    answer = client.post(f"/settings/pages/{pages[0].id}", data={"name": "Pets"}, headers=HX)
    assert (answer.status_code, "already a page" in answer.text) == (422, True)
    assert names(org) == ["Volunteers", "Pets", "Bursaries"]


def test_a_field_is_added_once_it_says_what_it_is_for_and_how_sensitive(client_of, olivia, org, pages):
    client, url = client_of(olivia), f"/settings/pages/{pages[0].id}/fields"

    bad = client.post(url, data={"kind": "text", "name": "Nickname"}, headers=HX)
    special = client.post(url, data=TEXT | {"sensitivity": "special"}, headers=HX)
    good = client.post(url, data=TEXT | {"is_searched": "y", "help": "As friends say it"})

    assert bad.status_code == special.status_code == 422
    assert "Say what it is for" in bad.text
    assert "Choose how sensitive it is." in bad.text
    assert 'value="Nickname"' in bad.text
    assert "Choose on what ground" in special.text
    assert (good.status_code, good.location) == (303, "/settings/pages")
    field = only_field(org)
    assert (field.name, field.is_searched, field.help, field.page_id) == (
        "Nickname",
        1,
        "As friends say it",
        pages[0].id,
    )
    assert client.post(url, data=TEXT | {"kind": "formula", "name": "Other"}).status_code == 422


@pytest.mark.one_database
def test_lines_of_options_are_moved_and_added_without_saving(client_of, olivia, org, shirt):
    data = TEXT | {"kind": "choice", "option_id": ["o001", "o002", ""], "option_name": ["Small", "Medium", "New"]}
    client, url = client_of(olivia), f"/settings/pages/fields/{shirt.id}"

    up = client.post(url, data=data | {"act": "up:2"}, headers=HX)
    more = client.post(url, data=data | {"act": "more"}, headers=HX)
    odd = client.post(url, data=data | {"act": "up:99999999999"}, headers=HX)

    assert [answer.status_code for answer in (up, more, odd)] == [200, 200, 200]
    assert up.text.index('value="New"') < up.text.index('value="Medium"')
    assert more.text.count('name="option_name"') == 6
    assert only_field(org).name == "Shirt"


def test_a_field_is_changed_and_moved_to_another_page(client_of, olivia, org, pages, shirt):
    data = TEXT | {
        "kind": "choice", "name": "Shirt size", "page": pages[1].id, "option_id": ["o003", "o001", ""],
        "option_name": ["L", "Small", "Huge"], "option_archived": ["o001"],
    }  # fmt: skip

    answer = client_of(olivia).post(f"/settings/pages/fields/{shirt.id}", data=data)

    assert answer.status_code == 303
    field = only_field(org)
    assert (field.name, field.page_id) == ("Shirt size", pages[1].id)
    assert [(o["id"], o["name"], o["is_archived"]) for o in field.options] == [
        ("o003", "L", False), ("o001", "Small", True), ("o004", "Huge", False), ("o002", "Medium", False),
    ]  # fmt: skip


def test_a_page_of_another_organisation_is_not_chosen(client_of, olivia, org, other_org, pages, shirt):
    with acting_as(system(other_org.id)):
        theirs = designing.add_page("Theirs")
    data = TEXT | {"kind": "choice", "option_id": ["o001"], "option_name": ["Small"], "page": theirs.id}

    answer = client_of(olivia).post(f"/settings/pages/fields/{shirt.id}", data=data, headers=HX)

    assert answer.status_code == 422
    assert only_field(org).page_id == pages[0].id


def test_the_kind_can_be_another_while_nothing_stands_in_it(client_of, olivia, org, thandi, shirt):
    client, url = client_of(olivia), f"/settings/pages/fields/{shirt.id}"
    before = client.get(f"{url}?kind=number").text
    fill(org, thandi, shirt, "o001")

    after = client.get(f"{url}?kind=number").text
    answer = client.post(url, data=TEXT, headers=HX)

    assert 'name="kind" type="hidden" value="number"' in before
    assert 'name="kind" type="hidden" value="choice"' in after
    assert "put this field away and make a new one" in after
    assert (answer.status_code, "its kind stays" in answer.text) == (422, True)


def test_pages_are_ordered_by_buttons_and_by_dragging(client_of, olivia, org, pages):
    first, second, third = (page.id for page in pages)
    client = client_of(olivia)

    up = client.post("/settings/pages/order", data={"order": [first, second, third], "up": third})
    dragged = client.post("/settings/pages/order", data={"order": [second, third, first]}, headers=HX)

    assert (up.status_code, dragged.status_code) == (303, 204)
    assert names(org) == ["Pets", "Bursaries", "Volunteers"]


def test_an_order_that_does_not_fit_changes_nothing(client_of, olivia, org, pages):
    ids, client = {1: pages[2].id, 2: pages[1].id}, client_of(olivia)
    orders = (([1, 2, 987_654], 404), (["x"], 422), ([1, 2], 422), ([1, 1, 2], 422), (["²"], 422), ([], 422))

    for order, status in orders:
        answer = client.post("/settings/pages/order", data={"order": [ids.get(n, n) for n in order]})
        assert answer.status_code == status, order
    assert names(org) == ["Volunteers", "Pets", "Bursaries"]


def test_fields_of_another_page_are_not_ordered_here(client_of, olivia, org, pages, shirt):
    answer = client_of(olivia).post(f"/settings/pages/{pages[1].id}/order", data={"order": [shirt.id]})

    assert answer.status_code == 404


def test_a_page_is_put_away_taken_out_and_deleted_when_empty(client_of, olivia, org, pages, shirt):
    client = client_of(olivia)
    client.post(f"/settings/pages/{pages[0].id}/archive")
    away = client.get("/settings/pages").text
    client.post(f"/settings/pages/{pages[0].id}/restore")

    refused = client.post(f"/settings/pages/{pages[0].id}/removal", headers=HX)
    client.post(f"/settings/pages/{pages[1].id}/removal")

    assert "Put away" in away
    assert (refused.status_code, "Move them to another page" in refused.text) == (422, True)
    assert names(org) == ["Volunteers", "Bursaries"]


def test_deleting_a_field_says_what_goes_and_takes_it_along_first(client_of, olivia, org, thandi, shirt):
    fill(org, thandi, shirt, "o001")
    asks = {"fact": f"field:{shirt.id}", "operator": "filled", "value": None}
    with acting_as(system(org.id)):
        groups.add_group("Wears one", rule={"match": "all", "conditions": [asks]})
    client, url = client_of(olivia), f"/settings/pages/fields/{shirt.id}"

    asked = client.get(f"{url}/removal").text
    wrong = client.post(f"{url}/removal", data={"word": "Skirt"}, headers=HX)
    early = client.post(f"{url}/removal", data={"word": "shirt"}, headers=HX)
    file = client.post(f"{url}/export")
    lines = file.text.splitlines()
    gone = client.post(f"{url}/removal", data={"word": "shirt"})

    assert "for 1 contact" in asked
    assert "because their rule asks about it: Wears one." in asked
    assert (wrong.status_code, "Type “Shirt” to delete." in wrong.text) == (422, True)
    assert (early.status_code, "Take along what stands in it first." in early.text) == (422, True)
    assert lines[1] == f"{thandi.id},Thandi Ngcobo,Small"
    assert "attachment" in file.headers["Content-Disposition"]
    assert gone.status_code == 303
    with acting_as(system(org.id)):
        assert Field.select().count() == 0
        assert LogEntry.select().where(LogEntry.action == "field.exported").count() == 1
        assert fields.values_of([thandi.id]) == {}


@pytest.mark.one_database
def test_who_may_not_export_is_told_who_must(client_of, olivia, org, thandi, shirt):
    fill(org, thandi, shirt, "o001")
    client = client_of(olivia)
    Membership.update(denied=["export"]).where(Membership.user == olivia).execute()
    page = client.get(f"/settings/pages/fields/{shirt.id}/removal").text
    answer = client.post(f"/settings/pages/fields/{shirt.id}/export")

    assert "Somebody who may take contacts along" in page
    assert answer.status_code == 403


@pytest.mark.one_database
def test_the_preview_shows_each_field_and_saves_nothing(client_of, olivia, org, pages, shirt):
    text = client_of(olivia).get(f"/settings/pages/{pages[0].id}").text

    assert "How it looks on a contact" in text
    assert "<fieldset disabled>" in text
    assert "Medium" in text


def test_an_editor_does_not_design(client_of, alice, org, pages, shirt):
    client = client_of(alice)

    assert client.get("/settings/pages").status_code == 403
    assert client.post("/settings/pages", data={"name": "Mine"}).status_code == 403
    with acting_as(system(org.id)):
        assert Page.select().count() == 3
