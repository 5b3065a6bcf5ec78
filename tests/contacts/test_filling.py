"""The blocks of designed pages on a contact: read, edited in place, and hidden from whom they are hidden."""

from dataclasses import replace

import pytest
from playhouse.test_utils import count_queries

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import designing, fields, filling, history, record, record_values
from portal.contacts.design_rules import Design, TypedOption
from portal.contacts.models import Field
from portal.contacts.page_blocks import UNSEEN, block_of, blocks_of
from portal.contacts.service import add_group, group_contacts
from portal.core.actor import acting_as, system
from portal.core.permissions import DataSet
from tests.conftest import HX, actor_of

OPTIONS = [TypedOption("", "Kitchen"), TypedOption("", "Garden")]
KINDS = ("text", "long", "number", "money", "date", "yes_no", "choice", "choices", "link", "person")


@pytest.fixture
def page(org):
    with acting_as(system(org.id)):
        return designing.add_page("Volunteers")


@pytest.fixture
def made(org, page):
    """A field of each kind, by its kind."""
    with acting_as(system(org.id)):
        return {
            kind: designing.add_field(
                page,
                Design(kind, f"The {kind}", "A purpose", "ordinary", options=OPTIONS if "choice" in kind else ()),
            )
            for kind in KINDS
        }


@pytest.fixture
def sipho(org):
    with acting_as(system(org.id)):
        return record.add(first_name="Sipho", last_name="Dube")


def url_of(contact, page):
    return f"/contacts/{contact.id}/pages/{page.id}"


def form_of(contact, page, user, typed):
    """What a browser sends: the fields it was shown, and what was typed into them."""
    with acting_as(actor_of(user)):
        block = block_of(contact.id, page.id)
        return {
            "seen": filling.stamp(block),
            "field": [cell.field.id for cell in block.cells],
            **{f"field-{field.id}": value for field, value in typed.items()},
        }


def put(contact, page, typed):
    with acting_as(system(page.org_id)):
        block = block_of(contact.id, page.id)
        filling.fill(contact, block, filling.stamp(block), {field.id: [value] for field, value in typed.items()})


def texts(contact, org):
    with acting_as(system(org.id)):
        return {cell.field.name: cell.text for block in blocks_of(contact.id) for cell in block.cells if cell.values}


def make_special(field):
    with acting_as(system(field.org_id)):
        Field.update(sensitivity="special").where(Field.id == field.id).execute()


def limit(user, **values):
    Membership.update(**values).where(Membership.user == user).execute()


def test_each_kind_is_typed_saved_and_shown(client_of, alice, org, page, made, thandi, sipho):
    typed = {
        "text": "Gogo", "long": "one\r\ntwo", "number": "1 234,5", "money": "45", "date": "3/3/2026", "yes_no": "1",
        "choice": "o002", "choices": ["o001", "o002"], "link": "hopehouse.example", "person": str(sipho.id),
    }  # fmt: skip
    data = form_of(thandi, page, alice, {made[kind]: value for kind, value in typed.items()})
    client = client_of(alice)

    answer = client.post(url_of(thandi, page), data=data, headers=HX)

    assert answer.status_code == 200
    assert "Saved" in answer.headers["HX-Trigger"]
    for words in (
        "Gogo", "one\ntwo", "1 234.5", "R 45.00", "3 Mar 2026", "Yes", "Kitchen, Garden",
        f'<a href="/contacts/{sipho.id}">Sipho Dube</a>',
        '<a href="https://hopehouse.example" rel="external noopener noreferrer nofollow">',
    ):  # fmt: skip
        assert words in answer.text
    again = client.get(url_of(thandi, page) + "/edit", headers=HX)
    for words in ('value="1 234.5"', 'value="45.00"', 'value="same" checked', 'value="o002" selected'):
        assert words in again.text
    kept = texts(thandi, org)
    client.post(url_of(thandi, page), data=form_of(thandi, page, alice, _typed_again(thandi, page, alice)))
    assert texts(thandi, org) == kept


def _typed_again(contact, page, user):
    with acting_as(actor_of(user)):
        return {
            cell.field: ["same"] if cell.field.kind == "person" else [value.text for value in cell.values]
            for cell in block_of(contact.id, page.id).cells
        }


def test_what_cannot_be_kept_comes_back_at_its_field_and_nothing_is_lost(client_of, alice, org, page, made, thandi):
    data = form_of(thandi, page, alice, {made["text"]: "Gogo", made["number"]: "many", made["money"]: "1.234"})

    answer = client_of(alice).post(url_of(thandi, page), data=data, headers=HX)

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    for words in ('value="Gogo"', 'value="many"', "Enter a number such as", "at most 2 digits"):
        assert words in answer.text
    assert texts(thandi, org) == {}


def test_a_field_that_is_always_needed_is_asked_for(client_of, alice, org, page, thandi):
    with acting_as(system(org.id)):
        designing.add_field(page, Design("text", "Nick", "x", "ordinary", is_required=True))

    answer = client_of(alice).post(url_of(thandi, page), data=form_of(thandi, page, alice, {}), headers=HX)

    assert answer.status_code == 422
    assert "Fill in Nick; it is always needed." in answer.text


def test_a_change_made_in_the_meantime_is_shown_beside_what_was_typed(client_of, alice, org, page, made, thandi):
    stale = form_of(thandi, page, alice, {made["text"]: "Mine"})
    put(thandi, page, {made["text"]: "Hers"})
    client = client_of(alice)

    answer = client.post(url_of(thandi, page), data=stale, headers=HX)

    assert answer.status_code == 422
    for words in ("Somebody changed this", "Now: Hers", 'value="Mine"'):
        assert words in answer.text
    assert texts(thandi, org) == {"The text": "Hers"}
    client.post(url_of(thandi, page), data=form_of(thandi, page, alice, {made["text"]: "Mine"}))
    assert texts(thandi, org) == {"The text": "Mine"}


def test_a_field_that_the_form_did_not_have_stays(client_of, alice, org, page, made, thandi):
    put(thandi, page, {made["text"]: "Gogo"})
    data = form_of(thandi, page, alice, {}) | {"field": [made["number"].id], f"field-{made['number'].id}": "5"}

    client_of(alice).post(url_of(thandi, page), data=data)

    assert texts(thandi, org) == {"The text": "Gogo", "The number": "5"}


def test_what_is_hidden_by_class_is_neither_shown_nor_wiped(client_of, alice, olivia, org, page, made, thandi):
    put(thandi, page, {made["text"]: "CANARY", made["number"]: "5"})
    make_special(made["text"])
    client = client_of(alice)  # an editor sees no special information

    shown = [client.get(f"/contacts/{thandi.id}").text, client.get(url_of(thandi, page) + "/edit").text]
    client.post(url_of(thandi, page), data=form_of(thandi, page, alice, {made["number"]: "6"}))

    assert "CANARY" not in "".join(shown)
    assert "The text" not in "".join(shown)
    assert texts(thandi, org) == {"The text": "CANARY", "The number": "6"}
    theirs = client_of(olivia).get(f"/contacts/{thandi.id}").text
    assert '<span class="chip warn">special</span>' in theirs
    assert "CANARY" in theirs


def test_a_hidden_page_is_no_page_and_a_read_only_one_is_not_written(client_of, alice, org, page, made, thandi):
    put(thandi, page, {made["text"]: "CANARY"})
    data = form_of(thandi, page, alice, {made["text"]: "Mine"})
    client = client_of(alice)
    ways = [(client.get, ""), (client.get, "/edit"), (client.post, "")]

    limit(alice, denied=[f"page:{page.id}"])
    hidden = [way(url_of(thandi, page) + more, data=data).status_code for way, more in ways]
    whole = client.get(f"/contacts/{thandi.id}").text
    limit(alice, denied=[f"page-write:{page.id}"])
    closed = [way(url_of(thandi, page) + more, data=data).status_code for way, more in ways]
    read = client.get(f"/contacts/{thandi.id}").text

    assert (hidden, closed) == ([404] * 3, [200, 403, 403])
    assert not {"CANARY", "The text", "Volunteers"} & {
        word for word in ("CANARY", "The text", "Volunteers") if word in whole
    }
    assert "CANARY" in read
    assert f"/pages/{page.id}/edit" not in read
    assert texts(thandi, org) == {"The text": "CANARY"}


def test_a_page_put_away_or_without_fields_is_not_on_a_contact(client_of, alice, org, page, made, thandi):
    with acting_as(system(org.id)):
        empty = designing.add_page("Empty")
        designing.archive_page(page)
    client = client_of(alice)

    codes = [client.get(url_of(thandi, one)).status_code for one in (page, empty)]

    assert codes == [404, 404]
    assert "Volunteers" not in client.get(f"/contacts/{thandi.id}").text


def test_somebody_is_looked_for_by_name_and_chosen(client_of, alice, org, page, made, thandi, sipho):
    field = made["person"]
    looking = form_of(thandi, page, alice, {made["text"]: "Typed"}) | {
        "act": f"find:{field.id}", f"find-{field.id}": "sip", f"field-{field.id}": "",
    }  # fmt: skip
    client = client_of(alice)

    found = client.post(url_of(thandi, page), data=looking, headers=HX)
    nobody = client.post(url_of(thandi, page), data=looking | {f"find-{field.id}": "zzz"}, headers=HX)

    assert f'name="field-{field.id}" value="{sipho.id}"' in found.text
    assert 'value="Typed"' in found.text
    assert "Nobody else was found." in nobody.text
    assert texts(thandi, org) == {}


def test_who_cannot_be_chosen(client_of, alice, org, page, made, thandi, sipho):
    with acting_as(system(org.id)):
        secret = add_group("Secret")
        group_contacts([sipho.id], secret.id)
    limit(alice, denied=[f"group:{secret.id}"])
    client = client_of(alice)

    for person, sentence in ((thandi.id, "another contact"), (sipho.id, "from the list"), (987_654, "from the list")):
        data = form_of(thandi, page, alice, {made["person"]: str(person)})
        answer = client.post(url_of(thandi, page), data=data, headers=HX)
        assert (answer.status_code, sentence in answer.text, "Sipho" in answer.text) == (422, True, False)
    assert texts(thandi, org) == {}


def test_a_relation_to_a_contact_one_may_not_see_is_not_named_and_stays(
    client_of, alice, org, page, made, thandi, sipho
):
    with acting_as(system(org.id)):
        secret = add_group("Secret")
        group_contacts([sipho.id], secret.id)
    put(thandi, page, {made["person"]: str(sipho.id)})
    limit(alice, denied=[f"group:{secret.id}"])
    client = client_of(alice)

    shown = [client.get(f"/contacts/{thandi.id}").text, client.get(url_of(thandi, page) + "/edit").text]
    typed = {made["person"]: "same", made["text"]: "Gogo"}
    client.post(url_of(thandi, page), data=form_of(thandi, page, alice, typed))

    assert [UNSEEN in text for text in shown] == [True, True]
    assert not any("Sipho" in text or f"/contacts/{sipho.id}" in text for text in shown)
    assert f'name="field-{made["person"].id}" value="{sipho.id}"' not in shown[1]
    assert texts(thandi, org) == {"The person": "Sipho Dube", "The text": "Gogo"}


def test_the_history_names_fields_and_hides_those_that_are_hidden_or_gone(
    org, page, made, thandi, sipho, olivia, alice
):
    put(thandi, page, {made["text"]: "CANARY", made["person"]: str(sipho.id), made["date"]: "2026-03-03"})

    def told(user):
        with acting_as(actor_of(user)):
            sentences, _ = history.of_contact(thandi.id, 0, 20)
            return {change.field: change.new for one in sentences for change in one.changes if "The " in change.field}

    whole = told(olivia)
    make_special(made["text"])
    partly = told(alice)
    with acting_as(system(org.id)):
        record_values.erase_field(made["person"])
        Field.delete().where(Field.id == made["person"].id).execute()

    assert whole == {"The text": "CANARY", "The person": "Sipho Dube", "The date": "3 Mar 2026"}
    assert partly.keys() == {"The person", "The date"}
    assert told(alice).keys() == {"The date"}
    with acting_as(actor_of(alice)):
        sentences, _ = history.of_contact(thandi.id, 0, 20)
        assert not any("field:" in change.field for one in sentences for change in one.changes)


@pytest.mark.one_database
def test_hostile_names_and_values_are_shown_as_text(client_of, olivia, org, thandi):
    with acting_as(system(org.id)):
        page = designing.add_page("<script>alert(1)</script>")
        name = "<img src=x onerror=alert(1)>"
        options = [TypedOption("", '"><b>bold</b>'), TypedOption("", "{{ 7*7 }}")]
        design = Design("choice", name, "'\"><svg onload=alert(1)>", "ordinary", help="</small><i>", options=options)
        field = designing.add_field(page, design)
    put(thandi, page, {field: "o001"})
    client = client_of(olivia)

    urls = [
        f"/contacts/{thandi.id}", f"{url_of(thandi, page)}/edit", "/settings/pages", f"/settings/pages/{page.id}",
        f"/settings/pages/fields/{field.id}", f"/settings/pages/fields/{field.id}/removal",
    ]  # fmt: skip
    for url in urls:
        text = client.get(url).text
        assert "&lt;" in text, url
        for poison in ("<script>alert", "<img src=x", "<svg onload", "<b>bold", "</small><i>"):
            assert poison not in text, url
    assert all("{{ 7*7 }}" in client.get(urls[n]).text for n in (1, 4))


def test_a_contact_takes_as_many_questions_with_a_hundred_fields_as_with_one(client_of, alice, org, page, thandi):
    def add(first, last):
        with acting_as(system(org.id)):
            for n in range(first, last):
                kind = ("text", "number", "choice", "person")[n % 4]
                options = OPTIONS if kind == "choice" else ()
                designing.add_field(page, Design(kind, f"Field {n}", "x", "ordinary", options=options))
            fields_of = fields.fields_in_use()
            other = record.add(first_name="Other", last_name=f"Person {last}")
            values = {"text": "x", "number": "5", "choice": "o001", "person": str(other.id)}
            put(thandi, page, {field: values[field.kind] for field in fields_of})

    client = client_of(alice)

    def questions():
        with count_queries() as counted:
            assert client.get(f"/contacts/{thandi.id}").status_code == 200
        return counted.count

    add(0, 4)
    client.get(f"/contacts/{thandi.id}")
    few = questions()
    add(4, 100)

    assert questions() == few


@pytest.mark.one_database
def test_empty_fields_of_a_long_page_are_folded(client_of, alice, org, page, thandi):
    with acting_as(system(org.id)):
        made = [designing.add_field(page, Design("text", f"Field {n}", "x", "ordinary")) for n in range(13)]
    put(thandi, page, {made[5]: "Gogo"})

    text = client_of(alice).get(url_of(thandi, page), headers=HX).text

    assert "Show the empty ones (12)" in text
    assert text.index("Gogo") < text.index("<details")


def test_a_save_is_one_entry_of_the_log(client_of, alice, org, page, made, thandi):
    typed = {made["text"]: "Gogo", made["choices"]: ["o002", "o001"]}
    client_of(alice).post(url_of(thandi, page), data=form_of(thandi, page, alice, typed))

    with acting_as(system(org.id)):
        entry = LogEntry.select().order_by(LogEntry.seq.desc()).get()
    assert (entry.action, entry.contact_id, entry.user_id) == ("contact.fields_changed", thandi.id, alice.id)
    assert entry.detail["changes"] == {
        f"field:{made['text'].id}": [None, "Gogo"],
        f"field:{made['choices'].id}": [None, "Kitchen, Garden"],
    }


def test_a_hidden_class_takes_part_in_no_stamp(org, page, made, thandi, alice):
    """Else a colleague's change of what is hidden would be told by a form that is suddenly stale."""
    put(thandi, page, {made["text"]: "One"})
    make_special(made["text"])
    stamps = []
    for text in ("Two", "Three"):
        put(thandi, page, {made["text"]: text})
        with acting_as(replace(actor_of(alice), hidden=frozenset({DataSet.SPECIAL}))):
            stamps.append(filling.stamp(block_of(thandi.id, page.id)))

    assert stamps[0] == stamps[1]
