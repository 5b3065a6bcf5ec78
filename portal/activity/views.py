"""Whether the record was changed: its last entry, where that is noted outside the database, and a check of it all."""

from typing import Any

from flask import Blueprint, Flask, Response, g, url_for

from portal.activity import anchors, check_service, heads
from portal.activity.models import HeadMail
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

bp = Blueprint("log", __name__, url_prefix="/settings/log")


@bp.get("")
@needs(Permission.PRIVACY)
def show() -> Response:
    """The state of the record; the page asks again by itself while a check goes on."""
    return page_or_part("settings/log.html", "settings/_log.html", **_facts())


@bp.post("")
@needs(Permission.PRIVACY)
def check() -> Response:
    check_service.ask()
    return done(url_for("log.show"), part="settings/_log.html", **_facts())


def _facts() -> dict[str, Any]:
    last = check_service.last()
    return {
        "head": heads.current(),
        "kept": anchors.read(),
        "check": last,
        "is_running": last is not None and last.state in check_service.OPEN,
        "mailed": HeadMail.select().order_by(HeadMail.day.desc()).first(),
        "officer": g.org.information_officer,
    }


def register(app: Flask) -> None:
    app.register_blueprint(bp)
