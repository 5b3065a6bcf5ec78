"""The columns that were remembered: seen, named, and forgotten."""

from flask import Response, request, url_for

from portal.core.permissions import Permission
from portal.imports import mappings
from portal.imports.models import Mapping
from portal.imports.pages import bp as bp
from portal.imports.sight import open_fields
from portal.imports.targets import targets
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/columns")
@needs(Permission.CONTACT_IMPORT)
def known_columns() -> Response:
    return _list()


@bp.post("/columns/<int:mapping_id>")
@needs(Permission.CONTACT_IMPORT)
def rename_columns(mapping_id: int) -> Response:
    mapping = mappings.find(mapping_id)
    try:
        mappings.rename(mapping, request.form.get("name", ""))
    except mappings.BadName as error:
        return _list(422, mapping, str(error))
    return done(url_for("imports.known_columns"))


@bp.post("/columns/<int:mapping_id>/removal")
@needs(Permission.CONTACT_IMPORT)
def forget_columns(mapping_id: int) -> Response:
    mappings.forget(mappings.find(mapping_id))
    return done(url_for("imports.known_columns"))


def _list(status: int = 200, bad: Mapping | None = None, sentence: str = "") -> Response:
    words = open_fields() | {word: field.name for word, field in targets().items()}
    return page_or_part(
        "imports/known.html", "imports/_known.html", status, mappings=mappings.every(), words=words,
        bad=bad, sentence=sentence, typed=request.form.get("name", "")[:200],
    )  # fmt: skip
