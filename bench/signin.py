"""Whether the time of an answer tells if there is an account: each kind of try beside an unknown name, interleaved,
against a portal that runs as people run it. Each try comes from an address and for an account of its own.
"""

import http.client
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from bench.weight import wait_until_all_live
from portal.accounts import service as accounts
from portal.accounts.models import Membership, User
from portal.accounts.passwords import hash_password
from portal.config import Settings
from portal.core.clock import now
from portal.core.db import db, transaction
from portal.features import prepare
from portal.run.benching import smtp_sink
from portal.run.migrate import migrate
from tests.kills import free_port

PASSWORD = "seven green buses"
KINDS = ("unknown", "known", "disabled", "new device", "empty")
AT_ONCE = 4
_addresses = count(2 * 256)


def run(samples: int) -> None:
    with tempfile.TemporaryDirectory() as folder, smtp_sink() as mail:
        port = free_port()
        environ = {
            "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": folder, "PORT": str(port),
            "SMTP_URL": f"smtp://127.0.0.1:{mail}?starttls=never",
        }  # fmt: skip
        _fill(environ, samples)
        tree = subprocess.Popen([sys.executable, "-m", "portal.cli", "up"], env=environ, stdout=subprocess.DEVNULL)
        try:
            wait_until_all_live(port)
            token, cookie = _form(port)
            tries = [(kind, number) for number in range(samples) for kind in random.sample(KINDS, len(KINDS))]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                taken = list(pool.map(lambda one: (one[0], _try(port, token, cookie, *one)), tries))
        finally:
            tree.send_signal(signal.SIGTERM)
            tree.wait(20)
    _say(taken, samples)


def _fill(environ: Mapping[str, str], samples: int) -> None:
    """An account for each try: known ones, locked ones, and some that will sign in rightly from a new device."""
    settings = Settings.from_environment(environ)
    Path(environ["PORTAL_DATA_DIR"]).mkdir(exist_ok=True)
    migrate(settings.database_url)
    prepare(settings)
    with db.connection_context():
        org = accounts.create_org("Bench")
        kept = hash_password(PASSWORD)
        with transaction():
            for kind in ("known", "disabled", "new device"):
                for number in range(samples):
                    user = User.create(
                        email=_email(kind, number), name="Bench", password_hash=kept,
                        disabled_at=now() if kind == "disabled" else None,
                    )  # fmt: skip
                    Membership.create(org=org, user=user, role="reader")
    db.close()


def _email(kind: str, number: int) -> str:
    return f"{kind.replace(' ', '-')}{number:05}@example.org".rjust(40, "x")


def _form(port: int) -> tuple[str, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    page = answer.read().decode()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    return page.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0], cookie


def _try(port: int, token: str, cookie: str, kind: str, number: int) -> float:
    """Seconds until the answer's first line."""
    passwords = {"known": "not the right one", "empty": ""}
    form = {"csrf_token": token, "email": _email(kind, number), "password": passwords.get(kind, PASSWORD)}
    place = next(_addresses)
    source = f"127.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Host": f"localhost:{port}"}
    line.connect()
    began = time.perf_counter()
    line.request("POST", "/sign-in", urlencode(form), headers)
    answer = line.getresponse()
    taken = time.perf_counter() - began
    answer.read()
    line.close()
    wanted = 303 if kind == "new device" else 422
    if answer.status != wanted:
        raise RuntimeError(f"{kind}: {answer.status}")
    return taken


def _say(taken: list[tuple[str, float]], samples: int) -> None:
    by_kind: dict[str, list[float]] = defaultdict(list)
    for kind, seconds in taken:
        by_kind[kind].append(seconds)
    reference = statistics.median(by_kind["unknown"])
    for kind in KINDS:
        middle = statistics.median(by_kind[kind])
        told = f"sign-in     {kind:10} p50 {middle * 1000:6.1f} ms, {middle / reference:.3f} of unknown"
        print(f"{told}, AUC {_auc(by_kind[kind], by_kind['unknown']):.3f} ({samples} tries)")


def _auc(some: list[float], others: list[float]) -> float:
    """How well the time alone tells the two apart: 0.5 is not at all."""
    ranked = sorted([(value, 1) for value in some] + [(value, 0) for value in others])
    ranks = sum(place for place, (_, is_some) in enumerate(ranked, start=1) if is_some)
    return (ranks - len(some) * (len(some) + 1) / 2) / (len(some) * len(others))
