"""A campaign against Postfix's smtp-source into one smtp-sink, and what a Save costs meanwhile."""

import tempfile
import threading
import time
from pathlib import Path

from bench.stage import EMAIL, PASSWORD, milliseconds, seconds, signed_in
from portal.accounts import service as accounts
from portal.app import create_app
from portal.config import Settings
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.permissions import Role
from portal.run import benching

SAVES = 150


def run(recipients: int) -> None:
    told = benching.bench_send(recipients)
    print(
        f"campaign    {recipients:,} emails at {told['emails_per_second']:,.0f}/s;"
        f" smtp-source made {told['reference_per_second']:,.0f}/s: {told['ratio']:.3f} of it"
    )
    saves(max(2_000, recipients // 4))


def saves(recipients: int) -> None:
    """A note saved every 50 ms, first alone and then while two processes send."""
    with tempfile.TemporaryDirectory() as folder, benching.smtp_sink() as port:
        environ = benching.environ_of(Path(folder), port)
        campaign_id, _ = benching.make_campaign(environ, recipients)
        app = create_app(Settings.from_environment(environ))
        with db.connection_context(), acting_as(system(1)):
            accounts.create_user(EMAIL, "Bench", Role.OWNER, PASSWORD)
            client = signed_in(app)
        alone = milliseconds([save(client) for _ in range(SAVES)])
        sending = threading.Thread(target=benching.send, args=(environ, campaign_id, benching.WORKERS))
        sending.start()
        taken = []
        while sending.is_alive() and len(taken) < 10 * SAVES:
            taken.append(save(client))
        sending.join()
        meanwhile = milliseconds(taken)
    print(
        f"a Save      p50 {meanwhile['p50']:.1f} ms, p99 {meanwhile['p99']:.1f} ms, longest {meanwhile['max']:.0f} ms"
        f" while a campaign runs; alone p50 {alone['p50']:.1f} ms, p99 {alone['p99']:.1f} ms ({len(taken)} saves)"
    )


def save(client) -> float:  # type: ignore[no-untyped-def]
    took = seconds(lambda: client.post("/contacts/1/notes", data={"text": "Rang about the garden."}))
    time.sleep(0.05)
    return took
