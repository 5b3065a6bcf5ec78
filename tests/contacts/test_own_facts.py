"""What a rule finds, fact by fact, on both databases: the same few people asked everything."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from portal.contacts import groups, queries, record
from portal.contacts import service as contacts
from portal.contacts.facts import UnknownFact, all_facts
from portal.contacts.group_rules import OPERATORS, OPPOSITE
from portal.contacts.membership import found_by
from portal.contacts.models import Contact
from portal.contacts.service import AddressLine
from portal.core.actor import acting_as, current_actor, system
from portal.core.permissions import DataSet, Permission
from portal.privacy import erasing
from tests.conftest import actor_of

pytestmark = pytest.mark.each_database

TODAY = datetime(2026, 12, 20, 22, 30, tzinfo=UTC)  # already the 21st in Durban

# Who is found by a question, at TODAY.
FINDS = [
    ("name", "contains", "muller", "Ann"),
    ("name", "contains", "50%_", "Ben"),
    ("name", "is", "ann muller", "Ann"),
    ("name", "is", "Müller, Ann", "Ann"),
    ("name", "is", "Müller", ""),
    ("name", "is", "parish of durban", "Parish"),
    ("name", "begins", "Mül", "Ann"),
    ("name", "begins", "Parish", "Parish"),
    ("name", "is_not", "Cy", "Ann Ben Parish"),
    ("kind", "any_of", ["body"], "Parish"),
    ("kind", "none_of", ["body"], "Ann Ben Cy"),
    ("role", "any_of", ["employee", "donor"], "Ann Ben"),
    ("role", "any_of", ["employee"], "Ann"),
    ("role", "none_of", ["employee"], "Ben Cy Parish"),
    ("role", "empty", None, "Cy Parish"),
    ("role", "filled", None, "Ann Ben"),
    ("language", "any_of", ["zu", "en"], "Ann Ben"),
    ("language", "none_of", ["zu"], "Ben Cy Parish"),
    ("language", "empty", None, "Cy Parish"),
    ("birth_date", "before", "2008-12-21", "Ben"),
    ("birth_date", "after", "2008-12-20", "Ann"),
    ("birth_date", "between", ["1980-01-05", "2008-12-21"], "Ann Ben"),
    ("birth_date", "empty", None, "Cy Parish"),
    ("birth_date", "filled", None, "Ann Ben"),
    ("birth_date", "older_months", 216, "Ben"),
    ("birth_date", "last_months", 216, "Ann"),
    ("birth_date", "last_days", 36_600, "Ann Ben"),
    ("birth_date", "comes_days", 1, "Ann"),
    ("birth_date", "comes_days", 14, "Ann"),
    ("birth_date", "comes_days", 15, "Ann Ben"),  # over the end of the year
    ("birth_date", "comes_days", 400, "Ann Ben"),
    ("age", "is", "18", "Ann"),
    ("age", "at_least", "18", "Ann Ben"),
    ("age", "at_least", "18.5", "Ben"),
    ("age", "at_most", "18", "Ann"),
    ("age", "at_most", "17", ""),
    ("age", "at_most", "-1", ""),
    ("age", "at_least", "99999", ""),
    ("age", "between", ["19", "46"], "Ben"),
    ("age", "empty", None, "Cy Parish"),
    ("added", "before", "2025-01-01", ""),
    ("added", "before", "2025-01-02", "Cy"),
    ("added", "after", "2025-01-01", "Ann Ben Parish"),
    ("updated", "last_days", 1, "Ann Ben Parish"),
    ("updated", "older_months", 12, "Cy"),
    ("updated", "between", ["2026-12-21", "2026-12-21"], "Ann Ben Parish"),
    ("source", "any_of", ["own"], "Cy"),
    ("town", "is", "durban", "Ann"),
    ("town", "is_not", "Durban", "Ben Cy Parish"),
    ("town", "contains", "ap", "Ben"),
    ("town", "begins", "cape", "Ben"),
    ("town", "empty", None, "Cy Parish"),
    ("town", "filled", None, "Ann Ben"),
    ("suburb", "is", "Glenwood", "Ann"),
    ("suburb", "empty", None, "Ben Cy Parish"),
    ("province", "any_of", ["ZA-KZN", "ZA-GP"], "Ann"),
    ("province", "none_of", ["ZA-KZN"], "Ben Cy Parish"),
    ("postal_code", "begins", "80", "Ben"),
    ("email", "yes", None, "Ann Ben"),
    ("email", "no", None, "Cy Parish"),
    ("email_domain", "is", "mail.example", "Ann"),
    ("email_domain", "contains", "mail", "Ann Ben"),
    ("email_domain", "is_not", "mail.example", "Ben Cy Parish"),
    ("email_domain", "filled", None, "Ann Ben"),
    ("undeliverable", "yes", None, "Ben"),
    ("undeliverable", "no", None, "Ann Cy Parish"),
    ("telephone", "yes", None, "Ann Ben"),
    ("telephone_number", "begins", "082 5", "Ann"),
    ("telephone_number", "begins", "+4420", "Ben"),
    ("telephone_number", "is", "082 555 0134", "Ann"),
    ("telephone_number", "contains", "0018", "Ben"),
    ("telephone_number", "contains", "082", "Ann"),
    ("telephone_number", "contains", "7946", "Ben"),
    ("telephone_number", "contains", "x", ""),
    ("telephone_number", "empty", None, "Cy Parish"),
    ("note", "yes", None, "Ann"),
    ("note", "no", None, "Ben Cy Parish"),
    ("group", "in", ["1"], "Ann"),
    ("group", "not_in", ["1"], "Ben Cy Parish"),
]  # fmt: skip


def lives(contact: Contact, **values: str) -> None:
    line = AddressLine(None, "", True, {"line1": "", "line2": "", "suburb": "", "country": "ZA", **values})
    contacts.change_addresses(contact, contacts.stamp(contact, "addresses"), [line])


@pytest.fixture
def people(org):
    """Ann of Durban, 18 today; Ben of Cape Town, who is older; Cy, of whom nothing is known; the parish, a body."""
    with acting_as(system(org.id)):
        with time_machine.travel(datetime(2024, 12, 31, 22, 30, tzinfo=UTC), tick=False):  # 2025 in Durban
            contacts.add(first_name="Cy", source="own")
        with time_machine.travel(TODAY, tick=False):
            ann = contacts.add(
                first_name="Ann", last_name="Müller", email="ann@Mail.example", telephone="082 555 0134",
                birth_date=date(2008, 12, 21), language="zu",
            )  # fmt: skip
            lives(ann, city="Durban", suburb="Glenwood", postal_code="4001", province="ZA-KZN")
            contacts.change_roles(ann, contacts.stamp(ann, "roles"), ["donor", "employee"])
            contacts.add_note(ann, "Sings.")
            ben = contacts.add(
                first_name="Ben", last_name="50%_x", email="ben@sub.mail.example", telephone="+44 20 7946 0018",
                birth_date=date(1980, 1, 5), language="en",
            )  # fmt: skip
            lives(ben, city="Cape Town", postal_code="8001", province="ZA-WC")
            contacts.change_roles(ben, contacts.stamp(ben, "roles"), ["donor"])
            record.mark_email("ben@sub.mail.example", "undeliverable", "No such box.")
            contacts.add(kind="body", organisation="Parish of Durban")
            contacts.group_contacts([ann.id], groups.add_group("Choir").id)
            erasing.erase([contacts.add(first_name="Gone", last_name="Müller").id])
        yield


def names(rule: dict) -> str:
    query = Contact.select().where(Contact.erased_at.is_null(), found_by(rule)).order_by(Contact.sort_name)
    return " ".join(sorted(queries.name_of(c).split()[0] for c in query))


def test_each_fact_finds_whom_it_should(people):
    choir = [all_facts()["group"].options[0][0]]
    told = []
    with time_machine.travel(TODAY, tick=False):
        for fact, operator, value, _ in FINDS:
            asked = {"fact": fact, "operator": operator, "value": choir if fact == "group" else value}
            told.append((fact, operator, value, names({"match": "all", "conditions": [asked]})))

    assert told == FINDS


def test_all_and_any(people):
    town = {"fact": "town", "operator": "is", "value": "Durban"}
    body = {"fact": "kind", "operator": "any_of", "value": ["body"]}
    note = {"fact": "note", "operator": "yes", "value": None}

    assert names({"match": "any", "conditions": [town, body]}) == "Ann Parish"
    assert names({"match": "all", "conditions": [town, body]}) == ""
    assert names({"match": "all", "conditions": [town, note]}) == "Ann"


def test_what_is_hidden_cannot_be_asked(people, alice):
    actor = actor_of(alice)
    for right, hidden in (
        ("address", {"town", "suburb", "province", "postal_code"}),
        ("email", {"email", "email_domain", "undeliverable"}),
        ("telephone", {"telephone", "telephone_number"}),
    ):
        with acting_as(actor):
            assert hidden <= set(all_facts())
        with acting_as(replace(actor, hidden=actor.hidden | {DataSet(right)})):
            assert not hidden & set(all_facts())
            asked = {"fact": min(hidden), "operator": "filled", "value": None}
            with pytest.raises(UnknownFact):
                queries.count_found({"match": "all", "conditions": [asked]})
    with acting_as(replace(actor, permissions=actor.permissions - {Permission.NOTE_READ})):
        assert "note" not in all_facts()


def test_each_own_fact_keeps_to_the_grammar_and_takes_every_operator(people):
    values = {
        "nothing": None, "text": "a", "number": "7", "numbers": ["1", "9"], "date": "2025-01-01",
        "dates": ["2025-01-01", "2025-02-01"], "days": 5, "months": 5,
    }  # fmt: skip
    everybody = {"Ann", "Ben", "Cy", "Parish"}
    for fact in all_facts().values():
        found = {}
        for operator in OPERATORS[fact.kind]:
            value = [fact.options[0][0]] if operator.takes == "many" else values[operator.takes]
            rule = {"match": "all", "conditions": [{"fact": fact.name, "operator": operator.name, "value": value}]}
            found[operator.name] = set(names(rule).split())
        for name, opposite in OPPOSITE.items():
            if name in found:
                assert found[name] | found[opposite] == everybody, (fact.name, name)
                assert not found[name] & found[opposite], (fact.name, name)


def test_another_organisations_facts_lead_nowhere(people, other_org):
    with acting_as(system(other_org.id)):
        contacts.add(first_name="Stranger")
        assert current_actor().org_id == other_org.id
        assert (
            names({"match": "all", "conditions": [{"fact": "town", "operator": "empty", "value": None}]}) == "Stranger"
        )
