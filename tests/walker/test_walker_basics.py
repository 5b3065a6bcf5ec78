"""Every route is tried by everybody: with own ids, with another organisation's, and with none.

The routes come from the program itself, so that a new one cannot be forgotten.
"""

import io
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.accounts.models import PlaceException, Session
from portal.campaigns import attachments, senders
from portal.campaigns import service as campaigns
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.models import Email
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.core.permissions import Permission
from portal.imports import service
from portal.signin import devices, sessions
from portal.web.access import NoPolicy, check_policies, policy_of
from portal.web.headers import MESSAGE_POLICY
from tests import schema
from tests.conftest import HX, actor_of
from tests.seeds import Stage, plant_all

# Tables that reading may write to: sessions note their last use.
READING_MAY_WRITE = {"session"}
# The two routes that show a message itself, under a policy of their own that lets nothing run.
MESSAGE_FRAMES = {"campaigns.message", "mail.html"}
NOWHERE = 987_654


def rules(app: Flask) -> list:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def urls(rule, ids: dict[str, int]) -> list[str]:
    """The addresses of a rule with these ids, one for each block where it names several."""
    found = [rule.rule]
    if "<any(" in rule.rule:
        start = rule.rule.index("<any(")
        end = rule.rule.index(">", start)
        names = rule.rule[start + 5 : rule.rule.index(")", start)].split(",")
        found = [rule.rule[:start] + name.strip() + rule.rule[end + 1 :] for name in names]
    for name, value in ids.items():
        found = [url.replace(f"<int:{name}>", str(value)) for url in found]
    return [url.replace("<path:name>", "app.css") for url in found]


def ids_of(user) -> dict[str, int]:
    with acting_as(actor_of(user)):
        contact = contacts.add(
            first_name="CNRY", last_name="Walker", email="cnry@example.org", telephone="082 555 0134"
        )
        group = contacts.add_group("CNRY group")
        contacts.group_contacts([contact.id], group.id)
        note = contacts.add_note(contact, "CNRY note")
        campaign = campaigns.create("CNRY campaign")
        attachments.add(campaign, "CNRY.txt", b"CNRY")
        file = attachments.of(campaign.id)[0]
        sender = senders.add("CNRY sender", "cnry@example.org")
        made = service.take_in(Path(tempfile.mkdtemp()), "CNRY.csv", io.BytesIO(b"Email\ncnry2@example.org\n"))
        record.mark_email("cnry@example.org", "undeliverable", "CNRY reason.")
        email = Email.get(Email.contact_id == contact.id)
        planted = plant_all(Stage(contact.id, group.id, Path(tempfile.mkdtemp())))
    membership = actor_of(user)
    with transaction():
        device, _ = devices.trust(user, "CNRY browser", "127.0.0.1")
        sessions.begin(user, None, device.id, "CNRY browser", "127.0.0.1")
        wish = PlaceException.create(org=membership.org_id, user=user, country="PT", until=now() + timedelta(days=9))
    return planted | {
        "import_id": made.id,
        "campaign_id": campaign.id,
        "attachment_id": file.id,
        "contact_id": contact.id,
        "group_id": group.id,
        "note_id": note.id,
        "sender_id": sender.id,
        "email_id": email.id,
        "returned_id": NOWHERE,
        "membership_id": membership.user_id,
        "device_id": device.id,
        "session_id": Session.get(Session.device_id == device.id).id,
        "exception_id": wish.id,
        "user_id": user.id,
        "series_id": NOWHERE,
    }


def digest() -> dict[str, list]:
    return {
        model._meta.table_name: [tuple(map(str, row)) for row in db.execute(model._meta.table.select().tuples())]
        for model in schema.models()
        if model._meta.table_name not in READING_MAY_WRITE
    }


def test_a_route_without_a_policy_does_not_start(app):
    app.view_functions["rogue"] = lambda: ""
    app.url_map.add(app.url_rule_class("/rogue", endpoint="rogue"))

    with pytest.raises(NoPolicy):
        check_policies(app)


def test_a_stranger_gets_nowhere(app, olivia):
    ids = ids_of(olivia)
    browser = app.test_client()
    for rule in rules(app):
        if policy_of(app, rule.endpoint).who != "user":
            continue
        for url in urls(rule, ids):
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                answer = browser.open(url, method=method)
                assert (answer.status_code, "CNRY" in answer.text) == (303, False), (method, url)


def test_another_organisation_cannot_tell_an_id_from_none(app, client_of, olivia, charlie, capsys):
    theirs = ids_of(olivia)
    browser = client_of(charlie)
    before = digest()
    tried: Counter = Counter()
    for rule in rules(app):
        policy = policy_of(app, rule.endpoint)
        if not rule.arguments & set(theirs) or policy.who == "link" or policy.permission is Permission.SUPPORT:
            continue  # what belongs to the installation is nobody's: support alone enters
        none = dict.fromkeys(theirs, NOWHERE)
        for their_url, no_url in zip(urls(rule, theirs), urls(rule, none), strict=True):
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                for headers in ({}, HX):
                    data = {"lines": "0", "seen": "", "name": "x", "role": "reader", "text": "x", "first_name": "x"}
                    answer = browser.open(their_url, method=method, headers=headers, data=data)
                    unknown = browser.open(no_url, method=method, headers=headers, data=data)
                    assert answer.status_code == 404, (method, their_url, answer.status_code)
                    assert answer.data == unknown.data, (method, their_url)
                    assert "CNRY" not in answer.text
                    tried[method] += 1
    assert digest() == before
    with capsys.disabled():
        print(f"\n  the walker tried {sum(tried.values())} ways into another organisation: {dict(tried)}")


def test_reading_changes_nothing(app, client_of, olivia):
    ids = ids_of(olivia)
    browser = client_of(olivia)
    before = digest()
    for rule in rules(app):
        if "GET" not in rule.methods:
            continue
        for url in urls(rule, ids):
            for headers in ({}, HX):
                answer = browser.get(url, headers=headers)
                assert answer.status_code < 500, url

    assert digest() == before


def test_a_reader_changes_nothing_anywhere(app, client_of, bob, olivia):
    ids = ids_of(olivia)
    browser = client_of(bob)
    before = digest()
    for rule in rules(app):
        if policy_of(app, rule.endpoint).who != "user" or rule.endpoint.startswith("signin."):
            continue
        for url in urls(rule, ids):
            for method in rule.methods - {"OPTIONS", "HEAD", "GET"}:
                answer = browser.open(url, method=method, data={"chosen": ids["contact_id"], "word": "CNRY Walker"})
                assert answer.status_code == 403, (method, url)

    assert digest() == before


def test_each_answer_carries_the_headers(app, client_of, olivia):
    ids = ids_of(olivia)
    browser = client_of(olivia)
    seen: Counter = Counter()
    for rule in rules(app):
        if rule.rule == "/sign-out":
            continue  # it would end what this test walks with
        for url in [*urls(rule, ids), "/nowhere"]:
            for method in rule.methods - {"OPTIONS"}:
                answer = browser.open(url, method=method)
                headers, policy = answer.headers, answer.headers["Content-Security-Policy"]
                seen[answer.status_code // 100] += 1
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
                assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
                assert headers["X-Robots-Tag"] == "noindex, nofollow"
                if policy_of(app, rule.endpoint).who == "user" and url != "/nowhere":
                    assert headers["Cache-Control"] == "no-store", url
                if rule.endpoint in MESSAGE_FRAMES and policy.startswith("sandbox;"):
                    assert policy == MESSAGE_POLICY
                    continue
                assert "unsafe" not in policy
                assert "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
    assert min(seen[2], seen[3], seen[4]) > 20


def test_a_post_without_its_token_is_refused_with_and_without_htmx(app, client_of, olivia):
    app.config["WTF_CSRF_ENABLED"] = True
    ids = ids_of(olivia)
    browser = client_of(olivia)
    before = digest()
    for rule in rules(app):
        if "POST" not in rule.methods or policy_of(app, rule.endpoint).crosses_sites:
            continue
        for url in urls(rule, ids):
            for headers in ({}, HX):
                assert browser.post(url, headers=headers).status_code == 400, url

    assert digest() == before


def test_a_number_too_long_for_any_database_is_no_page(app, client_of, olivia):
    ids = ids_of(olivia)
    browser = client_of(olivia)
    for rule in rules(app):
        if not rule.arguments & set(ids):
            continue
        for url in urls(rule, dict.fromkeys(ids, int("9" * 30))):
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                assert browser.open(url, method=method).status_code == 404, (method, url)
