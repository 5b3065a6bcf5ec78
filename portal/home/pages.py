"""The blueprint that the pages of the settings share."""

from flask import Blueprint

bp = Blueprint("settings", __name__, url_prefix="/settings")
