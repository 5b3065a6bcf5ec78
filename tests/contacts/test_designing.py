"""Designing pages and fields: what they must be like, who may, and what becomes of the values."""

from dataclasses import replace

import pytest

from portal.activity import log
from portal.activity.models import LogEntry
from portal.campaigns import merge
from portal.contacts import designing, fields, filling, groups, record, removing_fields
from portal.contacts.design_rules import (
    KNOWN_NAMES,
    MOST_FIELDS,
    MOST_LISTED,
    MOST_PAGES,
    Design,
    TypedOption,
    Unfit,
    columns_of,
    merge_options,
)
from portal.contacts.models import Field, Page, Value
from portal.contacts.names import fold
from portal.contacts.page_blocks import block_of
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import DataSet, Denied
from portal.exports.rules import HEADINGS
from portal.imports import headings

TEXT = Design("text", "Nickname", "To greet people", "ordinary")
SHIRT = Design("choice", "Shirt", "To order", "ordinary", options=[TypedOption("", n) for n in ("Small", "Large")])


@pytest.fixture
def me(org):
    """Somebody who may do all and sees all; a user of the cast would take longer to make."""
    with acting_as(system(org.id)) as actor:
        yield actor


@pytest.fixture
def page(me):
    return designing.add_page("Volunteers")


def put(contact, field, *typed):
    block = block_of(contact.id, field.page_id)
    filling.fill(contact, block, filling.stamp(block), {field.id: list(typed)})


def last():
    return LogEntry.select().order_by(LogEntry.seq.desc()).get()


def again(row):
    return type(row).get(type(row).id == row.id)


def found_of(field):
    return sorted(row[0] for row in Value.select(Value.found).where(Value.field_id == field.id).tuples())


@pytest.mark.parametrize(
    ("changes", "at", "sentence"),
    [
        ({"name": "  "}, "name", "Enter a name"),
        ({"name": "\u0301"}, "name", "Enter a name"),
        ({"name": "x" * 41}, "name", "at most 40"),
        ({"name": "a\u202eb"}, "name", "reading direction"),
        ({"name": "a\x00b"}, "name", "cannot be shown"),
        ({"name": "E-mail]]"}, "name", "Leave out"),
        ({"name": "FIRST  Name"}, "name", "already"),
        ({"purpose": " "}, "purpose", "what it is for"),
        ({"sensitivity": ""}, "sensitivity", "how sensitive"),
        ({"sensitivity": "secret"}, "sensitivity", "how sensitive"),
        ({"sensitivity": "special"}, "authorisation", "on what ground"),
        ({"sensitivity": "special", "authorisation": "because"}, "authorisation_note", "on what ground"),
        ({"sensitivity": "special", "authorisation": "crime"}, "authorisation_note", "how this ground is met"),
        ({"kind": "formula"}, "kind", "Choose a kind"),
        ({"kind": "number", "least": "ten"}, "least", "Enter a number"),
        ({"kind": "number", "least": "10", "most": "9"}, "most", "less than the least"),
        ({"kind": "date", "least": "31/02/2026"}, "least", "Enter a date"),
        ({"kind": "choice"}, "options", "Enter what can be chosen"),
        ({"kind": "choice", "options": [TypedOption("", "A"), TypedOption("", "á")]}, "options", "twice"),
        ({"kind": "choice", "options": [TypedOption("", str(n)) for n in range(101)]}, "options", "at most 100"),
        ({"kind": "choice", "options": [TypedOption("o009", "A")]}, "options", "Reload"),
        ({"kind": "choice", "options": [TypedOption("", "x" * 81)]}, "options", "at most 80"),
    ],
)
def test_what_cannot_be_a_field_is_refused_in_words(changes, at, sentence):
    with pytest.raises(Unfit, match=sentence) as refused:
        columns_of(replace(TEXT, **changes), now().date())

    assert refused.value.at == at


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"kind": "number", "least": "1 000,5", "most": ""}, {"limits": {"least": "1000.5"}}),
        ({"kind": "money", "most": "R 20"}, {"limits": {"most": "20.00"}}),
        ({"kind": "date", "least": "1/2/2026"}, {"limits": {"least": "2026-02-01"}}),
        ({"kind": "text", "least": "5"}, {"limits": {}}),
        ({"kind": "number", "is_searched": True}, {"is_searched": 0}),
        ({"is_searched": True}, {"is_searched": 1}),
        ({"authorisation": "health", "authorisation_note": "x"}, {"authorisation": "", "authorisation_note": ""}),
        ({"sensitivity": "special", "authorisation": "health", "authorisation_note": "x"}, {"authorisation": "health"}),
        ({"name": "Nom  ’Ñ=1+1"}, {"name_key": "nom 'n=1+1"}),
    ],
)
def test_a_design_becomes_columns(changes, kept):
    columns = columns_of(replace(TEXT, **changes), now().date())

    assert {name: columns[name] for name in kept} == kept


def test_names_that_files_and_letters_use_are_known():
    used = [*headings.FIELDS.values(), *merge.FIELDS, *HEADINGS]

    assert {fold(name) for name in used} <= KNOWN_NAMES


def test_options_are_renamed_ordered_and_taken_away():
    known = [{"id": f"o00{n}", "name": name, "is_archived": False} for n, name in enumerate("ABCD", 1)]
    typed = [TypedOption("o003", "Cee"), TypedOption("", "New"), TypedOption("o001", ""), TypedOption("o002", "")]

    options, made = merge_options(typed, known, {"o001"}, 4)

    assert [(o["id"], o["name"], o["is_archived"]) for o in options] == [
        ("o003", "Cee", False), ("o005", "New", False), ("o001", "A", True), ("o004", "D", False),
    ]  # fmt: skip # A is in use, B went, D a colleague added meanwhile
    assert made == 5


def test_an_id_of_an_option_that_went_is_not_given_again(page):
    field = designing.add_field(page, SHIRT)
    designing.change_field(field, replace(SHIRT, options=[TypedOption("o001", "Small"), TypedOption("o002", "")]), page)
    designing.change_field(
        again(field), replace(SHIRT, options=[TypedOption("o001", "Small"), TypedOption("", "Huge")]), page
    )

    assert [option["id"] for option in again(field).options] == ["o001", "o003"]


def test_each_act_is_told_with_before_and_after(page):
    told = []
    designing.rename_page(page, "Helpers")
    told.append((last().action, last().detail["changes"]))
    field = designing.add_field(page, TEXT)
    told.append((last().action, last().detail["changes"]["purpose"]))
    designing.change_field(field, replace(TEXT, help="As friends say it"), page)
    told.append((last().action, last().detail["changes"]))
    for act in (designing.archive_field, designing.restore_field, removing_fields.remove_field):
        act(again(field))
        told.append((last().action, last().subject_id == field.id))
    for act in (designing.archive_page, designing.restore_page, designing.remove_page):
        act(again(page))
        told.append((last().action, last().subject_id == page.id))

    assert told == [
        ("page.changed", {"name": ["Volunteers", "Helpers"]}),
        ("field.added", [None, "To greet people"]),
        ("field.changed", {"help": ["", "As friends say it"]}),
        ("field.archived", True), ("field.restored", True), ("field.removed", True),
        ("page.archived", True), ("page.restored", True), ("page.removed", True),
    ]  # fmt: skip
    assert log.verify().ok


def test_nothing_changed_is_not_told(page):
    field = designing.add_field(page, TEXT)
    before = last().seq
    designing.rename_page(page, "Volunteers")
    designing.change_field(again(field), TEXT, page)
    designing.restore_field(field)
    designing.restore_page(page)
    designing.order_fields(page, [field.id])

    assert last().seq == before


def test_a_name_stands_once_whoever_sees_it(page, me):
    hidden = designing.add_field(page, replace(TEXT, sensitivity="financial"))
    other = designing.add_page("Pets")

    with acting_as(replace(me, hidden=frozenset({DataSet.FINANCIAL}), hidden_pages=frozenset({page.id}))):
        with pytest.raises(Unfit, match="already a field called NICKNAME"):
            designing.add_field(other, replace(TEXT, name="NICKNAME"))
        with pytest.raises(Unfit, match="already a page called volunteers"):
            designing.add_page("volunteers")
    designing.archive_field(hidden)
    with pytest.raises(Unfit, match="put away"):
        designing.add_field(other, TEXT)


def test_there_is_an_end_to_pages_fields_and_columns(page):
    for n in range(MOST_PAGES - 1):
        Page.create(name=f"Page {n}")
    with pytest.raises(Unfit, match="at most 30 pages"):
        designing.add_page("One more")
    for n in range(MOST_LISTED):
        designing.add_field(page, replace(TEXT, name=f"Listed {n}", is_listed=True))
    with pytest.raises(Unfit, match="at most 4 fields") as refused:
        designing.add_field(page, replace(TEXT, is_listed=True))
    assert refused.value.at == "is_listed"
    columns = columns_of(TEXT, now().date())
    Field.insert_many(
        [{**columns, "page_id": page.id, "name": f"F{n}", "name_key": f"f{n}"} for n in range(MOST_FIELDS - 4)]
    ).execute()
    with pytest.raises(Unfit, match="at most 200 fields"):
        designing.add_field(page, TEXT)


def test_pages_and_fields_are_put_into_another_order_around_hidden_ones(page, me):
    others = [designing.add_page(name) for name in ("Hidden", "Pets", "Bursaries")]
    seen = [page.id, others[1].id, others[2].id]

    with acting_as(replace(me, hidden_pages=frozenset({others[0].id}))):
        designing.order_pages([seen[2], seen[0], seen[1]])

    assert [sheet.page.name for sheet in designing.sheets()] == ["Bursaries", "Hidden", "Volunteers", "Pets"]
    made = [designing.add_field(page, replace(TEXT, name=name)).id for name in "ABC"]
    designing.order_fields(page, made[::-1])
    assert [field.name for field in fields.sheets()[0].fields] == ["C", "B", "A"]
    assert last().action == "field.moved"


def test_an_order_with_strange_or_missing_ids_changes_nothing(page, other_org):
    field = designing.add_field(page, TEXT)
    second = designing.add_field(page, replace(TEXT, name="Second"))
    with acting_as(system(other_org.id)):
        theirs = designing.add_page("Theirs")
    before = last().seq

    for wanted in ([page.id, theirs.id], [theirs.id], [page.id, 987_654]):
        with pytest.raises(fields.PageNotFound):
            designing.order_pages(wanted)
    for wanted in ([second.id], [second.id, second.id], []):
        with pytest.raises(Unfit, match="in the meantime"):
            designing.order_fields(page, wanted)
    with pytest.raises(fields.FieldNotFound):
        designing.order_fields(designing.add_page("Empty"), [field.id])

    assert [f.name for f in fields.sheets()[0].fields] == ["Nickname", "Second"]
    assert last().seq == before + 1


def test_the_kind_stays_once_something_is_filled_in(page, thandi):
    field = designing.add_field(page, TEXT)
    number = replace(TEXT, kind="number")
    designing.change_field(field, number, page)
    put(thandi, again(field), "5")

    with pytest.raises(Unfit, match="its kind stays"):
        designing.change_field(again(field), TEXT, page)

    assert again(field).kind == "number"


def test_a_field_moves_to_another_page_with_its_values(page, thandi):
    field = designing.add_field(page, TEXT)
    put(thandi, field, "Gogo")
    pets = designing.add_page("Pets")

    designing.change_field(field, TEXT, pets)

    assert [cell.text for cell in block_of(thandi.id, pets.id).cells] == ["Gogo"]
    assert last().detail["changes"] == {"page_id": [page.id, pets.id]}


@pytest.mark.parametrize("kind", ["text", "long"])
def test_what_is_found_by_typing_follows_the_design(page, thandi, kind):
    design = replace(TEXT, kind=kind)
    field = designing.add_field(page, design)
    put(thandi, field, "Élan " + "é" * 150)
    found = [found_of(field)]
    for is_searched in (True, False):
        designing.change_field(again(field), replace(design, is_searched=is_searched), page)
        found.append(found_of(field))

    assert found == [[""], ["elan " + "e" * 150], [""]]


def test_what_is_found_is_written_anew_when_the_class_hides_it_at_once(page, thandi, me):
    field = designing.add_field(page, TEXT)
    put(thandi, field, "Gogo")

    with acting_as(replace(me, hidden=frozenset({DataSet.CHILD}))):
        designing.change_field(field, replace(TEXT, sensitivity="child", is_searched=True), page)
        assert fields.values_of([thandi.id]) == {}

    assert found_of(field) == ["gogo"]


def test_renaming_an_option_changes_what_is_shown_and_found(page, thandi):
    field = designing.add_field(page, SHIRT)
    Field.update(is_searched=1).where(Field.id == field.id).execute()
    put(thandi, again(field), "o001")
    from_now_on = again(field).options
    from_now_on[0]["name"] = "Tiny"

    designing.record_values.find_again(again(field), from_now_on, is_searched=True)
    designing.change_field(
        again(field), replace(SHIRT, options=[TypedOption("o001", "Tiny"), TypedOption("o002", "")]), page
    )

    assert block_of(thandi.id, page.id).cells[0].text == "Tiny"


def test_an_option_in_use_is_put_away_and_stays_with_those_who_have_it(page, thandi):
    field = designing.add_field(page, SHIRT)
    put(thandi, field, "o001")
    designing.change_field(field, replace(SHIRT, options=[TypedOption("o001", ""), TypedOption("o002", "Large")]), page)

    assert block_of(thandi.id, page.id).cells[0].text == "Small"
    put(thandi, again(field), "o001")
    put(thandi, again(field), "o002")
    with pytest.raises(filling.Unfilled) as refused:
        put(thandi, again(field), "o001")
    assert "no longer offered" in refused.value.sentences[field.id]


def test_what_is_put_away_is_kept_and_comes_back(page, thandi):
    field = designing.add_field(page, TEXT)
    put(thandi, field, "Gogo")
    for away, back, thing in (
        (designing.archive_field, designing.restore_field, field),
        (designing.archive_page, designing.restore_page, page),
    ):
        away(again(thing))
        with pytest.raises(fields.PageNotFound):
            block_of(thandi.id, page.id)
        back(again(thing))
        assert [cell.text for cell in block_of(thandi.id, page.id).cells] == ["Gogo"]


def test_a_field_is_deleted_only_after_its_values_were_taken_along(page, thandi):
    field = designing.add_field(page, replace(TEXT, name="=Nick"))
    put(thandi, field, "=1+1")

    with pytest.raises(removing_fields.NotExported):
        removing_fields.remove_field(field)
    assert removing_fields.note_export(field) == 1
    lines = list(removing_fields.as_csv(field))
    assert removing_fields.remove_field(field) == 1

    assert lines == ["\ufeffContact,Name,'=Nick\r\n", f"{thandi.id},Thandi Ngcobo,'=1+1\r\n"]
    assert (Value.select().count(), Field.select().count()) == (0, 0)
    assert last().detail["contacts"] == 1


def test_a_relation_is_taken_along_by_name(page, thandi):
    mentor = record.add(first_name="Sipho", last_name="Dube")
    field = designing.add_field(page, replace(TEXT, kind="person"))
    put(thandi, field, str(mentor.id))

    assert list(removing_fields.as_csv(field))[1] == f"{thandi.id},Thandi Ngcobo,Sipho Dube\r\n"


def test_a_page_with_fields_is_not_deleted_even_when_they_are_hidden(page, me):
    designing.add_field(page, replace(TEXT, sensitivity="child"))

    with acting_as(replace(me, hidden=frozenset({DataSet.CHILD}))), pytest.raises(Unfit, match="Move them"):
        designing.remove_page(page)


ACTS = {
    "add a page": lambda page, field: designing.add_page("New"),
    "rename a page": lambda page, field: designing.rename_page(page, "New"),
    "order pages": lambda page, field: designing.order_pages([page.id]),
    "put a page away": lambda page, field: designing.archive_page(page),
    "delete a page": lambda page, field: designing.remove_page(page),
    "add a field": lambda page, field: designing.add_field(page, replace(TEXT, name="New")),
    "change a field": lambda page, field: designing.change_field(field, replace(TEXT, help="x"), page),
    "order fields": lambda page, field: designing.order_fields(page, [field.id]),
    "put a field away": lambda page, field: designing.archive_field(field),
    "take a field along": lambda page, field: removing_fields.note_export(field),
    "delete a field": lambda page, field: removing_fields.remove_field(field),
}


def test_who_sees_some_contacts_only_designs_nothing(page, me):
    field = designing.add_field(page, TEXT)

    for act in ACTS.values():
        with acting_as(replace(me, denied_groups=frozenset({1}))), pytest.raises(Denied):
            act(page, field)


def test_a_page_that_may_only_be_read_is_not_designed(page, me):
    field = designing.add_field(page, TEXT)

    for name in ACTS.keys() - {"add a page", "order pages", "take a field along"}:
        with acting_as(replace(me, read_only_pages=frozenset({page.id}))), pytest.raises(Denied):
            ACTS[name](page, field)


def rule_about(field, operator="is", value="Positive"):
    asked = {"fact": f"field:{field.id}", "operator": operator, "value": value}
    return {"match": "all", "conditions": [asked]}


def told(group):
    return set(again(group).tells.split(",")) - {""}


def test_a_group_by_rule_is_hidden_as_soon_as_what_it_asks_about_is(page):
    field = designing.add_field(page, TEXT)
    group = groups.add_group("Those to be called", rule=rule_about(field))
    special = {"sensitivity": "special", "authorisation": "health", "authorisation_note": "Clinic."}
    other = designing.add_page("Clinic")

    designing.change_field(field, replace(TEXT, **special), page)
    assert told(group) == {f"page:{page.id}", "special"}
    designing.change_field(again(field), replace(TEXT, **special), other)
    assert told(group) == {f"page:{other.id}", "special"}

    designing.archive_field(again(field))
    designing.change_field(again(field), replace(TEXT, sensitivity="financial"), other)
    assert "special" in told(group)
    designing.restore_field(again(field))
    assert told(group) == {f"page:{other.id}", "financial"}


def test_a_group_is_hidden_also_while_another_part_of_its_rule_is_put_away(page):
    field, gone = designing.add_field(page, TEXT), designing.add_field(page, replace(TEXT, name="Old"))
    rule = rule_about(field)
    rule["conditions"] += rule_about(gone)["conditions"]
    group = groups.add_group("Those to be called", rule=rule)

    designing.archive_field(gone)
    designing.change_field(field, replace(TEXT, sensitivity="financial"), page)

    assert "financial" in told(group)
