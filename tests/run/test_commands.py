"""The commands as a script uses them: separate processes, JSON out, exit codes."""

import csv
import io
import json
import os

import pytest

from tests.databases import KEYS
from tests.processes import command

pytestmark = pytest.mark.one_database  # what a command does is asked of both where its service is

PEOPLE = """First name,Last name,Organisation,Email,Cell,City,Group
Thandi,Ngcobo,,thandi@example.org,082 555 0134,Durban,Newsletter
Sean,O'Brien,=SUM(A1),obrien@example.org,,Cape Town,Newsletter
Zoë,Naudé,,,,Soweto,Newsletter
"""


@pytest.fixture
def portal(database_url, tmp_path):
    """Runs one command; gives its exit code and what it said."""
    environ = {
        "PATH": os.environ["PATH"],
        "PORTAL_DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        **KEYS,
        "REDIS_URL": f"unix://{tmp_path}/absent.sock",
    }

    def portal(*words, text="", **more):
        return command(words, environ | more, text)

    return portal


def answer(portal, *words, text=""):
    code, out, err = portal(*words, "--json", text=text)
    assert code == 0, err
    return json.loads(out)


@pytest.fixture
def hope_house(portal, tmp_path):
    """An organisation with three contacts, brought in by command."""
    slug = answer(portal, "org", "create", "Hope House")["org"]
    details = ("legal_name=Hope House NPC", "email=office@example.org", "telephone=031 555 0100", "address=12 Road")
    answer(portal, "org", "set", slug, *details, "information_officer=Nomsa Dube")
    (tmp_path / "people.csv").write_text(PEOPLE)
    said = ("--source", "own", "--obtained", "Signed the list at the AGM", "--consent", "email")
    brought = answer(portal, "contacts", "import", tmp_path / "people.csv", "--org", slug, *said)
    assert (brought["added"], brought["failed"]) == (3, 0)
    return slug


def test_the_groups_of_an_organisation_are_listed(portal, hope_house):
    (listed,) = answer(portal, "groups", "list", "--org", hope_house)["groups"]

    assert (listed["name"], listed["contacts"], listed["rule"]) == ("Newsletter", 3, None)
    assert portal("groups", "list", "--org", hope_house)[1] == "Newsletter: 3\n"


TOLD = ("--purpose", "Tags", "--recipient", "Printers")


def unmarked(text):
    return [line.rsplit(",", 1)[0] for line in text.splitlines()]


def test_what_is_exported_can_be_brought_in_again_unchanged(portal, hope_house, tmp_path):
    code, out, _ = portal("contacts", "export", "--org", hope_house, *TOLD)
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    (tmp_path / "again.csv").write_text(out)
    again = answer(portal, "contacts", "import", tmp_path / "again.csv", "--org", hope_house)

    assert code == 0
    assert [row["Organisation"] for row in rows] == ["", "'=SUM(A1)", ""]
    assert rows[0]["Cell"] == "082 555 0134"
    assert (again["added"], again["updated"], again["failed"]) == (1, 2, 0)  # Zoë has nothing to be known by
    once_more = portal("contacts", "export", "--org", hope_house, *TOLD)[1]
    assert unmarked(once_more)[: len(unmarked(out))] == unmarked(out)
    assert portal("contacts", "export", "--org", hope_house, "--group", "Nobody", *TOLD)[0] == 1
    assert portal("contacts", "export", "--org", hope_house)[0] == 2  # nobody said what for


def test_a_mark_leads_to_who_took_the_file(portal, hope_house):
    out = portal("contacts", "export", "--org", hope_house, *TOLD)[1]
    mark = out.splitlines()[1].rsplit(",", 1)[1]
    found = answer(portal, "contacts", "whose", f"contacts-{mark}.csv", "--org", hope_house)

    assert (found["mark"], found["recipient"], found["purpose"], found["done"]) == (mark, "Printers", "Tags", 3)
    assert "for Printers: Tags" in portal("contacts", "whose", mark, "--org", hope_house)[1]
    assert portal("contacts", "whose", "A" * 10, "--org", hope_house)[0] == 1


def test_a_workbook_holds_text_only(portal, hope_house, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    file = tmp_path / "contacts.xlsx"

    assert portal("contacts", "export", "--org", hope_house, "--format", "xlsx", "--output", file, *TOLD)[0] == 0

    sheet = openpyxl.load_workbook(file).active
    assert sheet["C3"].value == "=SUM(A1)"
    assert sheet["C3"].data_type == "s"


def test_a_campaign_by_command(portal, hope_house, tmp_path):
    (tmp_path / "letter.html").write_text("<h1>Spring</h1><p>Dear [[first name|friend]]</p>")
    letter = ("--name", "Spring", "--subject", "Spring", "--html", tmp_path / "letter.html")

    made = answer(portal, "campaign", "create", "--org", hope_house, *letter, "--group", "newsletter")["id"]
    started = answer(portal, "campaign", "start", made, "--org", hope_house)
    assert started == {
        "state": "sending", "frozen": 3, "accepted": 0, "refused": 0, "deferred": 0, "unknown": 0, "suppressed": 1,
        "cancelled": 0, "pending": 2,
    }  # fmt: skip
    assert answer(portal, "campaign", "pause", made, "--org", hope_house)["state"] == "paused"
    assert answer(portal, "campaign", "resume", made, "--org", hope_house)["state"] == "sending"
    ended = answer(portal, "campaign", "cancel", made, "--org", hope_house)
    assert (ended["state"], ended["cancelled"], ended["pending"]) == ("cancelled", 2, 0)
    head = answer(portal, "log", "head", "--org", hope_house)
    mark = f"{head['seq']}:{head['hash']}"
    assert answer(portal, "log", "verify", "--org", hope_house, "--anchor", mark)["ok"]
    code, out, _ = portal("log", "verify", "--org", hope_house, "--anchor", f"1:{'0' * 64}", "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["first_bad"]) == (1, False, 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("campaign", "start", "99", "--org", "hope-house"), "There is no such campaign"),
        (("campaign", "status", "1", "--org", "nowhere"), "There is no organisation"),
    ],
)
def test_a_refusal_is_a_sentence_and_a_code(portal, hope_house, words, sentence):
    code, out, err = portal(*words)

    assert code == 1
    assert out == ""
    assert sentence in err
    assert "Traceback" not in err


def test_information_needs_its_reason(portal, hope_house, tmp_path):
    (tmp_path / "letter.html").write_text("<p>Dear</p>")
    letter = ("--name", "x", "--subject", "x", "--html", tmp_path / "letter.html", "--group", "Newsletter")

    code, _, err = portal("campaign", "create", "--org", hope_house, *letter, "--purpose-class", "information")

    assert code == 1
    assert "Say why this is not direct marketing" in err


def test_the_doctor_names_what_is_wrong_and_what_is_not(portal, tmp_path):
    code, out, _ = portal("doctor", "--json", SMTP_LIMIT="many")

    findings = {f["name"]: f for f in json.loads(out)}
    assert code == 1
    assert findings["database"]["level"] == "good"
    assert findings["queue"]["level"] == "wrong"
    assert "SMTP_LIMIT is written like 300/hour" in findings["mail"]["words"]
    assert (findings["malware"]["level"], "CLAMD_URL" in findings["malware"]["words"]) == ("doubtful", True)


def test_a_scanner_that_does_not_answer_is_wrong(portal, tmp_path):
    _, out, _ = portal("doctor", "--json", CLAMD_URL=f"unix://{tmp_path}/nobody")

    findings = {f["name"]: f for f in json.loads(out)}
    assert findings["malware"]["level"] == "wrong"
    assert "Uploads wait" in findings["malware"]["words"]


@pytest.mark.parametrize(
    ("place", "level", "words"), [("store/new", "good", "They are kept in"), ("file", "wrong", "STORAGE_URL")]
)
def test_the_doctor_says_whether_documents_can_be_kept(portal, tmp_path, place, level, words):
    (tmp_path / "file").touch()

    _, out, _ = portal("doctor", "--json", STORAGE_URL=f"file://{tmp_path}/{place}")

    (finding,) = [f for f in json.loads(out) if f["name"] == "documents"]
    assert (finding["level"], words in finding["words"]) == (level, True)
    assert not (tmp_path / "store").exists()


def test_the_room_for_documents_is_set_by_command(portal, hope_house):
    assert portal("org", "set", hope_house, "document_quota=5GB")[0] == 0
    code, _, err = portal("org", "set", hope_house, "document_quota=much")

    assert (code, "Enter one such as 500MB" in err) == (1, True)
