"""Settings: the organisation's own details, and how its mail looks."""

from typing import Any

from flask import Response, abort, g, render_template, request, url_for

from portal.accounts import service as accounts
from portal.campaigns import pictures
from portal.contacts.telephones import show_telephone
from portal.core.permissions import Permission
from portal.home.forms import BrandForm, OrganisationForm
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
        requires_proof=int(form.requires_proof.data),
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


def _organisation(form: OrganisationForm, status: int = 200) -> Response:
    saved = request.args.get("saved")
    return page_or_part("settings/organisation.html", "settings/_organisation.html", status, form=form, saved=saved)


def _look(form: BrandForm, status: int = 200) -> Response:
    saved = request.args.get("saved")
    return page_or_part("settings/look.html", "settings/_look.html", status, form=form, saved=saved)
