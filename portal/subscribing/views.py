"""Settings: forms by which people subscribe: designing one beside a picture of it, publishing it, and how it comes to
stand on the organisation's own web site.
"""

from flask import Blueprint, Flask, Response, render_template, request, url_for

from portal.accounts.service import current_org
from portal.core.permissions import Permission
from portal.subscribing import confirm_views, open_views, rules, service
from portal.subscribing.entering import Typed
from portal.subscribing.forms import PREFIX, DesignForm, NewForm, form_of
from portal.subscribing.models import FormVersion, SubscribeForm
from portal.subscribing.rules import FIELDS, Design, design_of
from portal.subscribing.service import BadForm, Stale
from portal.subscribing.signing_up import PURPOSE, is_open
from portal.transfers import service as transfers
from portal.web.access import needs, register_link
from portal.web.errors import register_error
from portal.web.headers import let_stand_in_frame
from portal.web.htmx import done, page_or_part

bp = Blueprint("subscribing", __name__, url_prefix="/settings/forms")


@bp.get("")
@needs(Permission.SETTINGS)
def index() -> Response:
    return page_or_part("subscribing/index.html", "subscribing/_list.html", lines=service.lines(), url=service.url)


@bp.get("/new")
@needs(Permission.SETTINGS)
def new() -> Response:
    return _new(NewForm(formdata=None))


@bp.post("")
@needs(Permission.SETTINGS)
def add() -> Response:
    form = NewForm()
    try:
        made = service.add(form.name.data or "", form.address.data or "")
    except BadForm as error:
        form[error.field].errors = [str(error)]
        return _new(form, 422)
    return done(url_for("subscribing.edit", form_id=made.id))


@bp.get("/<int:form_id>")
@needs(Permission.SETTINGS)
def edit(form_id: int) -> Response:
    form = service.find(form_id)
    return _edit(form, form_of(form))


@bp.post("/<int:form_id>")
@needs(Permission.SETTINGS)
def save(form_id: int) -> Response:
    form, typed = service.find(form_id), DesignForm()
    is_publishing = request.form.get("act") == "publish"
    try:
        service.save(form, typed.name.data or "", typed.design(), typed.revision.data or 0)
        if is_publishing:
            service.publish(form)
    except BadForm as error:
        typed.revision.data = service.find(form_id).revision
        typed[error.field].errors = [str(error)]
        return _edit(service.find(form_id), typed, 422)
    except Stale:
        fresh = service.find(form_id)
        typed.revision.data = fresh.revision
        return _edit(fresh, typed, 422, theirs=design_of(fresh.design))
    return done(url_for("subscribing.edit", form_id=form_id, done="published" if is_publishing else "saved"))


@bp.get("/<int:form_id>/preview")
@needs(Permission.SETTINGS)
def preview(form_id: int) -> Response:
    form = service.find(form_id)
    return _preview(form, design_of(form.design))


@bp.post("/<int:form_id>/preview")
@needs(Permission.SETTINGS)
def preview_typed(form_id: int) -> Response:
    """The picture of what is typed just now. Saves nothing."""
    form, typed = service.find(form_id), DesignForm()
    return _preview(form, typed.design())


@bp.get("/<int:form_id>/embedding")
@needs(Permission.SETTINGS)
def embedding(form_id: int) -> str:
    form = service.find(form_id)
    version = service.newest(form.id)
    design = design_of(version.design) if version else None
    plain = _plain(form, version, design) if version and design else ""
    return render_template(
        "subscribing/embedding.html", form=form, version=version, design=design, url=service.url(form), plain=plain
    )


@bp.get("/<int:form_id>/versions/<int:version>")
@needs(Permission.SETTINGS)
def show_version(form_id: int, version: int) -> str:
    form = service.find(form_id)
    found = service.version(form, version)
    return render_template(
        "subscribing/version.html", form=form, version=found, design=design_of(found.design), wording=rules.wording
    )


@bp.post("/<int:form_id>/closing")
@needs(Permission.SETTINGS)
def close(form_id: int) -> Response:
    service.close(service.find(form_id))
    return done(url_for("subscribing.edit", form_id=form_id))


@bp.post("/<int:form_id>/reopening")
@needs(Permission.SETTINGS)
def reopen(form_id: int) -> Response:
    service.reopen(service.find(form_id))
    return done(url_for("subscribing.edit", form_id=form_id))


def _new(form: NewForm, status: int = 200) -> Response:
    return page_or_part("subscribing/new.html", "subscribing/_new.html", status, form=form)


def _edit(form: SubscribeForm, typed: DesignForm, status: int = 200, theirs: Design | None = None) -> Response:
    versions = service.versions(form)
    return page_or_part(
        "subscribing/edit.html", "subscribing/_edit.html", status,
        form=form, typed=typed, fields=[typed[PREFIX + name] for name in FIELDS], versions=versions, theirs=theirs,
        url=service.url(form), is_open=is_open(form),
    )  # fmt: skip


def _preview(form: SubscribeForm, design: Design) -> Response:
    html = render_template(
        "subscribing/show.html", layout="subscribing/framed.html", is_framed=True, is_preview=True, form=form,
        version=0, design=design, typed=Typed(), is_open=True, action="", captcha="", slug=current_org().slug,
        **open_views.words(),
    )  # fmt: skip
    return let_stand_in_frame(Response(html), "'self'")


def _plain(form: SubscribeForm, version: FormVersion, design: Design) -> str:
    """The form as plain HTML, to be pasted into any page."""
    return render_template(
        "subscribing/plain.html", form=form, version=version.version, design=design, url=service.url(form),
        needs_abroad=transfers.relay_asks(), **open_views.words(),
    )  # fmt: skip


def register(app: Flask) -> None:
    for blueprint in (bp, open_views.bp, confirm_views.bp):
        app.register_blueprint(blueprint)
    register_link(PURPOSE, confirm_views.resolve)
    register_error(app, service.FormNotFound, 404)
