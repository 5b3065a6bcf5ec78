"""Bringing contacts in: reading, understanding, storing, and what becomes of each row."""

import io
from datetime import timedelta

import pytest
import time_machine
import xlsxwriter

from portal.activity.models import LogEntry
from portal.consent.models import ConsentEvent, Justification
from portal.contacts import groups, queries
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Email, Note, Telephone
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.imports import running, service
from portal.imports.headings import guess
from portal.imports.limits import UnreadableFile
from portal.imports.models import Import, ImportProblem
from tests.conftest import HX, actor_of

SIGNED = {"source": "own", "obtained": "open day", "signature": "Alice"}


@pytest.fixture
def bring(as_alice, tmp_path):
    """Import a text as CSV in one go; return the ended import."""

    def bring(text: str, existing: str = "update", channels=("email",), encoding: str = "utf-8") -> Import:
        made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(text.encode(encoding)))
        service.declare(made, made.mapping, "own", "open day", channels)
        service.start(service.find(made.id), existing, [])
        running.run(made.id)
        return service.find(made.id)

    return bring


def counts(ended: Import) -> tuple[str, int, int, int, int]:
    return ended.state, ended.added, ended.updated, ended.skipped, ended.failed


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("First name", "first_name"), ("SURNAME", "last_name"), ("Van", "last_name"), ("Name", "name"),
        ("Cell / Mobile", "mobile"), ("Van (surname)", "last_name"),
        ("Name / Email", "ignore"), ("Cell", "mobile"), ("Selfoon", "mobile"), ("Tel.", "telephone"),
        ("E-mail", "email"), ("E-pos", "email"), ("Adres", "address"), ("Poskode", "postal_code"),
        ("Date of birth", "birth_date"), ("Groups", "group"), ("Shoe size", "ignore"),
    ],
)  # fmt: skip
def test_a_heading_is_understood(heading, field):
    assert guess([heading], []) == {heading: field}


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Naam", "Van"], ["first_name", "last_name"]),
        (["Surname", "Name"], ["last_name", "first_name"]),
        (["Name", "First name", "Surname"], ["name", "first_name", "last_name"]),
        (["Name", "Email"], ["name", "email"]),
    ],
)
def test_a_name_beside_a_surname_is_a_first_name(headings, fields):
    assert list(guess(headings, []).values()) == fields


def test_a_column_without_a_telling_heading_is_known_by_what_stands_in_it():
    headings = ["Column 1", "Column 2"]

    assert guess(headings, [["a@example.org", "082 555 0134"], ["b@example.org", "0835550199"]]) == {
        "Column 1": "email",
        "Column 2": "mobile",
    }


def test_each_row_becomes_a_contact_or_a_problem(bring):
    ended = bring(
        "First name;Surname;Cell;E-pos;Postal code;Town;Group\n"
        "Thandi;Ngcobo;821234567;thandi@example.org;1;Pretoria;Donors\n"
        "Sipho;Dlamini;082 1;sipho@example.org;4051;Durban;Donors\n"
        ";;;;4051;;\n"
        "Zoë;van der Merwe;;zoe@example.org;;;Donors, News\n"
    )

    assert counts(ended) == ("finished", 2, 0, 0, 2)
    problems = [(p.row, p.column) for p in service.problems_of(ended)]
    assert problems == [(3, "Cell"), (4, "")]
    assert [row.name for row in queries.page(Filter(), 1)] == ["Ngcobo, Thandi", "van der Merwe, Zoë"]
    assert Telephone.get().number == "+27821234567"
    assert {group.name for group in queries.visible_groups()} == {"Donors", "News"}


def test_names_of_a_western_file_keep_their_letters(bring):
    bring("First name,Last name,Email\nZoë,Müller,zoe@example.org\n", encoding="cp1252")

    assert Contact.get().first_name == "Zoë"


def test_known_people_are_updated_and_an_empty_cell_overwrites_nothing(bring, thandi):
    ended = bring("First name,Last name,Email,Cell,Language\nThandi,,thandi@example.org,072 555 0161,Zulu\n")

    assert counts(ended) == ("finished", 0, 1, 0, 0)
    contact = contacts.find(thandi.id)
    assert (contact.last_name, contact.language) == ("Ngcobo", "zu")
    assert {t.number for t in Telephone.select()} == {"+27825550134", "+27725550161"}


def test_bringing_the_same_again_changes_nothing_and_doubles_no_note(bring, thandi):
    line = "First name,Last name,Email,Notes\nThandi,Ngcobo,thandi@example.org,Sings in the choir\n"
    bring(line)
    before = LogEntry.select().where(LogEntry.contact_id == thandi.id).count()
    bring(line)

    assert [note.text for note in queries.parts_of(Note, [thandi.id])[thandi.id]] == ["Sings in the choir"]
    said = LogEntry.action == "contact.consent_granted"
    assert LogEntry.select().where(LogEntry.contact_id == thandi.id, ~said).count() <= (before)


def test_known_people_can_be_left_alone_or_added_again(bring, thandi):
    text = "First name,Last name,Email\nThandi,Ngcobo,thandi@example.org\n"

    assert counts(bring(text, "skip")) == ("finished", 0, 0, 1, 0)
    assert counts(bring(text, "add")) == ("finished", 1, 0, 0, 0)


def test_a_household_with_one_address_stays_two_people(bring, thandi):
    bring("First name,Last name,Email\nSipho,Ngcobo,thandi@example.org\n")

    assert queries.count(Filter()) == 2
    assert contacts.find(thandi.id).first_name == "Thandi"


def test_somebody_who_stands_twice_in_the_file_is_one_contact(bring):
    ended = bring("First name,Email,Cell\nThandi,t@example.org,\nThandi,t@example.org,082 555 0134\n")

    assert counts(ended) == ("finished", 1, 1, 0, 0)
    assert Telephone.select().count() == 1


def test_what_was_declared_is_kept_for_each_contact(bring):
    ended = bring("First name,Email\nThandi,t@example.org\n")

    kept = ConsentEvent.get()
    assert (kept.kind, kept.proof, kept.method) == ("granted", "asserted", "import")
    assert (kept.source, kept.detail, kept.import_id) == ("own", "open day", ended.id)
    assert (Justification.get().basis, Justification.get().import_id) == ("consent", ended.id)


def test_each_contact_says_which_file_it_came_from_and_who_brought_it(bring):
    bring("First name,Email\nThandi,t@example.org\n")

    entry = LogEntry.select().where(LogEntry.action == "contact.imported").get()
    assert (entry.detail["source_file"], entry.detail["actor"]) == ("list.csv", "Alice")


def test_running_twice_doubles_nobody(bring):
    ended = bring("First name,Email\nThandi,t@example.org\n")

    running.run(ended.id)

    assert queries.count(Filter()) == 1


def test_an_import_goes_on_where_it_was_broken_off(as_alice, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    text = "First name,Email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(7))
    made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(text.encode()))
    service.declare(made, made.mapping, "own", "", [])
    service.start(service.find(made.id), "add", [])
    whole, calls = running._take, []

    def break_off(the_import, batch, fields):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(1)
        whole(the_import, batch, fields)

    monkeypatch.setattr(running, "_take", break_off)
    with pytest.raises(KeyboardInterrupt):
        running.run(made.id)
    assert queries.count(Filter()) == 4
    monkeypatch.setattr(running, "_take", whole)
    Import.update(lease=made.created_at).execute()

    running.run(made.id)

    assert counts(service.find(made.id)) == ("finished", 7, 0, 0, 0)
    assert Email.select().count() == 7


def test_a_bought_list_ends_there(as_alice, tmp_path):
    made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(b"Email\na@example.org\n"))

    with pytest.raises(service.Bought):
        service.declare(made, made.mapping, "bought", "", [])

    assert service.find(made.id).state == "failed"
    assert not list((tmp_path / "imports").iterdir())


NAMED = {"match": "all", "conditions": [{"fact": "name", "operator": "begins", "value": "b"}]}


def test_a_group_filled_by_a_rule_is_left_out_of_what_a_file_names(bring):
    contacts.add_group("By rule", rule=NAMED)

    ended = bring("First name,Group\nAnn,By rule; Choir\nBen,by rule\n")

    assert counts(ended) == ("finished", 2, 0, 0, 0)
    assert {row.name: row.groups for row in queries.page(Filter(), 1)} == {"Ann": ["Choir"], "Ben": ["By rule"]}


def test_a_group_filled_by_a_rule_cannot_be_chosen_for_an_import(as_alice, tmp_path):
    ruled = contacts.add_group("By rule", rule=NAMED)
    made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(b"First name,Group\nAnn,By rule\n"))
    service.declare(made, made.mapping, "own", "open day", [])
    waiting = service.find(made.id)

    for ids, name in (([ruled.id], ""), ([], "by RULE")):
        with pytest.raises(service.NotReady, match="By rule is filled by its rule"):
            service.start(waiting, "update", ids, name)

    assert service.preview(waiting).drafts[0].repairs == [
        "By rule is filled by its rule: contacts cannot be put in or taken out by hand."
    ]


def test_a_group_given_a_rule_before_the_import_runs_is_left_out(as_alice, tmp_path):
    group = contacts.add_group("Choir")
    made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(b"First name\nAnn\n"))
    service.declare(made, made.mapping, "own", "open day", [])
    service.start(service.find(made.id), "update", [group.id])
    groups.change_group(group.id, "Choir", groups.Details(), NAMED)

    running.run(made.id)

    assert counts(service.find(made.id)) == ("finished", 1, 0, 0, 0)
    assert queries.group_sizes() == {group.id: 0}


def test_somebody_who_sees_only_some_contacts_cannot_import(org, tmp_path, alice):
    with acting_as(system(org.id)):
        group = contacts.add_group("Donors")
    limited = actor_of(alice)
    limited = type(limited)(**{**limited.__dict__, "only_group": group.id})

    with acting_as(limited), pytest.raises(Denied):
        service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(b"Email\na@example.org\n"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"%PDF-1.4 x",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04broken",
        b"Email\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x",
    ],
    ids=["empty", "blank", "pdf", "png", "zip", "headings only", "old office"],
)
def test_what_is_no_table_is_refused_in_words_and_not_kept(as_alice, tmp_path, body):
    with pytest.raises(UnreadableFile) as refusal:
        service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(body))

    assert str(refusal.value).endswith(".")
    assert not list((tmp_path / "imports").iterdir())


def workbook() -> io.BytesIO:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        rows = [
            ["First name", "Last name", "Email", "Cell", "Postal code"],
            ["Thandi", "Ngcobo", "thandi@example.org", 821234567, 181],
            ["Sipho", "Dlamini", "sipho@example.org", "082", 4051],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    out.seek(0)
    return out


def test_a_spreadsheet_goes_all_the_way_through_the_pages(client_of, alice):
    client = client_of(alice)
    uploaded = client.post("/imports", data={"file": (workbook(), "people.xlsx")})
    page = client.get(uploaded.location)
    assert "Which column is what?" in page.text
    columns = {
        "column-0": "first_name",
        "column-1": "last_name",
        "column-2": "email",
        "column-3": "mobile",
        "column-4": "postal_code",
    }

    unanswered = client.post(f"{uploaded.location}/columns", data=columns)
    declared = client.post(f"{uploaded.location}/columns", data=columns | SIGNED | {"email_agreed": "1"})
    preview = client.get(declared.location)
    started = client.post(f"{uploaded.location}/start", data={"existing": "update", "new_group": "Newsletter"})
    waiting = client.get(started.location, headers=HX)
    with acting_as(actor_of(alice)):
        running.run(Import.get().id)
    report = client.get(started.location)
    rows = client.get(f"{uploaded.location}/problems.csv")

    assert (unanswered.status_code, "Say how these people came" in unanswered.text) == (422, True)
    assert "821234567 had lost its first 0" in preview.text
    assert "Postal code 181 is written as 0181" in preview.text
    assert 'hx-trigger="every 1s"' in waiting.text
    assert "hx-trigger" not in report.text.split('id="progress"')[1]
    assert "could not be read" in report.text
    assert rows.text.count("Sipho") == 1


def test_a_bought_list_is_refused_on_the_page_in_plain_words(client_of, alice):
    client = client_of(alice)
    uploaded = client.post("/imports", data={"file": (workbook(), "people.xlsx")})

    answer = client.post(f"{uploaded.location}/columns", data={"column-2": "email", "source": "bought"})

    assert answer.status_code == 422
    assert "cannot be taken in" in answer.text


def test_a_file_that_is_no_table_is_refused_at_its_field(client_of, alice):
    answer = client_of(alice).post("/imports", data={"file": (io.BytesIO(b"%PDF-1.4"), "x.pdf")})

    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_a_downloaded_cell_is_no_formula(client_of, alice):
    client = client_of(alice)
    uploaded = client.post("/imports", data={"file": (io.BytesIO(b"First name,Cell\n=1+1,12\n"), "x.csv")})
    client.post(f"{uploaded.location}/columns", data={"column-0": "first_name", "column-1": "mobile"} | SIGNED)
    client.post(f"{uploaded.location}/start", data={"existing": "update"})
    with acting_as(actor_of(alice)):
        running.run(Import.get().id)

    assert ",'=1+1," in client.get(f"{uploaded.location}/problems.csv").text


def test_what_was_left_lying_is_forgotten_after_its_time(as_alice, bring, tmp_path):
    left = service.take_in(tmp_path / "imports", "left.csv", io.BytesIO(b"Email\nleft@example.org\n"))
    ended = bring("First name,Email\nThandi,no address\n")
    assert ImportProblem.select().count() == 1

    service.tidy()
    assert (service.find(left.id).state, ImportProblem.select().count()) == ("mapping", 1)

    with time_machine.travel(now() + timedelta(days=31)):
        service.tidy()

    assert service.find(left.id).state == "cancelled"
    assert list((tmp_path / "imports").iterdir()) == []
    assert (ImportProblem.select().count(), service.find(ended.id).failed) == (0, 1)
