"""An organisation that is being put back from a backup is shut for everybody; the others go on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.accounts.models import User
from portal.campaigns.models import Campaign
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.core import shutting
from portal.core.actor import acting_as, current_actor, system
from portal.core.db import transaction
from portal.core.keys import make_token
from portal.core.tenancy import Org
from portal.delivery import bouncing, return_path, system_mail
from portal.delivery.models import Delivery, ReturnedMail, SystemMail
from portal.documents import keeping, sweeping
from tests.backups.test_restoring import a_campaign
from tests.conftest import ClientOf
from workers import delivery as jobs
from workers.base import each_org, org_job


@contextmanager
def shut(org: Org) -> Iterator[None]:
    shutting.shut_for(org.id, "a backup")
    yield
    shutting.open_again(org.id)


def test_nobody_enters_and_nothing_leaves(
    org: Org, other_org: Org, olivia: User, charlie: User, client_of: ClientOf, thandi: Contact
) -> None:
    with acting_as(system(org.id)):
        campaign = a_campaign(org, ["p@example.org", "q@example.org"])
        link = f"/u/{make_token('u', org.id, Delivery.get().id)}"
        gone = f"/u/{make_token('u', org.id, 999_999)}"  # as of a row that is away just now
        mail = system_mail.send(None, "test", "a@example.org", "office@hopehouse.example", b"words")
    mine, theirs = client_of(olivia), client_of(charlie)
    anybody = mine.application.test_client()
    assert anybody.get(link).status_code == 200
    with shut(org):
        notice = anybody.get(f"/privacy/{org.slug}")
        for page in (mine.get("/contacts"), mine.post("/contacts")):
            assert (page.status_code, "being put back from a backup" in page.text) == (503, True)
        for page in (anybody.get(link), anybody.get(gone), notice):
            assert (page.status_code, "closed for a little while" in page.text) == (503, True)
        assert theirs.get("/contacts").status_code == 200
        jobs.send_campaign(org_id=org.id, campaign_id=campaign.id)
        jobs.send_mail(org_id=org.id, mail_id=mail)
        jobs.ring_for_campaigns()
        with acting_as(system(org.id)):
            assert SystemMail.get_by_id(mail).state == "waiting"
            assert {one.state for one in Delivery.select()} == {"handed", "accepted"}
    assert mine.get("/contacts").status_code == 200


def test_no_file_is_swept_away_while_rows_are(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PATIENCE", -60)
    keeping.store().put([b"its row is away"])
    with shut(org):
        assert sweeping.sweep() == 0
    assert sweeping.sweep() == 1


def test_no_job_of_it_begins(org: Org, other_org: Org) -> None:
    begun: list[int] = []

    def begin() -> None:
        begun.append(current_actor().org_id)

    with shut(org):
        for one in (org, other_org):
            org_job(begin)(org_id=one.id)
        each_org(begin)
    assert begun == [other_org.id, other_org.id]


def test_no_transaction_begins_for_it_but_of_who_puts_it_back(org: Org, other_org: Org) -> None:
    with shut(org):
        with acting_as(system(org.id)), pytest.raises(shutting.Shut), transaction():
            pass
        with acting_as(system(other_org.id)), transaction():
            pass
        with acting_as(system(org.id)), shutting.let_in(org.id), transaction():
            pass


def test_a_returned_message_waits_until_its_organisation_is_open(org: Org, other_org: Org) -> None:
    with acting_as(system(org.id)):
        person = contacts.add(first_name="P", email="p@example.org")
        campaign = Campaign.create(name="Spring", state="sent", groups=[], letter={})
        made = Delivery.create(contact_id=person.id, campaign_id=campaign.id, mac="m", address="p@example.org")
    to = return_path.for_delivery("bounces@localhost", org.id, made.id)
    bounce = f"From: mailer@x\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n\nuser unknown\n"
    mail = bouncing.take_in(bounce.encode(), to, "imap")
    with shut(org), pytest.raises(shutting.Shut):
        bouncing.read_one(mail)
    assert ReturnedMail.get_by_id(mail).state == "reading"
