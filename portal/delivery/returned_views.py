"""/returned: messages to the return address that could not be matched. For support users; they changed nothing."""

from flask import Blueprint, Flask, Response, abort, render_template, url_for

from portal.core.permissions import Permission
from portal.delivery import bouncing
from portal.delivery.models import ReturnedMail
from portal.web.access import needs
from portal.web.frame import Place, add_place
from portal.web.htmx import done
from portal.web.paging import paging

bp = Blueprint("returned", __name__, url_prefix="/returned")
SIZE = 50
LONGEST_SHOWN = 20_000


@bp.get("")
@needs(Permission.SUPPORT)
def index() -> str:
    kept = ReturnedMail.select(ReturnedMail.id, ReturnedMail.road, ReturnedMail.kind, ReturnedMail.why, ReturnedMail.at)
    kept = kept.where(ReturnedMail.state == bouncing.KEPT)
    page = paging(kept.count(), SIZE)
    rows = list(kept.order_by(ReturnedMail.id.desc()).paginate(page.number, SIZE))
    return render_template("returned/index.html", rows=rows, page=page)


@bp.get("/<int:returned_id>")
@needs(Permission.SUPPORT)
def show(returned_id: int) -> str:
    row = _find(returned_id)
    source = bytes(row.source)[:LONGEST_SHOWN].decode("utf-8", "replace")
    return render_template("returned/show.html", row=row, source=source, size=len(row.source))


@bp.post("/<int:returned_id>/read")
@needs(Permission.SUPPORT)
def read_again(returned_id: int) -> Response:
    """Read it once more, after the portal has learnt something, or keys were put back."""
    bouncing.read_again(_find(returned_id))
    return done(url_for("returned.index"))


@bp.post("/<int:returned_id>/remove")
@needs(Permission.SUPPORT)
def remove(returned_id: int) -> Response:
    bouncing.forget(_find(returned_id))
    return done(url_for("returned.index"))


def _find(returned_id: int) -> ReturnedMail:
    found = ReturnedMail.get_or_none(ReturnedMail.id == returned_id, ReturnedMail.state == bouncing.KEPT)
    if found is None:
        abort(404)
    return found


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    add_place(Place("Returned mail", "inbox", "returned.index", "returned", Permission.SUPPORT, wide=True))
