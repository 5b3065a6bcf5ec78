"""Taking the contacts of a list along as a file: the questions, the progress, and the file itself."""

from flask import Blueprint, Flask, Response, request, url_for

from portal.contacts.acts import Act, register_act
from portal.contacts.views import read_filter
from portal.core.actor import current_actor
from portal.core.permissions import Permission
from portal.exports import leaving, out_there, out_there_views, service
from portal.exports.forms import ExportForm
from portal.exports.keeping import Lost
from portal.exports.marking import file_name
from portal.exports.models import Export
from portal.exports.pages import bp
from portal.exports.rules import COLLEAGUE, HANDED, MEDIA_TYPES, PROTECTED, BadExport
from portal.exports.service import ExportNotFound, NotReady
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part
from portal.web.streaming import stream

of_lists = Blueprint("taking", __name__, url_prefix="/contacts/export")
_OWN = frozenset(
    {
        "csrf_token", "purpose", "recipient", "expires_on", "format", "with_consents", "with_identity", "special",
        "handing", "colleague", "page",
    }
)  # fmt: skip


@of_lists.get("")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def ask() -> Response:
    """The questions, about the list that stands in the address."""
    return _questions(ExportForm(), 200)


@of_lists.post("")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def add() -> Response:
    form = ExportForm()
    wanted = read_filter(request.form)
    if form.validate():
        try:
            made = service.ask(wanted, form.wish())
        except BadExport as error:
            form[error.field].errors = [str(error)]
        else:
            return done(url_for("exports.show", export_id=made.id))
    return _questions(form, 422)


@of_lists.post("/purpose")
@needs(Permission.SETTINGS)
def note_purpose() -> Response:
    """Write the purpose into the register under which people agree to their special information being handed on."""
    return done(url_for("consent.edit_purpose", purpose_id=leaving.purpose_handed_on().id))


@bp.get("/<int:export_id>")
@needs(Permission.CONTACT_EXPORT)
def show(export_id: int) -> Response:
    """Where the export stands: its progress, then how to fetch it and what became of it."""
    return _page(service.find(export_id))


@bp.post("/<int:export_id>/cancellation")
@needs(Permission.CONTACT_EXPORT)
def cancel(export_id: int) -> Response:
    service.cancel(service.find(export_id))
    return done(url_for("exports.show", export_id=export_id))


@bp.post("/<int:export_id>/file")
@needs(Permission.CONTACT_EXPORT, fresh=True, hands_out=True)
def download(export_id: int) -> Response:
    """A POST, because it is written into the record."""
    export = service.find(export_id)
    try:
        pieces = service.take(export)
    except NotReady as error:
        return _page(export, 422, str(error))
    except Lost as error:
        return _page(export, 422, str(error))
    kind = "application/octet-stream" if export.handing == PROTECTED else MEDIA_TYPES[export.format]
    more = {"Content-Length": str(export.size), "Cache-Control": "no-store"}
    return stream(lambda: pieces, name=file_name(export.mark, export.format), content_type=kind, more=more)


@bp.post("/<int:export_id>/password")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def password(export_id: int) -> Response:
    """Shown in the answer, once, and kept nowhere afterwards."""
    export = service.find(export_id)
    try:
        words = service.show_password(export)
    except NotReady as error:
        return _page(export, 422, str(error))
    return _page(service.find(export_id), password=words)


def _questions(form: ExportForm, status: int) -> Response:
    source = request.args if request.method == "GET" else request.form
    wanted = read_filter(source)
    words = {name: values for name, values in source.to_dict(flat=False).items() if name not in _OWN}
    return page_or_part(
        "exports/ask.html", "exports/_ask.html", status, form=form, words=words, leaving=leaving.counted(wanted),
        is_chosen_by_special=leaving.is_chosen_by_special(wanted), handed_on=leaving.HANDED_ON,
        is_registered=leaving.is_asked_about(), may_register=current_actor().may(Permission.SETTINGS),
    )  # fmt: skip


def _page(export: Export, status: int = 200, sentence: str = "", password: str = "") -> Response:
    actor = current_actor()
    is_taker = actor.user_id == (export.colleague_id if export.handing == COLLEAGUE else export.user_id)
    return page_or_part(
        "exports/show.html", "exports/_show.html", status, export=export, sentence=sentence, password=password,
        why_not=service.why_not(export), is_taker=is_taker, handed=HANDED, is_overdue=out_there.is_overdue(export),
        may_tell=is_taker or actor.user_id == export.user_id or actor.may(Permission.USERS),
        name=file_name(export.mark, export.format),
    )  # fmt: skip


def register(app: Flask) -> None:
    for blueprint in dict.fromkeys((of_lists, out_there_views.bp, bp)):  # the last two are the same one
        app.register_blueprint(blueprint)
    register_error(app, ExportNotFound, 404)
    register_act(Act("Files out there", "download", "exports.index", Permission.CONTACT_EXPORT))
