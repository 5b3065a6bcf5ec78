"""What each kind of returned mail is taken for: a table."""

import email
import random
import tarfile
from datetime import UTC, datetime, timedelta

import pytest
from flufl.bounce import all_failures

from portal.delivery import bounce_limits
from portal.delivery.bounce_limits import read_within
from portal.delivery.bounce_reading import UNREADABLE, Finding, read
from portal.delivery.bounce_rules import BOUNCES, REASONS, classify, is_given_up, kind_of
from tests.returned import THANDI, TODAY, report

KINDS = (*BOUNCES, "complaint", "delayed", "auto-reply", "reply", "unreadable")


@pytest.mark.parametrize("name", TODAY)
def test_mail_of_today_is_taken_for_what_it_is(name):
    source, kind, reason = TODAY[name]
    found = read(source)

    assert (found.kind, found.reason) == (kind, reason)
    if kind in (*BOUNCES, "delayed", "complaint"):
        assert found.recipient == THANDI


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        ("5.1.1", "", "no_mailbox"),
        ("5.1.2", "", "no_domain"),
        ("5.1.3", "", "not_an_address"),
        ("5.1.6", "", "moved"),
        ("5.1.10", "", "no_domain"),
        ("5.2.1", "", "closed"),
        ("5.2.2", "user unknown", "full"),
        ("4.2.2", "", "full"),
        ("5.3.4", "", "too_large"),
        ("5.4.1", "", "unreachable"),
        ("5.4.1", "Recipient address rejected: Access denied", "no_mailbox"),
        ("5.6.7", "", "letters"),
        ("5.7.1", "no such user", "policy"),
        ("5.7.26", "", "policy"),
        ("5.7.515", "", "policy"),
        ("4.7.1", "greylisted, user unknown", "busy"),
        ("", "450 try later", "busy"),
        ("", "550 no such user", "no_mailbox"),
        ("", "451 no such user just now", "busy"),
        ("", "550 we do not like it", "unsaid"),
        ("5.0.0", "mailbox is full", "full"),
        ("", "", "unsaid"),
        ("", "552 5.2.2 over quota", "full"),
        ("", "554 message refused, listed at zen.example", "policy"),
    ],
)
def test_what_a_refusal_means(status, words, reason):
    assert classify(status, words) == reason


def test_every_reason_has_a_kind_and_words():
    assert {kind_of(reason) for reason in REASONS} == {*BOUNCES, "complaint"}
    assert all(one.words and not one.words.endswith(".") for one in REASONS.values())


@pytest.mark.parametrize(
    ("days", "given_up"),
    [
        ((0, 4, 8, 12, 14), True),
        ((0, 4, 8, 12, 13), False),
        ((0, 7, 14), False),
        ((0, 1, 2, 3, 4, 5, 6), False),
        ((0, 5, 10, 20, 40), True),
        ((), False),
    ],
)
def test_when_an_address_is_given_up_for_passing_reasons(days, given_up):
    began = datetime(2026, 3, 1, tzinfo=UTC)
    assert is_given_up([began + timedelta(days=day) for day in days]) is given_up


def test_the_library_finds_no_bounce_that_we_miss(old_bounces):
    """The 117 messages that come with flufl.bounce: whatever it finds, we find too, about one of the same people."""
    counts = {"permanent": 0, "passing": 0, "neither": 0}
    for name, source in old_bounces.items():
        passing, permanent = all_failures(email.message_from_bytes(source))
        found = read(source)
        if permanent or passing:
            counts["permanent" if permanent else "passing"] += 1
            wanted = BOUNCES if permanent else (*BOUNCES, "delayed")
            assert found.kind in wanted, name
            assert found.recipient.lower().encode() in {who.lower() for who in permanent | passing}, name
        else:
            counts["neither"] += 1
            assert found.kind not in BOUNCES, name
    assert counts == {"permanent": 101, "passing": 11, "neither": 5}


def test_nothing_that_is_sent_can_break_the_reader(old_bounces):
    sources = [*old_bounces.values(), *(source for source, _, _ in TODAY.values())]
    dice = random.Random(20261124)
    for number in range(3_000):
        assert read(_mutated(sources[number % len(sources)], dice)).kind in KINDS


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\x00" * 100_000,
        b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n" + b"--A\r\n" * 100_000,
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3_000)),
        b"Subject: " + b"(" * 200_000 + b"\r\n\r\n",
        b"From: " + b"<a@" * 100_000 + b"\r\n\r\nx",
        b"From: MAILER-DAEMON@x.y\r\nSubject: failed\r\n\r\n" + b"a" * 2_000_000 + b"@",
        report("x" * 500_000, diagnostic="550 " + "user " * 50_000),
    ],
    ids=["empty", "nul", "many parts", "nested", "brackets", "angles", "long word", "long report"],
)
def test_poisoned_mail_is_read_within_its_limits(source):
    assert read_within(source).kind in KINDS


@pytest.mark.parametrize("poison", ["time", "memory", "death"])
def test_a_reader_that_goes_mad_is_ended(poison, monkeypatch):
    def mad(_source):
        if poison == "time":
            while True:
                pass
        if poison == "memory":
            bytearray(2 * bounce_limits.MEMORY)
            return Finding("hard")
        raise SystemExit(1)

    monkeypatch.setattr("portal.delivery.bounce_limits.SECONDS", 1)
    monkeypatch.setattr("portal.delivery.bounce_limits.read", mad)
    assert read_within(b"x").kind == UNREADABLE


@pytest.fixture(scope="module")
def old_bounces(pytestconfig):
    """The messages of flufl.bounce's source distribution, which its installed form does not hold."""
    path = pytestconfig.rootpath / "tests" / "data" / "old-bounces.tar.xz"
    with tarfile.open(path) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive if entry.name.endswith(".txt")}


def _mutated(source, dice):
    changed = bytearray(source[:20_000])
    for _ in range(dice.randrange(1, 12)):
        place = dice.randrange(len(changed) or 1)
        match dice.randrange(5):
            case 0:
                changed[place : place + 1] = bytes([dice.randrange(256)])
            case 1:
                del changed[place : place + dice.randrange(1, 200)]
            case 2:
                changed[place:place] = changed[place : place + dice.randrange(1, 400)]
            case 3:
                changed[place:place] = dice.choice(
                    (b"\r\n\r\n", b"--B\r\n", b"\x00", b"=?utf-8?q?", b"<>", b"\xff\xfe", b";;")
                )
            case 4:
                changed = changed[:place]
    return bytes(changed)
