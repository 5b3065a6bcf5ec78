"""How often somebody wants what promotes something or asks for a gift: his own wish (R25). Pure."""

from datetime import datetime, timedelta

from portal.core.words import later

WEEK, MONTH = 7, 30
# At most one in so many days; 0 is everything.
SPACINGS: dict[int, str] = {
    0: later("As it comes"),
    WEEK: later("At most one message a week"),
    MONTH: later("At most one message a month"),
}


def is_too_soon(days: int, had_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who wants one message in so many days, and had one then, would get the next too soon."""
    return days > 0 and had_at is not None and now - had_at < timedelta(days=days)
