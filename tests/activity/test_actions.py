"""Every action that code writes follows the one grammar and has words."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import time_machine

import portal
from portal.accounts.models import Membership
from portal.activity import log
from portal.activity.models import LogEntry
from portal.activity.rules import GRAMMAR
from portal.activity.sentences import ACTIONS
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.signin import devices, refusals, service
from portal.signin.service import Try, WrongPassword
from tests.conftest import PASSWORD

pytestmark = pytest.mark.one_database  # what is asked of a database is asked on both by others

PORTAL = Path(portal.__file__).parent
# What is put together when it is written, by the beginning of it.
MADE = {
    "import.": {"import.finished", "import.cancelled", "import.failed"},
    "campaign.": {
        "campaign.scheduled", "campaign.started", "campaign.paused", "campaign.resumed", "campaign.cancelled",
        "campaign.finished",
    },
}  # fmt: skip
WRITERS = {"write", "write_many", "Entry", "write_to_all", "write_signed", "change_many", "set_many"}


@cache
def trees():
    return {path: list(ast.walk(ast.parse(path.read_text()))) for path in PORTAL.rglob("*.py")}


def constants():
    """Every text of the program that may be an action, and the beginnings of those put together."""
    whole, made = {}, {}
    for path, nodes in trees().items():
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and GRAMMAR.fullmatch(node.value):
                whole.setdefault(node.value, path)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in WRITERS:
                for text in node.args:
                    if isinstance(text, ast.JoinedStr) and isinstance(text.values[0], ast.Constant):
                        made.setdefault(text.values[0].value, path)
    return whole, made


def written():
    """Those that are passed to a writer as they stand."""
    found = {}
    for path, nodes in trees().items():
        for node in nodes:
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if name in WRITERS | {"add", "add_part", "add_many", "change", "change_part", "remove_part", "_set_locked"}:
                for text in node.args[:5]:
                    if isinstance(text, ast.Constant) and isinstance(text.value, str) and "." in text.value:
                        found.setdefault(text.value, path)
    return found


def test_each_action_that_is_written_follows_the_grammar_and_has_words(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    things = {action.split(".")[0] for action in ACTIONS}
    whole, made = constants()
    meant = {
        text: path.name
        for text, path in whole.items()
        if text.split(".")[0] in things and text not in endpoints and text not in set(Permission)
        and re.search(r"(ed|en|un|as|de|wn|ent|ut|done|abroad|command|support|by_import)$", text)
    }  # fmt: skip
    meant |= {text: path.name for text, path in written().items() if re.fullmatch(r"[a-z]+\.[a-z_]+", text)}

    assert {text: path for text, path in meant.items() if text not in ACTIONS} == {}
    assert len(meant) > 80
    assert {text for text in made if re.fullmatch(r"[a-z]+\.", text)} <= set(MADE), "say here what the text is made to"
    assert set().union(*MADE.values()) <= set(ACTIONS)
    assert all(GRAMMAR.fullmatch(action) for action in ACTIONS)


@pytest.mark.parametrize("action", ["", "contact", "Contact.added", "contact.added it", "contact.", "contact.Added"])
def test_what_does_not_follow_the_grammar_is_not_written(org, action):
    with acting_as(system(org.id)), transaction(), pytest.raises(log.BadAction):
        log.write(action)


def test_the_record_tells_of_signing_in_refused_trusted_and_taken_back(org, other_org, alice, bob):
    service.sign_in(Try(bob.email, PASSWORD, "Firefox on Linux", "127.0.0.1"))
    wrong = Try(alice.email, "not it", "Firefox on Linux", "127.0.0.1")
    for _ in range(2):
        with pytest.raises(WrongPassword):
            service.sign_in(wrong)
    with pytest.raises(WrongPassword):
        service.sign_in(Try("nobody@example.org", "not it", "", "127.0.0.1"))
    assert refusals.tell() == 0  # not at once
    devices.revoke(bob, devices.of(bob)[0].id)
    with time_machine.travel(now().timestamp() + 300):
        assert refusals.tell() == 1
        assert refusals.tell() == 0

    with acting_as(system(org.id)):
        told = {e.action: e for e in LogEntry.select().order_by(LogEntry.seq)}
        assert {"user.device_trusted", "user.signed_in", "user.device_revoked"} <= set(told)
        refused = told["user.sign_in_refused"]
        assert (refused.subject_id, refused.detail["why"], refused.detail["actor"]) == (
            alice.id, {"password": 2}, "In Contact",
        )  # fmt: skip
        assert LogEntry.select().where(LogEntry.action == "user.sign_in_refused").count() == 1
        assert log.verify().ok
    with acting_as(system(other_org.id)):
        assert Membership.select().where(Membership.org == other_org.id).count() == 0
        assert LogEntry.select().where(LogEntry.action.startswith("user.")).count() == 0
