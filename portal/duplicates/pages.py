"""The blueprint on which all pages of duplicates stand."""

from flask import Blueprint

bp = Blueprint("duplicates", __name__, url_prefix="/contacts/duplicates")
