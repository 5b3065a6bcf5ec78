"""What the programs log: facts on one line, nothing about a person."""

import json
import logging

import pytest
from peewee import IntegrityError

from portal.core.logs import JsonLines, mask
from workers.base import JobFailed, org_job

CANARY = "cnry-thandi@example.org"


def line_of(message, *values, error=None, **facts):
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("portal.test", logging.WARNING, __file__, 1, message, values, exc_info)
    record.__dict__.update(facts)
    return JsonLines().format(record)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("refused: <thandi@example.org>", "refused: <[email]>"),
        ("call 082 555 0134 now", "call [number] now"),
        ("call +27825550134", "call [number]"),
        ("id 8001015009087", "id [number]"),
        ("GET /u/AAEAAAABAAAAAQabcdefgh1234", "GET /u/[token]"),
        ("unique constraint contact_email_org_id_normal", "unique constraint contact_email_org_id_normal"),
        ("worker 2 ended with -9; started again", "worker 2 ended with -9; started again"),
    ],
)
def test_addresses_numbers_and_tokens_are_masked(text, masked):
    assert mask(text) == masked


def test_an_exception_is_told_without_its_words():
    try:
        try:
            raise IntegrityError(f"Key (email)=({CANARY}) exists")
        except IntegrityError as inner:
            raise ValueError("Thandi Ngcobo of Umlazi") from inner
    except ValueError as error:
        line = line_of("a request failed", error=error, reference="ab12")

    told = json.loads(line)
    assert [part["kind"] for part in told["failed"]] == ["builtins.ValueError", "peewee.IntegrityError"]
    assert "test_an_exception_is_told_without_its_words" in told["failed"][0]["places"][-1]
    assert told["reference"] == "ab12"
    assert not any(word in line for word in (CANARY, "Thandi", "Umlazi"))


def test_what_is_put_in_cannot_forge_a_line():
    line = line_of("name: %s", 'x\r\n{"level": "error"}\x1b[31m')

    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line)["level"] == "warning"


def test_a_failing_page_says_a_reference_that_the_log_has_too(app, client_of, olivia, caplog, monkeypatch):
    def fail(*_):
        raise RuntimeError(CANARY)

    monkeypatch.setitem(app.view_functions, "campaigns.index", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = client_of(olivia).get("/campaigns")

    record = caplog.records[-1]
    assert answer.status_code == 500
    assert record.reference in answer.text
    assert CANARY not in answer.text
    assert CANARY not in JsonLines().format(record)


def test_a_failing_job_leaves_no_words_in_the_queue(app, org, caplog):
    @org_job
    def fail():
        raise RuntimeError(CANARY)

    with pytest.raises(JobFailed) as raised:
        fail(org.id)

    assert raised.value.__suppress_context__
    assert CANARY not in str(raised.value)
    assert caplog.records[-1].job == "fail"
