"""Contacts found, limited and ordered by designed fields, and nothing of it by fields that are hidden."""

from dataclasses import replace

import pytest
from playhouse.test_utils import count_queries

from portal.contacts import fields, queries, service
from portal.contacts.field_filters import FieldWish
from portal.contacts.models import Field, Page
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import DataSet
from tests.designed import field, put

pytestmark = pytest.mark.each_database


@pytest.fixture
def people(as_alice):
    return {name: service.add(first_name=name) for name in ("Anna", "Ben", "Cleo", "Dan")}


def names(wanted):
    return [row.name for row in queries.page(wanted, 1)]


def asking(field, *wanted, **more):
    return Filter(fields=(FieldWish(field.id, wanted, **more),))


@pytest.fixture
def filled(people):
    """One field of each kind that can be asked about, with values for some."""
    made = {
        kind: field(f"A {kind}", kind, is_searched=int(kind in ("text", "link")))
        for kind in ("text", "long", "number", "money", "date", "yes_no", "choice", "choices", "link")
    }
    for name, kind, typed in (
        ("Anna", "text", "Größe Large"), ("Ben", "text", "Small"),
        ("Anna", "long", "Likes early mornings\nand tea"), ("Ben", "number", "9"), ("Cleo", "number", "10"),
        ("Dan", "number", "-3,5"), ("Anna", "money", "R 1 200"), ("Ben", "money", "99.50"),
        ("Anna", "date", "2020-02-29"), ("Cleo", "date", "1999-12-31"), ("Anna", "yes_no", "yes"),
        ("Ben", "yes_no", "no"), ("Anna", "choice", "Driving"), ("Ben", "choice", "Kitchen"),
        ("Cleo", "choice", "Garden; beds"), ("Anna", "choices", "Kitchen; Driving"), ("Ben", "choices", "Driving"),
        ("Dan", "link", "https://example.org/zebra"),
    ):  # fmt: skip
        put(people[name], made[kind], typed)
    return made


LIMITED = [
    ("text", ("grosse",), {}, ["Anna"]),
    ("text", ("MAL",), {}, ["Ben"]),
    ("text", ("la",), {}, ["Anna"]),
    ("text", ("%",), {}, []),
    ("long", ("early",), {}, ["Anna"]),
    ("number", (), {"least": "9"}, ["Ben", "Cleo"]),
    ("number", (), {"most": "9"}, ["Ben", "Dan"]),
    ("number", (), {"least": "-4", "most": "9.5"}, ["Ben", "Dan"]),
    ("money", (), {"least": "R 100"}, ["Anna"]),
    ("date", (), {"least": "1 January 2000"}, ["Anna"]),
    ("date", (), {"most": "1999-12-31"}, ["Cleo"]),
    ("yes_no", ("0",), {}, ["Ben"]),
    ("choice", ("2",), {}, ["Anna"]),
    ("choice", ("1", "10"), {}, ["Ben", "Cleo"]),
    ("choices", ("2",), {}, ["Anna", "Ben"]),
    ("link", ("zebra",), {}, ["Dan"]),
]
ORDERED = [
    ("number", ["Dan", "Ben", "Cleo", "Anna"], ["Cleo", "Ben", "Dan", "Anna"]),
    ("money", ["Ben", "Anna", "Cleo", "Dan"], ["Anna", "Ben", "Cleo", "Dan"]),
    ("date", ["Cleo", "Anna", "Ben", "Dan"], ["Anna", "Cleo", "Ben", "Dan"]),
    ("choice", ["Ben", "Cleo", "Anna", "Dan"], ["Anna", "Cleo", "Ben", "Dan"]),
    ("text", ["Anna", "Ben", "Cleo", "Dan"], ["Ben", "Anna", "Cleo", "Dan"]),
    ("choices", ["Anna", "Ben", "Cleo", "Dan"], ["Dan", "Cleo", "Ben", "Anna"]),
]


def test_a_list_is_limited_by_a_field(filled):
    for kind, wanted, more, found in LIMITED:
        asked = asking(filled[kind], *wanted, **more)

        assert (kind, wanted, names(asked), queries.count(asked)) == (kind, wanted, found, len(found))


def test_what_cannot_be_read_finds_nobody(filled):
    for kind, typed in (("number", "many"), ("date", "yesterday-ish"), ("money", "1;2")):
        assert queries.count(asking(filled[kind], least=typed)) == 0, typed


def test_a_list_is_ordered_by_a_field_with_those_without_a_value_last(filled):
    for kind, up, down in ORDERED:
        word = f"field:{filled[kind].id}"

        assert (kind, names(Filter(sort=word)), names(Filter(sort=word, descending=True))) == (kind, up, down)


def test_the_pages_of_an_ordered_list_hold_everybody_once(filled):
    for size in (1, 2, 3):
        for narrow, found in (({}, ["Ben", "Anna", "Cleo", "Dan"]), ({"text": "n"}, ["Ben", "Anna", "Dan"])):
            wanted = Filter(sort=f"field:{filled['money'].id}", **narrow)
            pages = [[row.name for row in queries.page(wanted, number, size)] for number in range(1, 6)]

            assert [name for page in pages for name in page] == found, size


TYPED = [
    ("grosse", ["Anna"]), ("mall", ["Ben"]), ("zebra", ["Dan"]), ("sm", ["Ben"]), ("early", []),
    ("anna large", ["Anna"]),
]  # fmt: skip


def test_searched_fields_are_found_by_typing(filled):
    for typed, found in TYPED:
        assert (typed, names(Filter(text=typed))) == (typed, found)


def test_an_archived_field_is_neither_found_nor_asked_nor_an_order(filled):
    Field.update(archived_at=now()).where(Field.id.in_([filled["text"].id, filled["money"].id])).execute()

    assert names(Filter(text="grosse")) == []
    assert queries.count(asking(filled["text"], "nothing")) == 4
    assert names(Filter(sort=f"field:{filled['money'].id}")) == ["Anna", "Ben", "Cleo", "Dan"]


def test_a_field_of_an_archived_page_neither(filled):
    Page.update(archived_at=now()).execute()

    assert names(Filter(text="grosse")) == []
    assert queries.count(asking(filled["text"], "nothing")) == 4


HIDINGS = {
    "page": lambda actor, field: replace(actor, hidden_pages=frozenset({field.page_id})),
    "class": lambda actor, field: replace(actor, hidden=frozenset({DataSet.SPECIAL})),
}


@pytest.mark.parametrize("hiding", HIDINGS)
@pytest.mark.parametrize("value", ["aaa 12", "zzz 99", ""])
def test_nothing_differs_by_what_is_hidden(people, as_alice, hiding, value):
    """Searches, counts, orders and filters are the same whatever the hidden fields hold (B06)."""
    text = field("Faith", is_searched=1, is_listed=1, sensitivity="special" if hiding == "class" else "ordinary")
    for person in list(people.values())[1:3] if value else []:
        put(person, text, value)

    with acting_as(HIDINGS[hiding](as_alice, text)):
        assert fields.sheets() == []
        assert names(Filter(text="aaa")) == names(Filter(text="zz")) == []
        assert queries.count(asking(text, "aaa")) == queries.count(asking(text, "q")) == 4
        for is_down in (False, True):
            by_field = names(Filter(sort=f"field:{text.id}", descending=is_down))
            assert by_field == names(Filter(descending=is_down))


def test_the_list_shows_columns_sentences_and_controls(client_of, alice, filled):
    Field.update(is_listed=1).where(Field.id.in_([filled["choice"].id, filled["money"].id])).execute()
    client = client_of(alice)

    page = client.get(f"/contacts?f{filled['choice'].id}=2&f{filled['money'].id}_from=R+100")

    assert '<td class="kept" data-label="A choice">Driving</td>' in page.text
    assert '<td class="kept in-one-line" data-label="A money">R 1 200.00</td>' in page.text
    assert "A choice is Driving" in page.text
    assert "A money from R 100" in page.text
    assert 'value="R 100"' in page.text
    assert "1 contact found" in page.text
    assert f'href="/contacts?f{filled["choice"].id}=2" aria-label="Remove: A money from R 100"' in page.text


def test_a_field_can_be_chosen_to_filter_by(client_of, alice, filled):
    page = client_of(alice).get(f"/contacts?by={filled['date'].id}").text

    assert f'name="f{filled["date"].id}_from"' in page
    assert f'<option value="{filled["money"].id}">A money</option>' in page


def test_what_cannot_be_read_comes_back_with_its_sentence(client_of, alice, filled):
    page = client_of(alice).get(f"/contacts?f{filled['number'].id}_from=many&q=anna").text

    assert "A number: Enter a number such as 12" in page
    assert 'value="many"' in page
    assert 'value="anna"' in page


def test_a_hidden_field_is_not_on_the_list(client_of, alice, people):
    secret = field("CNRYfaith", is_listed=1, sensitivity="special")  # an editor does not see special information
    put(people["Anna"], field("Shirt"), "Large")
    with acting_as(system(people["Anna"].org_id)):
        put(people["Anna"], secret, "CNRYvalue")
    client = client_of(alice)

    for words in ("", f"?f{secret.id}=x", f"?by={secret.id}", f"?sort=field:{secret.id}", f"?f{secret.id}_from=x"):
        page = client.get(f"/contacts{words}").text
        assert "CNRY" not in page
        assert "4 contacts" in page


def test_odd_words_in_the_address_change_nothing(client_of, alice, people):
    client = client_of(alice)
    for words in ("f1=", "f99999999999=x", "sort=field:99999999999", "fx=1&f1_from=1", "by=x", "f1_to=9&f1_from="):
        assert "4 contacts" in client.get(f"/contacts?{words}").text


def test_the_list_asks_the_same_number_of_queries_however_many_fields_and_people(client_of, alice, filled):
    client = client_of(alice)
    Field.update(is_listed=1).where(Field.kind.in_(("choice", "money", "text"))).execute()
    url = f"/contacts?sort=field:{filled['money'].id}&f{filled['text'].id}=a"
    client.get(url)
    with count_queries() as few:
        client.get(url)
    for number in range(30):
        more = field(f"More {number}", is_listed=1)
        person = service.add(first_name=f"New {number}")
        put(person, more, f"value {number}")
        put(person, filled["text"], f"value {number}")

    with count_queries() as many:
        client.get(url)

    assert many.count == few.count
