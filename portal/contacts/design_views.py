"""Settings, pages and fields: an organisation designs what it keeps of its contacts (R12)."""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from portal.contacts import designing, fields, removing_fields
from portal.contacts.design_forms import (
    FieldForm,
    PageForm,
    kinds,
    moved,
    option_lines,
    options_of,
    read_options,
)
from portal.contacts.design_rules import LIMITED, MOST_FIELDS, MOST_PAGES, OFFERED, TypedOption, Unfit
from portal.contacts.field_rules import KINDS
from portal.contacts.models import Field, Page
from portal.contacts.page_blocks import preview_of
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.forms import word_problem
from portal.web.htmx import done, page_or_part
from portal.web.streaming import stream

bp = Blueprint("designer", __name__, url_prefix="/settings/pages")


@bp.get("")
@needs(Permission.SETTINGS)
def index() -> Response:
    return _index(PageForm(formdata=None))


@bp.post("")
@needs(Permission.SETTINGS)
def add_page() -> Response:
    form = PageForm()
    if form.validate():
        try:
            page = designing.add_page(form.name.data or "")
        except Unfit as error:
            form.name.errors = [str(error)]
        else:
            return done(url_for("designer.choose_kind", page_id=page.id))
    return _index(form, 422)


@bp.post("/order")
@needs(Permission.SETTINGS)
def order_pages() -> Response:
    designing.order_pages(_order())
    return done(url_for("designer.index"))


@bp.get("/<int:page_id>")
@needs(Permission.SETTINGS)
def page(page_id: int) -> Response:
    found = fields.find_page(page_id)
    form = PageForm(formdata=None)
    form.name.data = found.name
    return _page(found, form)


@bp.post("/<int:page_id>")
@needs(Permission.SETTINGS)
def rename_page(page_id: int) -> Response:
    found = fields.find_page(page_id)
    form = PageForm()
    if form.validate():
        try:
            designing.rename_page(found, form.name.data or "")
        except Unfit as error:
            form.name.errors = [str(error)]
        else:
            return done(url_for("designer.index"))
    return _page(found, form, 422)


@bp.post("/<int:page_id>/archive")
@needs(Permission.SETTINGS)
def archive_page(page_id: int) -> Response:
    designing.archive_page(fields.find_page(page_id))
    return done(url_for("designer.index"))


@bp.post("/<int:page_id>/restore")
@needs(Permission.SETTINGS)
def restore_page(page_id: int) -> Response:
    designing.restore_page(fields.find_page(page_id))
    return done(url_for("designer.index"))


@bp.post("/<int:page_id>/removal")
@needs(Permission.SETTINGS, fresh=True)
def remove_page(page_id: int) -> Response:
    found = fields.find_page(page_id)
    try:
        designing.remove_page(found)
    except Unfit as error:
        form = PageForm(formdata=None)
        form.name.data = found.name
        return _page(found, form, 422, sentence=str(error))
    return done(url_for("designer.index"))


@bp.post("/<int:page_id>/order")
@needs(Permission.SETTINGS)
def order_fields(page_id: int) -> Response:
    designing.order_fields(fields.find_page(page_id), _order())
    return done(url_for("designer.index"))


@bp.get("/<int:page_id>/fields/new")
@needs(Permission.SETTINGS)
def choose_kind(page_id: int) -> Response:
    """First the kind, then a form that fits it."""
    found = fields.find_page(page_id)
    kind = request.args.get("kind", "")
    if kind not in OFFERED:
        return page_or_part(
            "designer/kinds.html", "designer/_kinds.html", page=found, kinds=kinds(), field_names=_names_on(found)
        )
    form = FieldForm(formdata=None)
    form.kind.data = kind
    return _field(form, found, None, [])


@bp.post("/<int:page_id>/fields")
@needs(Permission.SETTINGS)
def add_field(page_id: int) -> Response:
    found = fields.find_page(page_id)
    form = FieldForm()
    if form.kind.data not in OFFERED:
        abort(422)
    options = read_options(request.form)
    if act := request.form.get("act"):
        return _field(form, found, None, moved(options, act))
    try:
        if _is_good(form, found):
            designing.add_field(_chosen_page(form), form.design(options))
            return done(url_for("designer.index"))
    except Unfit as error:
        form[error.at].errors = [str(error)]
    return _field(form, found, None, options, 422)


@bp.get("/fields/<int:field_id>")
@needs(Permission.SETTINGS)
def field(field_id: int) -> Response:
    found = fields.find_field(field_id)
    form = FieldForm(formdata=None)
    form.fill(found)
    wanted = request.args.get("kind")
    if wanted in OFFERED and wanted != found.kind and not designing.count_values(found):
        form.kind.data = wanted
        form.least.data = form.most.data = ""
    return _field(form, fields.find_page(found.page_id), found, options_of(found))


@bp.post("/fields/<int:field_id>")
@needs(Permission.SETTINGS)
def change_field(field_id: int) -> Response:
    found = fields.find_field(field_id)
    page = fields.find_page(found.page_id)
    form = FieldForm()
    if form.kind.data not in OFFERED:
        abort(422)
    options = read_options(request.form)
    if act := request.form.get("act"):
        return _field(form, page, found, moved(options, act))
    try:
        if _is_good(form, page):
            designing.change_field(found, form.design(options), _chosen_page(form))
            return done(url_for("designer.index"))
    except Unfit as error:
        (form.name if error.at == "kind" else form[error.at]).errors = [str(error)]
    return _field(form, page, found, options, 422)


@bp.post("/fields/<int:field_id>/archive")
@needs(Permission.SETTINGS)
def archive_field(field_id: int) -> Response:
    designing.archive_field(fields.find_field(field_id))
    return done(url_for("designer.index"))


@bp.post("/fields/<int:field_id>/restore")
@needs(Permission.SETTINGS)
def restore_field(field_id: int) -> Response:
    designing.restore_field(fields.find_field(field_id))
    return done(url_for("designer.index"))


@bp.post("/fields/<int:field_id>/export")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def export_field(field_id: int) -> Response:
    """A POST, because it is written into the record."""
    found = fields.find_field(field_id)
    removing_fields.note_export(found)
    return stream(lambda: removing_fields.as_csv(found), name=f"field-{found.id}.csv")


@bp.get("/fields/<int:field_id>/removal")
@needs(Permission.SETTINGS, fresh=True)
def ask_removal(field_id: int) -> Response:
    return _removal(fields.find_field(field_id))


@bp.post("/fields/<int:field_id>/removal")
@needs(Permission.SETTINGS, fresh=True)
def remove_field(field_id: int) -> Response:
    found = fields.find_field(field_id)
    if sentence := word_problem(found.name):
        return _removal(found, 422, sentence)
    try:
        removing_fields.remove_field(found)
    except removing_fields.NotExported as error:
        return _removal(found, 422, str(error))
    return done(url_for("designer.index"))


def _index(form: PageForm, status: int = 200) -> Response:
    sheets = designing.sheets()
    return page_or_part(
        "designer/index.html", "designer/_list.html", status,
        form=form, kinds=KINDS, most_pages=MOST_PAGES, most_fields=MOST_FIELDS,
        in_use=[sheet for sheet in sheets if sheet.page.archived_at is None],
        put_away=[sheet for sheet in sheets if sheet.page.archived_at is not None],
    )  # fmt: skip


def _page(found: Page, form: PageForm, status: int = 200, sentence: str = "") -> Response:
    names = [f for sheet in designing.sheets() if sheet.page.id == found.id for f in sheet.fields]
    return page_or_part(
        "designer/page.html", "designer/_page.html", status,
        page=found, form=form, fields=names, sentence=sentence, preview=preview_of(found),
    )  # fmt: skip


def _field(form: FieldForm, page: Page, found: Field | None, options: list[TypedOption], status: int = 200) -> Response:
    form.offer([sheet.page for sheet in designing.sheets()], page.id)
    kind = form.kind.data or ""
    return page_or_part(
        "designer/field.html", "designer/_field.html", status,
        form=form, page=page, field=found, kind=KINDS[kind], has_limits=kind in LIMITED,
        options=option_lines(options), kinds=kinds(), count=designing.count_values(found) if found else 0,
        asking=removing_fields.groups_using(found) if found else None,
    )  # fmt: skip


def _removal(found: Field, status: int = 200, sentence: str = "") -> Response:
    return page_or_part(
        "designer/remove.html", "designer/_remove.html", status,
        field=found, page=fields.find_page(found.page_id), count=designing.count_values(found), sentence=sentence,
        is_exported=removing_fields.is_exported(found), asking=removing_fields.groups_using(found),
    )  # fmt: skip


def _is_good(form: FieldForm, page: Page) -> bool:
    form.offer([sheet.page for sheet in designing.sheets()], page.id)
    return bool(form.validate())


def _chosen_page(form: FieldForm) -> Page:
    return fields.find_page(form.page.data)


def _names_on(page: Page) -> list[str]:
    return [f.name for sheet in designing.sheets() if sheet.page.id == page.id for f in sheet.fields]


def _order() -> list[int]:
    """The ids in the order wanted: as the page has them, one of them moved by its button."""
    texts = request.form.getlist("order")
    if not all(text.isascii() and text.isdigit() and len(text) < 12 for text in texts):
        abort(422)
    ids: list[Any] = [int(text) for text in texts]
    for word, step in (("up", -1), ("down", 1)):
        one = request.form.get(word, type=int)
        if one in ids:
            place = ids.index(one)
            other = min(max(place + step, 0), len(ids) - 1)
            ids[place], ids[other] = ids[other], ids[place]
    return ids
