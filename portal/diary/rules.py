"""Rules of the diary that need no database: kinds of action, the days of an organisation, when a task comes again."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.activity.sentences import ACTIONS


@dataclass(frozen=True)
class Kind:
    """A kind of action: what the filter calls it, what one and many of it are called, how its actions begin."""

    words: str
    one: str
    many: str
    begins: tuple[str, ...]


# The first that fits an action is its kind.
KINDS: dict[str, Kind] = {
    "notes": Kind("Notes", "note", "notes", ("contact.note_",)),
    "groups": Kind("Groups", "change to groups", "changes to groups",
                   ("contact.grouped", "contact.ungrouped", "group.")),
    "consents": Kind("Consents and unsubscribing", "consent", "consents",
                     ("contact.unsubscribed", "contact.resubscribed", "contact.complained", "contact.consent_",
                      "contact.subscribed", "contact.justif", "contact.restrict", "consent.", "purpose.", "wording.",
                      "suppression.")),
    "documents": Kind("Documents and photos", "document", "documents", ("document.", "contact.photo_")),
    "tasks": Kind("Tasks", "task", "tasks", ("task.",)),
    "messages": Kind("Campaigns and messages", "message", "messages", ("campaign.", "sender.")),
    "files": Kind("Files brought in or taken along", "file", "files",
                  ("report.", "import.", "export.", "field.exported")),
    "requests": Kind("Requests and complaints", "act on a request", "acts on requests", ("request.",)),
    "users": Kind("Users and signing in", "sign-in or right", "sign-ins and rights", ("user.", "review.")),
    "settings": Kind("Settings and fields", "change to settings", "changes to settings",
                     ("organisation.", "page.", "field.", "operator.", "notice.", "form.", "duty.", "retention.",
                      "backup.")),
    "changes": Kind("Changes to contacts", "change", "changes", ("contact.", "duplicates.", "erasure.")),
}  # fmt: skip
OTHER = "changes"  # what an action of no known kind is counted among
_ORDER = ("changes", *(name for name in KINDS if name != "changes"))
REPEATS = {"": "Once", "weekly": "Every week", "monthly": "Every month", "yearly": "Every year"}
_FILES = ("campaign.list_exported", "field.exported")


def kind_of(action: str) -> str:
    if action in _FILES:
        return "files"
    return next((name for name, kind in KINDS.items() if action.startswith(kind.begins)), OTHER)


def actions_of(kind: str) -> list[str]:
    """The actions of this kind that the portal has words for."""
    return [action for action in ACTIONS if kind_of(action) == kind]


def counted(by_action: Mapping[str, int]) -> list[str]:
    """How much of each kind was done: ["12 changes", "3 messages"]."""
    sums: dict[str, int] = {}
    for action, count in by_action.items():
        kind = kind_of(action)
        sums[kind] = sums.get(kind, 0) + count
    return [
        f"{sums[name]:,} {KINDS[name].one if sums[name] == 1 else KINDS[name].many}" for name in _ORDER if name in sums
    ]


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins where the organisation is. Where midnight is left out, the first there is."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, which is the beginning of the day after."""
    return start_of(first, zone), start_of(last + timedelta(days=1), zone)


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of its month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def next_due(first: date, repeat: str, after: date) -> date | None:
    """When a task that was first due then is due again, the first time after this day; None for one that is not.

    What is due on a day that a month does not have is due on its last: on the 31st also on 30 April, and on
    31 May again; on 29 February also on 28 February of other years.
    """
    if repeat == "weekly":
        weeks = max(0, (after - first).days // 7) + 1 if after >= first else 0
        return first + timedelta(weeks=weeks)
    if repeat not in ("monthly", "yearly"):
        return None
    step = 1 if repeat == "monthly" else 12
    months = max(0, (after.year - first.year) * 12 + after.month - first.month)
    months -= months % step
    while (due := _later(first, months)) <= after:
        months += step
    return due


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def birthdays(today: date, days: int) -> dict[tuple[int, int], date]:
    """The birthdays from today on: (month, day) of birth -> the day on which it is kept. Those of 29 February are kept
    on 28 February in years without.
    """
    found: dict[tuple[int, int], date] = {}
    for number in range(days):
        day = today + timedelta(days=number)
        found[day.month, day.day] = day
        if (day.month, day.day) == (2, 28) and monthrange(day.year, 2)[1] == 28:
            found[2, 29] = day
    return found
