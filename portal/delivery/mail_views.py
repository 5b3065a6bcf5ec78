"""/mail: what the catcher took. For support users, and only while mail goes to the catcher."""

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request

from portal.core.permissions import Permission
from portal.delivery import catcher, transport
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.frame import Place, add_place
from portal.web.headers import message_frame
from portal.web.paging import paging

bp = Blueprint("mail", __name__, url_prefix="/mail")
SIZE = 50


@bp.get("")
@needs(Permission.SUPPORT)
def index() -> str:
    _only_while_caught()
    words = request.args.get("q", "").strip()[:200]
    folder = current_app.config["SETTINGS"].data_dir
    _, total = catcher.caught(folder, words, 0, 0)
    page = paging(total, SIZE)
    lines, _ = catcher.caught(folder, words, (page.number - 1) * SIZE, SIZE)
    return render_template("mail/index.html", lines=lines, page=page, words=words)


@bp.get("/<message_id>")
@needs(Permission.SUPPORT)
def show(message_id: str) -> str:
    _only_while_caught()
    tab = request.args.get("tab", "html")
    caught = catcher.read(current_app.config["SETTINGS"].data_dir, message_id)
    return render_template(
        "mail/show.html", caught=caught, tab=tab if tab in ("html", "text", "source", "headers") else "html"
    )


@bp.get("/<message_id>/html")
@needs(Permission.SUPPORT)
def html(message_id: str) -> Response:
    """The message itself, in a frame that can run nothing and reach nothing."""
    _only_while_caught()
    return message_frame(catcher.read(current_app.config["SETTINGS"].data_dir, message_id).html)


def _only_while_caught() -> None:
    if not transport.is_caught():
        abort(404)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    add_place(
        Place("Caught mail", "mail", "mail.index", "mail", Permission.SUPPORT, wide=True, is_open=transport.is_caught)
    )
    register_error(app, catcher.NotCaught, 404)
