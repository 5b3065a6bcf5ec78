"""What the witness found, each in the fewest steps: a no that a new address, a neighbour or an objection hid."""

from datetime import timedelta

import pytest

from portal.accounts.service import today
from portal.asking import service as asking
from portal.asking.service import Wish
from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.consent import purposes, telling
from portal.consent.purposes import first
from portal.consent.queries import Candidate, facts
from portal.consent.rules import Aim, Allow, PurposeClass, may_send
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.delivery import leaving, ledger
from portal.delivery.models import Delivery, DeliveryEvent
from portal.duplicates import parting, uniting

DM, INFO, ASK = PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION, PurposeClass.CONSENT_REQUEST
OLD, NEW = "thandi@example.org", "new@example.org"


@pytest.fixture
def here(org, thandi):
    with acting_as(system(org.id)):
        yield thandi


def answer(contact, address, kind=DM, **purpose):
    said = may_send(facts([Candidate(contact.id, address)], Aim(kind, **purpose))[0], now())
    return "" if said == Allow() else said.reason


def message(contact, *, request=False):
    """A message that has left to the contact."""
    group = contacts.add_group(f"G{contact.id}{request}")
    contacts.group_contacts([contact.id], group.id)
    if request:
        made = asking.ask("Ask", Wish(first().id, "our work", "Nomsa Dube", ["email"]), [group.id])
    else:
        made = campaigns.create("Spring")
        made = campaigns.change(made, 1, subject="Spring", body="<p>Hello</p>")
        sending.choose_audience(made, [group.id], [])
    sending.start(campaigns.find(made.id))
    row = ledger.claim(made.id, "me", 5)[0]
    assert ledger.hand(row, row.address, campaigns.aim_of(campaigns.find(made.id)))
    ledger.accept(row, "250 kept")
    return Delivery.get_by_id(row.id)


def move(contact, address=NEW):
    contacts.correct_email(Email.get(Email.contact_id == contact.id), address)


def tell(contact, kind, *, days=0, proven=False):
    how = {"method": "telephone", "recording": "tape 7"} if proven else {"method": "in_person"}
    day = today() - timedelta(days=days)
    telling.tell(contact, telling.Word(first().id, kind, ["email"], said_on=day, detail="at the open day", **how))


def test_a_message_does_not_leave_to_an_address_that_was_corrected_meanwhile(here):
    assert answer(here, OLD) == ""

    move(here)

    assert (answer(here, OLD), answer(here, OLD, PurposeClass.TRANSACTIONAL), answer(here, NEW)) == (
        "moved",
        "moved",
        "",
    )


@pytest.mark.parametrize("act", ["unsubscribe", "complain"])
def test_who_left_has_left_at_a_new_address_too_until_he_agrees_again_and_it_can_be_proven(here, act):
    row = message(here)
    leaving.complain(row) if act == "complain" else leaving.unsubscribe(row, how="one click")

    move(here)

    assert [answer(here, NEW, kind) for kind in (DM, INFO, ASK)] == ["unsubscribed"] * 3
    tell(here, "granted")
    assert answer(here, NEW) == "unsubscribed"
    tell(here, "granted", proven=True)
    assert (answer(here, NEW), answer(here, NEW, INFO)) == ("", "")


def test_a_click_counts_also_where_somebody_had_objected_before(here):
    row = message(here)
    tell(here, "objected", days=3)

    leaving.unsubscribe(row, how="one click")
    leaving.unsubscribe(row, how="one click")
    tell(here, "granted", days=1, proven=True)  # signed before the click, and brought in after it

    assert answer(here, OLD) == "unsubscribed"
    assert DeliveryEvent.select().count() == 1


def test_the_proof_of_a_neighbour_does_not_open_what_another_closed(here):
    neighbour = contacts.add(first_name="Sipho", email=OLD)
    tell(here, "objected")

    tell(neighbour, "granted", proven=True)

    assert (answer(here, OLD), answer(neighbour, OLD)) == ("objected", "unsubscribed")
    tell(here, "granted", proven=True)
    assert (answer(here, OLD), answer(neighbour, OLD)) == ("", "")


def test_nobody_is_asked_again_at_another_address(org):
    with acting_as(system(org.id)):
        sipho = contacts.add(first_name="Sipho", email="sipho@example.org")
        row = message(sipho, request=True)

        move(sipho)

        assert answer(sipho, NEW, ASK) == "asked"
        leaving.Approach.update(outcome="not_delivered").where(leaving.Approach.delivery_id == row.id).execute()
        assert answer(sipho, NEW, ASK) == ""


@pytest.mark.parametrize("is_one", [True, False], ids=["while they were one", "after they were parted"])
def test_who_takes_his_leaving_back_is_not_given_what_only_the_other_had_agreed_to(here, is_one):
    """The one asks for no more while a mistaken merge holds another's consent against his name."""
    events = purposes.add(purposes.Line("Events", "To invite people", "direct_marketing"))
    sipho = contacts.add(first_name="Sipho", email="sipho@example.org")
    telling.tell(sipho, telling.Word(events.id, "granted", ["email"], "in_person", detail="at the open day"))
    row = message(here)
    merge = uniting.unite(here.id, sipho.id)
    leaving.unsubscribe(row, how="one click")

    if is_one:
        leaving.resubscribe(row)
    parting.part(merge)
    if not is_one:
        leaving.resubscribe(row)

    assert [answer(here, OLD, purpose_id=i) for i in (first().id, events.id)] == ["", "withdrawn"]
