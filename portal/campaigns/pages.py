"""What the modules of campaigns' pages share: the blueprint, and how a campaign's state is named."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")
STATES = {
    "draft": ("Draft", ""), "scheduled": ("Scheduled", "info"), "sending": ("Being sent", "info"),
    "paused": ("Paused", "warn"), "cancelled": ("Cancelled", "warn"), "finished": ("Finished", "good"),
}  # fmt: skip
