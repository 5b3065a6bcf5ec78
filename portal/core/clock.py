"""The time. Tests move it; everything else asks here."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def as_micros(moment: datetime) -> int:
    """A moment as a whole number, for an address."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_micros(text: str) -> datetime | None:
    """The moment that a number in an address means; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    try:
        return EPOCH + timedelta(microseconds=int(text))
    except OverflowError:
        return None
