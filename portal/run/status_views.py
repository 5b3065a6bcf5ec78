"""/support/status: how the installation stands, for support."""

from flask import Blueprint, Flask, render_template

from portal.core.permissions import Permission
from portal.run import standing, watch
from portal.web.access import needs

bp = Blueprint("status", __name__, url_prefix="/support/status")


@bp.get("")
@needs(Permission.SUPPORT)
def index() -> str:
    return render_template(
        "support/status.html", findings=watch.findings(), queue=watch.queue(), mail=standing.mail()
    )  # fmt: skip


def register(app: Flask) -> None:
    app.register_blueprint(bp)
