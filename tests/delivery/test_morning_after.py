"""Real Postfix, real Dovecot: what they refuse, at once or later, is on the contact the morning after."""

import os
import smtplib
import subprocess
import sys
from dataclasses import replace

import pytest

from portal.campaigns import sending, service
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core.actor import acting_as, system
from portal.delivery import bouncing, figures, return_path, transport
from portal.delivery.models import Delivery, ReturnedMail
from portal.gateways import imap
from tests.agreed import everybody_agrees
from tests.databases import KEYS
from tests.delivery.test_sending import person
from tests.kills import free_port
from tests.mailhost import PASSWORD, mail_host, wait_for
from tests.returned import report

PEOPLE = ("gone@school.test", "full@school.test", "well@school.test", "lost@nowhere.test", "grey@school.test")
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def listener(settings, app):
    """The portal's own LMTP listener, as a process of its own; gives its port."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url,
        **KEYS,
        "BOUNCE_ADDRESS": "bounces@portal.test", "BOUNCE_LISTEN": f"lmtp://127.0.0.1:{port}",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "portal.cli", "listen"], env=environ)
    wait_for(lambda: _answers(port))
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture
def newsletter(org):
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
        record.add_many([person(n, a, group.id) for n, a in enumerate(PEOPLE)], "contact.added")
        everybody_agrees()
        made = service.create("Spring")
        made = service.change(made, 1, subject="Spring", body="<p>Hello</p>")
        sending.choose_audience(made, [group.id], [])
        return service.find(made.id)


@pytest.mark.smtp
@pytest.mark.parametrize("road", ["lmtp", "imap"])
def test_what_is_refused_is_on_the_contact_the_morning_after(road, settings, listener, newsletter, org):
    if not IS_ROOT:
        return by_hand(listener, newsletter, org, settings)
    address = "bounces@portal.test" if road == "lmtp" else "bounces@mailbox.test"
    with mail_host(listener) as host, acting_as(system(org.id)):
        url = f"smtp://127.0.0.1:{host.smtp}"
        transport.use(replace(settings, smtp_url=url, bounce_address=address))
        host.greylist("grey@school.test")
        host.reload()
        sending.start(newsletter)
        sending.work(newsletter.id)
        assert figures.of_campaign(newsletter.id).deferred == 1  # greylisted: asked again later
        host.greylist()
        host.reload()
        Delivery.update(due=None).execute()
        sending.work(newsletter.id)

        expected = {"gone@school.test", "full@school.test", "lost@nowhere.test", "grey@school.test"}
        wait_for(lambda: came_back(road, host, expected))

        told = {e.address: (e.state, e.state_reason) for e in Email.select()}
        kinds = dict(Delivery.select(Delivery.address, Delivery.bounce).tuples())
        known = figures.of_campaign(newsletter.id)
    gone = ("undeliverable", "There is no such mailbox.")
    assert told == {
        "gone@school.test": gone, "grey@school.test": gone, "well@school.test": ("", ""), "full@school.test": ("", ""),
        "lost@nowhere.test": ("undeliverable", "The part after @ does not exist, or takes no mail."),
    }  # fmt: skip
    assert kinds["full@school.test"] == "soft"
    assert (known.sent, known.delivered, known.undeliverable, known.unknown) == (5, 1, 4, 0)
    assert ReturnedMail.select().count() == 0
    return None


def came_back(road, host, expected):
    """Whether all that is expected came back and was read."""
    if road == "imap":
        box = imap.Mailbox("127.0.0.1", host.imap, "bounces@mailbox.test", PASSWORD, "INBOX", tls=False)
        imap.fetch(box, lambda source: bouncing.take_in(source, "", "imap"))
    for mail_id in bouncing.waiting():
        bouncing.read_one(mail_id)
    back = Delivery.select(Delivery.address).where(Delivery.bounce != "").tuples()
    return {row[0] for row in back} == expected


def by_hand(listener, newsletter, org, settings):
    """Without root no mail server can be started: the listener is spoken to alone."""
    with acting_as(system(org.id)):
        sending.start(newsletter)
        Delivery.update(state="accepted", handed_at=newsletter.created_at).execute()
        row = Delivery.get(Delivery.address == "gone@school.test")
        back = return_path.for_delivery("bounces@portal.test", org.id, row.id)
        with smtplib.LMTP("127.0.0.1", listener) as server:
            server.sendmail("", [back], report("Lost.", diagnostic="550 5.1.1 no", to=row.address, back=back))
        for mail_id in bouncing.waiting():
            bouncing.read_one(mail_id)
        assert Email.get(Email.address == row.address).state == "undeliverable"


def test_the_listener_takes_returned_mail_only(listener):
    with smtplib.LMTP("127.0.0.1", listener) as server:
        server.ehlo()
        server.mail("")
        assert server.rcpt("hello@hopehouse.example")[0] == 550
        assert server.rcpt("bounces+1-1-0000000000000000@portal.test")[0] == 250
        assert server.rcpt("bounces@portal.test")[0] == 452


def test_a_mailbox_that_cannot_be_read_is_said_in_words():
    box = imap.Mailbox.from_url(f"imap://who:what@127.0.0.1:{free_port()}/INBOX")
    with pytest.raises(imap.NoMailbox, match="cannot be read"):
        imap.fetch(box, lambda source: None)


@pytest.mark.parametrize("url", ["http://x/", "imap://", "imaps://host/INBOX", "imaps://u:p@host:port/"])
def test_an_address_of_a_mailbox_is_checked(url):
    with pytest.raises(imap.BadMailbox):
        imap.Mailbox.from_url(url)


def _answers(port):
    try:
        smtplib.LMTP("127.0.0.1", port, timeout=2).close()
    except OSError:
        return False
    return True
