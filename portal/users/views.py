"""Users: who works here, what each may see and do, and looking as one of them."""

from flask import Flask, Response, g, make_response, render_template, request, url_for

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.accounts.rules import BadPassword
from portal.core.permissions import Denied, Permission, Role
from portal.home.queries import Notice, register_notices
from portal.signin import login, looking
from portal.users import queries, reminding, review_views, rights_views, service  # noqa: F401 - some bring routes
from portal.users.forms import UserForm
from portal.users.pages import bp
from portal.users.rules import ROLE_WORDS
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part


@bp.get("/settings/users")
@needs(Permission.USERS, fresh=True)
def index() -> Response:
    return _index(UserForm(formdata=None))


@bp.post("/settings/users")
@needs(Permission.USERS, fresh=True)
def add() -> Response:
    form = UserForm()
    if form.validate():
        try:
            accounts.create_user(
                form.email.data or "", form.name.data or "", Role(form.role.data), form.password.data or ""
            )
        except BadPassword as error:
            form.password.errors = [str(error)]
        except accounts.AlreadyMember as error:
            form.email.errors = [str(error)]
        except Denied as error:
            form.role.errors = [str(error)]
        else:
            return done(url_for("users.index", saved=1))
    return _index(form, 422)


@bp.get("/settings/users/<int:membership_id>")
@needs(Permission.USERS, fresh=True)
def show(membership_id: int) -> Response:
    return _report(membership_id)


@bp.get("/account/what-i-may-see")
@needs(Permission.SIGNED_IN)
def own() -> str:
    """A user's own report: without the names and numbers of what is hidden from him."""
    membership = login.person().seen or login.person().membership
    if membership is None:
        raise accounts.NotFound("Choose an organisation first.")
    return render_template("users/own.html", **_facts(accounts.find_membership(membership.id)))


@bp.get("/settings/users/<int:membership_id>/removal")
@needs(Permission.USERS, fresh=True)
def confirm_removal(membership_id: int) -> str:
    return render_template("users/remove.html", membership=accounts.find_membership(membership_id))


@bp.post("/settings/users/<int:membership_id>/removal")
@needs(Permission.USERS, fresh=True)
def remove(membership_id: int) -> Response:
    try:
        accounts.remove_member(membership_id)
    except Denied as error:
        return _index(UserForm(formdata=None), 422, str(error))
    return done(url_for("users.index", saved=1))


@bp.post("/settings/users/<int:membership_id>/looking")
@needs(Permission.USERS, fresh=True)
def look_as(membership_id: int) -> Response:
    try:
        looking.begin(login.person(), membership_id)
    except Denied as error:
        return _report(membership_id, 422, str(error))
    return done(url_for("home.show"))


def _index(form: UserForm, status: int = 200, sentence: str = "") -> Response:
    members, known = accounts.members(), queries.names()
    return page_or_part(
        "users/index.html", "users/_list.html", status,
        form=form, members=members, limits={one.id: queries.limits_of(one, known) for one in members},
        last=queries.last_sign_ins(), sentence=sentence, saved=request.args.get("saved"), is_due=reminding.is_due(),
    )  # fmt: skip


def _report(membership_id: int, status: int = 200, sentence: str = "") -> Response:
    membership = accounts.find_membership(membership_id)
    may_look = accounts.looking_as(g.actor, membership) is not None
    page = render_template(
        "users/show.html", **_facts(membership), may_look=may_look, sentence=sentence, saved=request.args.get("saved"),
    )  # fmt: skip
    return make_response(page, status)


def _facts(membership: Membership) -> dict[str, object]:
    known = queries.names()
    return {
        "membership": membership,
        "report": queries.report(membership, known),
        "role_words": ROLE_WORDS[Role(membership.role)],
        "limits": queries.limits_of(membership, known),
        "sign_ins": queries.sign_ins(membership.user_id),
        "devices": queries.devices_of(membership),
        "has_factor": queries.has_factor(membership.user),
        "history": queries.history(membership, known),
    }


def _notices() -> list[Notice]:
    if not g.actor.may(Permission.USERS) or not reminding.is_due():
        return []
    rest = f": it is {reminding.EVERY.days} days or more since it was done, or never was."
    return [Notice("shield-check", "Look through who may see what", rest, "users.review")]


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_notices(_notices)
    register_error(app, service.ReviewNotFound, 404)
