"""/metrics, the status page and the alarms by mail."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts import service as accounts
from portal.campaigns import sending
from portal.campaigns.models import Campaign
from portal.config import BadSettings, Settings
from portal.core import watching
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.watching import GOOD, WRONG, Figure, Finding
from portal.delivery.models import HANDED, Delivery, PortalMail, SystemMail
from portal.run import doctor_machine, metrics, pulse, standing, watch
from portal.run.models import Pulse
from tests.conftest import PASSWORD
from tests.databases import KEYS
from tests.delivery.test_sending import newsletter as newsletter
from tests.delivery.test_sending import server as server
from workers.watching import look_after

TOKEN = "3f9a0c2be71d4450a6b1c2d3e4f50617"


@pytest.fixture
def support(client_of, app):
    return client_of(accounts.create_support("sam@example.org", "Sam", PASSWORD))


@pytest.fixture
def lively(app):
    """Scheduler and workers give signs of life, and there is room."""
    pulse.beat(pulse.SCHEDULER)
    pulse.beat(pulse.WORKERS)


def readings(client, **headers):
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200, answer.text
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_numbers_for_a_program_on_this_machine(app, lively, org):
    with acting_as(system(org.id)):
        SystemMail.create(kind="test", recipient="a@example.org", sender="b@example.org", message="")

    found = readings(app.test_client())

    assert found['portal_messages_waiting{kind="single"}'] == 1
    assert found["portal_queue_answers"] == 0
    assert found['portal_well{name="processes"}'] == 1
    assert found['portal_well{name="queue"}'] == 0
    assert 0 <= found['portal_seconds_since_sign_of_life{process="workers"}'] < 60
    assert found["portal_disk_size_bytes"] >= found["portal_disk_free_bytes"] > 0


def test_nobody_elsewhere_reads_the_numbers_without_the_token(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], metrics_token=TOKEN)
    client = app.test_client()
    elsewhere = {"REMOTE_ADDR": "196.25.1.1"}

    for words in ("", "Bearer ", "Bearer wrong", f"Basic {TOKEN}x"):
        answer = client.get("/metrics", environ_base=elsewhere, headers={"Authorization": words})
        assert answer.status_code == 404, words
    answer = client.get("/metrics", environ_base=elsewhere, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")


def test_a_visitor_behind_the_proxy_of_this_machine_is_not_this_machine(app):
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], trusted_proxies=("127.0.0.1",), base_url="https://portal.test"
    )
    client = app.test_client()

    assert client.get("/metrics").status_code == 404  # handed on by a proxy that does not say for whom
    assert client.get("/metrics", headers={"X-Forwarded-For": "196.25.1.1"}).status_code == 404


@pytest.mark.one_database
def test_a_token_that_can_be_guessed_is_refused(tmp_path):
    with pytest.raises(BadSettings, match="PORTAL_METRICS_TOKEN can be guessed"):
        Settings.from_environment({**KEYS, "PORTAL_DATA_DIR": str(tmp_path), "PORTAL_METRICS_TOKEN": "changeme"})


@pytest.mark.one_database
def test_each_name_has_one_heading_and_labels_are_escaped():
    figures = [
        Figure("b", "B.", 1.5),
        Figure("a", "A.", 2**40, {"name": 'x"y\\z'}),
        Figure("a", "A.", 1, {"name": "q"}),
    ]

    assert metrics.in_text(figures).splitlines() == [
        "# HELP portal_a A.", "# TYPE portal_a gauge", 'portal_a{name="x\\"y\\\\z"} 1099511627776',
        'portal_a{name="q"} 1', "# HELP portal_b B.", "# TYPE portal_b gauge", "portal_b 1.5",
    ]  # fmt: skip


def test_support_sees_how_everything_stands(support, lively):
    page = support.get("/support/status")

    assert page.status_code == 200
    for words in ("Disk", "Scheduler and workers give signs of life.", "Redis cannot be reached", "Messages"):
        assert words in page.text
    assert "/support/status" in support.get("/support").text


def test_others_do_not(client_of, olivia):
    assert client_of(olivia).get("/support/status").status_code == 403


def told():
    return [(mail.recipient, mail.kind) for mail in PortalMail.select().where(PortalMail.kind == "trouble")]


@pytest.fixture
def troubles(monkeypatch):
    """What is watched in this test: as wrong or well as the test says."""
    found: dict[str, Finding] = {}
    monkeypatch.setattr(watch, "LOOKS", ())
    monkeypatch.setattr(watching, "_looks", {lambda: found["backups"]: True})
    found["backups"] = Finding("backups", WRONG, "None is good.", "portal backup create")
    watch._suspected.clear()
    look_after()
    assert told() == []  # once may be on its way up
    return found


def test_what_is_wrong_is_told_once_a_day_and_when_it_is_well_again(app, troubles):
    look_after()
    look_after()
    look_after()
    assert told() == [("support@example.org", "trouble")]

    Pulse.update(at=now() - timedelta(hours=25)).where(Pulse.name == "told: backups").execute()
    look_after()
    assert len(told()) == 2

    troubles["backups"] = Finding("backups", GOOD, "The last is of today.")
    look_after()
    look_after()
    assert len(told()) == 3
    assert not Pulse.select().where(Pulse.name == "told: backups").exists()


def test_the_alarm_leaves_though_no_worker_lives(app, troubles, server):
    sink = server()

    look_after()

    (row,) = PortalMail.select().where(PortalMail.kind == "trouble")
    assert row.state == "accepted"
    assert [recipient for _, recipient in sink.delivered()] == ["support@example.org"]


def test_the_alarm_names_what_helps(app, troubles):
    look_after()

    (row,) = PortalMail.select().where(PortalMail.kind == "trouble")
    for words in ("Subject: Wrong: backups", "None is good.", "portal backup create", "/support/status"):
        assert words in row.message


@pytest.mark.one_database
def test_a_disk_that_is_nearly_full_is_wrong(settings, app, monkeypatch):
    monkeypatch.setattr(doctor_machine, "LEAST_ROOM", 2**60)

    found = doctor_machine.room(settings)

    assert (found.level, "du -xh" in found.helps) == (WRONG, True)


def test_workers_that_are_gone_are_wrong(settings, app, lively):
    assert doctor_machine.processes(settings).level == GOOD
    Pulse.update(at=now() - timedelta(minutes=6)).where(Pulse.name == pulse.WORKERS).execute()

    found = doctor_machine.processes(settings)

    assert (found.level, "workers for 5 minutes" in found.words) == (WRONG, True)


def test_single_mail_that_nobody_sends_is_noticed(settings, app, org):
    with acting_as(system(org.id)):
        SystemMail.create(kind="test", recipient="a@example.org", sender="b@example.org", message="")
        assert standing.mail_stands_still(settings).level == GOOD
        SystemMail.update(created_at=now() - timedelta(minutes=16)).execute()

    assert standing.mail_stands_still(settings).level == WRONG
    assert standing.mail_stands_still(replace(settings, smtp_limit="10/hour")).level == GOOD


def test_a_campaign_that_does_not_move_is_noticed(settings, newsletter, org):
    made = newsletter("a@example.org", "b@example.org")
    with acting_as(system(org.id)):
        sending.start(made)
        assert standing.mail_stands_still(settings).level == GOOD
        Campaign.update(started_at=now() - timedelta(minutes=20)).execute()
        assert standing.mail_stands_still(settings).level == WRONG
        one = Delivery.select().order_by(Delivery.id).first()
        Delivery.update(state=HANDED, handed_at=now()).where(Delivery.id == one.id).execute()

    assert standing.mail_stands_still(settings).level == GOOD
    assert standing.mail().handed_lately == 1
