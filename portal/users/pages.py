"""The blueprint that the pages of users share."""

from flask import Blueprint

bp = Blueprint("users", __name__)
