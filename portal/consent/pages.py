"""The blueprint of lawful basis: its routes stand in several modules."""

from flask import Blueprint

bp = Blueprint("consent", __name__)
