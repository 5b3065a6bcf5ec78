"""The blueprints of the diary and of the activity report, to which several modules add routes; the days asked for."""

from datetime import date

from flask import Blueprint, request

bp = Blueprint("diary", __name__, url_prefix="/diary")
activity = Blueprint("activity", __name__, url_prefix="/reports/activity")
FIRST_YEAR, LAST_YEAR = 1970, 2200


def day_asked(name: str, otherwise: date) -> date:
    """The day that stands in the address, such as 2026-11-24; anything else is `otherwise`."""
    text = request.values.get(name, "")
    try:
        day = date.fromisoformat(text) if len(text) == 10 else otherwise
    except ValueError:
        return otherwise
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else otherwise
