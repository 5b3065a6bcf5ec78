"""Backups while others write: each must be whole, and equal one moment (I05). Then how soon everything is back."""

import threading
import time
from dataclasses import replace
from pathlib import Path

from bench import contacts as people
from bench import stage
from portal.backups import keys, making, snapshot, stores
from portal.backups.opening import Source
from portal.commanding import use
from portal.core.actor import acting_as, system
from portal.core.db import db, transaction
from portal.delivery.models import RateWindow
from portal.features import prepare
from portal.gateways.backup_places import Folder
from portal.run import restore
from portal.signin.models import UsedCaptcha

A_SECOND = 200


def run(contacts: int, backups: int) -> None:
    with stage.installation() as here:
        people.fill(contacts)
        settings = replace(stores.settings(), backup_url=f"file://{here.folder}/second")
        stores.use(settings)
        recovery, _ = keys.make()
        ended, written = threading.Event(), [0]
        writer = threading.Thread(target=_write, args=(here.org_id, ended, written))
        begun = time.perf_counter()
        writer.start()
        try:
            taken = sorted(_make() for _ in range(backups))
        finally:
            ended.set()
            writer.join()
        lapse = time.perf_counter() - begun
        print(
            f"backups: {backups} of {contacts:,} contacts, each good, under {written[0] / lapse:,.0f} transactions a "
            f"second; half took less than {taken[len(taken) // 2]:.1f} s, the longest {taken[-1]:.1f} s"
        )
        _bring_back(here.folder, recovery)


def _make() -> float:
    begun = time.perf_counter()
    made = making.create()
    assert made.words == "", made.words
    folder = stores.working("bench")
    copy, contents = snapshot.take(stores.settings().database_url, folder)
    assert contents.tables["rate_window"] == contents.tables["used_captcha"], "both are of one transaction"
    copy.unlink()
    (stores.own().root / made.name).unlink()
    return time.perf_counter() - begun


def _write(org_id: int, ended: threading.Event, written: list[int]) -> None:
    with db.connection_context(), acting_as(system(org_id)):
        begun = time.perf_counter()
        while not ended.is_set():
            with transaction():
                RateWindow.create(window=written[0], used=1)
                UsedCaptcha.create(nonce=str(written[0]))
            written[0] += 1
            time.sleep(max(0.0, written[0] / A_SECOND - (time.perf_counter() - begun)))


def _bring_back(folder: Path, recovery: str) -> None:
    use(prepare)
    empty = replace(stores.settings(), data_dir=folder / "new", database_url=f"sqlite:///{folder}/new/portal.sqlite3")
    source = Source(Folder(folder / "second"), recovery)
    own = db.obj
    done: list[restore.Restored] = []
    lapse = stage.seconds(
        lambda: done.append(restore.restore(empty, source, source.newest("in-contact"), with_journal=False))
    )
    db.initialize(own)
    print(f"backups: {done[0].rows:,} rows brought back in {lapse:.1f} s")
