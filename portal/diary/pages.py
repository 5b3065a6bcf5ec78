"""The blueprints of the diary and of the activity report, to which several modules add routes."""

from flask import Blueprint

bp = Blueprint("diary", __name__, url_prefix="/diary")
activity = Blueprint("activity", __name__, url_prefix="/reports/activity")
