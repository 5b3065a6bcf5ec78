"""Settings: the organisation's own details, how its mail looks, and who works here."""

from typing import Any

from flask import Response, abort, g, render_template, request, url_for

from portal.accounts import service as accounts
from portal.accounts.rules import BadPassword
from portal.campaigns import pictures
from portal.contacts.telephones import show_telephone
from portal.core.permissions import Denied, Permission, Role
from portal.home.forms import ROLE_WORDS, BrandForm, OrganisationForm, UserForm
from portal.home.pages import bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

DETAILS = (
    "name", "legal_name", "registration", "address", "town", "telephone", "email", "website", "information_officer",
    "complaints_email", "timezone",
)  # fmt: skip


@bp.get("")
@needs(Permission.SETTINGS)
def show() -> str:
    return render_template("settings/show.html")


@bp.get("/organisation")
@needs(Permission.SETTINGS)
def organisation() -> Response:
    form = OrganisationForm(obj=g.org)
    form.telephone.data = show_telephone(g.org.telephone)
    return _organisation(form)


@bp.post("/organisation")
@needs(Permission.SETTINGS)
def change_organisation() -> Response:
    form = OrganisationForm()
    if not form.validate():
        return _organisation(form, 422)
    accounts.set_details(**{name: form[name].data or "" for name in DETAILS})
    return done(url_for("settings.organisation", saved=1))


@bp.get("/look")
@needs(Permission.SETTINGS)
def look() -> Response:
    return _look(BrandForm(obj=g.org))


@bp.post("/look")
@needs(Permission.SETTINGS)
def change_look() -> Response:
    form = BrandForm()
    is_good = form.validate()
    values: dict[str, Any] = {}
    if is_good and form.logo.data:
        try:
            values["logo_id"] = pictures.add(form.logo.data.stream.read(), form.logo.data.filename or "", None).id
        except pictures.BadPicture as error:
            form.logo.errors = [str(error)]
            is_good = False
    if not is_good:
        return _look(form, 422)
    accounts.set_details(
        colour=form.colour.data,
        sender_name=form.sender_name.data or "",
        reply_to=form.reply_to.data or "",
        is_tracking=int(form.is_tracking.data),
        **values,
    )
    return done(url_for("settings.look", saved=1))


@bp.get("/logo")
@needs(Permission.SIGNED_IN)
def logo() -> Response:
    picture = pictures.find(g.org.logo_id) if g.org.logo_id else None
    if picture is None:
        abort(404)
    return Response(bytes(picture.body), content_type=picture.kind)


@bp.get("/users")
@needs(Permission.USERS, fresh=True)
def users() -> Response:
    return _users(UserForm(formdata=None))


@bp.post("/users")
@needs(Permission.USERS, fresh=True)
def add_user() -> Response:
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
            return done(url_for("settings.users", saved=1))
    return _users(form, 422)


@bp.post("/users/<int:membership_id>/role")
@needs(Permission.USERS, fresh=True)
def change_role(membership_id: int) -> Response:
    role = request.form.get("role", "")
    if role not in list(Role):
        return _users(UserForm(formdata=None), 422, "Choose one of the roles.")
    try:
        accounts.change_role(membership_id, Role(role))
    except Denied as error:
        return _users(UserForm(formdata=None), 422, str(error))
    return done(url_for("settings.users", saved=1))


@bp.get("/users/<int:membership_id>/removal")
@needs(Permission.USERS, fresh=True)
def confirm_removal(membership_id: int) -> str:
    return render_template("settings/remove_user.html", membership=accounts.find_membership(membership_id))


@bp.post("/users/<int:membership_id>/removal")
@needs(Permission.USERS, fresh=True)
def remove_user(membership_id: int) -> Response:
    try:
        accounts.remove_member(membership_id)
    except Denied as error:
        return _users(UserForm(formdata=None), 422, str(error))
    return done(url_for("settings.users", saved=1))


def _organisation(form: OrganisationForm, status: int = 200) -> Response:
    saved = request.args.get("saved")
    return page_or_part("settings/organisation.html", "settings/_organisation.html", status, form=form, saved=saved)


def _look(form: BrandForm, status: int = 200) -> Response:
    saved = request.args.get("saved")
    return page_or_part("settings/look.html", "settings/_look.html", status, form=form, saved=saved)


def _users(form: UserForm, status: int = 200, sentence: str = "") -> Response:
    return page_or_part(
        "settings/users.html", "settings/_users.html", status,
        form=form, members=accounts.members(), roles=ROLE_WORDS, sentence=sentence, saved=request.args.get("saved"),
    )  # fmt: skip
