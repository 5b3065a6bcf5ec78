"""Ids in addresses: as many digits as a database takes. A longer number is no page, rather than an error."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    regex = r"\d{1,15}"


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = IdConverter
