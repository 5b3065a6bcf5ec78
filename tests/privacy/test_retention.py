"""How long contacts are kept, who has aged, and jobs of removing many."""

import re
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from portal.activity.models import LogEntry
from portal.consent.models import Justification
from portal.consent.purposes import first
from portal.consent.recording import record as say
from portal.contacts import service as contacts
from portal.contacts.models import Contact, recording
from portal.contacts.sweeps import _holds, register_hold
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.core.permissions import Denied
from portal.privacy import ageing, certificate, clearing, erasing, retention
from portal.privacy.ageing import Wanted
from portal.privacy.models import Erasure, RetentionDue
from portal.privacy.retention_rules import BadRule, Rule, check, cutoff
from tests.conftest import actor_of

LAW = "Not needed two years after the last letter."
LONG_AGO = timedelta(days=900)


@pytest.fixture
def people(as_olivia):
    """Two of long ago, one of today."""
    made = [contacts.add(first_name=name, last_name="Ngcobo", email=f"{name}@example.org") for name in "abc"]
    age([made[0].id, made[1].id])
    return [one.id for one in made]


def age(ids):
    with recording():
        Contact.update(created_at=now() - LONG_AGO, updated_at=now() - LONG_AGO).where(Contact.id.in_(ids)).execute()


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule("", 24, "erase", LAW), "trigger"),
        (Rule("last_change", 24, "burn", LAW), "action"),
        (Rule("last_change", 0, "erase", LAW), "months"),
        (Rule("last_change", 601, "erase", LAW), "months"),
        (Rule("last_change", 24, "erase", " "), "law"),
        (Rule("consent_withdrawn", 24, "erase", LAW), "purpose_id"),
        (Rule("left_group", 24, "erase", LAW), "group_id"),
        (Rule("last_change", 24, "review", LAW, is_automatic=True), "is_automatic"),
    ],
)
def test_a_rule_says_enough(rule, field):
    with pytest.raises(BadRule) as error:
        check(rule)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (datetime(2026, 11, 30, tzinfo=UTC), 9, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2028, 2, 29, 8, 5, tzinfo=UTC), 12, datetime(2027, 2, 28, 8, 5, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), 1, datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(day, months, before):
    assert cutoff(day, months) == before


@pytest.mark.parametrize("trigger", ["last_message", "last_change"])
def test_the_nightly_look_proposes_and_a_person_decides(people, trigger):
    rule = retention.add(Rule(trigger, 24, "erase", LAW))

    assert (retention.look(), retention.look()) == (2, 0)
    assert retention.due_page(rule, 1) == people[:2]
    assert Contact.select().where(Contact.erased_at.is_null()).count() == 3

    retention.keep(rule, [people[1]], "Founding member")
    made = retention.confirm(rule, people)

    assert (made.reason, made.done) == ("retention", 1)
    assert [c.id for c in Contact.select().where(Contact.erased_at.is_null()).order_by(Contact.id)] == people[1:]
    assert retention.look() == 0
    assert RetentionDue.get().state == "kept"


def test_whom_nobody_may_remove_is_never_due(people):
    rule = retention.add(Rule("last_change", 24, "erase", LAW))
    try:
        register_hold("test", "a request is open", lambda: Contact.select(Contact.id).where(Contact.id == people[0]))
        retention.look()
        assert retention.due_page(rule, 1) == [people[1]]
    finally:
        _holds.pop("test")


def test_who_was_heard_of_since_leaves_the_list(people):
    rule = retention.add(Rule("last_change", 24, "erase", LAW))
    retention.look()
    ageing.confirm([people[0]])
    retention.look()

    assert retention.due_page(rule, 1) == [people[1]]
    assert (
        LogEntry.select().where(LogEntry.action == "contact.confirmed", LogEntry.contact_id == people[0]).count() == 1
    )


def test_a_rule_by_consent_counts_from_the_last_no(people):
    purpose = first().id
    with transaction():
        for kind, days in (("granted", 899), ("withdrawn", 800)):
            say(people[:2], purpose_id=purpose, channels=["email"], kind=kind, at=now() - timedelta(days=days))
        say([people[1]], purpose_id=purpose, channels=["email"], kind="granted", at=now())
    rule = retention.add(Rule("consent_withdrawn", 24, "de_identify", LAW, purpose_id=purpose))
    retention.look()

    assert retention.due_page(rule, 1) == [people[0]]


def test_a_rule_by_group_counts_from_leaving(people):
    group = contacts.add_group("Members")
    contacts.group_contacts(people[:2], group.id)
    contacts.ungroup_contacts([people[0]], group.id)
    LogEntry.update(at=now() - LONG_AGO).where(LogEntry.action == "contact.ungrouped").execute()
    rule = retention.add(Rule("left_group", 24, "erase", LAW, group_id=group.id))
    retention.look()

    assert retention.due_page(rule, 1) == [people[0]]


def test_a_rule_for_a_purpose_is_about_its_people_alone(people):
    Justification.create(contact_id=people[1], purpose_id=first().id, basis="contract")
    rule = retention.add(Rule("last_change", 24, "erase", LAW, purpose_id=first().id))
    retention.look()

    assert retention.due_page(rule, 1) == [people[1]]


def test_an_automatic_rule_is_done_by_the_job(people, org):
    retention.add(Rule("last_change", 24, "de_identify", LAW, is_automatic=True))
    with acting_as(system(org.id)):
        retention.look()
        [erasure_id] = clearing.due()
        retention.look()
        assert clearing.due() == [erasure_id]
        clearing.run(erasure_id)
        made = erasing.find(erasure_id)

    assert (made.act, made.state, made.done, made.kept["nameless"]) == ("de_identify", "finished", 2, 2)
    assert Contact.select().where(Contact.erased_at.is_null()).count() == 1
    assert RetentionDue.select().count() == 0


def test_a_job_can_be_stopped_and_goes_on_where_it_was(people, monkeypatch):
    monkeypatch.setattr(clearing, "AT_ONCE", 0)
    monkeypatch.setattr(erasing, "BATCH", 1)
    made = clearing.begin("erase", people, "not_needed")
    Erasure.update(state="running").where(Erasure.id == made.id).execute()
    assert erasing.step(made.id)
    clearing.stop(made)
    assert not erasing.step(made.id)
    assert (clearing.due(), erasing.find(made.id).done) == ([], 1)

    clearing.go_on(made)
    clearing.run(made.id)
    found = erasing.find(made.id)
    actions = {entry.action for entry in LogEntry.select().where(LogEntry.subject_id == made.id)}

    assert (found.state, found.done, found.counts["contact_email"]) == ("finished", 3, 3)
    assert {"erasure.begun", "erasure.stopped", "erasure.resumed", "erasure.finished"} <= actions


def test_the_certificate_says_what_went_and_what_stays_and_names_nobody(people):
    made = erasing.erase(people[:2])
    paper = pypdfium2.PdfDocument(certificate.render(made))
    text = re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in paper))

    for words in (
        "Certificate of erasure", "Hope House NPC", certificate.number_of(made), "2 contacts were erased",
        "2 email addresses", "2 coded do-not-contact entries", "by Olivia", f"entry {made.log_seq}", made.log_hash,
    ):  # fmt: skip
        assert words in text, words
    assert "Ngcobo" not in text
    assert "example.org" not in text


def test_ageing_lists_the_oldest_first_in_a_fixed_number_of_queries(people, as_olivia):
    def asked():
        seen = []
        execute = db.execute_sql

        def counting(sql, *args, **more):
            seen.append(sql)
            return execute(sql, *args, **more)

        db.obj.execute_sql = counting
        try:
            lines = ageing.page(Wanted(24, silent=True), 1)
        finally:
            del db.obj.execute_sql
        return [line.row.contact.id for line in lines], len(seen)

    few, queries = asked()
    assert few == people[:2]
    more = [contacts.add(first_name=f"x{i}").id for i in range(20)]
    age(more)
    assert asked()[1] == queries
    assert ageing.count(Wanted(24)) == 22
    assert ageing.ids(Wanted(24))[:2] == people[:2]


def test_the_pages(people, client_of, olivia, alice, bob):
    client = client_of(olivia)
    page = client.get("/reports/ageing?silent=1").text
    assert "Ngcobo, a" in page
    assert "Ngcobo, c" not in page

    rule = {"trigger": "last_change", "months": "24", "action": "erase", "law": LAW}
    assert client.post("/settings/retention", data={**rule, "law": ""}).status_code == 422
    assert client.post("/settings/retention", data=rule).status_code == 303
    retention.look()
    assert "2 due" in client.get("/settings/retention").text
    assert client.post("/settings/retention/1/due", data={"chosen": people[:2], "word": "3"}).status_code == 422
    assert client.post("/settings/retention/1/due/keeping", data={"chosen": people[:1]}).status_code == 422
    done = client.post("/settings/retention/1/due", data={"chosen": people[:1], "word": "1"})
    assert done.status_code == 303
    assert "1 contact was" in client.get(done.location).text
    paper = client.post(f"{done.location}/certificate")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert certificate.number_of(Erasure.get()) in client.get("/contacts/removals").text

    asked = client.post("/reports/ageing/chosen/removal", data={"chosen": people[1:2], "act": "de_identify"}).text
    assert "Make 1 contact nameless" in asked
    to_ask = client.post("/reports/ageing/chosen/group", data={"chosen": people[1:2], "to": "ask"})
    assert "/asking/new?group=" in to_ask.location
    said = {"chosen": people[1:2], "act": "de_identify", "reason": "retention", "word": "b ngcobo"}
    assert client.post("/contacts/chosen/removal", data=said).status_code == 303
    assert client_of(alice).get("/contacts/removals").status_code == 403
    assert client_of(alice).get("/settings/retention").status_code == 403
    assert client_of(bob).post("/reports/ageing/chosen/confirmation", data={"chosen": people[2:]}).status_code == 403


def test_rules_take_the_right(people, alice):
    with acting_as(actor_of(alice)), pytest.raises(Denied):
        retention.add(Rule("last_change", 24, "erase", LAW))
