"""Settings: the privacy notice, written part by part; and /privacy/<organisation>, where everybody reads it."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from wtforms import IntegerField, TextAreaField

from portal.core.permissions import Permission
from portal.privacy_notice import service
from portal.privacy_notice.models import PrivacyNotice
from portal.privacy_notice.rules import PARTS, missing
from portal.privacy_notice.service import BadNotice, Stale
from portal.web.access import needs, published
from portal.web.errors import register_error
from portal.web.forms import Form
from portal.web.htmx import done, page_or_part

bp = Blueprint("privacy_notice", __name__, url_prefix="/settings/privacy-notice")
open_bp = Blueprint("notice", __name__, url_prefix="/privacy")


class NoticeForm(Form):
    """A text for each part, and the revision of the draft that they were read from."""

    revision = IntegerField(default=0)


for _part in PARTS:
    setattr(NoticeForm, _part.key, TextAreaField(_part.heading))


@bp.get("")
@needs(Permission.SETTINGS)
def edit() -> Response:
    parts, revision = service.draft()
    return _form(NoticeForm(formdata=None, data={**parts, "revision": revision}))


@bp.post("")
@needs(Permission.SETTINGS)
def save() -> Response:
    form = NoticeForm()
    try:
        service.save(_typed(form), form.revision.data or 0)
        if request.form.get("act") == "publish":
            service.publish()
    except BadNotice as error:
        form.revision.data = service.draft()[1]
        form[error.field].errors = [str(error)]
        return _form(form, 422)
    except Stale:
        form.revision.data = service.draft()[1]
        return _form(form, 422, theirs=service.draft()[0])
    return done(url_for("privacy_notice.edit", done="published" if request.form.get("act") == "publish" else "saved"))


@bp.get("/versions/<int:version>")
@needs(Permission.SETTINGS)
def version(version: int) -> str:
    return render_template("privacy_notice/version.html", notice=service.find(version), parts=PARTS)


def _typed(form: NoticeForm) -> dict[str, str]:
    return {part.key: form[part.key].data or "" for part in PARTS}


def _form(form: NoticeForm, status: int = 200, **more: Any) -> Response:
    return page_or_part(
        "privacy_notice/edit.html", "privacy_notice/_edit.html", status,
        form=form, parts=PARTS, lacking={part.key for part in missing(_typed(form))}, versions=service.versions(),
        address=service.address(), **{"theirs": None, **more},
    )  # fmt: skip


@open_bp.get("/<slug>")
@published("a privacy notice is for everybody to read (POPIA s 18)")
def show(slug: str) -> str:
    notice = service.current()
    if notice is None:
        abort(404)
    return _read(slug, notice)


@open_bp.get("/<slug>/<int:version>")
@published("an older version is for whoever was shown it")
def show_version(slug: str, version: int) -> str:
    return _read(slug, service.find(version))


def _read(slug: str, notice: PrivacyNotice) -> str:
    newest = service.version_now()
    return render_template("privacy_notice/show.html", notice=notice, parts=PARTS, slug=slug, newest=newest)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(open_bp)
    app.jinja_env.globals["privacy_notice_address"] = service.address
    register_error(app, service.NoticeNotFound, 404)
