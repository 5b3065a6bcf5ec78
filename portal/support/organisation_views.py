"""/support/organisations: the organisations of the installation in numbers; suspending one, and letting it go on."""

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request, url_for
from wtforms import StringField

from portal.core.actor import Actor, acting_as
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.signin import login
from portal.support import organisations, suspending
from portal.support.rules import in_hundred
from portal.web.access import needs
from portal.web.forms import Form
from portal.web.htmx import done
from portal.web.paging import paging

bp = Blueprint("organisations", __name__, url_prefix="/support/organisations")
SIZE = 25


class ReasonForm(Form):
    reason = StringField("Why")


@bp.get("")
@needs(Permission.SUPPORT)
def index() -> str:
    words = request.args.get("q", "").strip()[:100]
    page = paging(organisations.count(words), SIZE)
    return render_template(
        "support/organisations.html", page=page, words=words, in_hundred=in_hundred,
        lines=organisations.page(words, page.number, SIZE),
    )  # fmt: skip


@bp.get("/<int:organisation_id>")
@needs(Permission.SUPPORT)
def show(organisation_id: int) -> Response:
    return _show(_find(organisation_id), ReasonForm(formdata=None))


@bp.post("/<int:organisation_id>/suspend")
@needs(Permission.SUPPORT, fresh=True)
def suspend(organisation_id: int) -> Response:
    return _step(_find(organisation_id), "suspended")


@bp.post("/<int:organisation_id>/resume")
@needs(Permission.SUPPORT, fresh=True)
def resume(organisation_id: int) -> Response:
    return _step(_find(organisation_id), "resumed")


def _step(org: Org, what: str) -> Response:
    form = ReasonForm()
    form.validate()
    step = suspending.suspend if what == "suspended" else suspending.resume
    try:
        with acting_as(Actor(org_id=org.id, name=f"{login.person().user.name} (support)")):
            step(form.reason.data or "")
    except Misfit as misfit:
        form.reason.errors = [str(misfit)]
        return _show(_find(org.id), form, 422)
    return done(url_for("organisations.show", organisation_id=org.id, said=what))


def _show(org: Org, form: ReasonForm, status: int = 200) -> Response:
    with acting_as(Actor(org_id=org.id, name="")):
        owners = suspending.owners()
    page = render_template(
        "support/organisation.html", line=organisations.lines([org])[0], owners=owners, form=form,
        signs=organisations.signs_of(org), acts=organisations.acts_of(org), in_hundred=in_hundred,
        said=request.args.get("said"),
    )  # fmt: skip
    return make_response(page, status)


def _find(organisation_id: int) -> Org:
    org = organisations.find(organisation_id)
    if org is None:
        abort(404)
    return org


def register(app: Flask) -> None:
    app.register_blueprint(bp)
