"""Settings: the foot of every message."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for

from portal.campaigns import foot
from portal.campaigns.foot_rules import LINES, LINKS, BadFoot, Foot, moved
from portal.campaigns.foot_rules import foot as checked
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.headers import let_stand_in_frame
from portal.web.htmx import done, page_or_part

bp = Blueprint("foot", __name__, url_prefix="/settings/foot")


@bp.get("")
@needs(Permission.SETTINGS)
def edit() -> Response:
    return _form(foot.current())


@bp.post("")
@needs(Permission.SETTINGS)
def save() -> Response:
    act = request.form.get("act", "save")
    try:
        typed = _typed()
    except BadFoot as error:
        return _form(_typed(is_closed=False), 422, {error.field: str(error)})
    if act != "save":
        return _form(replace(typed, order=moved(typed.order, act)))
    foot.arrange(typed)
    return done(url_for("foot.edit", done="saved"))


@bp.get("/example")
@needs(Permission.SETTINGS)
def example() -> Response:
    return _example(foot.current())


@bp.post("/example")
@needs(Permission.SETTINGS)
def example_of_typed() -> Response:
    """The picture of what is chosen just now. Saves nothing."""
    try:
        return _example(_typed())
    except BadFoot as error:
        return _example(None, 422, str(error))


def _typed(*, is_closed: bool = True) -> Foot:
    """What was sent. Raises BadFoot; not when `is_closed` is false, which takes what can be shown again."""
    order, shown = request.form.getlist("order"), set(request.form.getlist("shown"))
    left_out, closing = {*LINKS, *LINES} - shown, request.form.get("closing", "")
    if is_closed:
        return checked(order, left_out, closing)
    known = dict.fromkeys([*(key for key in order if key in LINKS), *LINKS])
    return Foot(tuple(known), frozenset(left_out), closing)


def _form(shown: Foot, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    return page_or_part(
        "settings/foot.html", "settings/_foot.html", status, foot=shown, links=LINKS, lines=LINES, errors=errors or {}
    )


def _example(shown: Foot | None, status: int = 200, error: str = "") -> Response:
    html = render_template("settings/foot_example.html", example=foot.example(shown) if shown else None, error=error)
    return let_stand_in_frame(Response(html, status), "'self'")
