"""The organisation's documents, and the page of any one document."""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for

from portal.accounts.service import today
from portal.core.permissions import Permission
from portal.documents import keeping, previews, queries, service, serving, uploads
from portal.documents.forms import FactsForm, UploadForm
from portal.documents.models import Document
from portal.documents.queries import PAGE, Filter
from portal.documents.rules import KINDS, BadDocument, DocumentNotFound, NotOpened
from portal.web.access import needs
from portal.web.bodies import takes_files
from portal.web.errors import register_error
from portal.web.frame import Place, add_place
from portal.web.htmx import done, page_or_part
from portal.web.paging import page_number, paging

bp = Blueprint("documents", __name__, url_prefix="/documents")


@bp.get("")
@needs(Permission.DOCUMENT_READ)
def index() -> Response:
    return _index(UploadForm(formdata=None, data={"folder": request.args.get("folder", "")}))


@bp.post("")
@needs(Permission.DOCUMENT_EDIT)
@takes_files(uploads.AT_ONCE)
def add() -> Response:
    form = UploadForm()
    outcome = uploads.take_all(form, None)
    if outcome.refused:
        return uploads.answer(outcome, lambda: _index(form, 422, outcome))
    folder = outcome.kept[0].folder
    return uploads.answer(outcome, lambda: done(url_for("documents.index", folder=folder or None)))


@bp.get("/<int:document_id>")
@needs(Permission.DOCUMENT_READ)
def show(document_id: int) -> Response:
    return _show(service.find(document_id))


@bp.get("/<int:document_id>/content")
@needs(Permission.DOCUMENT_READ, hands_out=True)
def content(document_id: int) -> Response:
    return serving.as_file(service.find(document_id))


@bp.get("/<int:document_id>/preview")
@needs(Permission.DOCUMENT_READ, hands_out=True)
def preview(document_id: int) -> Response:
    return serving.as_picture(service.find(document_id), page_number())


@bp.get("/<int:document_id>/edit")
@needs(Permission.DOCUMENT_EDIT)
def edit(document_id: int) -> Response:
    document = service.find(document_id)
    return _edit(document, FactsForm(obj=document))


@bp.post("/<int:document_id>")
@needs(Permission.DOCUMENT_EDIT)
def change(document_id: int) -> Response:
    document = service.find(document_id)
    form = FactsForm()
    if not form.validate():
        return _edit(document, form, 422)
    service.change(document, **form.facts())
    fresh = service.find(document_id)
    url = url_for("documents.show", document_id=document_id)
    return done(url, part="documents/_facts.html", say="Saved.", document=fresh)


@bp.post("/<int:document_id>/content")
@needs(Permission.DOCUMENT_EDIT)
@takes_files(uploads.AT_ONCE)
def replace(document_id: int) -> Response:
    document = service.find(document_id)
    file = next(iter(uploads.files()), None)
    if file is None:
        return _show(document, 422, sentence=uploads.NOTHING_CHOSEN)
    try:
        service.replace(document, file.stream, file.filename or "")
    except BadDocument as error:
        return _show(document, 422, sentence=str(error))
    return done(url_for("documents.show", document_id=document_id))


@bp.get("/<int:document_id>/removal")
@needs(Permission.DOCUMENT_EDIT)
def ask_removal(document_id: int) -> Response:
    document = service.find(document_id)
    return page_or_part("documents/remove.html", "documents/_remove.html", document=document)


@bp.post("/<int:document_id>/removal")
@needs(Permission.DOCUMENT_EDIT)
def remove(document_id: int) -> Response:
    document = service.find(document_id)
    service.remove(document)
    return done(_home_of(document))


def _index(form: UploadForm, status: int = 200, outcome: uploads.Outcome | None = None) -> Response:
    wanted = _read_filter()
    page = paging(queries.count(wanted), PAGE)
    return page_or_part(
        "documents/index.html", "documents/_list.html", status,
        filter=wanted, page=page, documents=queries.page(wanted, page.number), folders=queries.folders(),
        due=queries.count(Filter(show=queries.DUE)), held=queries.count(Filter(show=queries.HELD)), kinds=KINDS,
        usage=service.usage(), has_scanner=keeping.has_scanner(), form=form, outcome=outcome, today=today(),
        sort_href=_sort_href, words=request.args.to_dict(),
    )  # fmt: skip


def _show(document: Document, status: int = 200, sentence: str = "") -> Response:
    pages = previews.pages(document)
    return page_or_part(
        "documents/show.html", "documents/_preview.html", status,
        document=document, pages=pages, page=min(page_number(), max(pages, 1)), sentence=sentence,
        home=_home_of(document), today=today(),
    )  # fmt: skip


def _edit(document: Document, form: FactsForm, status: int = 200) -> Response:
    return page_or_part(
        "documents/edit.html", "documents/_edit.html", status,
        document=document, form=form, folders=queries.folders(),
    )  # fmt: skip


def _home_of(document: Document) -> str:
    """Where the document is listed."""
    if document.contact_id is not None:
        return url_for("contacts.show", contact_id=document.contact_id)
    return url_for("documents.index", folder=document.folder or None)


def _read_filter() -> Filter:
    args = request.args
    return Filter(
        show=args.get("show", "") if args.get("show") in (queries.DUE, queries.HELD) else queries.OWN,
        folder=args["folder"][:100] if "folder" in args else None,
        text=args.get("q", "").strip()[:200],
        kind=args.get("kind", "") if args.get("kind") in KINDS else "",
        sort=args.get("sort", "") if args.get("sort") in queries.SORTS else "title",
        descending=args.get("down") == "1",
    )


def _sort_href(column: str) -> str:
    words: dict[str, Any] = {name: value for name, value in request.args.items() if name not in ("page", "down")}
    is_down = request.args.get("sort", "title") == column and request.args.get("down") != "1"
    return url_for("documents.index", **words | {"sort": column} | ({"down": "1"} if is_down else {}))


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_error(app, DocumentNotFound, 404)
    register_error(app, BadDocument, 422)
    register_error(app, NotOpened, 409)
    add_place(Place("Documents", "file-text", "documents.index", "documents", Permission.DOCUMENT_READ, wide=True))
