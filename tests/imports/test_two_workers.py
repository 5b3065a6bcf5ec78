"""Two workers at one import, or at its undoing, and somebody who stops it while a batch is being stored."""

import contextlib
import io
import threading
import time
from datetime import timedelta

import pytest

from portal.activity import log
from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor
from portal.core.clock import now
from portal.core.db import db
from portal.imports import running, service, undoing
from portal.imports.models import Import, ImportedContact, Undo

FOUR = "First name,Last name\nAnn,Adams\nBen,Brown\nCora,Cole\nDan,Dube\n"


class Killed(BaseException):
    pass


def overtaken(monkeypatch, module, work, job) -> None:
    """Let the lease of a worker lapse while he is about to store: another stores that batch, and is killed then."""
    store, turns = module._take, []

    def lapse() -> None:
        job.update(lease=now() - timedelta(minutes=1)).execute()

    def take(*args):
        turns.append(args)
        if len(turns) == 1:
            lapse()
            with contextlib.suppress(Killed):
                work()
        elif len(turns) == 3:
            raise Killed
        return store(*args)

    monkeypatch.setattr(module, "_take", take)
    work()
    monkeypatch.setattr(module, "_take", store)
    lapse()
    work()


def meanwhile(act) -> threading.Thread:
    """Do something in a request of its own."""
    actor, there = current_actor(), threading.Event()

    def run() -> None:
        with db.connection_context(), acting_as(actor):
            there.set()
            act()

    thread = threading.Thread(target=run)
    thread.start()
    there.wait(20)
    time.sleep(1.1)  # until it waits for what the worker holds, and the worker has held it for long
    return thread


@pytest.fixture
def begun(as_olivia, tmp_path, monkeypatch) -> Import:
    monkeypatch.setattr(running, "BATCH", 2)
    made = service.take_in(tmp_path / "imports", "list.csv", io.BytesIO(FOUR.encode()))
    service.declare(made, made.mapping, "own", "open day", ["email"])
    service.start(service.find(made.id), "add", [])
    return service.find(made.id)


def test_a_worker_that_was_overtaken_adds_nobody_twice(begun, monkeypatch):
    overtaken(monkeypatch, running, lambda: running.run(begun.id), Import)

    ended = service.find(begun.id)
    assert (ended.state, ended.added, ended.done) == ("finished", 4, 5)
    assert sorted(c.first_name for c in Contact.select()) == ["Ann", "Ben", "Cora", "Dan"]
    assert log.verify().ok


def test_a_worker_that_was_overtaken_undoes_nobody_twice(begun, monkeypatch):
    running.run(begun.id)
    monkeypatch.setattr(undoing, "BATCH", 1)
    undoing.begin(service.find(begun.id))

    overtaken(monkeypatch, undoing, lambda: undoing.run(begun.id), Undo)

    ended = Undo.get()
    assert (ended.state, ended.removed, ended.kept) == ("finished", 4, 0)
    assert {row.outcome for row in ImportedContact.select()} == {"removed"}
    assert log.verify().ok


def test_an_import_is_cancelled_while_a_batch_is_being_stored(begun, monkeypatch):
    keep, threads = running._keep_problems, []

    def keep_problems(*args):
        threads.append(meanwhile(lambda: service.cancel(service.find(begun.id))))
        return keep(*args)

    monkeypatch.setattr(running, "_keep_problems", keep_problems)
    running.run(begun.id)
    [thread.join(20) for thread in threads]

    ended = service.find(begun.id)
    assert (ended.state, ended.added, len(threads)) == ("cancelled", Contact.select().count(), 1)
    assert log.has("import.cancelled", begun.id)


def test_an_undoing_is_stopped_while_a_batch_is_being_undone(begun, monkeypatch):
    running.run(begun.id)
    monkeypatch.setattr(undoing, "BATCH", 2)
    undoing.begin(service.find(begun.id))
    note, threads = undoing._note, []

    def noted(*args):
        threads.append(meanwhile(lambda: undoing.stop(begun)))
        return note(*args)

    monkeypatch.setattr(undoing, "_note", noted)
    undoing.run(begun.id)
    [thread.join(20) for thread in threads]

    assert (Undo.get().state, Undo.get().removed, len(threads)) == ("stopped", 2, 1)
    assert log.has("import.undo_stopped", begun.id)
