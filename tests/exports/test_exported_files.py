"""What stands in a file, and what comes of it when it is brought in again (C10, P-26-1, P-28-2, s 14(6))."""

import io

import msoffcrypto
import pytest
from python_calamine import CalamineWorkbook

from portal.activity.models import LogEntry
from portal.consent import restricting
from portal.consent.models import Suppression
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.groups import Details, add_group
from portal.contacts.models import Contact, Email
from portal.core.actor import acting_as, system
from portal.core.keys import address_mac, current_version
from portal.core.tenancy import Org
from portal.exports import leaving
from portal.exports.models import Export, ExportedContact
from portal.imports import running as importing
from portal.imports import service as imports
from tests.agreed import agree, agree_to_hand_on
from tests.conftest import actor_of
from tests.designed import field, put
from tests.taken import asked, fetched, file_of, rows_of

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "'=",
    "''@",
    "'",
    '"',
    ",",
    ";",
    "-- ",
    "=HYPERLINK(",
)
BODIES = (
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)", "27 82 555 0134", "2", "a,b", 'q"q', "'x'",
    "x;y", "DDE(\"a\";\"b\")", "1e5", "007",
)  # fmt: skip
PAYLOADS = [start + body for start in STARTS for body in BODIES]
SPECIAL = Details(sensitivity="special", authorisation="consent", authorisation_note="forms", purpose="support")


@pytest.fixture
def bring(as_olivia, tmp_path):
    def bring(body, name):
        made = imports.take_in(tmp_path / "imports", name, io.BytesIO(body))
        imports.declare(made, made.mapping, "own", "our own export", [])
        imports.start(imports.find(made.id), "update", [])
        importing.run(made.id)
        return imports.find(made.id)

    return bring


@pytest.fixture
def owner(client_of, olivia):
    return client_of(olivia)


def test_there_are_two_hundred_payloads():
    assert len(set(PAYLOADS)) >= 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_hundred_formulas_come_back_byte_for_byte_and_none_is_one(as_olivia, owner, bring, kind):
    odd = field("Odd")
    for number, payload in enumerate(PAYLOADS):
        made = contacts.add(first_name=f"P{number}", last_name=payload, organisation=payload)
        put(made, odd, payload)

    def held():
        rows = Contact.select(Contact.id, Contact.first_name, Contact.last_name, Contact.organisation)
        texts = leaving.fields.texts_of([row.id for row in rows], [odd.id])
        found = [(r.first_name, r.last_name, r.organisation, texts[r.id][odd.id]) for r in rows if r.first_name]
        return sorted(found)

    before = held()
    assert len(before) == len(PAYLOADS)
    file = fetched(owner, asked(owner, format=kind, with_consents="1"))
    record.erase([contact.id for contact in Contact.select(Contact.id)])
    ended = bring(file, f"contacts.{kind}")

    assert (ended.state, ended.added, ended.failed) == ("finished", len(PAYLOADS), 0)
    assert held() == before
    if kind == "csv":
        assert not [cell for row in rows_of(file) for cell in row.values() if cell[:1] in tuple("=+-@\uff1d\uff0b")]
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file))
        assert all(isinstance(cell, str) for row in book.get_sheet_by_index(0).to_python() for cell in row)
        assert b"<f>" not in file


def test_each_row_and_the_name_of_the_file_carry_the_mark(owner, thandi):
    export = asked(owner)
    answer = owner.post(f"/exports/{export.id}/file")

    assert {row["Export mark"] for row in rows_of(answer.data)} == {export.mark}
    assert f"contacts-{export.mark}.csv" in answer.headers["Content-Disposition"]
    with acting_as(system(export.org_id)):
        made = LogEntry.get(LogEntry.action == "export.made")
        assert (made.subject_id, made.detail["mark"], made.detail["rows"]) == (export.id, export.mark, 1)
        assert made.detail["fields"] == Export.get_by_id(export.id).fields
        assert made.detail["fields"][-1] == "Export mark"
        assert "ID number" not in made.detail["fields"]


def test_the_standing_and_the_consents_go_along_and_lift_nothing_when_they_come_back(owner, thandi, org, bring):
    nomsa = contacts.add(first_name="Nomsa", email="nomsa@example.org")
    mac = address_mac(org.id, "email", "nomsa@example.org")
    Suppression.create(channel="email", mac=mac, key_version=current_version(), reason="unsubscribed")
    agree([nomsa.id])
    record.mark_email("thandi@example.org", "undeliverable", "There is no such mailbox.")
    file = file_of(owner, with_consents="1")
    rows = {row["First name"]: row for row in rows_of(file)}

    assert rows["Thandi"]["Standing"] == "could not be reached"
    assert rows["Nomsa"]["Standing"] == "unsubscribed"
    assert rows["Nomsa"]["Consents"] == "News and appeals by email: asserted"
    assert "Standing" not in rows_of(file_of(owner))[0]

    lifted = file.replace(b"unsubscribed", b"may be written to")
    ended = bring(lifted, "contacts.csv")
    assert {ended.mapping[name] for name in ("Standing", "Consents", "Export mark")} == {"ignore"}
    assert (ended.failed, Suppression.select().count()) == (0, 1)
    assert Email.get(Email.contact_id == thandi.id).state == "undeliverable"


def test_a_field_with_the_name_of_such_a_column_is_told_by_its_page(as_olivia, owner, bring, thandi):
    put(thandi, field("Standing"), "Member")
    file = file_of(owner, with_consents="1")

    assert rows_of(file)[0]["Volunteers: Standing"] == "Member"
    ended = bring(file, "contacts.csv")
    assert (ended.mapping["Standing"], ended.mapping["Volunteers: Standing"][:6]) == ("ignore", "field:")


def faithful(org, **said):
    """People with a faith: one agreed to its being handed on, the others said what stands in `said`, or nothing."""
    faith = field("Faith", sensitivity="special", is_searched=1)
    people = {}
    for name in ("Agnes", "Nobody", *said):
        people[name] = contacts.add(first_name=name)
        put(people[name], faith, f"CNRY{name}")
    agree_to_hand_on(org, people["Agnes"].id)
    for name, kinds in said.items():
        for kind in kinds:
            agree_to_hand_on(org, people[name].id, kind=kind)
    return people


def test_special_information_leaves_only_of_those_who_agreed(as_olivia, owner, org):
    faithful(org, Refused=["withheld"], Back=["granted", "withdrawn"], Again=["granted", "reconfirmed"])
    page = owner.get("/contacts/export").text
    export = asked(owner, special="1")
    rows = {row["First name"]: row["Faith"] for row in rows_of(fetched(owner, export))}

    assert rows == {"Agnes": "CNRYAgnes", "Nobody": "", "Refused": "", "Back": "", "Again": "CNRYAgain"}
    assert "The special information of 3 people stays here" in page
    assert export.special_out == 3
    assert LogEntry.get(LogEntry.action == "export.made").detail["special_left_out"] == 3
    assert "CNRY" not in file_of(owner).decode()


def test_a_word_is_not_enough_where_the_organisation_wants_proof(as_olivia, owner, org):
    faithful(org)
    Org.update(requires_proof=1).where(Org.id == org.id).execute()

    assert "CNRY" not in file_of(owner, special="1").decode()


def test_a_consent_to_something_else_hands_nothing_on(as_olivia, owner, org):
    people = faithful(org)
    agree([people["Nobody"].id])

    assert "CNRYNobody" not in file_of(owner, special="1").decode()


def test_of_a_list_chosen_by_what_is_special_the_others_are_not_in_it(as_olivia, owner, org):
    people = faithful(org)
    support = add_group("HIV support", details=SPECIAL)
    contacts.group_contacts([p.id for p in people.values()], support.id)
    faith = leaving.fields.find_field_by_name("Faith")

    for asked_for in ({"group": support.id}, {f"f{faith.id}": "CNRY"}, {"not_group": support.id, "q": "none"}):
        page = owner.get("/contacts/export", query_string=asked_for).text
        names = [row["First name"] for row in rows_of(file_of(owner, **asked_for))]
        assert names == ([] if "q" in asked_for else ["Agnes"]), asked_for
        assert "q" in asked_for or "1 person who did not agree" in page
    plain = {row["First name"]: row["Group"] for row in rows_of(file_of(owner, special="1"))}
    assert plain == {"Agnes": "HIV support", "Nobody": ""}


def test_who_is_restricted_stays_whoever_asks(as_olivia, owner, thandi):
    contacts.add(first_name="Nomsa")
    restricting.restrict(thandi.id, "contested")
    page = owner.get("/contacts/export").text
    export = asked(owner)

    assert "1 contact of whom nothing may be done but keeping" in page
    assert [row["First name"] for row in rows_of(fetched(owner, export))] == ["Nomsa"]
    assert export.restricted_out == 1


def test_a_file_with_a_password_opens_with_it_alone_and_it_is_shown_once(owner, thandi, olivia, caplog):
    export = asked(owner, format="xlsx", handing="protected")
    file = fetched(owner, export)
    shown = owner.post(f"/exports/{export.id}/password").text
    password = shown.split('<b class="num">')[1].split("</b>")[0]

    assert b"Thandi" not in file
    assert not file.startswith(b"PK")
    locked = msoffcrypto.OfficeFile(io.BytesIO(file))
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        locked.load_key(password="wrong", verify_password=True)
    plain = io.BytesIO()
    locked.load_key(password=password, verify_password=True)
    locked.decrypt(plain)
    plain.seek(0)
    rows = CalamineWorkbook.from_filelike(plain).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "Thandi"

    again = owner.post(f"/exports/{export.id}/password")
    assert (again.status_code, password in again.text) == (422, False)
    assert password not in owner.get(f"/exports/{export.id}").text
    assert password not in caplog.text
    with acting_as(actor_of(olivia)):
        details = [str(entry.detail) for entry in LogEntry.select()]
        assert not [detail for detail in details if password in detail]
        assert Export.get_by_id(export.id).sealed_password == ""
        assert LogEntry.select().where(LogEntry.action == "export.password_shown").count() == 1


def test_whom_a_file_names_is_kept(owner, thandi):
    export = asked(owner)
    with acting_as(system(export.org_id)):
        named = [(row.export_id, row.contact_id) for row in ExportedContact.select()]
        assert named == [(export.id, thandi.id)]
