"""The provider's limit, such as 300/hour: kept in the database, shared by all workers, surviving a restart."""

import re
import time
from dataclasses import dataclass
from datetime import datetime

from peewee import IntegrityError

from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery.models import RateWindow

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class BadLimit(ValueError):
    """SMTP_LIMIT cannot be understood. The message says how it is written."""


@dataclass(frozen=True)
class Limit:
    """At most `messages` in each `seconds`."""

    messages: int
    seconds: int

    @classmethod
    def from_text(cls, text: str | None) -> "Limit | None":
        if not text:
            return None
        match = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(second|minute|hour|day)s?\s*", text)
        if match is None or int(match[1]) == 0:
            raise BadLimit("SMTP_LIMIT is written like 300/hour, with second, minute, hour or day.")
        return cls(int(match[1]), UNITS[match[2]])

    def window(self, at: datetime) -> int:
        return int(at.timestamp()) // self.seconds

    def seconds_to_next(self, at: datetime) -> float:
        """How long the window that holds this moment still lasts."""
        return self.seconds - at.timestamp() % self.seconds


def take(limit: Limit | None) -> bool:
    """Take the right to send one message now; False when the window's are used up."""
    if limit is None:
        return True
    window = limit.window(now())
    with transaction():
        changed = (
            RateWindow.update(used=RateWindow.used + 1)
            .where(RateWindow.window == window, RateWindow.used < limit.messages)
            .execute()
        )
        if changed:
            return True
        if RateWindow.get_or_none(RateWindow.window == window) is not None:
            return False
        try:
            with transaction():
                RateWindow.create(window=window, used=1)
        except IntegrityError:
            return False  # another worker began the window a moment ago; the next call tries again
        RateWindow.delete().where(RateWindow.window < window).execute()
    return True


def take_within(limit: Limit | None, patience: float) -> bool:
    """The same, waiting for the next window when it begins within so many seconds."""
    until = time.monotonic() + patience
    while not take(limit):
        wait = limit.seconds_to_next(now()) if limit else 0.0
        if time.monotonic() + wait > until:
            return False
        time.sleep(wait + 0.01)
    return True


def seconds_left(limit: Limit | None, messages: int) -> float | None:
    """How long that many messages take at the provider's limit; None without one."""
    return None if limit is None else messages / limit.messages * limit.seconds
