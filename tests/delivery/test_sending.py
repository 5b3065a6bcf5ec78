"""A campaign over a real mail server: nobody twice, nobody missed, every answer kept."""

import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace

import pytest

from portal.accounts import service as accounts
from portal.campaigns import sending, service
from portal.campaigns.models import Campaign
from portal.consent.models import Suppression
from portal.consent.rules import Aim, PurposeClass
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.holders import holders
from portal.contacts.models import Contact
from portal.contacts.rules import NewContact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db
from portal.core.keys import make_token
from portal.delivery import leaving, ledger, owners, transport
from portal.delivery.models import Delivery, DeliveryEvent
from portal.privacy import erasing
from portal.support import suspending
from tests import schema
from tests.agreed import everybody_agrees
from tests.conftest import actor_of
from tests.sink import Plan, sink


def person(number, address, group):
    email = {"address": address, "normal": address, "label": "", "is_primary": 1}
    fields = {"kind": "person", "first_name": f"P{number}", "last_name": "Dube"}
    return NewContact(fields, [email] if address else [], group_ids=[group])


@pytest.fixture
def newsletter(org):
    """A campaign to a group whose members are given as addresses."""

    def newsletter(*addresses):
        with acting_as(system(org.id)):
            group = contacts.add_group("Newsletter")
            record.add_many([person(n, a, group.id) for n, a in enumerate(addresses)], "contact.added")
            everybody_agrees()
            made = service.create("Spring")
            made = service.change(made, 1, subject="Spring, [[first name|friend]]", body="<p>Dear [[first name]]</p>")
            sending.choose_audience(made, [group.id], [])
            return service.find(made.id)

    return newsletter


@pytest.fixture
def server(settings, tmp_path, app):
    """A recording mail server under a plan."""
    running = []

    def server(**plan):
        context = sink(tmp_path / f"journal{len(running)}.jsonl", Plan(**plan), fsync=False, bodies=tmp_path)
        running.append(context)
        made = context.__enter__()
        transport.use(replace(settings, smtp_url=made.url))
        return made

    yield server
    for context in running:
        context.__exit__(None, None, None)


def people(count, wish=""):
    return [f"p{n}{wish}@example.org" for n in range(count)]


def figures(campaign):
    return sending.status(campaign)


def test_everybody_gets_one_message_of_his_own(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(30))
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.work(campaign.id)

        assert figures(campaign) == {
            "state": "finished", "frozen": 30, "accepted": 30, "refused": 0, "deferred": 0, "unknown": 0,
            "suppressed": 0, "cancelled": 0, "pending": 0,
        }  # fmt: skip
    assert set(kept.delivered().values()) == {1}
    for event in kept.events():
        if event.get("verdict") == "kept":
            number = event["rcpt"].split("@")[0].removeprefix("p")
            body = kept.body(event["sha256"])
            assert f"Dear P{number}<".encode() in body
            assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in body


def test_the_figures_name_those_who_do_not_get_it(server, newsletter, org):
    server()
    campaign = newsletter("a@example.org", "a@example.org", "", "b@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.work(campaign.id)

        assert (figures(campaign)["frozen"], figures(campaign)["accepted"]) == (4, 2)
        assert ledger.reasons(campaign.id) == {"no_address": 1, "same_address": 1}


@pytest.mark.parametrize(
    ("wish", "state"),
    [
        ("+550-rcpt", "refused"), ("+dot-554", "refused"), ("+552", "refused"), ("+554-data", "refused"),
        ("+450-rcpt", "deferred"), ("+dot-450", "deferred"), ("+451-data", "deferred"), ("+rcpt-drop", "deferred"),
        ("+keep-then-drop", "unknown"),
    ],
)  # fmt: skip
def test_what_becomes_of_one_is_kept_and_touches_no_other(server, newsletter, org, wish, state):
    kept = server()
    campaign = newsletter("p0@example.org", f"p1{wish}@example.org", "p2@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.work(campaign.id)

        states = [row.state for row in Delivery.select().order_by(Delivery.id)]
        assert states == ["accepted", state, "accepted"]
        assert Delivery.select().where(Delivery.state == state).first().reply
    assert max(kept.delivered().values()) == 1


def test_a_connection_lost_in_the_text_doubles_nobody(server, newsletter, org):
    """Whether the last dot still went out is known to nobody, so put off and not certain are both true answers."""
    kept = server()
    campaign = newsletter("p0@example.org", "p1+354-drop@example.org", "p2@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.work(campaign.id)

        states = [row.state for row in Delivery.select().order_by(Delivery.id)]
        assert states[1] in ("deferred", "unknown")
        assert (states[0], states[2]) == ("accepted", "accepted")
    assert set(kept.delivered().values()) == {1}


def test_who_was_put_off_gets_it_later_once(server, newsletter, org):
    kept = server()
    campaign = newsletter("p0+dot-450.once@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.work(campaign.id)
        assert figures(campaign)["state"] == "sending"
        Delivery.update(due=now()).execute()

        sending.work(campaign.id)

        assert (figures(campaign)["state"], figures(campaign)["accepted"]) == ("finished", 1)
    assert list(kept.delivered().values()) == [1]


def test_starting_twice_writes_to_nobody_twice(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(5))
    with acting_as(system(org.id)):
        sending.start(campaign)
        with pytest.raises(service.Begun):
            sending.start(campaign)
        for _ in range(3):
            sending.work(campaign.id)
    assert set(kept.delivered().values()) == {1}


def test_several_workers_share_a_campaign_without_doubling(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(120))
    with acting_as(system(org.id)):
        sending.start(campaign)

    def work():
        try:
            with acting_as(system(org.id)):
                sending.work(campaign.id)
        finally:
            db.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with acting_as(system(org.id)):
        sending.settle(campaign.id)
        assert (figures(campaign)["state"], figures(campaign)["accepted"]) == ("finished", 120)
    assert Counter(kept.delivered().values()) == {1: 120}


def test_pausing_stops_and_resuming_goes_on_without_doubling(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(5))
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.pause(campaign)
        sending.work(campaign.id)
        assert (sum(kept.delivered().values()), figures(campaign)["pending"]) == (0, 5)

        sending.resume(campaign)
        sending.work(campaign.id)

        assert figures(campaign)["accepted"] == 5
    assert set(kept.delivered().values()) == {1}


def test_cancelling_accounts_for_those_not_reached(server, newsletter, org):
    server()
    campaign = newsletter(*people(5))
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.cancel(campaign)
        sending.work(campaign.id)

        assert (figures(campaign)["state"], figures(campaign)["cancelled"]) == ("cancelled", 5)


def test_what_a_dead_worker_left_goes_back_or_is_uncertain(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(3))
    with acting_as(system(org.id)):
        sending.start(campaign)
        rows = ledger.claim(campaign.id, "dead", 2)
        assert ledger.hand(rows[0], "p0@example.org", Aim(PurposeClass.DIRECT_MARKETING))
        Delivery.update(lease=now()).where(Delivery.lease.is_null(False)).execute()

        assert sending.sweep() == [campaign.id]
        sending.work(campaign.id)

        assert (figures(campaign)["accepted"], figures(campaign)["unknown"]) == (2, 1)
        assert not ledger.accept(rows[0], "250 late")
    assert [rcpt for _, rcpt in kept.delivered()] == ["p1@example.org", "p2@example.org"]


@pytest.fixture
def claimed(newsletter, org):
    """A row a worker holds, of a campaign that has begun: the last moment before it is handed over."""
    campaign = newsletter("p0@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        return campaign, ledger.claim(campaign.id, "worker", 1)[0]


def state_of(row):
    return Delivery.get_by_id(row.id).state


@pytest.mark.parametrize(
    "happens",
    [
        lambda row: record.mark_email("p0@example.org", "undeliverable", "550 no such person"),
        lambda row: erasing.erase([row.contact_id]),
        lambda row: leaving.unsubscribe(row, how="page"),
    ],
    ids=["found undeliverable", "erased", "left"],
)
def test_the_gate_is_asked_again_at_the_last_moment(claimed, org, happens):
    _, row = claimed
    with acting_as(system(org.id)):
        happens(row)

        assert not ledger.hand(row, "p0@example.org", Aim(PurposeClass.DIRECT_MARKETING))
        assert state_of(row) == "suppressed"


@pytest.mark.parametrize(
    "happens",
    [
        lambda campaign: suspending.suspend("Complaints"),
        lambda campaign: accounts.set_details(legal_name=""),
        sending.pause,
    ],
    ids=["suspended", "nameless", "paused"],
)
def test_what_stops_everybody_keeps_the_row_waiting(claimed, org, happens):
    campaign, row = claimed
    with acting_as(system(org.id)):
        happens(campaign)

        with pytest.raises(ledger.Halted):
            ledger.hand(row, "p0@example.org", Aim(PurposeClass.DIRECT_MARKETING))
        assert state_of(row) == "claimed"


def test_without_a_mail_server_nobody_is_lost(settings, newsletter, org, app):
    transport.use(replace(settings, smtp_url="smtp://127.0.0.1:9"))
    campaign = newsletter(*people(3))
    with acting_as(system(org.id)):
        sending.start(campaign)
        outcome = sending.work(campaign.id)

        assert outcome.trouble
        assert (figures(campaign)["state"], figures(campaign)["pending"]) == ("sending", 3)


def test_the_providers_limit_holds_over_several_turns(server, newsletter, org, settings):
    kept = server()
    transport.use(replace(settings, smtp_url=kept.url, smtp_limit="2/day"))
    campaign = newsletter(*people(5))
    with acting_as(system(org.id)):
        sending.start(campaign)
        for _ in range(3):
            assert sending.work(campaign.id).is_limited

        assert (figures(campaign)["accepted"], figures(campaign)["pending"]) == (2, 3)


def test_a_wish_to_leave_holds_from_the_moment_it_is_granted(server, newsletter, org, app):
    kept = server()
    campaign = newsletter(*people(2))
    with acting_as(system(org.id)):
        sending.start(campaign)
        row = Delivery.select().order_by(Delivery.id).first()
        token = make_token("u", org.id, row.id)

    browser = app.test_client()
    looked = [browser.get(f"/u/{token}").status_code for _ in range(5)]
    with acting_as(system(org.id)):
        assert Suppression.select().count() == 0
    one_click = browser.post(
        f"/u/{token}", data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}
    )
    again = browser.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})

    assert (looked, one_click.status_code, again.status_code) == ([200] * 5, 200, 200)
    with acting_as(system(org.id)):
        sending.work(campaign.id)
        assert ledger.reasons(campaign.id) == {"unsubscribed": 1}
        assert DeliveryEvent.select().count() == 1
    assert [rcpt for _, rcpt in kept.delivered()] == ["p1@example.org"]


def test_who_left_is_not_in_the_next_campaign_and_may_come_back(server, newsletter, org, app):
    server()
    campaign = newsletter("p0@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        sending.work(campaign.id)
        token = make_token("u", org.id, Delivery.get().id)
    browser = app.test_client()
    browser.post(f"/u/{token}", data={"what": "leave"})
    with acting_as(system(org.id)):
        again = service.create("Summer")
        again = service.change(again, 1, subject="Summer", body="<p>Hello</p>")
        sending.choose_audience(again, campaign.groups, [])
        sending.start(service.find(again.id))
        sending.work(again.id)
        assert ledger.reasons(again.id) == {"unsubscribed": 1}

    page = browser.post(f"/u/{token}", data={"what": "stay"})

    assert "Unsubscribe from Hope House?" in page.text
    assert "031 555 0100" in page.text
    with acting_as(system(org.id)):
        assert Suppression.select().count() == 0


@pytest.mark.parametrize("data", [{}, {"List-Unsubscribe": "x"}, {"what": "else"}])
def test_a_post_that_says_nothing_changes_nothing(server, newsletter, org, app, data):
    server()
    campaign = newsletter("p0@example.org")
    with acting_as(system(org.id)):
        sending.start(campaign)
        token = make_token("u", org.id, Delivery.get().id)

    app.test_client().post(f"/u/{token}", data=data)

    with acting_as(system(org.id)):
        assert Suppression.select().count() == 0


def test_a_made_up_link_is_not_found(app, org):
    assert app.test_client().get("/u/" + make_token("u", org.id, 999)).status_code == 404
    assert app.test_client().post("/u/nonsense").status_code == 404


def test_an_erased_contact_gets_nothing_and_leaves_no_address(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(2))
    with acting_as(system(org.id)):
        sending.start(campaign)
        erasing.erase([Delivery.select().order_by(Delivery.id).first().contact_id])
        sending.work(campaign.id)

        gone = Delivery.select().order_by(Delivery.id).first()
        assert (gone.state, gone.reason, gone.address) == ("suppressed", "erased", "")
        assert figures(campaign)["state"] == "finished"
    assert [rcpt for _, rcpt in kept.delivered()] == ["p1@example.org"]


def test_nothing_leaves_before_the_organisation_says_who_it_is(charlie, app):
    with acting_as(actor_of(charlie)):
        made = service.create("Spring")
        with pytest.raises(sending.NotReady, match="legal name"):
            sending.start(made)
        assert Campaign.get().state == "draft"


def test_what_an_ended_process_held_is_free_at_once_and_what_it_handed_is_uncertain(server, newsletter, org):
    campaign = newsletter(*people(3))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    place = owners.me().rpartition(":")[0]
    with acting_as(system(org.id)):
        sending.start(campaign)
        mine = ledger.claim(campaign.id, owners.me(), 1)[0]
        theirs = ledger.claim(campaign.id, f"{place}:{gone.pid}", 2)
        ledger.hand(theirs[0], theirs[0].address, Aim(PurposeClass.DIRECT_MARKETING))

        ledger.expire()

        states = dict(Delivery.select(Delivery.id, Delivery.state).tuples())
    assert states == {mine.id: "claimed", theirs[0].id: "unknown", theirs[1].id: "waiting"}


# What an erased contact's tables keep of him, each for a reason: a tombstone, hashes, states; never his words.
ERASURE_OWNS = {
    "contact_email",
    "contact_telephone",
    "contact_address",
    "contact_note",
    "group_member",
    "contact_value",
    "log_entry",
}


def test_every_table_with_a_contact_column_says_how_it_is_erased(app):
    with_contact = {
        model._meta.table_name
        for model in schema.models()
        if any(column.column_name == "contact_id" for column in model._meta.sorted_fields)
    }

    assert with_contact == ERASURE_OWNS | {holder.table for holder in holders()}


def test_after_erasure_nothing_in_the_database_names_the_person(server, newsletter, org, olivia):
    server()
    campaign = newsletter("cnry-erased@example.org", *people(2))
    with acting_as(actor_of(olivia)):
        contact = Contact.get(Contact.search_emails.contains("cnry-erased"))
        contacts.change_details(contact, contacts.stamp(contact, "details"), first_name="CNRY", last_name="Canary")
        contacts.add_note(contacts.find(contact.id), "CNRY likes gardens")
        sending.start(campaign)
        sending.work(campaign.id)
        erasing.erase([contact.id])

    found = [
        (model._meta.table_name, row)
        for model in schema.models()
        for row in db.execute(model._meta.table.select().tuples())
        if "cnry" in str(row).lower()
    ]
    assert found == []
