"""/u/<token>: one page with one button, and the target of the mail programs' own button (RFC 8058).

Looking changes nothing, whoever looks. Posting needs no cookie and no token of ours: the link is the token.
"""

from flask import Blueprint, Flask, Response, g, render_template, request

from portal.core.actor import Actor, acting_as, system, the_person
from portal.core.tenancy import Org
from portal.delivery import leaving
from portal.delivery.leaving_rules import ONE_CLICK, PAGE, WHYS
from portal.delivery.models import Delivery
from portal.web.access import linked, register_link

bp = Blueprint("unsubscribe", __name__)
PURPOSE = "u"


@bp.get("/u/<token>")
@linked(PURPOSE)
def show(token: str) -> str:
    return _show(token)


@bp.post("/u/<token>")
@linked(PURPOSE, crosses_sites=True)
def leave(token: str) -> Response | str:
    """The button of the page, or a mail program's: told apart by what is posted, and anything else changes nothing,
    such as a form that a program sends as it stands, with no button pressed (G01).
    """
    row = _row(token)
    if request.form.get("List-Unsubscribe") == "One-Click":
        leaving.unsubscribe(row, how=ONE_CLICK)
        return Response("You are unsubscribed.\n", content_type="text/plain; charset=utf-8")
    if request.form.get("what") == "leave":
        leaving.unsubscribe(row, how=PAGE)
    elif request.form.get("what") == "stay":
        leaving.resubscribe(row)
    elif request.form.get("what") == "why":
        leaving.say_why(row, request.form.get("why", ""))
    return _show(token)


def _show(token: str) -> str:
    row = _row(token)
    is_gone = leaving.is_suppressed(row)
    return render_template(
        "unsubscribe/show.html", token=token, is_gone=is_gone, may_undo=is_gone and leaving.may_undo(row),
        why=leaving.why_of(row) if is_gone else "", whys=WHYS,
    )  # fmt: skip


def _row(_token: str) -> Delivery:
    return g.actor_subject


def _resolve(org_id: int, delivery_id: int) -> Actor | None:
    """Somebody acting for himself, with no rights but the link's."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        row = Delivery.get_or_none(Delivery.id == delivery_id)
    if row is None:
        return None
    g.actor_subject = row
    # Not limited to this one contact: whoever shares the address is not written to either.
    return the_person(org_id)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_link(PURPOSE, _resolve)
