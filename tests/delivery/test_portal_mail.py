"""Messages of the installation itself: the same ledger, handed over once, and not after their time."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import notices, system_mail, transport
from portal.delivery.models import ACCEPTED, CANCELLED, WAITING, PortalMail
from portal.gateways.smtp import Server
from tests.sink import Plan, sink


@pytest.fixture
def mailbox(app, tmp_path, monkeypatch):
    """A real SMTP server; everything the portal sends goes there."""
    with sink(tmp_path / "journal", Plan(), fsync=False) as server:
        monkeypatch.setattr(transport, "server", lambda: Server.from_url(f"{server.url}?starttls=never"))
        yield server


def keep(**more):
    words = {"name": "Thandi", "subject": "Hello", "words": "One line.\n<b>Another</b>.", "sender": "Sam"}
    with transaction():
        return notices.send("from_support", "thandi@example.org", **words, **more)


def test_it_is_handed_over_once_and_then_forgotten(mailbox):
    made = keep()

    for _ in range(3):
        system_mail.deliver(made, PortalMail)

    row = PortalMail.get_by_id(made)
    assert (row.state, row.message) == (ACCEPTED, "")
    assert list(mailbox.delivered().values()) == [1]


def test_what_nobody_is_helped_by_any_more_is_not_sent(mailbox):
    made = keep(good_until=now() - timedelta(seconds=1))

    system_mail.deliver(made, PortalMail)

    row = PortalMail.get_by_id(made)
    assert (row.state, row.message) == (CANCELLED, "")
    assert not mailbox.delivered()


def test_it_is_plain_and_in_html_and_says_that_a_program_wrote_it(app):
    message = PortalMail.get_by_id(keep()).message

    assert "Auto-Submitted: auto-generated" in message
    assert "text/plain" in message
    assert "&lt;b&gt;Another&lt;/b&gt;" in message
    assert "support@example.org" in message


def test_what_waits_is_found_and_what_is_old_forgotten(app):
    made = keep()
    assert system_mail.due(PortalMail) == [made]

    PortalMail.update(created_at=now() - timedelta(days=31)).execute()
    system_mail.tidy(PortalMail)

    assert PortalMail.select().where(PortalMail.state == WAITING).count() == 0
