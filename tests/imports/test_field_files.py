"""Designed fields in files: what is taken along comes in again as it was, and only by whom and to whom it may."""

import csv
import io
from dataclasses import replace

import pytest
from playhouse.test_utils import count_queries
from python_calamine import CalamineWorkbook

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import fields, record, service
from portal.contacts.field_files import plain
from portal.contacts.models import Contact, Field, Page
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.permissions import DataSet
from portal.exports import leaving, writing
from portal.exports import queries as export_queries
from portal.imports import cli, running
from portal.imports import service as imports
from tests.agreed import agree_to_hand_on
from tests.conftest import actor_of
from tests.designed import OPTIONS, field, page, put
from tests.taken import text_of

FORMULAS = ("=1+1", "+27 82", "-3", "@SUM(A1)", "'quoted", "''=x", "\uff1d1", 'a "b", c', "=cmd|' /C calc'!A0")


@pytest.fixture
def bring(as_alice, tmp_path):
    """Import a text or bytes in one go; return the ended import."""

    def bring(body, existing="update", name="list.csv", maps=None):
        raw = body.encode() if isinstance(body, str) else body
        made = imports.take_in(tmp_path / "imports", name, io.BytesIO(raw))
        imports.declare(made, {**made.mapping, **(maps or {})}, "own", "open day", [])
        imports.start(imports.find(made.id), existing, [])
        running.run(made.id)
        return imports.find(made.id)

    return bring


def told(contact_id):
    """What stands in the fields of a contact, by their names, as a file tells it."""
    known = {f.id: f for f in fields.fields_in_use()}
    texts = fields.texts_of([contact_id], list(known)).get(contact_id, {})
    return {known[i].name: plain(known[i], mine) for i, mine in texts.items()}


def contact_named(first_name):
    return Contact.get(Contact.first_name == first_name)


def test_each_kind_is_read_from_a_file(bring):
    for name, kind in (
        ("Shirt", "text"), ("Visits", "number"), ("Fee", "money"), ("Since", "date"), ("Drives", "yes_no"),
        ("Duty", "choice"), ("Skills", "choices"), ("Site", "link"),
    ):  # fmt: skip
        field(name, kind)
    ended = bring(
        "First name,Email,shirt,VISITS,Fee,Since,Drives,Volunteers: Duty,Skills,Site\n"
        'Zoë,zoe@example.org,Large,"1 200,5",R 99,1 March 2020,ja,kitchen,"Driving; Garden; beds",example.org\n'
    )

    assert (ended.state, ended.added, ended.failed) == ("finished", 1, 0)
    assert told(contact_named("Zoë").id) == {
        "Shirt": "Large", "Visits": "1200.5", "Fee": "99.00", "Since": "2020-03-01", "Drives": "Yes",
        "Duty": "Kitchen", "Skills": "Garden; beds; Driving", "Site": "https://example.org",
    }  # fmt: skip


def test_a_cell_that_cannot_stand_in_its_field_is_a_problem_of_its_row(bring):
    field("Visits", "number", limits={"least": "1"})
    field("Duty", "choice")
    ended = bring("First name,Visits,Duty\nAnna,many,Kitchen\nBen,0,Kitchen\nCleo,3,Swimming\nDan,4,Driving\n")

    problems = [(p.row, p.column, p.message) for p in imports.problems_of(ended)]
    assert (ended.added, ended.failed) == (1, 3)
    assert problems == [
        (2, "Visits", "Enter a number such as 12 or 1 234.50."),
        (3, "Visits", "Enter 1 or more."),
        (4, "Duty", "“Swimming” is not in the list. It has Kitchen, Garden; beds, Driving."),
    ]


def test_known_contacts_are_updated_in_bulk_and_empty_cells_change_nothing(bring):
    shirt, drives = field("Shirt"), field("Drives", "yes_no")
    people = [service.add(first_name=f"P{n}", email=f"p{n}@example.org") for n in range(3)]
    put(people[0], shirt, "Old")
    put(people[1], shirt, "Kept")
    bring("Email,Shirt,Drives\np0@example.org,New,\np1@example.org,,no\np2@example.org,,\n")

    assert [told(p.id) for p in people] == [{"Shirt": "New"}, {"Shirt": "Kept", "Drives": "No"}, {}]
    entries = LogEntry.select().where(LogEntry.action == "contact.updated_by_import").order_by(LogEntry.id)
    assert [(e.contact_id, e.detail["changes"]) for e in entries] == [
        (people[0].id, {f"field:{shirt.id}": ["Old", "New"]}),
        (people[1].id, {f"field:{drives.id}": [None, "No"]}),
    ]


def test_known_contacts_that_are_left_as_they_are_keep_their_values(bring):
    shirt = field("Shirt")
    person = service.add(first_name="Anna", email="a@example.org")
    put(person, shirt, "Old")
    bring("Email,Shirt\na@example.org,New\n", existing="skip")

    assert told(person.id) == {"Shirt": "Old"}


def test_a_required_field_is_not_demanded_of_a_file(bring):
    field("Shirt", is_required=1)

    assert bring("First name\nAnna\n").added == 1


@pytest.mark.parametrize("right", ["hidden page", "read-only page", "hidden class"])
def test_who_may_not_change_a_field_cannot_fill_it_from_a_file(bring, as_alice, right):
    shirt = field("Shirt", sensitivity="special" if right == "hidden class" else "ordinary")
    rights = {
        "hidden page": {"hidden_pages": frozenset({shirt.page_id})},
        "read-only page": {"read_only_pages": frozenset({shirt.page_id})},
        "hidden class": {"hidden": frozenset({DataSet.SPECIAL})},
    }[right]
    with acting_as(replace(as_alice, **rights)):
        ended = bring("First name,Shirt\nAnna,CNRY\n", maps={"Shirt": f"field:{shirt.id}"})

    with acting_as(system(as_alice.org_id)):
        assert ended.added == 1
        assert told(contact_named("Anna").id) == {}


def test_a_right_taken_away_before_the_import_runs_leaves_the_column_out(as_alice, tmp_path):
    shirt = field("Shirt")
    made = imports.take_in(tmp_path / "imports", "list.csv", io.BytesIO(b"First name,Shirt\nAnna,Large\n"))
    imports.declare(made, made.mapping, "own", "open day", [])
    imports.start(imports.find(made.id), "update", [])
    Membership.update(denied=[f"page-write:{shirt.page_id}"]).where(Membership.user == as_alice.user_id).execute()
    running.run(made.id)

    ended = imports.find(made.id)
    assert (ended.state, told(contact_named("Anna").id)) == ("finished", {})
    assert ended.problem == "Left out, because the field is not there any more: Shirt."


def test_the_columns_page_offers_fields_by_page(client_of, alice, as_alice, tmp_path):
    shirt = field("Shirt")
    field("Faith", sensitivity="special")
    made = imports.take_in(tmp_path / "imports", "list.csv", io.BytesIO(b"First name,Shirt\nAnna,Large\n"))
    answer = client_of(alice).get(f"/imports/{made.id}").text

    assert '<optgroup label="Volunteers">' in answer
    assert f'<option value="field:{shirt.id}" selected>Shirt</option>' in answer
    assert "Faith" not in answer

    data = {"column-0": "first_name", "column-1": f"field:{shirt.id}", "source": "own"}
    data |= {"obtained": "open day", "signature": "Alice"}
    assert client_of(alice).post(f"/imports/{made.id}/columns", data=data).status_code == 303
    assert "Shirt: Large" in client_of(alice).get(f"/imports/{made.id}/preview").text


def test_a_command_maps_a_heading_to_a_field_by_its_name(as_alice):
    shirt = field("Shirt size")

    assert cli._pair("T=field:SHIRT size", {"T": "ignore"}) == ("T", f"field:{shirt.id}")
    with pytest.raises(Exception, match="is not HEADING=FIELD"):
        cli._pair("T=field:Shoe", {"T": "ignore"})


@pytest.fixture
def everything(as_alice):
    """People whose fields hold what spreadsheets get wrong."""
    kinds = {
        "Odd": "text", "Story": "long", "Visits": "number", "Fee": "money", "Since": "date", "Drives": "yes_no",
        "Duty": "choice", "Skills": "choices", "Site": "link", "Town": "text", "City": "text",
    }  # fmt: skip
    made = {name: field(name, kind) for name, kind in kinds.items()}
    people = [service.add(first_name=f"P{n}", email=f"p{n}@example.org") for n in range(len(FORMULAS))]
    for person, odd in zip(people, FORMULAS, strict=True):
        put(person, made["Odd"], odd)
        put(person, made["Town"], f"{odd} town")
        put(person, made["City"], odd)
        put(person, made["Story"], f"{odd}\nsecond line")
    for name, typed in (
        ("Visits", "-1234567.5"), ("Fee", "-0.50"), ("Since", "1899-12-31"), ("Drives", "no"),
        ("Duty", OPTIONS[1]["name"]), ("Skills", "Kitchen; Garden; beds"), ("Site", "https://example.org/?a=1&b='2"[:27]),
    ):  # fmt: skip
        put(people[0], made[name], typed)
    return [person.id for person in people]


def exported(kind="csv", *, special=False):
    choice = leaving.choice(with_sensitive=special)
    rows = export_queries.rows(Filter(), choice)
    if kind == "csv":
        return "".join(writing.as_csv(choice.headings(), rows)).encode()
    into = io.BytesIO()
    writing.as_xlsx(into, choice.headings(), rows)
    return into.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_taken_along_comes_in_again_byte_for_byte(everything, bring, kind):
    before = [told(i) for i in everything]
    file = exported(kind)
    for contact_id in everything:
        record.erase([contact_id])
    ended = bring(file, name=f"contacts.{kind}")

    after = [told(contact_named(f"P{n}").id) for n in range(len(FORMULAS))]
    assert (ended.added, ended.failed) == (len(FORMULAS), 0)
    assert after == before
    assert exported(kind) == file or kind == "xlsx"


def test_no_cell_or_heading_is_a_formula(everything):
    field("=2+2")
    rows = list(csv.reader(io.StringIO(exported().decode().lstrip("\ufeff"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(exported("xlsx")))

    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@")]
    assert "Volunteers: City" in rows[0]
    assert all(isinstance(cell, str) for row in book.get_sheet_by_index(0).to_python() for cell in row)


def test_a_batch_takes_one_query_for_all_fields(everything, as_alice):
    with count_queries() as without:
        list(export_queries.rows(Filter()))
    with count_queries() as with_fields:
        list(export_queries.rows(Filter(), leaving.choice()))

    assert with_fields.count == without.count + 3  # the pages, their fields, the values


@pytest.mark.parametrize(("data", "found"), [({}, False), ({"special": "1"}, True)])
def test_sensitive_classes_are_taken_along_only_when_that_is_said(client_of, adam, org, data, found):
    with acting_as(system(org.id)):
        person = service.add(first_name="Anna")
        put(person, field("Shirt"), "Large")
        put(person, field("Faith", sensitivity="special"), "CNRYfaith")
        put(person, field("Debt", "money", sensitivity="financial"), "7000")
    client = client_of(adam)
    page = client.get("/contacts/export").text
    agree_to_hand_on(org, person.id)
    file = text_of(client, **data)

    with acting_as(actor_of(adam)):
        entry = LogEntry.select().where(LogEntry.action == "export.made").get()
    assert "Special information" in page
    assert "Large" in file
    assert ("Faith" in file, "CNRYfaith" in file, "7000" in file) == (found, found, found)
    assert entry.detail.get("classes") == (["financial", "special"] if found else None)


def test_who_may_not_see_a_class_does_not_take_it_along(org, adam):
    with acting_as(system(org.id)):
        person = service.add(first_name="Anna")
        put(person, field("Faith", sensitivity="special"), "CNRYfaith")
        put(person, field("Hidden", on=page("Secret")), "CNRYhidden")
        secret = Page.get(Page.name == "Secret").id
    blind = replace(actor_of(adam), hidden=frozenset({DataSet.SPECIAL}), hidden_pages=frozenset({secret}))
    with acting_as(blind):
        assert b"CNRY" not in exported(special=True)
        assert b"Hidden" not in exported(special=True)


def test_an_archived_field_is_not_taken_along(everything):
    Field.update(archived_at=Field.get().created_at).where(Field.name == "Odd").execute()

    assert b"Odd" not in exported()
