"""The address under which the pages of imports stand; several modules put their routes there."""

from flask import Blueprint

bp = Blueprint("imports", __name__, url_prefix="/imports")
