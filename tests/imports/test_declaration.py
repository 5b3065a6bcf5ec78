"""What is declared about a list: signed, kept as it was, asked to be proven, and shown on each contact (DM-11)."""

import io

import pytest

from portal.activity.models import LogEntry
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.documents.models import Document
from portal.documents.rules import BadDocument
from portal.imports import declaring, queries, service
from portal.imports.models import Declaration, Fixed, Import
from tests.conftest import actor_of

ROWS = b"First name,Email\nAnn,ann@example.org\n"
SOLD = b"Email\n" + b"".join(b"info@firm%d.co.za\n" % n for n in range(100, 140))
ANSWERS = {
    "column-0": "first_name", "column-1": "email", "source": "signed_up", "obtained": "Open day",
    "obtained_on": "2026-05-03", "email_agreed": "1", "wording": "Send me the newsletter.", "signature": "alice",
}  # fmt: skip


@pytest.fixture
def browser(client_of, alice):
    return client_of(alice)


def brought(browser, body: bytes = ROWS, name: str = "list.csv") -> str:
    return browser.post("/imports", data={"file": (io.BytesIO(body), name)}).location


def declare(browser, path: str, **answers):
    return browser.post(f"{path}/columns", data=ANSWERS | answers)


def paper(body: bytes = b"I agree") -> tuple[io.BytesIO, str]:
    return io.BytesIO(body), "form.txt"


def test_a_declaration_is_kept_with_who_signed_it_when_and_from_where(browser, as_alice, alice):
    path = brought(browser)

    assert declare(browser, path).status_code == 303

    kept = Declaration.get()
    said = (kept.source, kept.obtained, str(kept.obtained_on), kept.wording, kept.channels, kept.name, kept.user_id)
    assert said == (
        "signed_up", "Open day", "2026-05-03", "Send me the newsletter.", ["email"], "alice", alice.id,
    )  # fmt: skip
    assert kept.address == "127.0.0.1"
    entry = LogEntry.get(LogEntry.action == "import.declared")
    assert entry.detail["digest"] == kept.digest
    assert declaring.is_whole(kept)
    assert "alice, " in browser.get(f"{path}/preview").text


def test_what_has_begun_in_another_window_is_not_declared_anew(as_alice, tmp_path):
    seen = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(ROWS))
    service.declare(seen, seen.mapping, "own", "open day", ["email"])
    service.start(service.find(seen.id), "update", [])

    with pytest.raises(service.NotReady, match="begun already"):
        service.declare(seen, {"First name": "first_name"}, "given", "shop", [])

    assert [row.source for row in Declaration.select()] == ["own"]
    assert service.find(seen.id).mapping == {"First name": "first_name", "Email": "email"}


def test_a_declaration_is_never_changed_only_signed_anew(browser, as_alice):
    path = brought(browser)
    declare(browser, path)
    with pytest.raises(Fixed):
        Declaration.update(source="own")
    with pytest.raises(Fixed):
        Declaration.delete()
    assert "Send me the newsletter." in browser.get(path).text  # to be looked at again

    declare(browser, path, source="own")

    assert [row.source for row in Declaration.select().order_by(Declaration.id)] == ["signed_up", "own"]
    assert declaring.latest(Import.get().id).source == "own"
    db.execute_sql("UPDATE import_declaration SET source = 'given'")
    assert not declaring.is_whole(declaring.latest(Import.get().id))


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"source": ""}, "source", "Say how these people came to be on your list."),
        ({"obtained": " "}, "obtained", "Say in a few words how they came to you."),
        ({"obtained": "a\u202eb"}, "obtained", "hidden characters"),
        ({"obtained_on": "2099-01-01"}, "obtained", "This day is yet to come."),
        ({"obtained_on": "yesterday"}, "obtained_on", "Enter a date such as"),
        ({"signature": ""}, "signature", "Sign with your name."),
        ({"signature": "Bob"}, "signature", "Sign with your name as it stands in your account: Alice."),
        ({"source": "third"}, "evidence", "Add the paper that says they agreed to be passed on"),
        ({"source": "third", "evidence": b"MZ\x90\x00 x"}, "evidence", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(browser, as_alice, answers, field, sentence):
    if "evidence" in answers:
        answers = answers | {"evidence": paper(answers["evidence"])}

    answer = declare(browser, brought(browser), **answers)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-error"' in answer.text
    assert "Send me the newsletter." in answer.text
    assert (Declaration.select().count(), Document.select().count()) == (0, 0)


def test_a_bought_list_ends_whatever_else_is_answered(browser, as_alice):
    path = brought(browser)

    answer = browser.post(f"{path}/columns", data={"column-1": "email", "source": "bought"})

    assert (answer.status_code, "cannot be taken in" in answer.text, Import.get().state) == (422, True, "failed")


def test_evidence_is_kept_as_a_document_for_those_who_import(browser, as_alice, org, bob):
    path = brought(browser)

    assert declare(browser, path, source="third", evidence=paper()).status_code == 303

    document, kept = Document.get(), Declaration.get()
    assert (document.kind, document.folder, document.contact_id) == ("evidence", "Imports", None)
    assert (kept.evidence_id, kept.evidence_sha256) == (document.id, document.sha256)
    with acting_as(actor_of(bob)):
        assert Document.select().count() == 0


def test_a_list_that_looks_bought_needs_evidence_whatever_its_source(browser, as_alice, org, other_org):
    path = brought(browser, SOLD, "sales leads.csv")

    refused = declare(browser, path, **{"column-0": "email"})
    assert (refused.status_code, "looks like a list that is sold" in refused.text) == (422, True)
    assert declare(browser, path, **{"column-0": "email", "evidence": paper()}).status_code == 303

    page = browser.get(f"{path}/preview").text
    assert "40 of 40 addresses belong to an office" in page
    assert "Like a bought list" in page
    assert "Like a bought list" in browser.get("/imports?show=signs").text
    told = queries.signs_of(org.id)
    assert (told.imports, told.rows, told.high) == (1, 40, 1)
    assert "The file is called as sellers of lists call theirs." in told.sentences
    assert queries.signs_of(other_org.id) == queries.Signs(0, 0, 0, 0, [], None)


def test_an_address_that_is_known_not_to_be_reached_is_a_sign(take, opt_out):
    for n in range(4):
        opt_out(f"gone{n}@example.org", "unsubscribed")
    rows = "".join(f"P{n * 37 % 97},gone{n}@example.org\n" for n in range(30))

    ended = take("First name,Email\n" + rows)

    assert ["refused", 4, 30] in ended.signs


def test_each_contact_says_with_which_file_it_came_and_who_declared_it(take, client_of, olivia, bob):
    take("First name,Email\nAnn,ann@example.org\n", source="signed_up", filename="cnry-members.csv")
    ann = Contact.get()

    page = client_of(olivia).get(f"/contacts/{ann.id}").text
    assert "Came with <a href" in page
    assert "declared by Olivia" in page
    assert "They signed up. open day." in page
    read = client_of(bob).get(f"/contacts/{ann.id}").text  # what a file is called may tell what is hidden from him
    assert ("cnry-members" in read, "a spreadsheet" in read, "declared by Olivia" in read) == (False, True, True)


def test_a_declaration_by_a_command_is_signed_by_the_name_it_acts_under(org, tmp_path):
    with acting_as(system(org.id)):
        made = service.take_in(tmp_path, "list.csv", io.BytesIO(ROWS))
        kept = service.declare(made, made.mapping, "own", "", [])
        assert (kept.name, kept.user_id) == ("In Contact", None)
        bad = service.Further(evidence=service.Evidence(io.BytesIO(b"MZ\x90"), "x"))
        with pytest.raises(BadDocument):
            service.declare(made, made.mapping, "third", "", [], bad)
