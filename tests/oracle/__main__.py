"""`python -m tests.oracle 100000`: so many things happen to people and campaigns, and the witness judges each message
that leaves. Prints what happened; the first message that must not leave ends it, with what led to it.
"""

import argparse
import logging
import shutil
import tempfile
import time
from pathlib import Path

from portal.config import Settings
from portal.core.db import db
from portal.features import prepare
from portal.run.migrate import migrate
from tests import once
from tests.oracle import sabotage
from tests.oracle.machine import Machine, run


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    words.add_argument("steps", type=int, nargs="?", default=10_000)
    words.add_argument("--sabotage", action="store_true", help="take each check of the gate away in turn")
    given = words.parse_args()
    steps = given.steps
    logging.disable(logging.CRITICAL)
    once.trust_the_disk()
    folder = Path(tempfile.mkdtemp(prefix="oracle-"))
    settings = Settings(
        data_dir=folder, base_url="http://localhost", secret_keys=("s" * 40,), address_keys={"v1": b"a" * 40},
        database_url=f"sqlite:///{folder}/portal.sqlite3", redis_url=f"unix://{folder}/absent.sock",
        support_email="support@example.org", testing=True,
    )  # fmt: skip
    try:
        migrate(settings.database_url)
        prepare(settings)
        began = time.monotonic()
        with db.connection_context():
            if given.sabotage:
                sabotage.report(steps)
                return
            run(steps)
        print(
            f"{Machine.steps} steps in {time.monotonic() - began:.0f} s: {Machine.left} messages left, each permitted;"
        )
        print(f"{Machine.let_through} times somebody against whom nothing speaks was let through.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
