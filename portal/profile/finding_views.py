"""/me/<organisation>: an address is typed, and the link to the own page goes there if it is known. The answer is the
same, and takes the same time, whether it is or not.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from portal.contacts.emails import InvalidEmail
from portal.profile import finding
from portal.web.access import published
from portal.web.evening import evened
from portal.web.limits import limiter

bp = Blueprint("finding", __name__, url_prefix="/me")


@bp.get("/<slug>")
@published("who has no message of ours at hand finds his own page here (POPIA s 23)")
def show(slug: str) -> Response:
    return _page(slug)


@bp.post("/<slug>")
@published("answers alike whether the address is known or not")
@limiter.limit("10 per hour; 30 per day")
@evened
def ask(slug: str) -> Response:
    typed = request.form.get("address", "")
    try:
        finding.ask(typed)
    except InvalidEmail as error:
        return _page(slug, 422, typed=typed, error=str(error))
    return redirect(url_for("finding.show", slug=slug, done="asked"), 303)  # type: ignore[return-value]


def _page(slug: str, status: int = 200, typed: str = "", error: str = "") -> Response:
    return make_response(render_template("profile/find.html", slug=slug, typed=typed, error=error), status)
