"""What is recorded of contacts: appended, told in the log, seen by whom it may be, and what the gate makes of it."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from portal.accounts import service as accounts
from portal.activity import log
from portal.activity.models import LogEntry
from portal.consent import block, purposes, recording_many, restricting, suppressing, telling, unjustified
from portal.consent.asserting import assert_consents
from portal.consent.models import ConsentEvent, Fixed, GroundRun, Justification, Purpose, Suppression, Wording
from portal.consent.queries import Candidate, facts, register_fact, states
from portal.consent.recording import Unproven, keep_wording, record
from portal.consent.recording_many import What
from portal.consent.rules import Aim, Allow, PurposeClass, Refuse, may_send
from portal.consent.telling import Paper, Word
from portal.contacts import queries as contact_queries
from portal.contacts import record as contact_record
from portal.contacts import relations
from portal.contacts import service as contacts
from portal.contacts.address_guards import AddressRefused
from portal.contacts.queries import Filter
from portal.contacts.relation_rules import Entered
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.core.keys import address_mac
from portal.core.permissions import DataSet, Denied
from portal.documents.models import Document
from portal.privacy import erasing
from tests.conftest import HX, actor_of

DM, INFO, ASK = (
    Aim(kind) for kind in (PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION, PurposeClass.CONSENT_REQUEST)
)


@pytest.fixture
def sipho(as_alice):
    """Of whom nothing is recorded."""
    return contacts.add(first_name="Sipho", last_name="Dube", email="sipho@example.org")


def news() -> int:
    return purposes.first().id


def say(contact, kind, proof="asserted", *, ago=0, **more):
    more = {"wording_id": keep_wording("Yes").id} | more if proof == "proven" else more
    with transaction():
        at = now() - timedelta(days=ago)
        record([contact.id], purpose_id=news(), channels=["email"], kind=kind, proof=proof, at=at, **more)


def answer(contact, aim=DM, address="sipho@example.org"):
    outcome = may_send(facts([Candidate(contact.id, address)], aim)[0], now())
    return outcome.reason if isinstance(outcome, Refuse) else ""


def test_every_organisation_has_two_purposes_from_its_making(org, other_org):
    for one in (org, other_org):
        with acting_as(system(one.id)):
            made = [(p.name, p.purpose_class, p.basis) for p in purposes.current()]
        assert made == [
            ("News and appeals", "direct_marketing", "consent"), ("Running our work", "information", "our_interest"),
        ]  # fmt: skip


def test_what_was_said_can_be_neither_changed_nor_taken_out(sipho):
    say(sipho, "withheld")
    event, wording = ConsentEvent.get(), keep_wording("Yes, write to me")

    for attempt in (
        lambda: ConsentEvent.update(kind="granted").execute(),
        lambda: ConsentEvent.delete().execute(),
        lambda: event.delete_instance(),
        lambda: ConsentEvent.bulk_update([event], ["kind"]),
        lambda: Wording.update(text="x").execute(),
        lambda: wording.delete_instance(),
    ):
        with pytest.raises(Fixed):
            attempt()
    event.kind = "granted"
    with pytest.raises(Fixed):
        event.save()
    assert keep_wording("Yes, write to me").id == wording.id


def test_each_thing_said_stands_in_the_log_and_goes_with_the_contact(sipho, as_olivia):
    say(sipho, "granted", "proven", method="web", detail="CNRY open day")
    telling.ground(sipho, purposes.current()[1].id, "contract", "CNRY member")
    told = [e.action for e in LogEntry.select().where(LogEntry.contact_id == sipho.id).order_by(LogEntry.seq)]
    assert told[-2:] == ["contact.consent_granted", "contact.justified"]

    erasing.erase([sipho.id])

    assert (ConsentEvent.select().count(), Justification.select().count()) == (0, 0)
    assert log.verify().ok


def test_nothing_is_proven_without_what_proves_it(sipho):
    with pytest.raises(Unproven), transaction():
        record([sipho.id], purpose_id=news(), channels=["email"], kind="granted", proof="proven", method="paper")
    with pytest.raises(Unproven), transaction():
        record(
            [sipho.id], purpose_id=news(), channels=["email"], kind="granted", proof="proven", method="telephone",
            wording_id=keep_wording("Yes").id,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("history", "marketing", "information", "asking"),
    [
        ((), "no_consent", "unjustified", ""),
        ((("granted", "asserted"),), "", "", "agreed"),
        ((("granted", "proven"),), "", "", "agreed"),
        ((("withheld", "asserted"),), "withheld", "unjustified", "withheld"),
        ((("granted", "asserted"), ("withdrawn", "asserted")), "withdrawn", "withdrawn", "withdrawn"),
        ((("granted", "asserted"), ("objected", "asserted")), "objected", "", "objected"),
        ((("objected", "asserted"), ("granted", "asserted")), "objected", "", "objected"),
        ((("objected", "asserted"), ("granted", "proven")), "", "", "agreed"),
        ((("granted", "proven"), ("expired", "asserted")), "no_consent", "", ""),
        ((("granted", "asserted"), ("withheld", "asserted")), "withheld", "unjustified", "withheld"),
    ],
)
def test_the_gate_goes_by_what_was_said(sipho, history, marketing, information, asking):
    for number, (kind, proof) in enumerate(history):
        say(sipho, kind, proof, ago=len(history) - number)

    assert (answer(sipho), answer(sipho, INFO), answer(sipho, ASK)) == (marketing, information, asking)


def test_a_consent_to_one_purpose_is_none_to_another(sipho, as_olivia):
    say(sipho, "granted")
    work = Aim(PurposeClass.INFORMATION, purposes.current()[1].id)
    other = purposes.add(purposes.Line("Shop", "To sell what we make"))

    assert answer(sipho, work) == "incompatible"
    assert answer(sipho, Aim(PurposeClass.DIRECT_MARKETING, other.id)) == "no_consent"
    say(sipho, "objected")
    assert answer(sipho, Aim(PurposeClass.DIRECT_MARKETING, other.id)) == "objected"


def test_an_organisation_may_ask_for_proof(sipho, olivia):
    say(sipho, "granted")
    with acting_as(actor_of(olivia)):
        accounts.set_details(requires_proof=1)
    assert answer(sipho) == "unproven"

    say(sipho, "granted", "proven")
    assert answer(sipho) == ""


def test_what_higher_features_know_reaches_the_gate(sipho, monkeypatch):
    monkeypatch.setattr("portal.consent.queries._sources", {})
    register_fact("is_asked", lambda candidates, _: frozenset(range(len(candidates))))
    register_fact("lacks_transfer", lambda *_: frozenset())
    assert answer(sipho, ASK) == "asked"
    register_fact("lacks_transfer", lambda *_: frozenset([0]))
    say(sipho, "granted")
    assert answer(sipho) == "no_transfer"
    with pytest.raises(ValueError, match="asks nobody else"):
        register_fact("is_deceased", lambda *_: frozenset())


def test_the_facts_of_many_cost_as_many_queries_as_those_of_one(sipho, thandi, monkeypatch):
    say(thandi, "granted", "proven")
    counted = []
    run = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: counted.append(sql) or run(sql, *more))
    one = [Candidate(sipho.id, "sipho@example.org")]
    many = [*one, Candidate(thandi.id, "thandi@example.org")] * 40

    facts(one, DM)
    first = len(counted)
    facts(many, DM)

    assert len(counted) - first == first <= 14


def test_a_restricted_contact_is_there_for_privacy_alone(sipho, as_alice, olivia, as_olivia, client_of, alice):
    say(sipho, "granted")
    with acting_as(as_alice), pytest.raises(Denied):
        restricting.restrict(sipho.id, "contested")
    restricting.restrict(sipho.id, "contested", "the birth date")

    assert (answer(sipho), answer(sipho, Aim(PurposeClass.BREACH))) == ("restricted", "")
    assert [row.name for row in contact_queries.page(Filter(), 1)] == ["Dube, Sipho"]
    with acting_as(as_alice):
        assert contact_queries.page(Filter(), 1) == []
        assert contact_queries.count(Filter(text="sipho")) == 0
        assert ConsentEvent.select().count() == LogEntry.select().where(LogEntry.contact_id == sipho.id).count() == 0
        with pytest.raises(contacts.ContactNotFound):
            contacts.find(sipho.id)
    assert client_of(alice).get(f"/contacts/{sipho.id}").status_code == 404
    assert "Restricted since" in client_of(olivia).get(f"/contacts/{sipho.id}").text

    with pytest.raises(restricting.Unrestricted):
        restricting.lift(sipho.id, "  ")
    restricting.lift(sipho.id, "letter of 3 May")
    with acting_as(as_alice):
        assert contacts.find(sipho.id).first_name == "Sipho"


def test_a_suppression_is_lifted_by_the_persons_own_act_alone(sipho):
    say(sipho, "granted")
    with transaction():
        assert suppressing.suppress("email", "sipho@example.org", "unsubscribed")
        assert not suppressing.suppress("email", "sipho@example.org", "complained")  # no news, though a stronger reason
    assert [s.reason for s in Suppression.select()] == ["complained"]
    assert answer(sipho) == "complained"
    mac = Suppression.get().mac
    assert not suppressing.lift_own("email", [mac])
    assert not suppressing.lift_by_proof("email", ["sipho@example.org"], said_at=now())
    say(sipho, "granted", "proven")
    with transaction():
        assert_consents([sipho.id], ["email"], source="own", detail="another list")
    assert answer(sipho) == "complained"


def test_a_suppression_of_one_purpose_stops_that_one_alone(sipho, as_olivia):
    say(sipho, "granted")
    other = purposes.add(purposes.Line("Shop", "To sell what we make"))
    with transaction():
        suppressing.suppress("email", "sipho@example.org", "unsubscribed", f"list:{other.id}")

    assert answer(sipho) == ""
    assert answer(sipho, Aim(PurposeClass.DIRECT_MARKETING, other.id)) == "unsubscribed"
    with pytest.raises(ValueError, match="scope"):
        suppressing.suppress("email", "x@example.org", "unsubscribed", "all")


def test_who_asked_to_be_left_alone_is_not_taken_in_again(as_alice):
    with transaction():
        suppressing.suppress("email", "gone@example.org", "erased", "everything")
        suppressing.suppress("email", "reader@example.org", "unsubscribed")

    found = suppressing.check_new(["gone@example.org", "reader@example.org", "new@example.org"])
    assert found == {"gone@example.org": "This address asked not to be contacted."}
    with pytest.raises(AddressRefused, match="asked not to be contacted"):
        contacts.add(first_name="Again", email="Gone@Example.org")
    assert contacts.add(first_name="Reader", email="reader@example.org").id


def test_an_objection_outlives_the_contact_and_ends_by_a_proof_alone(sipho, as_olivia):
    telling.tell(sipho, Word(news(), "objected", [], "telephone"))
    assert answer(sipho) == "unsubscribed" or answer(sipho) == "objected"
    assert {s.standing for s in states([sipho.id])[sipho.id].values()} == {"objected"}

    contact_record.erase([sipho.id])
    again = contacts.add(first_name="Sipho", email="sipho@example.org")
    say(again, "granted", "asserted")
    assert answer(again) == "unsubscribed"

    paper = Paper(io.BytesIO(b"I agree. Sipho"), "form.txt")
    telling.tell(again, Word(news(), "granted", ["email"], "paper", detail="came by", paper=paper))
    assert answer(again) == ""


@pytest.mark.parametrize("own", ["unsubscribed", "complained"])
@pytest.mark.parametrize("is_first", [True, False])
def test_no_colleague_lifts_what_the_person_stopped_by_writing_down_an_objection_and_a_consent(sipho, own, is_first):
    def stops_himself():
        with transaction():
            mac = address_mac(sipho.org_id, "email", "sipho@example.org")
            suppressing.suppress_mac("email", mac, own, delivery_id=7, campaign_id=3)

    say(sipho, "granted")
    if is_first:
        stops_himself()
    telling.tell(sipho, Word(news(), "objected", [], "telephone"))
    if not is_first:
        stops_himself()

    telling.tell(sipho, Word(news(), "granted", ["email"], "telephone", detail="rang", recording="tape 4"))

    assert Suppression.select().count() == 1
    assert answer(sipho) in ("unsubscribed", "complained")


def test_whom_addresses_are_hidden_from_is_not_told_that_we_may_write(sipho, as_alice):
    with acting_as(replace(as_alice, hidden=frozenset({DataSet.EMAIL}))):
        told = block.load([sipho.id])[sipho.id].answers
    assert {(one.is_yes, one.why) for one in told if one.purpose.id == news()} == {(False, "no consent on record")}

    say(sipho, "granted")
    with transaction():
        suppressing.suppress("email", "sipho@example.org", "unsubscribed")
    with acting_as(replace(as_alice, hidden=frozenset({DataSet.EMAIL}))):
        assert not any(one.is_yes for one in block.load([sipho.id])[sipho.id].answers)


def test_a_call_without_its_recording_is_told_as_no_evidence(sipho, client_of, alice):
    telling.tell(sipho, Word(news(), "granted", ["email"], "telephone", detail="rang on Monday"))
    assert ConsentEvent.get().proof == "asserted"
    page = client_of(alice).get(f"/contacts/{sipho.id}").text
    assert "unrecorded, not valid evidence" in page
    assert "We may write to Sipho by email about News and appeals</b>, because the person agreed on" in page

    telling.tell(sipho, Word(news(), "granted", ["email"], "telephone", detail="rang again", recording="Call 17"))
    assert states([sipho.id])[sipho.id][news(), "email"].standing == "proven"


def test_shortly_after_midnight_it_is_today(sipho, olivia):
    with time_machine.travel(datetime(2026, 2, 28, 22, 30, tzinfo=UTC), tick=False), acting_as(actor_of(olivia)):
        telling.tell(sipho, Word(news(), "granted", ["email"], "in_person", date(2026, 3, 1), detail="At the door"))
        answers = block.load([sipho.id])[sipho.id].answers
        assert "agreed on 1 Mar 2026" in answers[0].why
        told = LogEntry.select().where(LogEntry.action == "contact.consent_granted").get()
        assert told.detail["changes"]["said_on"] == [None, "2026-03-01"]
        with pytest.raises(telling.BadWord):
            telling.tell(sipho, Word(news(), "granted", ["email"], "in_person", date(2026, 3, 2), detail="At the door"))


def test_grounds_that_were_not_recorded_can_be_begun_again(client_of, alice, as_alice):
    broken = GroundRun.create(what={}, state="failed", words="Begin it again.", done=400, total=900)
    page = client_of(alice).get(f"/grounds/{broken.id}").text
    assert "What was recorded before stays." in page
    assert 'href="/grounds/new"' in page


GOOD = {"kind": "granted", "channels": "email", "method": "paper", "given_by": "self", "detail": "at the open day"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"channels": ""}, "at least one way"),
        ({"said_on": "1 Jan 2999"}, "future"),
        ({"said_on": "soon"}, "day"),
        ({"detail": ""}, "where and how"),
        ({"purpose_id": "999"}, "no such purpose"),
        ({"kind": "reconfirmed"}, "valid choice"),
    ],
)
def test_a_wrong_word_comes_back_with_its_sentence(client_of, alice, thandi, change, sentence):
    with acting_as(actor_of(alice)):
        data = {"purpose_id": news()} | GOOD | change
    refused = client_of(alice).post(f"/contacts/{thandi.id}/basis", data={k: v for k, v in data.items() if v})

    assert refused.status_code == 422
    assert sentence.lower() in refused.text.lower()
    assert 'value="at the open day"' in refused.text or not data["detail"]


def test_a_paper_is_kept_with_the_consent_and_opened_through_the_program_only(client_of, alice, bob, sipho):
    form = {"purpose_id": news(), "paper": (io.BytesIO(b"signed"), "form.txt"), "said_on": "3 May 2026"} | GOOD
    part = client_of(alice).post(f"/contacts/{sipho.id}/basis", data=form, headers=HX)

    assert part.status_code == 204
    event, document = ConsentEvent.get(), Document.get()
    assert (event.proof, event.document_id, event.at.date().isoformat()) == ("proven", document.id, "2026-05-03")
    assert (document.contact_id, document.kind) == (sipho.id, "consent")
    page = client_of(bob).get(f"/contacts/{sipho.id}/basis", headers=HX).text
    assert f'href="/documents/{document.id}"' in page
    assert client_of(bob).post(f"/contacts/{sipho.id}/basis", data=GOOD).status_code == 403


def test_another_ground_is_recorded_and_ended(client_of, alice, sipho):
    client = client_of(alice)
    work = purposes.current()[1].id
    url = f"/contacts/{sipho.id}/grounds"
    assert client.post(url, data={"purpose_id": work, "basis": "contract", "detail": ""}).status_code == 422
    assert client.post(url, data={"purpose_id": work, "basis": "contract", "detail": "member"}).status_code == 303
    assert answer(sipho, Aim(PurposeClass.INFORMATION, work)) == ""

    client.post(f"{url}/{Justification.get().id}/end")
    assert answer(sipho, Aim(PurposeClass.INFORMATION, work)) == "unjustified"
    assert client.post(f"{url}/999/end").status_code == 404


@pytest.mark.parametrize("is_marketing_too", [False, True])
def test_what_a_parent_says_for_a_child_is_an_event_of_his(sipho, as_alice, is_marketing_too):
    born = now().date().replace(year=now().year - 9, day=1)
    child = contacts.add(first_name="Young", email="young@example.org", birth_date=born)
    young = "young@example.org"
    assert (answer(child, address=young), answer(child, INFO, young)) == ("child", "child")

    entered = Entered(
        consented_on=born.replace(year=now().year - 1), consent_note="form", is_marketing_too=is_marketing_too
    )
    relations.add(sipho, "parent", child.id, entered)

    said = (answer(child, address=young), answer(child, INFO, young))
    assert said == ("" if is_marketing_too else "child_appeal", "")
    assert answer(child, Aim(PurposeClass.CONSENT_REQUEST), young) == "child_asked"  # nor with proof wanted
    kept = [(e.kind, e.given_by, e.at.year) for e in ConsentEvent.select()]
    assert kept == ([("granted", "competent", now().year - 1)] if is_marketing_too else [])
    assert {row.basis for row in Justification.select()} >= {"child_competent"}
    assert child.id not in [row[0] for row in unjustified.everybody().tuples()]


def test_for_many_it_is_recorded_once_and_nobody_is_brought_back(sipho, thandi, as_alice, client_of, alice):
    no = contacts.add(first_name="No", email="no@example.org")
    say(no, "withheld")
    group = contacts.add_group("Choir")
    contacts.group_contacts([sipho.id, thandi.id, no.id], group.id)
    client = client_of(alice)
    data = {"group": group.id, "purpose_id": news(), "basis": "consent", "source": "own", "is_true": "y"}
    assert "at least one way" in client.post("/grounds", data=data | {"detail": "AGM"}).text
    assert "Say how and when" in client.post("/grounds", data=data | {"channels": "email"}).text

    done = client.post("/grounds", data=data | {"channels": "email", "detail": "signed at the AGM"})

    assert done.status_code == 303
    assert "3 people looked at" in client.get(done.location).text
    assert (answer(sipho), answer(no, address="no@example.org")) == ("", "withheld")
    written = [e.contact_id for e in ConsentEvent.select().where(ConsentEvent.detail == "signed at the AGM")]
    assert written == [sipho.id]  # Thandi had agreed before, and who said no is left alone


def test_a_broken_run_goes_on_where_it_was(sipho, as_alice, monkeypatch):
    more = [contacts.add(first_name=f"P{n}", email=f"p{n}@example.org") for n in range(4)]
    monkeypatch.setattr(recording_many, "BATCH", 2)
    monkeypatch.setattr(recording_many, "AT_ONCE", 0)
    made = recording_many.start(What(news(), "consent", "own", "the list", ["email"]), None)
    assert recording_many.due() == [made.id]
    write = recording_many._write
    calls = []

    def breaking(what, ids):
        calls.append(ids)
        if len(calls) == 2:
            raise RuntimeError("the machine went off")
        write(what, ids)

    monkeypatch.setattr(recording_many, "_write", breaking)
    with pytest.raises(RuntimeError):
        recording_many.run(made.id)
    GroundRun.update(lease=now() - timedelta(minutes=9)).execute()
    monkeypatch.setattr(recording_many, "_write", write)
    recording_many.run(made.id)

    ended = recording_many.find(made.id)
    assert (ended.state, ended.done, ended.total) == ("finished", 5, 5)
    assert sorted(e.contact_id for e in ConsentEvent.select()) == sorted([sipho.id, *(c.id for c in more)])


def test_a_worker_that_was_thought_dead_writes_nothing_twice(sipho, as_alice, monkeypatch):
    monkeypatch.setattr(recording_many, "AT_ONCE", 0)
    made = recording_many.start(What(news(), "consent", "own", "the list", ["email"]), None)
    following = recording_many._next

    def overtaken(group_id, last):
        ids = following(group_id, last)
        GroundRun.update(last_id=ids[-1], done=1).where(GroundRun.id == made.id).execute()  # by another worker
        return ids

    monkeypatch.setattr(recording_many, "_next", overtaken)
    recording_many.run(made.id)

    assert ConsentEvent.select().count() == 0
    assert recording_many.find(made.id).state == "running"


def test_who_is_kept_on_no_ground_is_listed_until_one_is_given(sipho, thandi, client_of, adam, charlie):
    client = client_of(adam)
    assert "1 contact is" in client.get("/").text
    listed = client.get("/reports/unjustified").text
    assert "Dube, Sipho" in listed
    assert "Ngcobo, Thandi" not in listed
    assert "Sipho" not in client_of(charlie).get("/reports/unjustified").text

    say(sipho, "granted")

    assert unjustified.count() == 0
    assert "kept on some ground" in client.get("/reports/unjustified").text


def test_purposes_are_added_changed_and_put_away(client_of, olivia, alice, org):
    client = client_of(olivia)
    good = {"name": "Shop", "description": "To sell", "purpose_class": "direct_marketing", "basis": "consent"}
    assert client_of(alice).get("/settings/purposes").status_code == 403
    assert client.post("/settings/purposes", data=good).status_code == 303
    twice = client.post("/settings/purposes", data=good)
    assert twice.status_code == 422
    assert "of this name already" in twice.text
    with acting_as(system(org.id)):
        first, work, shop = purposes.everything()
    assert client.post(f"/settings/purposes/{shop.id}", data=good | {"description": ""}).status_code == 422
    client.post(f"/settings/purposes/{first.id}", data=good | {"name": "Newsletter"})
    for one in (work, shop):
        client.post(f"/settings/purposes/{one.id}/archiving")
    last = client.post(f"/settings/purposes/{first.id}/archiving")
    assert "only purpose in use" in last.text
    with acting_as(system(org.id)):
        assert [p.name for p in purposes.current()] == ["Newsletter"]
        assert {e.action for e in LogEntry.select()} >= {"purpose.added", "purpose.changed", "purpose.archived"}
    client.post(f"/settings/purposes/{shop.id}/restoring")
    with acting_as(system(org.id)):
        assert len(purposes.current()) == 2


def test_a_limited_colleague_finds_only_those_within_sight_without_a_ground(sipho, thandi, as_alice):
    group = contacts.add_group("Others")
    with acting_as(replace(as_alice, only_group=group.id)):
        assert unjustified.count() == 0
        assert Purpose.select().count() == 2
    assert answer(thandi, address="thandi@example.org") == ""
    assert isinstance(may_send(facts([Candidate(thandi.id, "thandi@example.org")], DM)[0], now()), Allow)
