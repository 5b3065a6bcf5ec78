"""The last entry of the record: noted every hour, mailed once a day, checked on a page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.activity import anchors, check_service, checking, heads, log
from portal.activity.anchors import Anchor
from portal.activity.models import LogEntry
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.delivery.models import PortalMail
from portal.privacy import erasing
from tests.activity.chains import sql
from tests.conftest import HX, member
from tests.signin.stage import text_of
from workers import log as jobs

pytestmark = pytest.mark.one_database  # the chain itself is attacked on both

NOON = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def mailed(org):
    query = PortalMail.select().where(PortalMail.kind == "log_head", PortalMail.recipient == org.email)
    return list(query.order_by(PortalMail.id))


def tick(org, hours=0.0, *, after_a_change=False):
    """The clock ticks, so long after noon of the first day."""
    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        if after_a_change:
            with acting_as(system(org.id)), transaction():
                log.write("contact.added", name="somebody")
        jobs.anchor()


def test_the_last_entry_is_mailed_once_a_day_however_often_the_clock_ticks(org, thandi):
    tick(org)
    tick(org)
    tick(org, 2, after_a_change=True)
    assert len(mailed(org)) == 1

    tick(org, 12.1)  # still the same day in UTC, but not where the organisation is
    tick(org, 24 * 4, after_a_change=True)  # the days between were missed
    tick(org, 24 * 4 + 1, after_a_change=True)
    tick(org, 24 * 6)

    told = [text_of(mail) for mail in mailed(org)]
    assert len(told) == 4
    assert "Nomsa Dube" in told[0]
    marks = [re.search(r"^(\d+):([0-9a-f]{64})\r?$", words, re.M).groups() for words in told]
    with acting_as(system(org.id)):
        assert all(LogEntry.get(LogEntry.seq == int(seq)).hash == mark for seq, mark in marks)
        assert checking.verify(known=[Anchor(int(seq), mark, "") for seq, mark in marks]).ok
        assert [anchor.seq for anchor in anchors.read().anchors][-1] == heads.current().seq


def test_a_quiet_day_and_an_empty_record_are_not_mailed(org, other_org, thandi):
    tick(org)
    tick(org, 24)

    assert len(mailed(org)) == 1
    Org.update(email="", complaints_email="").where(Org.id == other_org.id).execute()
    tick(org, 48)
    assert PortalMail.select().where(PortalMail.kind == "log_head").count() == 1  # it has nobody to be mailed to

    owner = member(other_org, "Charlie", Role.OWNER)
    tick(org, 49)
    assert [mail.recipient for mail in PortalMail.select().where(PortalMail.kind == "log_head")][1:] == [owner.email]


def test_a_record_that_does_not_hold_is_mailed_as_such_and_not_noted(org, thandi):
    tick(org)
    tick(org, 24, after_a_change=True)
    with acting_as(system(org.id)):
        noted = anchors.read().anchors[-1].seq
    tick(org, 48, after_a_change=True)
    sql("UPDATE log_entry SET user_id = 77 WHERE org_id = ? AND seq = ?", org.id, noted + 1)
    anchors_before = (anchors._folder[0] / f"{org.id}.jsonl").read_bytes()

    with acting_as(system(org.id)), transaction():
        log.write("contact.added", name="afterwards")
        sql("UPDATE log_entry SET user_id = 77 WHERE org_id = ? AND seq = ?", org.id, heads.current().seq)
    tick(org, 72)

    assert "does not hold" in text_of(mailed(org)[-1])
    assert (anchors._folder[0] / f"{org.id}.jsonl").read_bytes() == anchors_before


def test_the_page_says_whether_the_record_holds(client_of, olivia, org, thandi):
    browser = client_of(olivia)
    page = browser.get("/settings/log").text
    assert "has not been checked" in page
    assert "Not yet" in page

    assert browser.post("/settings/log").status_code == 303
    assert browser.post("/settings/log", headers=HX).status_code == 200  # the same check
    assert 'hx-trigger="every 1s"' in browser.get("/settings/log", headers=HX).text
    with acting_as(system(org.id)):
        check_id, *others = check_service.due()
        assert others == []
    jobs.check_log(org_id=org.id, check_id=check_id)
    jobs.check_log(org_id=org.id, check_id=check_id)
    assert "It holds" in browser.get("/settings/log").text

    sql("UPDATE log_entry SET user_id = 77 WHERE org_id = ? AND seq = 2", org.id)
    browser.post("/settings/log")
    with acting_as(system(org.id)):
        jobs.check_log(org_id=org.id, check_id=check_service.due()[0])
    page = browser.get("/settings/log").text
    assert "It does not hold" in page
    assert "Entry 2 was changed" in page


def test_only_who_answers_for_privacy_sees_the_page(client_of, alice, bob):
    assert client_of(alice).get("/settings/log").status_code == 403
    assert client_of(bob).post("/settings/log").status_code == 403


def test_erasing_a_contact_leaves_noted_heads_and_record_in_order(org, olivia, thandi):
    tick(org)
    with acting_as(system(org.id)):
        erasing.erase([thandi.id])

        assert checking.verify().ok
        assert checking.verify(since_anchor=True).ok
    tick(org, 24)
    assert len(mailed(org)) == 2
