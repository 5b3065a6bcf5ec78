"""When people may be disturbed at home by direct marketing (CPA s 12(2); domain.md 2.4). Pure.

South Africa has one time without summer time. Whether these hours hold for email is not settled: they are kept for
SMS only.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

HOME = timezone(timedelta(hours=2))  # Africa/Johannesburg
WEEKDAY = (time(8), time(20))
SATURDAY = (time(9), time(13))
FIXED = ((1, 1), (3, 21), (4, 27), (5, 1), (6, 16), (8, 9), (9, 24), (12, 16), (12, 25), (12, 26))


def is_permitted(at: datetime) -> bool:
    return next_permitted(at) == at


def next_permitted(at: datetime) -> datetime:
    """The same moment where it is permitted, else the next at which it is, in UTC."""
    local = at.astimezone(HOME)
    day = local.date()
    hours = window(day)
    if hours and hours[0] <= local.time() < hours[1]:
        return at
    if not hours or local.time() >= hours[1]:
        day += timedelta(days=1)
        while not (hours := window(day)):
            day += timedelta(days=1)
    return datetime.combine(day, hours[0], HOME).astimezone(UTC)


def window(day: date) -> tuple[time, time] | None:
    """From when until when (exclusive) on this day; None on Sundays and public holidays."""
    if day.weekday() == 6 or day in holidays(day.year):
        return None
    return SATURDAY if day.weekday() == 5 else WEEKDAY


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """Under the Public Holidays Act: one on a Sunday makes the Monday a holiday too, one on a Saturday does not."""
    days = {date(year, month, day) for month, day in FIXED}
    days |= {easter(year) - timedelta(days=2), easter(year) + timedelta(days=1)}
    return frozenset(days | {day + timedelta(days=1) for day in days if day.weekday() == 6})


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the method of Butcher."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
