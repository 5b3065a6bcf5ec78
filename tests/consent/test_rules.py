"""The gate as a table: what a lawyer or a fundraiser would ask about."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.consent.rules import (
    CHECKS,
    IDENTITY,
    Allow,
    Defer,
    Facts,
    PurposeClass,
    Refuse,
    may_send,
    missing_identity,
)  # fmt: skip
from portal.contacts.child_rules import Standing
from portal.core.clock import now

DM, INFO, ANSWER = PurposeClass.DIRECT_MARKETING, PurposeClass.INFORMATION, PurposeClass.TRANSACTIONAL
ASK, RIGHTS, BREACH = PurposeClass.CONSENT_REQUEST, PurposeClass.RIGHTS, PurposeClass.BREACH
PLAIN = Facts(purpose=DM, consent="asserted")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("purpose", list(PurposeClass))
def test_whom_nothing_speaks_against_may_be_written_to(purpose):
    consent = "missing" if purpose is ASK else "asserted"
    assert may_send(replace(PLAIN, purpose=purpose, consent=consent), now()) == Allow()


@pytest.mark.parametrize(
    ("purpose", "facts", "reason"),
    [
        (ASK, {"consent": "asserted"}, "agreed"),
        (ASK, {"consent": "proven", "needs_proof": True}, "agreed"),
        (DM, {"is_suspended": True}, "suspended"),
        (ANSWER, {"is_suspended": True}, "suspended"),
        (DM, {"missing": ("information_officer",)}, "incomplete"),
        (ANSWER, {"missing": ("email",)}, "incomplete"),
        (ANSWER, {"is_erased": True}, "erased"),
        (DM, {"is_deceased": True}, "deceased"),
        (INFO, {"is_deceased": True}, "deceased"),
        (ANSWER, {"is_deceased": True}, "deceased"),  # not even a receipt
        (INFO, {"is_archived": True}, "archived"),
        (ANSWER, {"is_archived": True}, "archived"),
        (DM, {"child": Standing.PENDING}, "child"),
        (INFO, {"child": Standing.PENDING}, "child"),
        (ANSWER, {"child": Standing.PENDING}, "child"),
        (DM, {"child": Standing.CONSENTED}, "child_appeal"),
        (INFO, {"is_deceased": True, "child": Standing.PENDING}, "deceased"),  # row 2 before row 4
        (DM, {"child": Standing.PENDING, "suppressed": "unsubscribed"}, "child"),  # row 4 before row 6
        (INFO, {"has_address": False}, "no_address"),
        (ANSWER, {"is_theirs": False}, "moved"),  # corrected or taken out since the audience was fixed
        (BREACH, {"is_theirs": False}, "moved"),
        (DM, {"has_left": True}, "unsubscribed"),  # … at whatever address
        (INFO, {"has_left": True}, "unsubscribed"),
        (ASK, {"has_left": True}, "unsubscribed"),
        (ASK, {"consent": "missing", "child": Standing.CONSENTED}, "child_asked"),
        (ASK, {"child": Standing.MARKETING, "needs_proof": True}, "child_asked"),
        (DM, {"address_state": "undeliverable"}, "undeliverable"),
        (INFO, {"address_state": "undeliverable"}, "undeliverable"),
        (DM, {"address_state": "complained"}, "complained"),
        (DM, {"suppressed": "complained"}, "complained"),
        (DM, {"suppressed": "unsubscribed"}, "unsubscribed"),
        (INFO, {"suppressed": "unsubscribed"}, "unsubscribed"),
        (DM, {"suppressed": "objected"}, "unsubscribed"),
        (DM, {"suppressed": "erased"}, "suppressed"),
        # Row 3: nothing may be done with a restricted record but keeping it (s 14(6)).
        (DM, {"is_restricted": True}, "restricted"),
        (ANSWER, {"is_restricted": True}, "restricted"),
        (ASK, {"is_restricted": True, "child": Standing.PENDING}, "restricted"),  # row 3 before row 4
        # Rows 5 and 7 hold for the question whether we may write, too; row 6 of an objection.
        (ASK, {"address_state": "undeliverable"}, "undeliverable"),
        (ASK, {"suppressed": "complained"}, "complained"),
        (ASK, {"suppressed": "unsubscribed"}, "unsubscribed"),
        (ASK, {"consent": "objected"}, "objected"),
        (DM, {"consent": "objected"}, "objected"),
        (DM, {"consent": "withdrawn"}, "withdrawn"),
        (INFO, {"consent": "withdrawn"}, "withdrawn"),  # who takes back a consent to news gets none, however called
        (ANSWER, {"is_stopped": True, "suppressed": "erased"}, "stopped"),
        # Row 9: asked once, ever, and never who said no (s 69(2)).
        (ASK, {"consent": "missing", "is_asked": True}, "asked"),
        (ASK, {"consent": "withheld"}, "withheld"),
        # Row 10: electronic marketing needs a consent, whatever else the person is kept on (s 69(1)).
        (DM, {"consent": "withheld"}, "withheld"),
        (DM, {"consent": "missing"}, "no_consent"),
        (DM, {"consent": "requested"}, "no_consent"),  # silence is no consent
        (DM, {"consent": "expired"}, "no_consent"),
        (DM, {"consent": "asserted", "needs_proof": True}, "unproven"),
        # Row 11
        (DM, {"is_justified": False, "is_compatible": False}, "unjustified"),
        (INFO, {"consent": "missing", "is_justified": False, "is_compatible": False}, "unjustified"),
        (INFO, {"consent": "missing", "is_compatible": False}, "incompatible"),
        (DM, {"consent": "missing", "is_justified": False}, "no_consent"),  # row 10 before row 11
        # Row 14: whatever it is, it may not pass through a country without a ground.
        (DM, {"lacks_transfer": True}, "no_transfer"),
        (BREACH, {"lacks_transfer": True}, "no_transfer"),
        (RIGHTS, {"is_deceased": True}, "deceased"),
        (BREACH, {"is_erased": True}, "erased"),
        (BREACH, {"is_suspended": True}, "suspended"),
        (BREACH, {"has_address": False}, "no_address"),
        (DM, {"spacing": 7, "is_too_soon": True}, "weekly"),
        (DM, {"spacing": 30, "is_too_soon": True}, "monthly"),
        (DM, {"is_handled": True}, "same_address"),
        (INFO, {"is_handled": True}, "same_address"),
    ],
)
def test_each_reason_stops_what_it_should(purpose, facts, reason):
    assert may_send(replace(PLAIN, purpose=purpose, **facts), now()) == Refuse(reason)


@pytest.mark.parametrize(
    ("purpose", "facts"),
    [
        (ANSWER, {"has_left": True}),
        (ANSWER, {"suppressed": "unsubscribed"}),  # a receipt is owed also to whoever left the newsletter
        (ANSWER, {"address_state": "undeliverable"}),
        (ANSWER, {"is_handled": True}),
        (INFO, {"consent": "withheld"}),  # consent is for direct marketing only (POPIA s 69)
        (INFO, {"consent": "missing"}),
        (INFO, {"consent": "objected"}),  # an objection is to marketing (s 11(3)(b))
        (ANSWER, {"consent": "withheld"}),
        (ANSWER, {"is_justified": False, "is_compatible": False}),
        (DM, {"consent": "proven", "needs_proof": True}),
        (ASK, {"consent": "missing"}),  # that is why one asks
        (ASK, {"consent": "missing", "is_justified": False, "is_compatible": False}),
        (DM, {"is_asked": True}),
        # What the law obliges us to tell reaches everybody who lives (s 22; domain.md 1.16).
        (ASK, {"consent": "asserted", "needs_proof": True}),  # worth asking for: a word is not enough here
        (BREACH, {"is_restricted": True}),
        (BREACH, {"is_archived": True}),
        (BREACH, {"child": Standing.PENDING}),
        (BREACH, {"suppressed": "erased", "is_stopped": True}),
        (BREACH, {"consent": "objected"}),
        (RIGHTS, {"is_restricted": True}),
        (RIGHTS, {"suppressed": "unsubscribed"}),
        (RIGHTS, {"consent": "withdrawn"}),
        (DM, {"spacing": 7}),  # and had none of late
        (INFO, {"spacing": 7, "is_too_soon": True}),
        (ANSWER, {"spacing": 30, "is_too_soon": True}),
        (RIGHTS, {"spacing": 30, "is_too_soon": True}),
        (INFO, {"child": Standing.CONSENTED}),  # the word of the parent is enough for what is no appeal
        (ANSWER, {"child": Standing.CONSENTED}),
        (DM, {"child": Standing.MARKETING}),
        (DM, {"child": Standing.MARKETING, "consent": "missing"}),  # the parent or guardian said so
        (DM, {"child": Standing.RENEW}),  # grown up: the rules of everybody hold from the birthday on
    ],
)
def test_what_does_not_concern_a_purpose_does_not_stop_it(purpose, facts):
    assert may_send(replace(PLAIN, purpose=purpose, **facts), now()) == Allow()


def test_the_first_reason_of_the_table_is_the_one_kept():
    everything = Facts(
        DM, missing=("email",), is_suspended=True, is_erased=True, is_deceased=True, is_archived=True,
        is_restricted=True, child=Standing.PENDING, has_address=False, is_theirs=False, address_state="undeliverable",
        suppressed="unsubscribed", is_stopped=True, is_asked=True, consent="withheld", needs_proof=True,
        is_justified=False, is_compatible=False, is_handled=True, lacks_transfer=True,
        spacing=7, is_too_soon=True,
    )  # fmt: skip
    others = ("complained", "child_appeal", "child_asked", "objected", "withdrawn", "agreed", "monthly")
    assert all(check.refuses(everything) or check.reason in others for check in CHECKS)
    assert may_send(everything, now()) == Refuse("suspended")
    assert may_send(replace(everything, is_suspended=False), now()) == Refuse("incomplete")
    assert may_send(replace(everything, is_suspended=False, missing=()), now()) == Refuse("erased")


@pytest.mark.parametrize(
    ("purpose", "facts", "at", "answer"),
    [
        (DM, {"channel": "sms"}, MONDAY, Allow()),
        (DM, {"channel": "sms"}, SUNDAY, Defer(datetime(2026, 11, 23, 6, tzinfo=UTC))),
        (DM, {"channel": "email"}, SUNDAY, Allow()),
        (INFO, {"channel": "sms"}, SUNDAY, Allow()),
        (BREACH, {"channel": "sms"}, SUNDAY, Allow()),
        (DM, {"channel": "sms", "consent": "missing"}, SUNDAY, Refuse("no_consent")),  # not put off in vain
    ],
)
def test_an_sms_of_marketing_waits_for_the_permitted_hours(purpose, facts, at, answer):
    assert may_send(replace(PLAIN, purpose=purpose, **facts), at) == answer


@pytest.mark.parametrize("name", list(IDENTITY))
def test_every_detail_of_the_sender_is_needed(name):
    whole = dict.fromkeys(IDENTITY, "given")
    assert missing_identity(whole) == ()
    assert missing_identity({**whole, name: "  "}) == (name,)
