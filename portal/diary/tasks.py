"""Tasks, whoever asks: added, ticked off, taken back. Each act and its entry in the log are one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts.service import members
from portal.accounts.service import today as today
from portal.activity import log
from portal.contacts import history
from portal.contacts import service as contacts
from portal.contacts.models import recording
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Denied, Permission
from portal.diary import queries
from portal.diary.models import Task
from portal.diary.rules import REPEATS, next_due

SHOWN = 200
LATELY = 20


class TaskNotFound(LookupError):
    pass


class NoColleague(ValueError):
    """The task was to be given to somebody who does not work here."""


class AlreadyDoneAgain(ValueError):
    """What came after this task was done too, so that this one cannot be taken back."""


@dataclass(frozen=True)
class Shown:
    """A task as a line: whose it is, whom it is about, and whether it is late."""

    task: Task
    owner: str
    about: str
    is_late: bool
    may_tick: bool
    follows: date | None = None  # the day on which it comes again, of one just done


def find(task_id: int) -> Task:
    found = Task.get_or_none(Task.id == task_id)
    if found is None:
        raise TaskNotFound("There is no such task.")
    return found


def _locked(task: Task) -> Any:
    """The task as it stands now, held until the transaction ends. Raises TaskNotFound when it was removed meanwhile."""
    fresh = lock(Task.select().where(Task.id == task.id)).first()
    if fresh is None:
        raise TaskNotFound("There is no such task.")
    return fresh


def add(what: str, due: date, *, repeat: str = "", user_id: int | None = None, contact_id: int | None = None) -> Task:
    """Add a task; about a contact only by who may see such tasks. Raises NoColleague, ContactNotFound, Denied."""
    require(Permission.CONTACT_EDIT)
    if contact_id is not None:
        contacts.find(contact_id)
        require(Permission.NOTE_READ)
    if user_id is not None and user_id not in dict(colleagues()):
        raise NoColleague("Choose somebody who works here.")
    if repeat not in REPEATS:
        raise NoColleague("Choose how often.")
    with transaction(), recording():
        made = Task.create(
            what=what, due=due, first_due=due, repeat=repeat, user_id=user_id, contact_id=contact_id,
            added_by=current_actor().name,
        )  # fmt: skip
        _note("task.added", made, {"task": [None, what], "due": [None, due.isoformat()]})
    return made


def change(task: Task, what: str, due: date, *, repeat: str = "", user_id: int | None = None) -> None:
    """Say otherwise what is to be done, by when and by whom. One that repeats is counted from its new day on. Raises
    NoColleague, AlreadyDoneAgain for one that was done meanwhile.
    """
    require(Permission.CONTACT_EDIT)
    names = dict(colleagues())
    if user_id is not None and user_id not in names:
        raise NoColleague("Choose somebody who works here.")
    if repeat not in REPEATS:
        raise NoColleague("Choose how often.")
    with transaction(), recording():
        fresh = _locked(task)
        if fresh.done_at is not None:
            raise AlreadyDoneAgain("It was done meanwhile. Take that back first, or add another task.")
        pairs: dict[str, list[Any]] = {
            "task": [fresh.what, what],
            "due": [fresh.due.isoformat(), due.isoformat()],
            "repeats": [REPEATS[fresh.repeat], REPEATS[repeat]],
            "who": [names.get(fresh.user_id, "Anybody"), names.get(user_id or 0, "Anybody")],
        }
        told = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if not told:
            return
        first = due if "due" in told or "repeats" in told else fresh.first_due
        Task.update(what=what, due=due, first_due=first, repeat=repeat, user_id=user_id).where(
            Task.id == task.id
        ).execute()
        _note("task.changed", fresh, told)


def tick(task: Task) -> Task | None:
    """Note that it is done; return the one that comes after it, if it comes again. Done twice is done once."""
    _require_right(task)
    with transaction(), recording():
        fresh = _locked(task)
        if fresh.done_at is not None:
            return Task.get_or_none(Task.follows_id == task.id)
        actor = current_actor()
        Task.update(done_at=now(), done_by=actor.name).where(Task.id == task.id).execute()
        _note("task.done", fresh, {"task": [None, fresh.what]})
        due = next_due(fresh.first_due, fresh.repeat, max(fresh.due, today()))
        if due is None:
            return None
        same = {
            name: getattr(fresh, name) for name in ("what", "first_due", "repeat", "user_id", "contact_id", "added_by")
        }
        return Task.create(**same, due=due, follows_id=fresh.id)


def untick(task: Task) -> None:
    """Take back that it is done; what came after it goes. Raises AlreadyDoneAgain."""
    _require_right(task)
    with transaction(), recording():
        fresh = _locked(task)
        if fresh.done_at is None:
            return
        if Task.select().where(Task.follows_id == task.id, Task.done_at.is_null(False)).exists():
            raise AlreadyDoneAgain("It came again since, and was done then too. Take that one back first.")
        Task.delete().where(Task.follows_id == task.id).execute()
        Task.update(done_at=None, done_by="").where(Task.id == task.id).execute()
        _note("task.reopened", fresh, {"task": [None, fresh.what]})


def remove(task: Task) -> None:
    require(Permission.CONTACT_EDIT)
    with transaction(), recording():
        Task.delete().where(Task.id == task.id).execute()
        _note("task.removed", task, {"task": [task.what, None]})


def erase(contact_ids: list[int]) -> None:
    """Forget the tasks about these contacts, who are being erased."""
    with recording():
        Task.delete().where(Task.contact_id.in_(contact_ids)).execute()


def colleagues() -> list[tuple[int, str]]:
    """Who can be given a task."""
    return sorted(((m.user_id, m.user.name) for m in members()), key=lambda pair: pair[1].casefold())


def open_tasks(*, mine: bool, until: date | None = None, on: date | None = None, limit: int = SHOWN) -> list[Shown]:
    """What is to be done, the longest due first: one's own and nobody's, or everybody's."""
    query = Task.select().where(Task.done_at.is_null())
    if mine:
        query = query.where((Task.user_id == current_actor().user_id) | Task.user_id.is_null())
    if until is not None:
        query = query.where(Task.due <= until)
    if on is not None:
        query = query.where(Task.due == on)
    return shown(query.order_by(Task.due, Task.id).limit(limit))


def done_lately(limit: int = LATELY) -> list[Shown]:
    query = Task.select().where(Task.done_at.is_null(False))
    return shown(query.order_by(Task.done_at.desc(), Task.id.desc()).limit(limit))


def of_contact(contact_id: int) -> list[Shown]:
    """What is to be done about a contact, and what was done last."""
    mine = Task.select().where(Task.contact_id == contact_id)
    waiting = mine.where(Task.done_at.is_null()).order_by(Task.due, Task.id).limit(SHOWN)
    done = mine.where(Task.done_at.is_null(False)).order_by(Task.done_at.desc()).limit(3)
    return [*shown(waiting), *shown(done)]


def shown(tasks: Iterable[Task]) -> list[Shown]:
    """These tasks as lines: two queries however many there are."""
    rows: Sequence[Task] = list(tasks)
    owners = queries.names_of({task.user_id for task in rows})
    about = history.names_of(sorted({task.contact_id for task in rows if task.contact_id}))
    day = today()
    return [
        Shown(
            task, owners.get(task.user_id or 0, ""), about.get(task.contact_id or 0, ""),
            task.done_at is None and task.due < day, _may(task),
        )
        for task in rows
    ]  # fmt: skip


def _may(task: Task) -> bool:
    actor = current_actor()
    is_own = task.user_id is not None and task.user_id == actor.user_id
    return is_own or actor.may(Permission.CONTACT_EDIT)


def _require_right(task: Task) -> None:
    """Who may change contacts ticks off any task, everybody else his own."""
    if not _may(task):
        raise Denied("This task is a colleague's. Your role does not allow you to tick it off.")


def _note(action: str, task: Task, changes: dict[str, list[Any]]) -> None:
    log.write(action, task.contact_id, subject_id=task.id, changes=changes)
