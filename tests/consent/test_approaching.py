"""A person is asked for consent once, ever: also after deleting, and when two requests ask at the same moment."""

import threading

import pytest

from portal.campaigns.models import Campaign
from portal.consent import approaching
from portal.consent.more_models import Approach
from portal.consent.queries import Candidate, facts
from portal.consent.rules import Aim, Allow, PurposeClass, Refuse, may_send
from portal.contacts import record
from portal.contacts.rules import NewContact
from portal.core.actor import acting_as, current_actor, system
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.core.keys import address_mac
from portal.delivery import ledger
from portal.delivery.ledger import Addressee
from portal.delivery.models import DEFERRED, HANDED, REFUSED, SUPPRESSED, Delivery

pytestmark = pytest.mark.each_database

ASKING = Aim(PurposeClass.CONSENT_REQUEST)
ADDRESS = "thandi@example.org"


@pytest.fixture
def as_portal(org):
    with acting_as(system(org.id)):
        yield org


def somebody():
    email = {"address": ADDRESS, "normal": ADDRESS, "label": "", "is_primary": 1}
    return record.add_many([NewContact({"kind": "person", "first_name": "Thandi"}, [email])], "contact.added")[0]


def request(contact_id):
    """A request to this contact that a worker has claimed."""
    campaign_id = Campaign.create(name="May we?", purpose="consent_request", state="sending").id
    ledger.freeze(campaign_id, "email", [Addressee(contact_id, ADDRESS, ADDRESS)], ASKING, "example.org")
    rows = ledger.claim(campaign_id, "worker", 10)
    return rows[0] if rows else Delivery.get(Delivery.campaign_id == campaign_id)


def answer(contact_id):
    return may_send(facts([Candidate(contact_id, ADDRESS)], ASKING)[0], now())


@pytest.mark.usefixtures("as_portal")
class TestAsking:
    def test_who_was_asked_is_not_asked_again_even_after_deleting_and_another_import(self):
        first = somebody()
        assert answer(first) == Allow()
        assert ledger.hand(request(first), ADDRESS, ASKING)
        assert answer(first) == Refuse("asked")

        with transaction():
            record.erase([first])
        again = somebody()

        assert answer(again) == Refuse("asked")
        assert request(again).reason == "asked"

    def test_other_messages_do_not_care_who_was_asked(self):
        contact_id = somebody()
        ledger.hand(request(contact_id), ADDRESS, ASKING)

        transactional = Aim(PurposeClass.TRANSACTIONAL)
        assert may_send(facts([Candidate(contact_id, ADDRESS)], transactional)[0], now()) == Allow()

    def test_of_two_requests_at_the_same_moment_one_leaves(self):
        contact_id = somebody()
        one, other = request(contact_id), request(contact_id)
        known = facts([Candidate(contact_id, ADDRESS)], ASKING)  # both have looked before either has asked
        assert may_send(known[0], now()) == Allow()
        actor, left = current_actor(), []

        def hand(row):
            with db.connection_context(), acting_as(actor):
                left.append(ledger.hand(row, ADDRESS, ASKING))

        threads = [threading.Thread(target=hand, args=(row,)) for row in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(left) == [False, True]
        assert sorted(row.state for row in Delivery.select()) == [HANDED, SUPPRESSED]
        assert Approach.select().count() == 1

    def test_a_note_that_comes_second_takes_the_message_back(self):
        row = request(somebody())
        approaching.note("email", row.mac, campaign_id=9, delivery_id=9)
        Delivery.update(state=HANDED).where(Delivery.id == row.id).execute()

        assert ledger._ask(row) is False
        assert Delivery.get_by_id(row.id).reason == "asked"

    def test_a_server_that_wants_it_later_has_not_been_asked_yet(self):
        contact_id = somebody()
        row = request(contact_id)
        ledger.hand(row, ADDRESS, ASKING)
        ledger.defer(row, "451 later", now(), HANDED)

        assert Delivery.get_by_id(row.id).state == DEFERRED
        assert answer(contact_id) == Allow()

    def test_a_message_that_was_refused_is_not_sent_to_the_same_address_again(self):
        contact_id = somebody()
        row = request(contact_id)
        ledger.hand(row, ADDRESS, ASKING)
        ledger.refuse(row, "550 no such user", HANDED)

        assert Delivery.get_by_id(row.id).state == REFUSED
        assert Approach.get().outcome == "not_delivered"
        assert answer(contact_id) == Refuse("asked")

    def test_the_outcomes_are_counted(self, as_portal):
        row = request(somebody())
        ledger.hand(row, ADDRESS, ASKING)
        approaching.answered("email", address_mac(as_portal.id, "email", ADDRESS), "withheld")

        assert approaching.outcomes_of([row.campaign_id])[row.campaign_id]["withheld"] == 1


def test_another_organisation_asks_for_itself(org, other_org):
    with acting_as(system(org.id)):
        ledger.hand(request(somebody()), ADDRESS, ASKING)
    with acting_as(system(other_org.id)):
        assert not approaching.asked([Candidate(somebody(), ADDRESS)], ASKING)
