"""ID numbers and bodies' numbers come in and go out by files, and children nobody spoke for stay."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import identities, queries, relations
from portal.contacts import service as contacts
from portal.contacts.identity_rules import id_number
from portal.contacts.models import Contact
from portal.contacts.more_models import Identity
from portal.contacts.queries import Filter
from portal.contacts.relation_rules import Entered
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.exports import leaving
from portal.exports import queries as leavers
from portal.exports import service as exports
from portal.exports.service import Wish
from portal.imports import running, service
from portal.imports.headings import guess
from portal.imports.models import ImportProblem
from portal.imports.rows import interpret
from portal.imports.sight import open_fields
from tests.conftest import actor_of
from tests.taken import asked, text_of

NUMBER, OTHER, TODAY = "7503305044089", "8001015009087", date(2026, 11, 24)


@pytest.fixture
def bring(as_olivia, tmp_path):
    """Import a text as CSV in one go."""

    def bring(text, meanwhile=lambda: None):
        made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(text.encode()))
        service.declare(made, made.mapping, "own", "open day", [])
        service.start(service.find(made.id), "update", [])
        meanwhile()
        running.run(made.id)
        return service.find(made.id)

    return bring


def keep(contact, text=NUMBER):
    identities.keep(contact, id_number(text, today=now().date()))


def exported(actor, **more):
    with acting_as(actor):
        choice = leaving.choice(**more)
        return [dict(zip(choice.headings(), row, strict=True)) for row in leavers.rows(Filter(), choice)]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("ID number", "id_number"),
        ("ID-nommer", "id_number"),
        ("Identiteitsnommer", "id_number"),
        ("Column", "id_number"),  # by what stands in it
        ("VAT No", "vat_number"),
        ("Reg. no", "registration"),
        ("Trading as", "trading_name"),
        ("Voorletters", "initials"),
    ],
)
def test_headings_name_the_columns(heading, field):
    assert guess([heading], [[NUMBER], [OTHER]]) == {heading: field}


@pytest.mark.parametrize(
    ("cell", "words"),
    [("750330504408", "zeros at its beginning"), ("7503305044088", "last digit"), ("7.50331E+12", "13 digits")],
)
def test_a_number_a_spreadsheet_has_eaten_is_not_guessed(cell, words):
    draft, problems = interpret(
        2, ["Thandi", cell], ["F", "I"], {"F": "first_name", "I": "id_number"}, today=TODAY, fields={}
    )
    assert draft is None
    assert words in problems[0].message


def test_numbers_come_in_sealed_with_the_birth_date_they_state(bring):
    ended = bring(f"First name,ID number\nThandi,{NUMBER}\nSipho,\nZ,{NUMBER[:12]}\n")
    assert (ended.added, ended.failed) == (2, 1)
    thandi = Contact.get(Contact.first_name == "Thandi")
    assert thandi.birth_date == date(1975, 3, 30)
    assert [row.masked for row in identities.of(thandi.id)] == ["750330 **** 08 9"]
    assert identities.opened([thandi.id], "id_number") == {thandi.id: NUMBER}
    entry = LogEntry.get(LogEntry.contact_id == thandi.id)
    assert entry.detail["changes"]["id_number"] == [None, "750330 **** 08 9"]
    assert NUMBER[:12] not in str(ImportProblem.get().cells)


def test_a_row_is_recognised_by_its_number_and_kept_apart_by_another(bring):
    thandi = contacts.add(first_name="Thandi", last_name="Ngcobo", email="t@example.org")
    keep(thandi)
    married = bring(f"First name,Last name,ID number\nThandi,Botha,{NUMBER}\n")
    assert (married.added, married.updated) == (0, 1)
    assert Contact.get_by_id(thandi.id).last_name == "Botha"
    namesake = bring(f"First name,Last name,Email,ID number\nThandi,Botha,t@example.org,{OTHER}\n")
    assert (namesake.added, namesake.updated) == (1, 0)
    assert sorted(row.masked[:6] for row in Identity.select()) == ["750330", "800101"]


def test_a_known_contact_gets_the_number_it_had_not_and_keeps_its_birth_date(bring):
    born = date(1980, 1, 1)
    thandi = contacts.add(first_name="Thandi", last_name="Ngcobo", email="t@example.org", birth_date=born)
    bring(f"First name,Last name,Email,ID number\nThandi,Ngcobo,t@example.org,{NUMBER}\n")
    assert [row.masked for row in identities.of(thandi.id)] == ["750330 **** 08 9"]
    assert Contact.get_by_id(thandi.id).birth_date == born


def test_who_may_not_see_numbers_brings_none_in_and_matches_by_none(as_olivia, alice, tmp_path):
    thandi = contacts.add(first_name="Thandi")
    keep(thandi)
    with acting_as(actor_of(alice)):
        made = service.take_in(tmp_path, "l.csv", io.BytesIO(f"First name,ID number\nT,{NUMBER}\n".encode()))
        assert made.mapping["ID number"] == "ignore"
        assert "id_number" not in open_fields()
        with pytest.raises(Denied):
            service.declare(made, {"First name": "first_name", "ID number": "id_number"}, "own", "", [])
        service.declare(made, made.mapping, "own", "", [])
        service.start(service.find(made.id), "update", [])
        running.run(made.id)
        assert (service.find(made.id).added, queries.count(Filter())) == (1, 2)
    assert Identity.select().count() == 1


def test_a_right_taken_away_while_the_import_waits_holds(bring, olivia):
    def take_away():
        Membership.update(denied=["identity"]).where(Membership.user == olivia).execute()

    ended = bring(f"First name,ID number\nThandi,{NUMBER}\n", take_away)
    assert (ended.state, ended.added, Identity.select().count()) == ("failed", 0, 0)


def test_numbers_leave_only_when_asked_for_by_who_sees_them(as_olivia, olivia, alice):
    keep(contacts.add(first_name="Thandi"))
    actor = actor_of(olivia)
    assert exported(actor)[0]["ID number"] == ""
    assert exported(actor, with_identity=True)[0]["ID number"] == "750330 5044 089"
    hidden = replace(actor, hidden=actor_of(alice).hidden)
    assert exported(hidden)[0]["ID number"] == ""
    with acting_as(hidden), pytest.raises(Denied):
        exports.ask(Filter(), Wish("Tax", "SARS", now().date() + timedelta(days=9), with_identity=True))
    with pytest.raises(Denied):
        exported(hidden, with_identity=True)


def test_the_form_asks_for_numbers_by_a_tick_and_the_log_keeps_it(as_olivia, olivia, client_of):
    keep(contacts.add(first_name="Thandi"))
    browser = client_of(olivia)
    assert 'name="with_identity"' in browser.get("/contacts/export").text
    assert "750330" not in text_of(browser)
    assert "750330 5044 089" in text_of(browser, with_identity="1")
    told = [e.detail["id_numbers"] for e in LogEntry.select().where(LogEntry.action == "export.made")]
    assert told == [False, True]


def test_a_child_nobody_spoke_for_does_not_leave_and_the_log_counts_it(as_olivia, olivia, client_of):
    child = contacts.add(first_name="Young", birth_date=date(2015, 1, 1))
    mother = contacts.add(first_name="Nomsa")
    assert [row["First name"] for row in exported(as_olivia)] == ["Nomsa"]
    assert "1 child without the consent" in client_of(olivia).get("/contacts/export").text
    assert asked(client_of(olivia)).done == 1
    assert LogEntry.get(LogEntry.action == "export.made").detail["children_left_out"] == 1
    relations.add(mother, "guardian", child.id, Entered(consented_on=now().date(), consent_note="form"))
    assert [row["First name"] for row in exported(as_olivia)] == ["Young", "Nomsa"]


def test_a_body_comes_back_with_all_its_numbers(as_olivia, bring):
    bring("Organisation,Trading as,Registration number,VAT number\nHope NPC,Hope,123-456 NPO,4123456789\n")
    row = exported(as_olivia)[0]
    assert (row["Trading as"], row["Registration number"], row["VAT number"]) == ("Hope", "123-456 NPO", "412 3456789")
    assert [found.name for found in queries.page(Filter(text="hope"), 1)] == ["Hope NPC"]
