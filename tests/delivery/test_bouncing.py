"""What comes back changes what it may, once, and only when it names a message we sent to that address lately."""

import json
from contextlib import nullcontext
from datetime import timedelta

import pytest
from click.testing import CliRunner

from portal.activity.models import LogEntry
from portal.campaigns import sending, service
from portal.cli import cli
from portal.consent.models import Suppression
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Contact, Email
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.delivery import bouncing, ledger, return_path
from portal.delivery.models import ACCEPTED, SUPPRESSED, Delivery, DeliveryEvent, ReturnedMail, SystemMail
from portal.gateways.smtp_wire import reply_of
from tests.agreed import everybody_agrees
from tests.delivery.test_sending import person
from tests.returned import complaint, letter, plain, report

BACK = "bounces@portal.example.org"
GONE = "550 5.1.1 no such user"


@pytest.fixture
def sent(org):
    """A message that went to an address some days ago."""

    def sent(address="thandi@school.example.co.za", days=0, to=None):
        with acting_as(system(org.id)):
            if to is None:
                group = contacts.group_named(f"Readers of {address}")
                record.add_many([person(1, address, group.id)], "contact.added")
                everybody_agrees()
            else:
                group = to
            made = service.create("Spring")
            made = service.change(made, 1, subject="Spring", body="<p>Hello</p>")
            sending.choose_audience(made, [group.id], [])
            sending.start(service.find(made.id))
            at = now() - timedelta(days=days)
            Delivery.update(state=ACCEPTED, handed_at=at, ended_at=at).where(Delivery.campaign_id == made.id).execute()
            row = Delivery.get(Delivery.campaign_id == made.id)
            row.group = group
            return row

    return sent


def back_to(row):
    return return_path.for_delivery(BACK, row.org_id, row.id)


def bounce(row, status="5.1.1", diagnostic=GONE, **more):
    return report("Not delivered.", status, diagnostic, to=row.address, back=back_to(row), **more)


def fresh(row):
    with acting_as(system(row.org_id)):
        return Delivery.get(Delivery.id == row.id)


def email_of(row):
    with acting_as(system(row.org_id)):
        return Email.get(Email.contact_id == row.contact_id)


def everything(org):
    """All that a bounce could change, to be compared."""
    with acting_as(system(org.id)):
        tables = (Delivery, DeliveryEvent, Email, Contact, Suppression, LogEntry, SystemMail)
        return [list(table.select().order_by(table.id).dicts()) for table in tables]


def settle(source, recipient=""):
    return bouncing.read_one(bouncing.take_in(source, recipient, "command"))


def test_a_permanent_refusal_reaches_the_contact_with_its_reason(sent, org):
    row = sent()
    answer = settle(bounce(row))

    assert (answer.finding.kind, answer.matched, answer.kept) == ("hard", True, "")
    address = email_of(row)
    assert (address.state, address.state_reason) == ("undeliverable", "There is no such mailbox.")
    assert (address.state_words, address.state_delivery_id) == (GONE, row.id)
    assert (fresh(row).state, fresh(row).bounce) == (ACCEPTED, "hard")
    with acting_as(system(org.id)):
        assert LogEntry.select().order_by(LogEntry.id.desc()).get().action == "contact.email_state_changed"
    assert ReturnedMail.select().count() == 0


def test_the_gate_refuses_it_next_time_until_it_is_corrected(sent, org):
    row = sent()
    settle(bounce(row))
    again = sent(to=row.group)

    assert again.reason == "undeliverable"
    with acting_as(system(org.id)):
        contact = Contact.get(Contact.id == row.contact_id)
        line = contacts.Line(text="thandi.m@school.example.co.za", id=email_of(row).id, label="", is_primary=True)
        contacts.change_emails(contact, contacts.stamp(contact, "emails"), [line])
    address = email_of(row)
    assert (address.state, address.state_words, address.state_at, address.state_delivery_id) == ("", "", None, None)


def test_policy_never_silences_a_contact(sent):
    row = sent()
    settle(bounce(row, "5.7.1", "550 5.7.1 listed at zen.example"))

    assert fresh(row).bounce == "policy"
    assert email_of(row).state == ""


def test_passing_refusals_are_counted_over_days(sent):
    first = sent(days=20)
    rows = [first, *(sent(days=days, to=first.group) for days in (16, 12, 8, 4))]
    for row in rows[:4]:
        settle(bounce(row, "4.2.2", "452 4.2.2 mailbox full"))
    assert email_of(first).state == ""

    settle(bounce(rows[4], "4.2.2", "452 4.2.2 mailbox full"))
    assert email_of(first).state_reason == "The mailbox is full, 5 times in 16 days."


def test_a_message_that_got_through_begins_the_count_anew(sent):
    first = sent(days=29)
    rows = [first, *(sent(days=days, to=first.group) for days in (25, 21, 17, 9, 2))]
    for row in (*rows[:3], *rows[4:]):  # the one of 17 days ago arrived
        settle(bounce(row, "4.2.2", "452 4.2.2 mailbox full"))
    assert email_of(first).state == ""


def test_everybody_who_shares_the_address_is_told(sent, org):
    row = sent()
    with acting_as(system(org.id)):
        record.add_many([person(2, row.address, row.group.id)], "contact.added")
    settle(bounce(row))
    with acting_as(system(org.id)):
        assert [e.state for e in Email.select()] == ["undeliverable"] * 2


def test_a_bounce_is_known_by_the_name_of_the_message_alone(sent):
    row = sent()
    source = report("Lost.", "5.1.1", GONE, returned=letter(row.address, row.message_id), back="postmaster@x.example")
    assert settle(source).matched
    assert email_of(row).state == "undeliverable"


def test_a_bounce_is_known_by_the_address_it_was_delivered_to(sent):
    row = sent()
    assert settle(report("Lost.", "5.1.1", GONE, returned="Subject: x\r\n"), back_to(row).upper()).matched
    assert fresh(row).bounce == "hard"


def test_a_refusal_at_hand_over_counts_alike(sent, org):
    row = sent()
    with acting_as(system(org.id)):
        bouncing.refused(row, reply_of(550, b"5.1.1 no such person"))
    assert email_of(row).state == "undeliverable"
    assert fresh(row).bounce == "hard"


def test_a_complaint_ends_writing_to_the_address(sent, org):
    row = sent()
    waiting = sent(to=row.group)
    with acting_as(system(org.id)):
        Delivery.update(state="waiting", handed_at=None).where(Delivery.id == waiting.id).execute()
    assert settle(complaint(returned=letter(row.address, row.message_id))).matched

    with acting_as(system(org.id)):
        assert [s.reason for s in Suppression.select()] == ["complained"]
        assert (fresh(waiting).state, fresh(waiting).reason) == (SUPPRESSED, "complained")
        assert DeliveryEvent.get(DeliveryEvent.kind == "complained").delivery_id == row.id


def test_delays_and_automatic_answers_are_left_alone(sent, org):
    row = sent()
    before = everything(org)
    late = bounce(row, "4.4.1", "connection refused", action="delayed")
    away = plain("Thandi <t@x.example>", "Automatic reply: Spring", "I am away.", back=back_to(row))

    assert [settle(source).finding.kind for source in (late, away)] == ["delayed", "auto-reply"]
    assert everything(org) == before
    assert ReturnedMail.select().count() == 0


def test_a_person_who_answers_is_passed_on(sent, org):
    row = sent()
    source = plain("Thandi <thandi@school.example.co.za>", "Re: Spring\r\n =?x?q?a?=", "Yes, gladly!\n<b>T</b>",
                   back=back_to(row), path="<thandi@school.example.co.za>")  # fmt: skip
    assert settle(source).finding.kind == "reply"
    with acting_as(system(org.id)):
        mail = SystemMail.get(SystemMail.kind == "answer")
        assert mail.recipient == org.email
        assert "Reply-To: thandi@school.example.co.za" in mail.message
        assert "Yes, gladly!" in mail.message
        assert "&lt;b&gt;" in mail.message
        assert DeliveryEvent.get(DeliveryEvent.kind == "replied").contact_id == row.contact_id


def test_forged_and_repeated_bounces_change_nothing_but_the_quarantine(sent, org):
    """F01: 200 of them."""
    row, old = sent(), sent("old@school.example.co.za", days=31)
    victim = sent("victim@school.example.co.za")
    never = sent("never@school.example.co.za")
    with acting_as(system(org.id)):
        Delivery.update(state=SUPPRESSED, handed_at=None).where(Delivery.id == never.id).execute()
    settle(bounce(row))
    before = everything(org)
    mark = return_path.return_mark(row.org_id, row.id)
    forged = []
    for n in range(40):
        wrong = f"{(int(mark, 16) + n + 1) % 16**16:016x}"
        forged += [
            report("Lost.", "5.1.1", GONE, back=f"bounces+{row.org_id}-{victim.id}-{wrong}@portal.example.org"),
            report("Lost.", "5.1.1", GONE, back=f"bounces+{row.org_id}-{row.id + n + 1}-{mark}@portal.example.org"),
            report("Lost.", "5.1.1", GONE, returned=letter(message_id=f"<{n:032x}@portal.example.org>")),
            complaint(returned=letter(message_id=f"<{n:032x}@localhost>")) if n % 2 else bounce(never),
            bounce(row) if n % 2 else bounce(old),
        ]
    answers = [settle(source) for source in forged]

    assert len(answers) == 200
    assert everything(org) == before
    assert ReturnedMail.select().where(ReturnedMail.state == "kept").count() == 200
    assert {answer.kept for answer in answers} == {
        bouncing.NOBODYS, bouncing.KNOWN, bouncing.TOO_OLD, bouncing.NEVER_LEFT,
    }  # fmt: skip


def test_a_mark_of_another_organisation_is_no_mark_here(sent, other_org):
    row = sent()
    mark = return_path.return_mark(row.org_id, row.id)
    assert not settle(report("x", back=f"bounces+{other_org.id}-{row.id}-{mark}@portal.example.org")).matched


def test_what_cannot_be_read_is_kept_and_the_next_is_read(sent):
    row = sent()
    first, second = bouncing.take_in(b"\x00\xff", "", "lmtp"), bouncing.take_in(bounce(row), "", "lmtp")
    assert bouncing.waiting() == [first, second]
    assert bouncing.read_one(first).kept == bouncing.UNREAD
    assert bouncing.read_one(second).matched
    assert bouncing.read_one(second) is None
    assert bouncing.waiting() == []


def test_what_a_dead_worker_had_begun_is_read_by_another(sent):
    mail_id = bouncing.take_in(bounce(sent()), "", "lmtp")
    late = now() - timedelta(minutes=1)
    ReturnedMail.update(state="reading", lease=late).where(ReturnedMail.id == mail_id).execute()
    assert bouncing.waiting() == [mail_id]


def test_quarantine_is_emptied_after_a_month_and_cannot_be_flooded(app, monkeypatch):
    monkeypatch.setattr(bouncing, "MOST_KEPT", 3)
    for _ in range(5):
        settle(b"\x00")
    ReturnedMail.update(at=now() - timedelta(days=31)).where(
        ReturnedMail.id == ReturnedMail.select().get().id
    ).execute()
    newest = [row.id for row in ReturnedMail.select().order_by(ReturnedMail.id.desc()).limit(3)]
    bouncing.tidy()
    assert sorted(row.id for row in ReturnedMail.select()) == sorted(newest)


def test_the_figures_move_from_delivered_to_undeliverable(sent, org):
    from portal.delivery import figures

    row = sent()
    with acting_as(system(org.id)):
        before = figures.of_campaign(row.campaign_id)
        settle(bounce(row))
        after = figures.of_campaign(row.campaign_id)
        assert (before.sent, before.delivered, before.undeliverable) == (1, 1, 0)
        assert (after.sent, after.delivered, after.undeliverable) == (1, 0, 1)
        assert ledger.status(row.campaign_id)["accepted"] == 1


def test_a_campaign_that_many_call_spam_is_paused_once(sent, org, monkeypatch):
    monkeypatch.setattr(sending, "FEWEST_COMPLAINTS", 1)
    row = sent()
    with acting_as(system(org.id)):
        sending.sweep()
        settle(complaint(returned=letter(row.address, row.message_id)))
        sent_now = service.find(row.campaign_id)
        service.Campaign.update(state="sending").where(service.Campaign.id == sent_now.id).execute()
        sending.sweep()
        paused = service.find(row.campaign_id)
        assert (paused.state, "called it spam" in paused.trouble) == ("paused", True)
        service.Campaign.update(state="sending").where(service.Campaign.id == paused.id).execute()
        sending.sweep()
        assert service.find(row.campaign_id).state != "paused"


def test_the_command_says_what_each_message_was_taken_for(sent, settings, org, monkeypatch, tmp_path):
    row = sent()
    (tmp_path / "first").write_bytes(bounce(row))
    (tmp_path / "second").write_bytes(b"\x00")
    monkeypatch.setattr("portal.delivery.bounce_cli.installation", nullcontext)
    command = ["bounce", str(tmp_path / "first"), str(tmp_path / "second"), "--json"]

    answer = json.loads(CliRunner().invoke(cli, command).stdout)

    assert [(a["kind"], a["recipient"], a["status"], a["reason"], a["matched"]) for a in answer] == [
        ("hard", row.address, "5.1.1", "no_mailbox", True), ("unreadable", "", "", "", False),
    ]  # fmt: skip
    assert [kept.why for kept in ReturnedMail.select()] == [bouncing.UNREAD]
    one = CliRunner().invoke(cli, ["bounce", "--json"], input=bounce(row))
    assert json.loads(one.stdout)[0]["file"] == "-"


def test_an_erased_contact_is_not_named_again_by_a_late_bounce(sent, org):
    row = sent()
    source = bounce(row)
    with acting_as(system(org.id)):
        record.erase([row.contact_id])
    settle(source)
    with acting_as(system(org.id)):
        event = DeliveryEvent.get(DeliveryEvent.kind == "bounced")
        assert (event.detail["kind"], event.detail["words"]) == ("hard", "")


def test_answers_are_passed_on_so_many_times_only(sent, monkeypatch):
    monkeypatch.setattr(bouncing, "MOST_REPLIES", 1)
    row = sent()
    answer = plain("Thandi <t@x.example>", "Re: Spring", "Yes", back=back_to(row), path="<t@x.example>")
    assert [settle(answer).kept for _ in range(2)] == ["", bouncing.TOO_MANY]


def test_what_is_kept_is_kept_small(app):
    settle(b"From: MAILER-DAEMON@x.example\r\n\r\n" + b"x" * 3_000_000)
    assert len(ReturnedMail.get().source) == bouncing.LARGEST_KEPT


def test_a_message_nobody_can_deal_with_does_not_come_back_for_ever(sent, monkeypatch):
    row = sent()
    mail_id = bouncing.take_in(bounce(row), "", "lmtp")

    def broken(*_):
        raise KeyError("x")

    monkeypatch.setattr(bouncing, "_note", broken)
    assert bouncing.read_one(mail_id).kept == bouncing.UNREAD
    assert bouncing.waiting() == []
