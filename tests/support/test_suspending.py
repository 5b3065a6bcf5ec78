"""Suspending an organisation: exact at the hand-over, said and logged, with what people are owed going on (R07)."""

import threading
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner

from portal.activity.models import LogEntry
from portal.campaigns import sending
from portal.cli import cli
from portal.consent.models import Suppression
from portal.consent.rules import Aim, PurposeClass
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.core.keys import make_token
from portal.core.misfit import Misfit
from portal.core.tenancy import Org
from portal.delivery import engine, ledger, system_mail
from portal.delivery.models import PortalMail
from portal.support import suspending
from tests.delivery.test_sending import figures, people

DM = Aim(PurposeClass.DIRECT_MARKETING)


def in_thread(org, act):
    """Run `act` for the organisation in a thread with a connection of its own; returns the thread and its outcome."""
    found = []

    def work():
        with db.connection_context(), acting_as(system(org.id)):
            try:
                found.append(act())
            except Exception as error:
                found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, found


def test_nothing_is_handed_over_once_a_suspension_is_committed(server, newsletter, org):
    """A worker sends while somebody suspends: what was handed over was so before the commit returned."""
    server()
    campaign = newsletter(*people(120))
    with acting_as(system(org.id)):
        sending.start(campaign)
        thread, _ = in_thread(org, lambda: sending.work(campaign.id, seconds=30))
        while not ledger.status(campaign.id)["accepted"] and thread.is_alive():
            time.sleep(0.005)

        suspending.suspend("Complaints")
        before = gone(campaign)
        thread.join()

        known = ledger.status(campaign.id)
        assert gone(campaign) == before < 120
        assert known["suppressed"] == known["cancelled"] == 0
        assert sum(known[name] for name in ("accepted", "pending", "deferred")) == 120

        suspending.resume("They removed the list")
        ledger.Delivery.update(due=None).execute()
        sending.work(campaign.id)
        assert figures(campaign)["accepted"] == 120


def gone(campaign):
    """How many were ever handed over."""
    mine = ledger.Delivery.campaign_id == campaign.id
    return ledger.Delivery.select().where(mine, ledger.Delivery.handed_at.is_null(False)).count()


def test_a_suspension_waits_for_a_hand_over_that_is_being_committed(newsletter, org):
    """And a hand-over that comes after it waits for it, and sees it."""
    campaign = newsletter(*people(2))
    with acting_as(system(org.id)):
        sending.start(campaign)
        first, second = ledger.claim(campaign.id, "worker", 2)
        with transaction():
            assert ledger.hand(first, "p0@example.org", DM)
            suspension, done = in_thread(org, lambda: suspending.suspend("Complaints"))
            suspension.join(0.5)
            assert not done, "the suspension was committed while a message was being handed over"
        suspension.join()

        with pytest.raises(ledger.Halted, match="suspended"):
            ledger.hand(second, "p1@example.org", DM)


def test_a_hand_over_waits_for_a_suspension_that_is_being_committed(newsletter, org):
    campaign = newsletter(*people(1))
    with acting_as(system(org.id)):
        sending.start(campaign)
        row = ledger.claim(campaign.id, "worker", 1)[0]
        with transaction():
            suspending.suspend("Complaints")
            worker, outcome = in_thread(org, lambda: ledger.hand(row, "p0@example.org", DM))
            worker.join(0.5)
            assert not outcome, "a message was handed over beside an open suspension"
        worker.join()

        assert isinstance(outcome[0], ledger.Halted)


def test_a_suspended_organisation_calls_no_mail_server_and_loses_nobody(server, newsletter, org):
    kept = server()
    campaign = newsletter(*people(3))
    with acting_as(system(org.id)):
        sending.start(campaign)
        suspending.suspend("Complaints")

        outcome = sending.work(campaign.id)

        assert "suspended" in outcome.trouble
        assert (figures(campaign)["state"], figures(campaign)["pending"]) == ("sending", 3)
        assert not kept.events()


def test_a_request_for_consent_waits_too(newsletter, org):
    campaign = newsletter(*people(1))
    with acting_as(system(org.id)):
        sending.start(campaign)
        suspending.suspend("Complaints")
        outcome = engine.run(campaign.id, "email", Aim(PurposeClass.CONSENT_REQUEST), seconds=5)
        assert (outcome.handed, "suspended" in outcome.trouble) == (0, True)


def test_suspended_in_the_moment_of_beginning_nobody_is_written_down_as_refused(newsletter, org, monkeypatch):
    campaign = newsletter(*people(2))
    checked = sending._check

    def then_suspended(campaign):
        checked(campaign)
        suspending.suspend("Complaints")

    monkeypatch.setattr(sending, "_check", then_suspended)
    with acting_as(system(org.id)):
        with pytest.raises(sending.NotReady, match="suspended: Complaints"):
            sending.start(campaign)
        assert ledger.status(campaign.id)["frozen"] == 0


def test_what_is_scheduled_is_paused_with_the_reason(newsletter, org):
    campaign = newsletter(*people(2))
    with acting_as(system(org.id)):
        sending.start(campaign, now().replace(year=now().year + 1))
        sending.Campaign.update(scheduled_at=now()).execute()
        suspending.suspend("Complaints")

        sending.sweep()

        known = sending.service.find(campaign.id)
        assert (known.state, "Complaints" in known.trouble, "support@example.org" in known.trouble) == (
            "paused", True, True,
        )  # fmt: skip


def test_it_is_told_and_logged_with_who_and_why(org, olivia, adam):
    with acting_as(replace(system(org.id), name="Sam (support)")):
        suspending.suspend("Many complaints")
        suspending.resume("The list is gone")

        told = [(mail.kind, mail.recipient) for mail in PortalMail.select().order_by(PortalMail.id)]
        assert told == [("suspended", olivia.email), ("resumed", olivia.email)]
        entries = LogEntry.select().where(LogEntry.action.in_(["organisation.suspended", "organisation.resumed"]))
        last = [(e.action, e.detail["actor"], e.detail["reason"]) for e in entries.order_by(LogEntry.seq)]
        assert last == [
            ("organisation.suspended", "Sam (support)", "Many complaints"),
            ("organisation.resumed", "Sam (support)", "The list is gone"),
        ]
    mail = PortalMail.select().order_by(PortalMail.id).first().message
    assert "Many complaints" in mail
    assert "support@example.org" in mail
    assert Org.get_by_id(org.id).suspended_reason == ""


@pytest.mark.parametrize("words", ["", "  ", "x" * 501, "a\u202eb"], ids=["none", "blank", "long", "turned"])
def test_without_a_proper_reason_nothing_happens(org, words):
    with acting_as(system(org.id)):
        with pytest.raises(Misfit):
            suspending.suspend(words)
        suspending.suspend("Complaints")
        with pytest.raises(Misfit):
            suspending.resume(words)
    assert Org.get_by_id(org.id).suspended_reason == "Complaints"


def test_twice_is_said_and_changes_nothing(org):
    with acting_as(system(org.id)):
        with pytest.raises(Misfit, match="not suspended"):
            suspending.resume("Nothing to lift")
        suspending.suspend("Complaints")
        with pytest.raises(Misfit, match="already"):
            suspending.suspend("Again")


def test_people_still_leave_and_the_portal_still_writes(app, server, newsletter, org, olivia):
    kept = server()
    campaign = newsletter(*people(1))
    with acting_as(system(org.id)):
        sending.start(campaign)
        row = ledger.Delivery.select().first()
        suspending.suspend("Complaints")

    left = app.test_client().post(f"/u/{make_token('u', org.id, row.id)}", data={"List-Unsubscribe": "One-Click"})

    assert left.status_code == 200
    with acting_as(system(org.id)):
        assert Suppression.select().count() == 1
    system_mail.deliver(PortalMail.get(PortalMail.kind == "suspended").id, PortalMail)
    assert list(kept.delivered().values()) == [1]


def test_the_owner_reads_why_and_whom_to_write_to(client_of, olivia, bob, newsletter, org):
    campaign = newsletter(*people(1))
    with acting_as(system(org.id)):
        sending.start(campaign)
        suspending.suspend("Many <complaints>")

    for who in (olivia, bob):
        for path in ("/", f"/campaigns/{campaign.id}/history"):
            page = client_of(who).get(path).text
            assert "Sending is suspended" in page, path
            assert "Many &lt;complaints&gt;" in page
            assert 'href="mailto:support@example.org"' in page


def test_whoever_begins_one_meanwhile_reads_it_as_a_sentence(client_of, adam, newsletter, org):
    campaign = newsletter(*people(1))
    with acting_as(system(org.id)):
        suspending.suspend("Complaints")
    client = client_of(adam)

    audience = client.get(f"/campaigns/{campaign.id}/audience").text
    sent = client.post(f"/campaigns/{campaign.id}/dispatch", data={"when": "now", "seen": "1"})

    assert "Sending is suspended" in audience
    assert "Nothing leaves until it is lifted" in audience
    assert sent.status_code == 422
    assert "Sending is suspended" in sent.text


def test_the_commands_ask_for_a_reason(org, monkeypatch):
    monkeypatch.setattr("portal.support.cli.organisation", lambda slug: acting_as(system(org.id)))
    run = CliRunner().invoke

    assert run(cli, ["org", "resume", org.slug]).exit_code == 2
    assert run(cli, ["org", "suspend", org.slug, "--reason", "Complaints"]).output.startswith("Suspended")
    assert Org.get_by_id(org.id).suspended_at is not None
    assert run(cli, ["org", "resume", org.slug, "--reason", "Mended"]).output.startswith("Lifted")
    assert Org.get_by_id(org.id).suspended_at is None
