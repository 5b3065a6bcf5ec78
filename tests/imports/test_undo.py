"""A whole import is undone, and nothing that anybody did since is lost by it."""

from datetime import timedelta

import pytest
import time_machine

from portal.activity import log
from portal.activity.models import LogEntry
from portal.campaigns import service as campaigns
from portal.consent.purposes import first
from portal.consent.queries import justifications, states
from portal.consent.recording import keep_wording
from portal.consent.recording import record as say
from portal.contacts import designing, filling, queries, record, relations
from portal.contacts import service as contacts
from portal.contacts.design_rules import Design
from portal.contacts.models import Address, Contact, Email, Note, Telephone, Value
from portal.contacts.more_models import Identity
from portal.contacts.page_blocks import block_of
from portal.contacts.queries import Filter
from portal.contacts.relation_rules import Entered
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Denied
from portal.delivery.models import Delivery
from portal.duplicates import uniting
from portal.imports import undoing, untouched
from portal.imports.models import Import, Undo
from tests.conftest import actor_of

THREE = """First name,Last name,Email,Cell,Group
Ann,Adams,ann@example.org,,Choir
Ben,Brown,ben@example.org,,Choir
Cora,Cole,cora@example.org,,Choir
"""


def undo(the_import: Import) -> Undo:
    undoing.begin(the_import)
    undoing.run(the_import.id)
    return Undo.get()


def figures(done: Undo) -> tuple[str, int, int, int, int]:
    return done.state, done.removed, done.put_back, done.partly, done.kept


def called(name: str) -> Contact:
    return Contact.get(Contact.first_name == name)


def test_what_nobody_touched_is_removed_and_the_rest_stays_with_the_reason(take):
    ended = take(THREE)
    contacts.add_note(called("Ann"), "Rang about the choir")
    record.mark_email("ben@example.org", "undeliverable", "There is no such mailbox.")

    assert untouched.plan(ended) == untouched.Plan(removed=1, edited=2, written_to=0, elsewhere=0, updated=0)
    assert figures(undo(ended)) == ("finished", 1, 0, 0, 2)

    assert {row.name for row in queries.page(Filter(), 1)} == {"Adams, Ann", "Brown, Ben"}
    assert {row.reason for row in undoing.kept(ended, 10)} == {"edited"}
    assert "cora" not in str([entry.detail for entry in LogEntry.select()]).lower()
    assert log.verify().ok


def test_two_of_a_file_who_were_made_one_since_stay_and_count_as_two(take):
    ended = take(THREE)
    uniting.unite(called("Ann").id, called("Ben").id)

    assert untouched.plan(ended) == untouched.Plan(removed=1, edited=2, written_to=0, elsewhere=0, updated=0)
    assert figures(undo(ended)) == ("finished", 1, 0, 0, 2)


def test_an_updated_contact_gets_back_what_nobody_has_changed_since(take, thandi, as_olivia):
    page = designing.add_page("Volunteers")
    shirt = designing.add_field(page, Design("text", "Shirt", "to order", "ordinary"))
    faith = designing.add_field(page, Design("text", "Song", "to sing", "ordinary"))
    record.change(contacts.find(thandi.id), "contact.details_changed", language="af")
    record.add_part(Note, thandi.id, "contact.note_added", text="Before", author="Olivia")
    before = contacts.find(thandi.id)
    row = (
        "Thandi,,thandi@example.org,072 555 0161,Zulu,12 Long Street,Durban,Sings,Choir,8001015009087,Large,Alto,"
        "1980-01-01\n"
    )
    head = "First name,Last name,Email,Cell,Language,Address,Town,Notes,Group,ID number,Shirt,Song,Birth date\n"
    ended = take(head + row)
    assert (ended.updated, ended.failed) == (1, 0)
    filling.fill(
        contacts.find(thandi.id),
        block_of(thandi.id, page.id),
        filling.stamp(block_of(thandi.id, page.id)),
        {shirt.id: ["Large"], faith.id: ["Bass"]},
        {},
    )

    assert figures(undo(ended)) == ("finished", 0, 0, 1, 0)

    after = contacts.find(thandi.id)
    assert (after.language, after.birth_date, after.last_name) == ("af", before.birth_date, "Ngcobo")
    assert [part.number for part in Telephone.select()] == ["+27825550134"]
    assert [part.text for part in Note.select()] == ["Before"]
    assert (Address.select().count(), Identity.select().count(), queries.groups_of(thandi.id)) == (0, 0, [])
    assert [value.text for value in Value.select()] == ["Bass"]
    assert [row.reason for row in undoing.kept(ended, 10)] == [f"field:{faith.id}"]
    assert [part.is_primary for part in Email.select()] == [1]
    assert log.verify().ok


def test_what_was_changed_since_stays(take, thandi):
    ended = take("First name,Email,Language,Cell,Group\nThandi,thandi@example.org,Zulu,072 555 0161,Choir\n")
    record.change(contacts.find(thandi.id), "contact.details_changed", language="xh")
    new = Telephone.get(Telephone.number == "+27725550161")
    record.change_part(new, "contact.telephone_changed", number="+27725550162")
    choir = queries.visible_groups()[0]
    record.ungroup([thandi.id], choir.id, choir.name)
    record.group([thandi.id], choir.id, choir.name)

    assert figures(undo(ended)) == ("finished", 0, 0, 0, 1)

    assert contacts.find(thandi.id).language == "xh"
    assert {part.number for part in Telephone.select()} == {"+27825550134", "+27725550162"}
    assert queries.groups_of(thandi.id) == [choir]
    assert undoing.kept(ended, 9)[0].reason == "language,telephone,group"


def test_who_was_written_to_or_came_by_another_file_too_stays(take):
    ended = take(THREE + "Dan,Dube,dan@example.org,,Choir\n")
    take("First name,Email\nAnn,ann@example.org\n", channels=())
    ben, cora = called("Ben"), called("Cora")
    spouse = contacts.add(first_name="Carl")
    relations.add(spouse, "spouse", cora.id, Entered())
    mail(ben)
    mail(called("Dan"), "suppressed")

    plan = untouched.plan(ended)
    assert (plan.removed, plan.written_to, plan.kept) == (1, 1, 3)
    assert figures(undo(ended)) == ("finished", 1, 0, 0, 3)


def test_somebody_who_stood_twice_in_the_file_is_undone_as_one(take):
    ended = take("First name,Email,Cell\nThandi,t@example.org,\nThandi,t@example.org,082 555 0134\n")

    assert untouched.plan(ended).removed == 1
    assert figures(undo(ended)) == ("finished", 1, 0, 0, 0)
    assert queries.count(Filter()) == 0


def test_what_the_import_said_of_consent_is_taken_back_and_nothing_else(take):
    lindiwe = contacts.add(first_name="Lindiwe", last_name="Zulu", email="lindiwe@example.org")
    other = contacts.add(first_name="Sipho", last_name="Dlamini", email="sipho@example.org")
    with transaction():
        paper = keep_wording("Yes, write to me").id
        say([other.id], purpose_id=first().id, channels=["email"], kind="granted", proof="proven", wording_id=paper)
    ended = take("First name,Email\nLindiwe,lindiwe@example.org\nSipho,sipho@example.org\n")
    assert standing(lindiwe) == "asserted"

    undo(ended)

    assert (standing(lindiwe), standing(other)) == ("expired", "proven")
    assert [ground.ended_at is not None for ground in justifications([lindiwe.id])[lindiwe.id]] == [True]


def standing(contact):
    return states([contact.id])[contact.id][first().id, "email"].standing


def test_an_undo_is_stopped_and_gone_on_with(take, monkeypatch):
    monkeypatch.setattr(undoing, "BATCH", 1)
    ended = take(THREE)
    undoing.begin(ended)
    whole, calls = undoing._take, []

    def stop_after_one(the_import, undo):
        there_was = whole(the_import, undo)
        calls.append(1)
        undoing.stop(the_import)
        return there_was

    monkeypatch.setattr(undoing, "_take", stop_after_one)
    undoing.run(ended.id)
    assert (figures(Undo.get())[:2], queries.count(Filter()), undoing.due()) == (("stopped", 1), 2, [])

    monkeypatch.setattr(undoing, "_take", whole)
    undoing.run(ended.id)
    assert queries.count(Filter()) == 2
    undoing.go_on(ended)
    assert undoing.due() == [ended.id]
    undoing.run(ended.id)

    assert figures(Undo.get()) == ("finished", 3, 0, 0, 0)
    told = [entry.action for entry in LogEntry.select().order_by(LogEntry.seq) if "undo" in entry.action]
    assert [action for action in told if action.startswith("import.")] == [
        "import.undo_begun", "import.undo_stopped", "import.undo_resumed", "import.undone",
    ]  # fmt: skip
    assert told.count("contact.import_undone") == 3


def test_an_undo_that_was_killed_goes_on_where_it_was(take, monkeypatch):
    monkeypatch.setattr(undoing, "BATCH", 1)
    ended = take(THREE)
    undoing.begin(ended)
    whole = undoing._note

    def killed(undo, rows, outcomes):
        if Undo.get().removed:
            raise KeyboardInterrupt
        whole(undo, rows, outcomes)

    monkeypatch.setattr(undoing, "_note", killed)
    with pytest.raises(KeyboardInterrupt):
        undoing.run(ended.id)
    assert queries.count(Filter()) == 2  # the batch that was under way was taken back whole
    monkeypatch.setattr(undoing, "_note", whole)
    with time_machine.travel(now() + timedelta(minutes=5)):
        undoing.run(ended.id)

    assert figures(Undo.get()) == ("finished", 3, 0, 0, 0)


def test_an_import_is_undone_once_within_thirty_days_and_by_who_may(take, alice, org):
    ended = take(THREE)
    with acting_as(actor_of(alice)), pytest.raises(Denied):
        undoing.begin(ended)
    with time_machine.travel(now() + timedelta(days=31)), pytest.raises(undoing.CannotUndo, match="30 days"):
        undoing.begin(ended)
    undo(ended)
    with pytest.raises(undoing.CannotUndo, match="once"):
        undoing.begin(ended)
    with pytest.raises(undoing.CannotUndo, match="nothing to undo"):
        undoing.begin(take("First name,Email\nBad,no address\n"))


def test_the_pages_say_what_will_happen_and_what_did(take, client_of, olivia, alice):
    ended = take(THREE)
    contacts.add_note(called("Ann"), "Rang")
    client = client_of(olivia)

    asked = client.get(f"/imports/{ended.id}/undo").text
    begun = client.post(f"/imports/{ended.id}/undo")
    under_way = client.get(begun.location).text
    undoing.run(ended.id)
    report = client.get(begun.location).text
    again = client.post(f"/imports/{ended.id}/undo")

    assert "untouched since are removed</dt><dd>2</dd>" in asked
    assert "Being undone: 0 of 3 contacts" in under_way
    assert 'hx-trigger="every 1s"' in under_way
    assert "changed since" in report
    assert "Ann Adams" in report
    assert "hx-trigger" not in report.split('id="progress"')[1]
    assert (again.status_code, "That is done once." in again.text) == (422, True)
    assert client_of(alice).get(f"/imports/{ended.id}/undo").status_code == 403
    assert "Undone" in client.get("/imports?show=undone").text


def mail(contact: Contact, state: str = "accepted") -> None:
    campaign = campaigns.create("Spring")
    Delivery.create(contact_id=contact.id, campaign_id=campaign.id, mac=str(contact.id), state=state)
