"""What the diary adds to other pages: today on Home, messages and consents on the time line of a contact."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.campaigns import panel
from portal.consent.grounds import CHANNELS, GRANTS, KINDS
from portal.consent.models import ConsentEvent, Purpose
from portal.consent.recording import action_of
from portal.contacts import queries as contacts
from portal.contacts import time_line
from portal.contacts.holders import Pointer, register_holder
from portal.contacts.models import Contact, recording
from portal.contacts.time_line import Event
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.diary import tasks
from portal.diary.models import Task
from portal.diary.rules import birthdays
from portal.diary.tasks import Shown
from portal.home.queries import register_block

WEEK = 7
FEW = 8
OLDEST = 120
MESSAGES, CONSENTS = 1, 2  # ranks among the sources of a time line


@dataclass(frozen=True)
class Birthday:
    day: date
    contact_id: int
    name: str


@dataclass(frozen=True)
class Today:
    """What a user finds on Home: the tasks due, the birthdays of today, and those of the days after."""

    tasks: list[Shown]
    birthdays: list[Birthday]
    later: list[Birthday]
    more: int  # birthdays that are not named


def today() -> Today | None:
    if not current_actor().may(Permission.CONTACT_READ):
        return None
    day = tasks.today()
    found = birthdays_of(day)
    kept, later = [one for one in found if one.day == day], [one for one in found if one.day != day]
    shown, after = kept[: FEW * 3], later[:FEW]
    return Today(
        tasks.open_tasks(mine=True, until=day, limit=FEW * 3), shown, after, len(found) - len(shown) - len(after)
    )


def birthdays_of(day: date, days: int = WEEK) -> list[Birthday]:
    """The birthdays of a day and of those after it, of contacts the actor sees who live and are not put away."""
    kept = birthdays(day, days)
    # Each day of birth by itself: so the index of birth dates is asked, whatever the database.
    born = [
        date(year, *pair) for pair in kept for year in range(day.year - OLDEST, day.year + 1) if _is_day(year, *pair)
    ]
    query = Contact.select().where(
        Contact.birth_date.in_(born), Contact.kind == "person", Contact.erased_at.is_null(),
        Contact.archived_at.is_null(), Contact.deceased_on.is_null(),
    )  # fmt: skip
    found = [Birthday(kept[c.birth_date.month, c.birth_date.day], c.id, contacts.name_of(c)) for c in query]
    return sorted(found, key=lambda one: (one.day, one.name))


def messages(contact_id: int) -> list[Event]:
    """What a contact was sent, for the time line."""
    if not current_actor().may(Permission.CAMPAIGN_READ):
        return []
    found = []
    for sent in panel.messages([contact_id]).get(contact_id, []):
        line, row = sent.line, sent.line.delivery
        at = row.handed_at or row.ended_at or row.created_at
        icon = "mail-x" if line.tone == "bad" else "mail"
        to: dict[str, Any] = {
            "link": sent.name,
            "endpoint": "campaigns.history",
            "args": {"campaign_id": sent.campaign_id},
        }
        found.append(Event(at, row.id, icon, chip=(line.words, line.tone), quiet=line.why, **to))
    return found


def consents(contact_id: int) -> list[Event]:
    """What is kept of a contact's consent, for the time line."""
    names = dict(Purpose.select(Purpose.id, Purpose.name).tuples())
    query = ConsentEvent.select().where(ConsentEvent.contact_id == contact_id)
    return [
        Event(
            event.created_at, event.id, "shield-check",
            words=f"{names[event.purpose_id]}, by {CHANNELS[event.channel]}",
            chip=(said(event), "good" if event.kind in GRANTS else ""), quiet=event.detail,
        )
        for event in query
    ]  # fmt: skip


def said(event: ConsentEvent) -> str:
    """What was said, and whether it can be proven, in words."""
    if event.kind not in GRANTS:
        return KINDS[event.kind]
    return f"{KINDS[event.kind]}, with proof" if event.proof == "proven" else f"{KINDS[event.kind]}, as we were told"


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def register() -> None:
    register_holder("task", tasks.erase, Pointer(Task, door=recording))
    time_line.register_source(MESSAGES, messages)
    of_consents = [action_of(kind) for kind in KINDS]
    time_line.register_source(CONSENTS, consents, in_place_of=of_consents)
    register_block("diary/_today.html", today)
