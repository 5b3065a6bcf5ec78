"""The diary: a month of days, a day and its users, a user and what he did that day."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask, Response, request

from portal.contacts.panels import Panel, register_panel
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.diary import due as others_due
from portal.diary import finding, queries, report_views, task_views, tasks  # noqa: F401 - some bring routes
from portal.diary.finding import Place as LogPlace
from portal.diary.finding import Wanted
from portal.diary.lines import lines
from portal.diary.pages import activity, bp, day_asked
from portal.diary.rules import bounds, month_of
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.filters import zone
from portal.web.frame import Place, add_place
from portal.web.htmx import page_or_part

LATEST = timedelta(days=400)  # so long what is late stands on the day of today


class NoSuchUser(LookupError):
    pass


@dataclass(frozen=True)
class Cell:
    """A day of the grid; `count` is how much was done, `due` how many tasks are due, `others` what else, in words."""

    day: date
    count: int
    due: int
    others: list[str]
    is_here: bool  # of the month that is shown
    is_today: bool


@bp.get("")
@needs(Permission.DIARY_READ)
def index() -> Response:
    today = tasks.today()
    day = day_asked("on", today)
    return page_or_part("diary/index.html", "diary/_month.html", **(_month(day) | _day(day)))


@bp.get("/day")
@needs(Permission.DIARY_READ)
def show_day() -> Response:
    """One day and who did something on it; what is due is there, too."""
    day = day_asked("on", tasks.today())
    return page_or_part("diary/day.html", "diary/_day.html", **_day(day))


@bp.get("/day/users/<int:user_id>")
@needs(Permission.DIARY_READ)
def show_user(user_id: int) -> Response:
    """What a user did on a day; 0 is the portal itself."""
    if not queries.is_known(user_id):
        raise NoSuchUser("There is no such user.")
    day = day_asked("on", tasks.today())
    since, until = bounds(day, day, zone())
    found = finding.page(Wanted(since, until, user_id), LogPlace.read(request.args.get("before", "")))
    name = queries.names_of([user_id]).get(user_id, queries.PORTAL)
    return page_or_part(
        "diary/user.html", "diary/_user.html",
        day=day, user_id=user_id, name=name, lines=lines(found.entries), found=found,
        is_first="before" not in request.args,
    )  # fmt: skip


def _month(day: date) -> dict[str, object]:
    """The weeks of the month of this day, from Monday to Sunday."""
    today = tasks.today()
    first, last = month_of(day)
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    counts = queries.days(first, min(last, max(today, first)), zone())
    due, others = queries.due(first, last), others_due.counted(first, last)
    cells = []
    for number in range((end - start).days + 1):
        one = start + timedelta(days=number)
        more = others.get(one, [])
        cells.append(Cell(one, counts.get(one, 0), due.get(one, 0), more, first <= one <= last, one == today))
    weeks = [cells[i : i + 7] for i in range(0, len(cells), 7)]
    return {
        "weeks": weeks, "month": first, "before": first - timedelta(days=1), "after": last + timedelta(days=1),
        "most": max([1, *counts.values()]), "today": today,
    }  # fmt: skip


def _day(day: date) -> dict[str, object]:
    today = tasks.today()
    may_see_tasks = current_actor().may(Permission.CONTACT_READ)
    late = tasks.open_tasks(mine=False, until=day - timedelta(days=1)) if may_see_tasks and day == today else []
    return {
        "day": day, "today": today, "doers": queries.doers(day, zone()),
        "due_tasks": [*late, *(tasks.open_tasks(mine=False, on=day) if may_see_tasks else [])],
        "due_others": others_due.between(day - LATEST if day == today else day, day), "back": "diary",
    }  # fmt: skip


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(activity)
    register_error(app, NoSuchUser, 404)
    register_error(app, tasks.TaskNotFound, 404)
    register_error(app, tasks.AlreadyDoneAgain, 422)
    register_panel(Panel("tasks", "diary/_of_contact.html", task_views.panel, Permission.NOTE_READ))
    add_place(Place("Diary", "notebook-pen", "diary.index", "diary", Permission.DIARY_READ))
