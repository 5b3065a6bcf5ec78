"""The pages of an import: upload, columns and declaration, preview, progress and report."""

import csv
import io

from flask import Flask, Response, current_app, request, url_for

from portal.contacts import field_files
from portal.contacts import queries as contacts
from portal.contacts.acts import Act, register_act
from portal.core.actor import current_actor
from portal.core.cells import guard_cell
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.documents import uploads
from portal.documents.rules import BadDocument
from portal.imports import column_views, declaring, queries, service, signs, undo_views, undoing
from portal.imports.follow_ups import follow_ups
from portal.imports.forms import DeclarationForm, UploadForm, read_mapping
from portal.imports.limits import UnreadableFile
from portal.imports.mappings import MappingNotFound
from portal.imports.models import Import
from portal.imports.pages import bp as bp
from portal.imports.sight import open_fields
from portal.imports.targets import targets
from portal.imports.untouched import REASONS
from portal.web.access import needs
from portal.web.bodies import takes_files
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

EXISTING = {
    "update": "Update them: what the file says is put in, empty cells change nothing",
    "skip": "Leave them as they are",
    "add": "Add them again as new contacts",
}
SHOWN_PROBLEMS = 100
SHOWN_KEPT = 100


@bp.get("")
@needs(Permission.CONTACT_IMPORT)
def index() -> Response:
    args = request.args
    wanted = queries.Filter(
        show=args.get("show", "") if args.get("show") in queries.SHOWN else "",
        text=args.get("q", "").strip()[:200],
        source=args.get("source", "") if args.get("source") in service.SOURCES else "",
    )
    page = paging(queries.count(wanted), queries.PAGE)
    return page_or_part(
        "imports/index.html", "imports/_list.html", filter=wanted, page=page,
        lines=queries.page(wanted, page.number), shown=queries.SHOWN, sources=service.SOURCES, is_high=signs.is_high,
    )  # fmt: skip


@bp.get("/new")
@needs(Permission.CONTACT_IMPORT)
def begin() -> Response:
    return _begin(UploadForm())


@bp.post("")
@needs(Permission.CONTACT_IMPORT)
def upload() -> Response:
    form = UploadForm()
    if form.validate():
        file = form.file.data
        try:
            made = service.take_in(
                current_app.config["SETTINGS"].data_dir / "imports", file.filename or "", file.stream
            )
        except UnreadableFile as error:
            form.file.errors = [str(error)]
        else:
            return done(url_for("imports.show", import_id=made.id))
    return _begin(form, 422)


@bp.get("/<int:import_id>")
@needs(Permission.CONTACT_IMPORT)
def show(import_id: int) -> Response:
    """Where the import stands: its columns while it is being prepared, else its progress or report."""
    the_import = service.find(import_id)
    if the_import.state == "mapping":
        declared = declaring.latest(the_import.id)
        return _columns(the_import, DeclarationForm(declared), the_import.mapping)
    return _progress(the_import)


@bp.post("/<int:import_id>/columns")
@needs(Permission.CONTACT_IMPORT)
@takes_files(uploads.AT_ONCE)
def declare(import_id: int) -> Response:
    the_import = service.find(import_id)
    if the_import.state != "mapping":
        return done(url_for("imports.show", import_id=import_id))
    mapping = read_mapping(request.form, the_import.headings, targets())
    form = DeclarationForm()
    is_whole, sentence = form.validate(), ""
    if is_whole or form.source.data == "bought":  # of a bought list nothing else matters
        try:
            obtained = form.obtained.data or ""
            service.declare(the_import, mapping, form.source.data, obtained, form.channels, form.further())
        except service.Bought as error:
            return _bought(the_import, str(error))
        except service.NotSigned as error:
            form.signature.errors = [str(error)]
        except (service.NeedsEvidence, BadDocument) as error:
            form.evidence.errors = [str(error)]
        except service.BadDeclaration as error:
            form.obtained.errors = [str(error)]
        except service.NotReady as error:
            sentence = str(error)
        else:
            return done(url_for("imports.preview", import_id=import_id))
    return _columns(the_import, form, mapping, 422, sentence)


@bp.get("/<int:import_id>/preview")
@needs(Permission.CONTACT_IMPORT)
def preview(import_id: int) -> Response:
    the_import = service.find(import_id)
    if the_import.state != "mapping":
        return _progress(the_import)
    return _preview(the_import)


@bp.post("/<int:import_id>/start")
@needs(Permission.CONTACT_IMPORT)
def start(import_id: int) -> Response:
    the_import = service.find(import_id)
    groups = [
        int(text) for text in request.form.getlist("group") if text.isascii() and text.isdigit() and len(text) < 12
    ]
    try:
        service.start(the_import, request.form.get("existing", ""), groups, request.form.get("new_group", "")[:200])
    except service.NotReady as error:
        return _preview(the_import, 422, str(error)) if the_import.state == "mapping" else _progress(the_import)
    return done(url_for("imports.show", import_id=import_id))


@bp.post("/<int:import_id>/cancellation")
@needs(Permission.CONTACT_IMPORT)
def cancel(import_id: int) -> Response:
    service.cancel(service.find(import_id))
    return done(url_for("imports.show", import_id=import_id))


@bp.get("/<int:import_id>/problems.csv")
@needs(Permission.CONTACT_IMPORT, hands_out=True)
def problems(import_id: int) -> Response:
    """The rows that could not be read, with the reason first, to be corrected and brought in again."""
    the_import = service.find(import_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Row", "Column", "What is wrong", *map(guard_cell, the_import.headings)])
    for problem in service.problems_of(the_import):
        cells = [guard_cell(str(cell)) for cell in problem.cells]
        writer.writerow([problem.row, guard_cell(problem.column), problem.message, *cells])
    return Response(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{import_id}-problems.csv"'},
    )


def _begin(form: UploadForm, status: int = 200) -> Response:
    return page_or_part("imports/new.html", "imports/_new.html", status, form=form, recent=service.recent())


def _columns(
    the_import: Import, form: DeclarationForm, mapping: dict[str, str], status: int = 200, sentence: str = ""
) -> Response:
    headings, samples = service.headings_and_samples(the_import)
    return page_or_part(
        "imports/show.html", "imports/_columns.html", status, the_import=the_import, part="imports/_columns.html",
        columns=list(zip(headings, samples, strict=True)), fields=open_fields(), form=form, mapping=mapping,
        sheets=field_files.writable_sheets(), sentence=sentence, signer=current_actor().name,
    )  # fmt: skip


def _bought(the_import: Import, sentence: str) -> Response:
    part = "imports/_bought.html"
    return page_or_part("imports/show.html", part, 422, the_import=the_import, part=part, sentence=sentence)


def _preview(the_import: Import, status: int = 200, sentence: str = "") -> Response:
    return page_or_part(
        "imports/show.html", "imports/_preview.html", status, the_import=the_import, part="imports/_preview.html",
        preview=service.preview(the_import), groups=contacts.groups_by_hand(), existing=_existing(), sentence=sentence,
        declaration=declaring.latest(the_import.id), signs=signs.sentences(the_import.signs), high=signs.HIGH,
        sources=service.SOURCES,
    )  # fmt: skip


def _existing() -> dict[str, str]:
    """What can be done with people that are there already: only who may change contacts updates them."""
    may_edit = current_actor().may(Permission.CONTACT_EDIT)
    return {what: words for what, words in EXISTING.items() if may_edit or what != "update"}


def _progress(the_import: Import) -> Response:
    is_running = the_import.state in ("waiting", "running")
    undo, declaration = undoing.of(the_import.id), declaring.latest(the_import.id)
    kept = undoing.kept(the_import, SHOWN_KEPT) if undo else []
    return page_or_part(
        "imports/show.html", "imports/_progress.html", the_import=the_import, part="imports/_progress.html",
        is_running=is_running, problems=[] if is_running else service.problems_of(the_import, SHOWN_PROBLEMS),
        declaration=declaration, is_whole=declaration is None or declaring.is_whole(declaration),
        signs=signs.sentences(the_import.signs), high=signs.HIGH, sources=service.SOURCES,
        undo=undo, undo_until=None if undo else undoing.until(the_import), may_undo=undoing.may_undo(), now=now(),
        kept=kept, names=undo_views.names_of(kept), reasons=REASONS, reason_words=undo_views.reason_words,
        follow_ups=follow_ups() if the_import.added else [],
    )  # fmt: skip


def register(app: Flask) -> None:
    for blueprint in dict.fromkeys((undo_views.bp, column_views.bp, bp)):  # all put their routes on the same one
        app.register_blueprint(blueprint)
    register_error(app, MappingNotFound, 404)
    register_error(app, service.ImportNotFound, 404)
    register_error(app, UnreadableFile, 422)
    register_act(Act("Import", "upload", "imports.begin", Permission.CONTACT_IMPORT))
