"""The gate as a table: what a lawyer or a fundraiser would ask about."""

from dataclasses import replace

import pytest

from portal.consent.rules import (
    CHECKS,
    IDENTITY,
    Allow,
    Facts,
    Purpose,
    Refuse,
    may_send,
    missing_identity,
    standing_of,
)  # fmt: skip
from portal.contacts.child_rules import Standing
from portal.core.clock import now

DM, INFO, ANSWER = Purpose.DIRECT_MARKETING, Purpose.INFORMATION, Purpose.TRANSACTIONAL
PLAIN = Facts(purpose=DM)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_whom_nothing_speaks_against_may_be_written_to(purpose):
    assert may_send(replace(PLAIN, purpose=purpose), now()) == Allow()


@pytest.mark.parametrize(
    ("purpose", "facts", "reason"),
    [
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
        (DM, {"address_state": "undeliverable"}, "undeliverable"),
        (INFO, {"address_state": "undeliverable"}, "undeliverable"),
        (DM, {"address_state": "complained"}, "complained"),
        (DM, {"suppressed": "complained"}, "complained"),
        (DM, {"suppressed": "unsubscribed"}, "unsubscribed"),
        (INFO, {"suppressed": "unsubscribed"}, "unsubscribed"),
        (DM, {"suppressed": "objected"}, "unsubscribed"),
        (DM, {"suppressed": "erased"}, "suppressed"),
        (DM, {"is_withheld": True}, "withheld"),
        (DM, {"is_handled": True}, "same_address"),
        (INFO, {"is_handled": True}, "same_address"),
    ],
)
def test_each_reason_stops_what_it_should(purpose, facts, reason):
    assert may_send(replace(PLAIN, purpose=purpose, **facts), now()) == Refuse(reason)


@pytest.mark.parametrize(
    ("purpose", "facts"),
    [
        (ANSWER, {"suppressed": "unsubscribed"}),  # a receipt is owed also to whoever left the newsletter
        (ANSWER, {"address_state": "undeliverable"}),
        (ANSWER, {"is_handled": True}),
        (INFO, {"is_withheld": True}),  # consent is for direct marketing only (POPIA s 69)
        (ANSWER, {"is_withheld": True}),
        (INFO, {"child": Standing.CONSENTED}),  # the word of the parent is enough for what is no appeal
        (ANSWER, {"child": Standing.CONSENTED}),
        (DM, {"child": Standing.MARKETING}),
        (DM, {"child": Standing.RENEW}),  # grown up: the rules of everybody hold from the birthday on
    ],
)
def test_what_does_not_concern_a_purpose_does_not_stop_it(purpose, facts):
    assert may_send(replace(PLAIN, purpose=purpose, **facts), now()) == Allow()


def test_the_first_reason_of_the_table_is_the_one_kept():
    facts = Facts(DM, ("email",), True, True, False, "undeliverable", "unsubscribed", True, True)
    facts = replace(facts, is_deceased=True, is_archived=True, child=Standing.PENDING)
    for check in CHECKS:
        assert check.refuses(facts) or check.reason in ("complained", "suppressed", "child_appeal")
    assert may_send(facts, now()) == Refuse("suspended")
    assert may_send(replace(facts, is_suspended=False), now()) == Refuse("incomplete")
    assert may_send(replace(facts, is_suspended=False, missing=()), now()) == Refuse("erased")


@pytest.mark.parametrize("name", list(IDENTITY))
def test_every_detail_of_the_sender_is_needed(name):
    whole = dict.fromkeys(IDENTITY, "given")
    assert missing_identity(whole) == ()
    assert missing_identity({**whole, name: "  "}) == (name,)


@pytest.mark.parametrize(
    ("standings", "standing"),
    [
        ([], "missing"),
        (["asserted"], "asserted"),
        (["asserted", "proven"], "proven"),
        (["proven", "withheld"], "withheld"),
        (["withheld", "asserted"], "withheld"),
        (["withheld", "asserted", "asserted"], "withheld"),
        (["withheld", "proven"], "proven"),
        (["withheld", "proven", "asserted"], "asserted"),
        (["withheld", "proven", "withheld", "asserted"], "withheld"),
    ],
)
def test_who_said_no_is_not_brought_back_by_a_list(standings, standing):
    assert standing_of(standings) == standing
