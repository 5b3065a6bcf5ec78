"""What `portal doctor` says of keys, passwords, the clock and the domains that mail is sent from."""

import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from dns import flags, message, rcode, rrset
from dns.resolver import Resolver

from portal.core import db as database
from portal.core import watching
from portal.core.clock import now
from portal.core.watching import DOUBTFUL, GOOD, WRONG, Finding
from portal.gateways import dns
from portal.run import doctor, doctor_machine, doctor_mail, pulse
from portal.run.models import Pulse


@pytest.mark.one_database
def test_keys_that_others_may_read_are_wrong(settings, app):
    folder = settings.data_dir / "keys"
    folder.mkdir()
    (folder / "secret_key").write_text("s" * 40)
    (folder / "secret_key").chmod(0o644)

    found = doctor_machine.keys(settings)
    assert (found.level, found.helps) == (WRONG, f"chmod 600 {folder / 'secret_key'}")

    (folder / "secret_key").chmod(0o600)
    assert doctor_machine.keys(settings).level == GOOD


@pytest.mark.one_database
def test_settings_that_others_may_read_are_wrong(settings, app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PORTAL_SECRET_KEY=x\n")
    (tmp_path / ".env").chmod(0o640)

    assert doctor_machine.keys(settings).level == WRONG


@pytest.mark.one_database
def test_one_key_for_two_purposes_is_doubtful(settings, app):
    assert doctor_machine.keys(replace(settings, address_keys={"v1": b"s" * 40})).level == DOUBTFUL


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("postgresql://portal@localhost/portal", WRONG),
        ("postgresql://portal:portal@localhost/portal", WRONG),
        ("postgresql://portal:3f9a0c2be71d4450@localhost/portal", GOOD),
        ("postgresql:///portal?host=/run/postgresql", GOOD),
        ("sqlite:////nowhere/portal.sqlite3", GOOD),
    ],
)
def test_the_password_of_the_database(settings, app, url, level):
    assert doctor_machine.database_password(replace(settings, database_url=url)).level == level


@pytest.mark.one_database
def test_a_database_file_that_others_may_read_is_wrong(settings, app):
    path = settings.data_dir / "portal.sqlite3"
    path.chmod(0o644)

    assert doctor_machine.database_password(settings).level == WRONG


def test_a_clock_that_was_put_back_is_wrong(settings, app):
    assert doctor_machine.clock(settings).level != WRONG
    Pulse.create(name=pulse.SCHEDULER, at=now() + timedelta(hours=3))

    with database.db.connection_context():
        found = doctor_machine.clock(settings)

    assert (found.level, "put back" in found.words) == (WRONG, True)


@pytest.mark.postgres
def test_a_clock_that_differs_from_the_servers_is_wrong(settings, app, monkeypatch):
    monkeypatch.setattr(doctor_machine.db, "time_of_server", lambda: now() + timedelta(minutes=2))

    assert "apart from the database server's" in doctor_machine.clock(settings).words


@pytest.mark.one_database
def test_what_a_feature_registers_is_examined(settings, app, monkeypatch):
    monkeypatch.setattr(watching, "_looks", {})
    watching.register_look(lambda: Finding("backups", WRONG, "None is good.", "portal backup create"))

    assert doctor.examine(settings)[-1].name == "backups"


PUBLISHED = {
    ("good.example.", "MX"): "10 mail.good.example.",
    ("good.example.", "TXT"): '"v=spf1 include:relay.example -all"',
    ("_dmarc.good.example.", "TXT"): '"v=DMARC1; p=none"',
    ("silent.example.", "TXT"): '"some other text"',
}


@pytest.fixture
def resolver():
    """A name server of this machine that knows what is PUBLISHED."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def serve():
        while True:
            asked, whom = line.recvfrom(4096)
            if asked == b"end":
                return
            question = message.from_wire(asked)
            (name,) = question.question
            answer = message.make_response(question)
            answer.flags |= flags.RA
            kind = name.rdtype.name
            if record := PUBLISHED.get((str(name.name), kind)):
                answer.answer.append(rrset.from_text(name.name, 60, "IN", kind, record))
            elif not any(known == str(name.name) for known, _ in PUBLISHED):
                answer.set_rcode(rcode.NXDOMAIN)
            line.sendto(answer.to_wire(), whom)

    server = threading.Thread(target=serve)
    server.start()
    asking = Resolver(configure=False)
    asking.nameservers, asking.port = ["127.0.0.1"], line.getsockname()[1]
    yield asking
    line.sendto(b"end", line.getsockname())
    server.join()
    line.close()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("domain", "missing"),
    [("good.example", []), ("silent.example", ["receives no mail", "v=spf1", "DMARC"]),
     ("nowhere.example", ["receives no mail", "v=spf1", "DMARC"])],
)  # fmt: skip
def test_what_is_published_of_a_domain(resolver, domain, missing):
    sentences = doctor_mail.troubles_of(domain, dns.look_up(domain, resolver))

    assert [word in sentence for word, sentence in zip(missing, sentences, strict=True)] == [True] * len(missing)


@pytest.mark.one_database
def test_the_doctor_asks_for_every_domain_that_is_sent_from(settings, app, org, monkeypatch):
    asked = []

    def look_up(domain):
        asked.append(domain)
        return dns.Domain(True, "v=spf1 -all", "")

    monkeypatch.setattr(dns, "look_up", look_up)
    with database.db.connection_context():
        found = doctor_mail.sender_domains(replace(settings, smtp_url="smtp://mail.example.org"))

    assert asked == [org.email.partition("@")[2]]
    assert (found.level, "_dmarc." in found.words) == (DOUBTFUL, True)
    assert doctor_mail.sender_domains(settings).level == GOOD


@pytest.mark.one_database
def test_without_a_name_server_nothing_is_said_against_a_domain(settings, app, org, monkeypatch):
    def look_up(_domain):
        raise dns.NoDirectory("no name server answered (LifetimeTimeout)")

    monkeypatch.setattr(dns, "look_up", look_up)
    with database.db.connection_context():
        found = doctor_mail.sender_domains(replace(settings, smtp_url="smtp://mail.example.org"))

    assert found.words == "Not known: no name server answered (LifetimeTimeout)."
