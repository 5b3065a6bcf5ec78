"""The blueprint that the pages of signing in share."""

from flask import Blueprint

bp = Blueprint("signin", __name__)
