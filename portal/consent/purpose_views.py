"""Settings: the register of purposes."""

from flask import Flask, Response, url_for

from portal.consent import purposes
from portal.consent.forms import PurposeForm
from portal.consent.grounds import BASES
from portal.consent.models import Purpose
from portal.consent.pages import bp
from portal.consent.rules import CLASSES
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/settings/purposes")
@needs(Permission.SETTINGS)
def all_purposes() -> Response:
    return _list()


@bp.get("/settings/purposes/new")
@needs(Permission.SETTINGS)
def new_purpose() -> Response:
    return _edit(None, PurposeForm(formdata=None))


@bp.post("/settings/purposes")
@needs(Permission.SETTINGS)
def add_purpose() -> Response:
    form = PurposeForm()
    if form.validate():
        try:
            purposes.add(form.line())
        except purposes.BadPurpose as error:
            form[error.field].errors = [str(error)]
        else:
            return done(url_for("consent.all_purposes"))
    return _edit(None, form, 422)


@bp.get("/settings/purposes/<int:purpose_id>")
@needs(Permission.SETTINGS)
def edit_purpose(purpose_id: int) -> Response:
    purpose = purposes.find(purpose_id)
    return _edit(purpose, PurposeForm(formdata=None, obj=purpose))


@bp.post("/settings/purposes/<int:purpose_id>")
@needs(Permission.SETTINGS)
def change_purpose(purpose_id: int) -> Response:
    purpose = purposes.find(purpose_id)
    form = PurposeForm()
    if form.validate():
        try:
            purposes.change(purpose, form.line())
        except purposes.BadPurpose as error:
            form[error.field].errors = [str(error)]
        else:
            return done(url_for("consent.all_purposes"))
    return _edit(purpose, form, 422)


@bp.post("/settings/purposes/<int:purpose_id>/archiving")
@needs(Permission.SETTINGS)
def archive_purpose(purpose_id: int) -> Response:
    try:
        purposes.archive(purposes.find(purpose_id))
    except purposes.BadPurpose as error:
        return _list(422, str(error))
    return done(url_for("consent.all_purposes"))


@bp.post("/settings/purposes/<int:purpose_id>/restoring")
@needs(Permission.SETTINGS)
def restore_purpose(purpose_id: int) -> Response:
    purposes.restore(purposes.find(purpose_id))
    return done(url_for("consent.all_purposes"))


def _list(status: int = 200, sentence: str = "") -> Response:
    return page_or_part(
        "consent/purposes.html", "consent/_purposes.html", status,
        purposes=purposes.everything(), classes=CLASSES, bases=BASES, sentence=sentence,
    )  # fmt: skip


def _edit(purpose: Purpose | None, form: PurposeForm, status: int = 200) -> Response:
    return page_or_part(
        "consent/purpose.html", "consent/_purpose.html", status, purpose=purpose, form=form, classes=CLASSES
    )


def register(_app: Flask) -> None:
    """Its routes are on the blueprint by being imported."""
