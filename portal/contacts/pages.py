"""The blueprint that the modules of contacts' pages share."""

from flask import Blueprint

bp = Blueprint("contacts", __name__, url_prefix="/contacts")
