"""Tasks: the list, and adding, ticking off, taking back and removing one, from wherever it is shown."""

from collections.abc import Sequence
from datetime import date

from flask import Response, make_response, render_template, request, url_for

from portal.contacts import queries as contacts
from portal.contacts import service
from portal.contacts.models import Contact
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.diary import tasks
from portal.diary.forms import TaskForm
from portal.diary.models import Task
from portal.diary.pages import bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/tasks")
@needs(Permission.CONTACT_READ)
def list_tasks() -> Response:
    due = request.args.get("due", "")
    return _tasks(TaskForm(formdata=None, data={"due": due if _is_day(due) else tasks.today().isoformat()}))


@bp.post("/tasks")
@needs(Permission.CONTACT_EDIT)
def add_task() -> Response:
    contact = _contact_asked()
    form = TaskForm()
    contact_id = contact.id if contact else None
    if form.validate():
        user_id = int(form.user_id.data) if form.user_id.data else None
        made = tasks.add(
            form.what.data or "", form.due_day, repeat=form.repeat.data or "", user_id=user_id, contact_id=contact_id
        )
        if contact is None:
            url = url_for("diary.list_tasks", everybody=1)
            return done(url, part="diary/_tasks.html", say="Added.", **_context(_blank(made.due), everybody=True))
        url = url_for("contacts.show", contact_id=contact.id)
        return done(url, part="diary/_of_contact.html", say="Added.", **_of_contact(contact, _blank(made.due)))
    if contact is None:
        return _tasks(form, 422)
    return page_or_part(
        "diary/contact.html", "diary/_of_contact.html", 422,
        **_of_contact(contact, form), name=contacts.name_of(contact),
    )  # fmt: skip


@bp.get("/tasks/<int:task_id>/edit")
@needs(Permission.CONTACT_EDIT)
def edit_task(task_id: int) -> Response:
    task = tasks.find(task_id)
    given = {"what": task.what, "due": task.due.isoformat(), "repeat": task.repeat, "user_id": str(task.user_id or "")}
    return _edit(task, TaskForm(formdata=None, data=given))


@bp.post("/tasks/<int:task_id>")
@needs(Permission.CONTACT_EDIT)
def change_task(task_id: int) -> Response:
    task, form = tasks.find(task_id), TaskForm()
    if not form.validate():
        return _edit(task, form, 422)
    user_id = int(form.user_id.data) if form.user_id.data else None
    tasks.change(task, form.what.data or "", form.due_day, repeat=form.repeat.data or "", user_id=user_id)
    return done(_back(task))


@bp.post("/tasks/<int:task_id>/done")
@needs(Permission.CONTACT_READ)
def tick(task_id: int) -> Response:
    follower = tasks.tick(tasks.find(task_id))
    return _row(task_id, follower)


@bp.post("/tasks/<int:task_id>/open")
@needs(Permission.CONTACT_READ)
def untick(task_id: int) -> Response:
    tasks.untick(tasks.find(task_id))
    return _row(task_id)


@bp.post("/tasks/<int:task_id>/removal")
@needs(Permission.CONTACT_EDIT)
def remove_task(task_id: int) -> Response:
    task = tasks.find(task_id)
    tasks.remove(task)
    return done(_back(task), part="diary/_gone.html", say="Removed.", task=task)


def panel(contact_ids: Sequence[int]) -> dict[int, tuple[list[tasks.Shown], TaskForm]]:
    """The tasks of a contact with the form for one more, as a block of its page."""
    return {i: (tasks.of_contact(i), _blank(tasks.today())) for i in contact_ids}


def _tasks(form: TaskForm, status: int = 200) -> Response:
    everybody = request.values.get("everybody") == "1"
    return page_or_part("diary/tasks.html", "diary/_tasks.html", status, **_context(form, everybody=everybody))


def _edit(task: Task, form: TaskForm, status: int = 200) -> Response:
    back = request.values.get("back", "")
    page = render_template("diary/edit_task.html", task=task, form=form, back=back, href=_back(task))
    return make_response(page, status)


def _context(form: TaskForm, *, everybody: bool) -> dict[str, object]:
    return {
        "tasks": tasks.open_tasks(mine=not everybody), "everybody": everybody, "done": tasks.done_lately(),
        "task_form": form, "back": "tasks", "most": tasks.SHOWN,
    }  # fmt: skip


def _of_contact(contact: Contact, form: TaskForm) -> dict[str, object]:
    return {"contact": contact, "panel_data": (tasks.of_contact(contact.id), form), "back": "contact"}


def _blank(due: date) -> TaskForm:
    return TaskForm(formdata=None, data={"due": due.isoformat()})


def _row(task_id: int, follower: Task | None = None) -> Response:
    task = tasks.find(task_id)
    (one,) = tasks.shown([task])
    follows = follower.due if follower is not None else None
    words = "Done." if task.done_at is not None else "Open again."
    return done(
        _back(task), part="diary/_task.html", say=words, one=one, follows=follows, back=request.form.get("back")
    )


def _back(task: Task) -> str:
    """The page from which the task was ticked off or changed."""
    back = request.values.get("back", "")
    if back == "contact" and task.contact_id:
        return url_for("contacts.show", contact_id=task.contact_id)
    if back == "diary" and current_actor().may(Permission.DIARY_READ):
        return url_for("diary.index", on=task.due.isoformat())
    return url_for("home.show") if back == "home" else url_for("diary.list_tasks", everybody=1)


def _contact_asked() -> Contact | None:
    """The contact whom the task is about; ContactNotFound for one who is not there for this user."""
    text = request.form.get("contact_id", "")
    if not text:
        return None
    return service.find(int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0)


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
