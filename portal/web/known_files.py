"""Files that robots and finders of faults ask for: robots.txt and security.txt (RFC 9309, RFC 9116)."""

from datetime import timedelta

from flask import Blueprint, Flask, Response, abort, current_app

from portal.core.clock import now
from portal.web.access import public

bp = Blueprint("known_files", __name__)
YEAR = timedelta(days=360)


@bp.get("/robots.txt")
@public("robots are told to keep out")
def robots() -> Response:
    return _plain("User-agent: *\nDisallow: /\n")


@bp.get("/.well-known/security.txt")
@public("whoever finds a fault learns whom to tell")
def security() -> Response:
    settings = current_app.config["SETTINGS"]
    if not settings.support_email:
        abort(404)
    until = (now() + YEAR).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{settings.support_email}",
        f"Expires: {until}",
        "Preferred-Languages: en, af",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    ]
    return _plain("\n".join(lines) + "\n")


def _plain(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"})


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
