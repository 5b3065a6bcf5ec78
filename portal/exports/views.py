"""Taking the contacts of a list along as a file, from the list's own page."""

import tempfile
from functools import partial

from flask import Blueprint, Flask, Response, abort, request, send_file

from portal.contacts.views import read_filter
from portal.core.permissions import Permission
from portal.exports import queries, service
from portal.web.access import needs
from portal.web.streaming import stream

bp = Blueprint("exports", __name__, url_prefix="/contacts/export")


@bp.post("")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def download() -> Response:
    """A POST, because it is written into the record."""
    kind = request.form.get("format", "csv")
    if kind not in service.FORMATS:
        abort(404)
    wanted = read_filter(request.form)
    is_sensitive = request.form.get("special") == "1"
    columns = queries.columns(with_sensitive=is_sensitive)
    with_identity = request.form.get("with_identity") == "1"
    service.note(wanted, kind, columns, with_identity, with_sensitive=is_sensitive)
    if kind == "csv":
        lines = partial(service.as_csv, wanted, columns, with_identity, with_sensitive=is_sensitive)
        return stream(lines, name="contacts.csv")
    made = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - send_file closes it
    service.as_xlsx(wanted, made, columns, with_identity, with_sensitive=is_sensitive)  # type: ignore[arg-type]
    made.seek(0)
    return send_file(made, mimetype=service.FORMATS[kind], as_attachment=True, download_name="contacts.xlsx")


def register(app: Flask) -> None:
    app.register_blueprint(bp)
