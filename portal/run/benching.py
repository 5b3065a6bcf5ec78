"""`portal bench send`: the portal's own sending against Postfix's smtp-source, into one smtp-sink, in one run.

Works in a folder of its own, on a database of its own, and sends to this machine only. Read the ratio; the absolute
figures are of this machine and this moment.
"""

import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path

from portal.accounts import service as accounts
from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.campaigns.models import Campaign
from portal.config import Settings
from portal.consent.asserting import assert_consents
from portal.contacts import record
from portal.contacts import service as contacts
from portal.contacts.rules import NewContact
from portal.core.actor import acting_as, system
from portal.core.db import db, transaction
from portal.features import prepare
from portal.run.migrate import migrate

WORKERS = 2
ENOUGH = 0.2  # seconds between two looks at whether it is finished


class CannotMeasure(RuntimeError):
    """Postfix's programs are not on this machine, or did not start."""


def bench_send(recipients: int, workers: int = WORKERS) -> dict[str, float]:
    """Emails a second of our own engine and of the reference, and how the first relates to the second."""
    with tempfile.TemporaryDirectory() as folder, smtp_sink() as port:
        environ = environ_of(Path(folder), port)
        campaign_id, length = make_campaign(environ, recipients)
        reference = [smtp_source(port, recipients, length)]
        own = recipients / send(environ, campaign_id, workers)
        reference.append(smtp_source(port, recipients, length))
    middle = statistics.mean(reference)
    return {
        "emails_per_second": round(own, 1),
        "reference_per_second": round(middle, 1),
        "ratio": round(own / middle, 4),
    }


def environ_of(folder: Path, port: int) -> dict[str, str]:
    return {"PORTAL_DATA_DIR": str(folder), "SMTP_URL": f"smtp://127.0.0.1:{port}?starttls=never"}


def make_campaign(environ: Mapping[str, str], recipients: int) -> tuple[int, int]:
    """A campaign to so many people, not begun, in a new organisation 1; its id and the length of its text in bytes."""
    settings = Settings.from_environment(environ)
    migrate(settings.database_url)
    prepare(settings)
    with db.connection_context():
        org = accounts.create_org(
            "Bench", legal_name="Bench NPC", email="bench@example.org", telephone="+27315550100",
            address="12 Road, Durban", information_officer="Nomsa Dube",
        )  # fmt: skip
        with acting_as(system(org.id)):
            group = contacts.add_group("All")
            for start in range(0, recipients, 20_000):
                numbers = range(start, min(start + 20_000, recipients))
                made = record.add_many([_contact(number, group.id) for number in numbers], "contact.added")
                with transaction():
                    assert_consents(made, ["email"], source="own", detail="the bench")
            campaign = campaigns.create("Bench")
            body = "<h1>Spring</h1><p>Dear [[first name|friend]]</p>" + "<p>The garden is growing well.</p>" * 120
            campaigns.change(campaign, campaign.version, subject="Spring", body=body)
            sending.choose_audience(campaign, [group.id], [])
            return campaign.id, len(body) * 2


def _contact(number: int, group_id: int) -> NewContact:
    address = f"p{number}@example.org"
    email = {"address": address, "normal": address, "label": "Home", "is_primary": 1}
    names = {"kind": "person", "first_name": f"P{number}", "last_name": "Dube", "source": "own"}
    return NewContact(fields=names, emails=[email], group_ids=[group_id])


def send(environ: Mapping[str, str], campaign_id: int, workers: int) -> float:
    """Begin the campaign and send it with so many processes; the seconds until everybody is accounted for."""
    spawn = multiprocessing.get_context("spawn")
    begin = spawn.Barrier(workers + 1)
    processes = [spawn.Process(target=_turns, args=(dict(environ), campaign_id, begin)) for _ in range(workers)]
    for process in processes:
        process.start()
    with db.connection_context(), acting_as(system(1)):
        begin.wait(60)
        started = time.perf_counter()
        sending.start(campaigns.find(campaign_id))
        for process in processes:
            process.join()
        while not sending.settle(campaign_id) and campaigns.find(campaign_id).state != "finished":
            time.sleep(ENOUGH)
        seconds = time.perf_counter() - started
        figures = sending.status(campaigns.find(campaign_id))
    if figures["accepted"] != figures["frozen"]:
        raise CannotMeasure(f"Not everybody was reached: {figures}")
    return seconds


def _turns(environ: dict[str, str], campaign_id: int, begin: Barrier) -> None:
    """What a worker does, without the bell."""
    prepare(Settings.from_environment(environ))
    begin.wait(60)
    with db.connection_context(), acting_as(system(1)):
        while Campaign.get_by_id(campaign_id).state == "draft":
            time.sleep(0.02)
        while sending.work(campaign_id).handed:
            pass


@contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's server that throws everything away; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    as_whom = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [_program("smtp-sink"), *as_whom, f"127.0.0.1:{port}", "200"]
    sink = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        sink.terminate()
        sink.wait(10)


def smtp_source(port: int, messages: int, length: int) -> float:
    """Emails a second of Postfix's own generator, with ten connections that stay open."""
    command = [_program("smtp-source"), "-d", "-s", "10", "-m", str(messages), "-l", str(length)]
    started = time.perf_counter()
    addresses = ["-f", "bench@example.org", "-t", "p@example.org", f"127.0.0.1:{port}"]
    subprocess.run([*command, *addresses], check=True, capture_output=True)
    return messages / (time.perf_counter() - started)


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise CannotMeasure(f"{name} was not found. It comes with Debian's package postfix.")
    return found


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise CannotMeasure("smtp-sink did not start.")
