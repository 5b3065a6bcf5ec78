"""Contacts who have died, contacts put away, and children: where they are seen, and what is not sent to them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from playhouse.test_utils import count_queries

from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.campaigns.audience import waterfall
from portal.consent.queries import Candidate, facts
from portal.consent.rules import Aim, PurposeClass
from portal.contacts import children, identities, queries, relations, states
from portal.contacts import service as contacts
from portal.contacts.child_rules import Standing
from portal.contacts.identity_rules import id_number
from portal.contacts.models import Contact, Group
from portal.contacts.panels import chips_for
from portal.contacts.queries import Filter
from portal.contacts.relation_rules import Entered
from portal.contacts.states import Impossible
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import Denied
from portal.delivery import ledger
from portal.delivery.models import Delivery
from portal.privacy import erasing
from tests.agreed import everybody_agrees
from tests.conftest import HX, actor_of


def add(first, **more):
    return contacts.add(first_name=first, last_name="Dube", email=f"{first.lower()}@example.org", **more)


def listed(**words) -> list[str]:
    return [row.name for row in queries.page(Filter(**words), 1)]


def years_ago(years, days=0) -> date:
    today = now().date()
    return today.replace(year=today.year - years, day=min(today.day, 28)) + timedelta(days)


def consented(child, **more):
    mother = add(f"Mother{child.id}")
    entered = Entered(consented_on=now().date(), consent_note="form", **more)
    return relations.add(mother, "parent", child.id, entered)


@pytest.fixture
def learners(as_olivia):
    return Group.create(name="Learners", is_children=1)


@pytest.fixture
def cast(learners):
    """One of each: whom the gate lets through, and whom it does not."""
    made = {
        name: add(name, birth_date=born)
        for name, born in (
            ("Grown", None), ("Young", years_ago(9)), ("Heard", years_ago(9)), ("Appealed", years_ago(9)),
            ("Today", years_ago(18)), ("Dead", None), ("Away", None), ("Unknown", None), ("Teacher", years_ago(40)),
            ("Number", None),
        )
    }  # fmt: skip
    consented(made["Heard"])
    consented(made["Appealed"], is_marketing_too=True)
    consented(made["Today"])
    states.mark_deceased(made["Dead"], now().date(), "her daughter telephoned")
    states.archive(made["Away"], "moved")
    contacts.group_contacts([made["Unknown"].id, made["Teacher"].id], learners.id)
    identities.keep(made["Number"], id_number("1002280123089", today=now().date()))
    with_number = Contact.get_by_id(made["Number"].id)
    contacts.change_details(with_number, contacts.stamp(with_number, "details"), first_name="Number", birth_date=None)
    everybody = contacts.add_group("Everybody")
    contacts.group_contacts([c.id for c in made.values()], everybody.id)
    everybody_agrees()
    return made


EXPECTED = {
    "Grown": "", "Young": "child", "Heard": "child_appeal", "Appealed": "", "Today": "", "Dead": "deceased",
    "Away": "archived", "Unknown": "child", "Teacher": "", "Number": "child",
}  # fmt: skip


@pytest.mark.parametrize("purpose", [PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION])
def test_the_waterfall_adds_up_and_names_each_reason(cast, purpose):
    campaign = campaigns.create("Spring")
    campaign.groups, campaign.purpose = [contacts.find_group_by_name("Everybody").id], str(purpose)
    fall = waterfall(campaign)
    names = {c.id: name for name, c in cast.items()}
    why = {names[i]: reason for reason, ids in fall.minus.items() for i in ids} | {names[i]: "" for i in fall.receivers}

    spared = {"Heard": ""} if purpose is PurposeClass.INFORMATION else {}
    assert why == EXPECTED | spared
    assert fall.total == len(cast) == len(fall.receivers) + sum(number for *_, number in fall.lines)
    assert sorted(fall.everybody) == sorted(c.id for c in cast.values())


def test_the_facts_of_a_batch_take_the_same_number_of_queries_however_long_it_is(cast):
    candidates = [Candidate(c.id, f"{name.lower()}@example.org") for name, c in cast.items()]
    with count_queries() as few:
        facts([candidates[7]], Aim(PurposeClass.INFORMATION))
    with count_queries() as many:
        facts(candidates * 9, Aim(PurposeClass.INFORMATION))
    assert many.count == few.count


def test_a_wall_does_not_hide_the_consent_from_the_gate(cast, org):
    group = contacts.add_group("Heard alone")
    contacts.group_contacts([cast["Heard"].id], group.id)
    with acting_as(replace(system(org.id), only_group=group.id)):
        assert children.as_the_gate_sees([cast["Heard"].id]) == {cast["Heard"].id: Standing.CONSENTED}
        assert children.standings([cast["Heard"].id]) == {cast["Heard"].id: Standing.CONSENTED}
        assert relations.of([cast["Heard"].id]) == {}


def test_what_waits_already_is_not_sent_to_who_dies_meanwhile(cast):
    campaign = campaigns.change(campaigns.create("Spring"), 1, subject="Spring", body="<p>Dear all</p>")
    sending.choose_audience(campaign, [contacts.find_group_by_name("Everybody").id], [])
    sending.start(campaigns.find(campaign.id))
    ledger_rows = {row.contact_id: row for row in Delivery.select()}
    assert ledger_rows[cast["Grown"].id].state == "waiting"

    states.mark_deceased(contacts.find(cast["Grown"].id), now().date(), "the hospital")
    states.archive(contacts.find(cast["Teacher"].id), "moved")
    taken = {row.contact_id: row for row in ledger.claim(campaign.id, "worker", 50)}
    for name, why in (("Grown", "deceased"), ("Teacher", "archived")):
        assert ledger.hand(taken[cast[name].id], f"{name.lower()}@example.org", Aim(PurposeClass.INFORMATION)) is False
        assert Delivery.get(Delivery.contact_id == cast[name].id).reason == why


def test_chips_say_how_each_stands(cast):
    chips = {name: [text for text, _ in chips_for([c.id]).get(c.id, [])] for name, c in cast.items()}
    assert chips["Dead"] == ["Deceased"]
    assert chips["Away"] == ["Archived"]
    assert chips["Young"] == chips["Unknown"] == chips["Number"] == ["Child: consent missing"]
    assert chips["Heard"] == chips["Appealed"] == ["Child"]
    assert chips["Today"] == ["Now 18: ask for consent anew"]
    assert chips["Grown"] == chips["Teacher"] == []


def test_the_list_and_its_filters_agree_with_the_rules(cast):
    names = {name: f"Dube, {name}" for name in cast}
    assert names["Away"] not in listed()
    assert listed(text="away") == []
    assert listed(state="archived") == listed(text="away", with_archived=True) == [names["Away"]]
    assert listed(state="deceased") == [names["Dead"]]
    assert names["Dead"] in listed()
    wanted = {names[n] for n in ("Young", "Heard", "Appealed", "Unknown", "Number")}
    assert set(listed(state="children")) == wanted
    assert queries.pending(Filter(group_ids=(contacts.find_group_by_name("Everybody").id,))) == 3


def test_who_does_not_know_of_the_childrens_group_learns_nothing_of_it(cast, learners, alice):
    Group.update(sensitivity="child").where(Group.id == learners.id).execute()
    with acting_as(actor_of(alice)):
        assert chips_for([cast["Unknown"].id]) == {}
        assert "Dube, Unknown" not in listed(state="children")
        assert children.as_the_gate_sees([cast["Unknown"].id]) == {cast["Unknown"].id: Standing.PENDING}


def test_on_the_eighteenth_birthday_a_child_is_none_any_more(as_olivia):
    child = add("Young", birth_date=date(2010, 2, 28))
    relation = consented(child)
    for moment, expected in (("2028-02-27", Standing.CONSENTED), ("2028-02-28", Standing.RENEW)):
        with time_machine.travel(f"{moment} 12:00"):
            assert children.standings([child.id]) == {child.id: expected}
    with time_machine.travel("2028-02-28 12:00"):
        relations.change(child, relation, relations.stamp(relation), Entered())
        assert children.standings([child.id]) == {child.id: Standing.NONE}


def test_a_body_is_no_child_whatever_its_group(learners):
    school = contacts.add(kind="body", organisation="St Mary's")
    contacts.group_contacts([school.id], learners.id)
    assert children.standings([school.id]) == {school.id: Standing.NONE}
    assert listed(state="children") == []


@pytest.mark.parametrize(
    ("on", "note", "words"),
    [
        (None, "her daughter", "Enter the day"),
        (date(2100, 1, 1), "her daughter", "future"),
        (date(1950, 1, 1), "her daughter", "birth date"),
        (date(2020, 1, 1), " ", "from whom"),
    ],
)
def test_a_death_needs_its_day_and_who_told(as_alice, on, note, words):
    with pytest.raises(Impossible, match=words):
        states.mark_deceased(add("Old", birth_date=date(1960, 1, 1)), on, note)


def test_states_are_noted_taken_back_and_told_in_the_history(client_of, alice, bob, thandi, as_alice):
    browser = client_of(alice)
    page = f"/contacts/{thandi.id}"
    refused = browser.post(f"{page}/death", data={"deceased_on": "3 May 2026"}, headers=HX)
    assert (refused.status_code, "from whom you know" in refused.text) == (422, True)
    assert 'value="3 May 2026"' in refused.text
    assert browser.post(f"{page}/archive", data={}, headers=HX).status_code == 422

    browser.post(f"{page}/death", data={"deceased_on": "3 May 2026", "deceased_note": "CNRY told"})
    browser.post(f"{page}/archive", data={"archived_note": "CNRY reason"})
    seen = browser.get(page).text
    assert ["Died on 3 May 2026" in seen, "CNRY told" in seen, "CNRY reason" in seen] == [True] * 3
    browser.post(f"{page}/death/undo")
    browser.post(f"{page}/archive/undo")
    contact = Contact.get_by_id(thandi.id)
    assert (contact.deceased_on, contact.deceased_note, contact.archived_at, contact.archived_note) == (
        None,
        "",
        None,
        "",
    )
    told = browser.get(page).text
    for words in ("noted that this person has died", "took back", "archived this contact", "from the archive"):
        assert words in told

    school = contacts.add(kind="body", organisation="St Mary's")
    with pytest.raises(Impossible, match="does not die"):
        states.mark_deceased(school, date(2026, 5, 3), "x")
    with acting_as(actor_of(bob)):
        for act in (
            lambda: states.mark_deceased(thandi, date(2026, 5, 3), "x"),
            lambda: states.unmark_deceased(thandi),
            lambda: states.archive(thandi, "x"),
            lambda: states.unarchive(thandi),
        ):
            with pytest.raises(Denied):
                act()


def test_erasing_empties_what_was_noted(as_olivia, thandi):
    states.mark_deceased(contacts.find(thandi.id), now().date(), "CNRY")
    states.archive(contacts.find(thandi.id), "CNRY")
    erasing.erase([thandi.id])
    row = Contact.get_by_id(thandi.id)
    assert (row.deceased_on, row.deceased_note, row.archived_at, row.archived_note) == (None, "", None, "")
