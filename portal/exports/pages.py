"""The address under which the pages of exports stand; several modules put their routes there."""

from flask import Blueprint

bp = Blueprint("exports", __name__, url_prefix="/exports")
