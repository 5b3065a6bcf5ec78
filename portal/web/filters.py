"""How values are written for people: dates, times in the organisation's zone, numbers with thousands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g

from portal.core import written
from portal.gateways.countries import name_of, place_of


def zone() -> ZoneInfo:
    org = g.get("org")
    return ZoneInfo(org.timezone if org else "Africa/Johannesburg")


def day(value: date | datetime | None) -> str:
    """23 Nov 2026"""
    return "" if value is None else written.day(value, zone())


def clock_time(value: datetime | None) -> str:
    """09:05"""
    return value.astimezone(zone()).strftime("%H:%M") if value else ""


def moment(value: datetime | None) -> str:
    """23 Nov 2026, 09:05"""
    return written.moment(value, zone()) if value else ""


def thousands(value: float | None) -> str:
    """12,345"""
    return f"{value or 0:,}"


def plural(count: int, one: str, many: str) -> str:
    """1 contact, 2 contacts, 1,200 contacts"""
    return f"{thousands(count)} {one if count == 1 else many}"


def about(seconds: float) -> str:
    """less than a minute, about 9 minutes, about 6 hours, about 2 days"""
    if seconds < 60:
        return "less than a minute"
    if seconds < 90 * 60:
        return f"about {plural(max(1, round(seconds / 60)), 'minute', 'minutes')}"
    if seconds < 48 * 3600:
        return f"about {round(seconds / 3600)} hours"
    return f"about {round(seconds / 86_400)} days"


def init_app(app: Flask) -> None:
    for function in (day, clock_time, moment, thousands, plural, about):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["country"] = name_of
    app.jinja_env.filters["place"] = place_of
