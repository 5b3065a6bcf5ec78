"""How times are written for people, in pages and in mails alike."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime, zone: ZoneInfo) -> str:
    """23 Nov 2026"""
    if isinstance(value, datetime):
        value = value.astimezone(zone)
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """23 Nov 2026, 09:05"""
    return f"{day(value, zone)}, {value.astimezone(zone):%H:%M}"
