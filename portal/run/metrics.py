"""/metrics: how the installation stands, as numbers for a program that watches it, in the text format of Prometheus."""

import hmac
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, abort, current_app, request
from peewee import PeeweeException

from portal.core.watching import Figure
from portal.run import watch
from portal.web.access import public
from portal.web.proxies import address

bp = Blueprint("metrics", __name__)
_HERE = ("127.0.0.1", "::1")


@bp.get("/metrics")
@public("a program that watches asks from this machine itself, or with the token of PORTAL_METRICS_TOKEN")
def numbers() -> Response:
    """404 for everybody else: whether there is something to read shows in nothing."""
    if not _may_read():
        abort(404)
    try:
        lines = in_text(watch.figures())
    except PeeweeException:
        lines = in_text([Figure("database_answers", "Whether the database can be used.", 0)])
    return Response(lines, content_type="text/plain; version=0.0.4; charset=utf-8")


def in_text(figures: Sequence[Figure]) -> str:
    """The figures with one heading for each name, labels escaped as the format wants it."""
    lines, named = [], set()
    for figure in sorted(figures, key=lambda one: one.name):
        name = f"portal_{figure.name}"
        if name not in named:
            named.add(name)
            lines += [f"# HELP {name} {_escaped(figure.about)}", f"# TYPE {name} gauge"]
        labels = ",".join(f'{key}="{_escaped(value)}"' for key, value in figure.labels.items())
        lines.append(f"{name}{{{labels}}} {figure.value:.15g}" if labels else f"{name} {figure.value:.15g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _may_read() -> bool:
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return address() in _HERE


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
