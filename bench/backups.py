"""Backups while others write: each must be whole, and equal one moment (I05). Then how soon everything is back."""

import multiprocessing
import time
from dataclasses import replace
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

from bench import contacts as people
from bench import stage
from portal.backups import keys, making, snapshot, stores
from portal.backups.opening import Source
from portal.commanding import use
from portal.core.actor import acting_as, system
from portal.core.db import connect, db, transaction
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
        apart = multiprocessing.get_context("spawn")  # as web and workers are apart from who makes a backup
        ended, written = apart.Event(), apart.Value("q", 0)
        writer = apart.Process(target=_write, args=(settings.database_url, here.org_id, ended, written))
        writer.start()
        while not written.value:
            time.sleep(0.05)
        begun, at = time.perf_counter(), written.value
        try:
            taken = sorted(_make() for _ in range(backups))
            lapse, count = time.perf_counter() - begun, written.value - at
        finally:
            ended.set()
            writer.join()
        print(
            f"backups: {backups} of {contacts:,} contacts, each good, under {count / lapse:,.0f} transactions a "
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


def _write(url: str, org_id: int, ended: Event, written: "Synchronized[int]") -> None:
    connect(url)
    with db.connection_context(), acting_as(system(org_id)):
        begun = time.perf_counter()
        while not ended.is_set():
            with transaction():
                RateWindow.create(window=written.value, used=1)
                UsedCaptcha.create(nonce=str(written.value))
            written.value += 1
            time.sleep(max(0.0, written.value / A_SECOND - (time.perf_counter() - begun)))


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
