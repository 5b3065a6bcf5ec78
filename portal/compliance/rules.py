"""How a duty stands on a day. Pure."""

from calendar import monthrange
from datetime import date, timedelta

SOON = timedelta(days=14)
WEEK = timedelta(days=7)
OVERDUE, DUE, DONE, PLANNED, OPEN = "overdue", "due", "done", "planned", "open"
STATES: dict[str, tuple[str, str]] = {
    OVERDUE: ("overdue", "bad"),
    DUE: ("due soon", "warn"),
    DONE: ("done", "good"),
    PLANNED: ("planned", "info"),
    OPEN: ("not begun", ""),
}


def state(due: date | None, done: date | None, today: date) -> str:
    """What is late or soon comes before what was done once: a duty that comes again is not done for ever."""
    if due is not None and due < today:
        return OVERDUE
    if due is not None and due <= today + SOON:
        return DUE
    if done is not None:
        return DONE
    return OPEN if due is None else PLANNED


def next_due(done: date, months: int) -> date:
    """The same day so many months later; the last of a month that has no such day."""
    year, month = divmod(done.year * 12 + done.month - 1 + months, 12)
    return date(year, month + 1, min(done.day, monthrange(year, month + 1)[1]))
