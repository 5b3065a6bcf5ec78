"""The pages of duplicates: looking for them, the list, and saying that two are not one."""

from flask import Flask, Response, request, url_for

from portal.contacts.acts import Act, register_act
from portal.core.actor import current_actor
from portal.core.permissions import DataSet, Permission
from portal.duplicates import finding, merge_views, queries, service
from portal.duplicates.pages import bp
from portal.duplicates.rules import LEVELS
from portal.imports import service as imports
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging


@bp.get("")
@needs(Permission.CONTACT_MERGE)
def index() -> Response:
    level = request.args.get("level", "")
    level = level if level in LEVELS else ""
    counts = queries.counts()
    page = paging(counts[level] if level else sum(counts.values()), queries.PAGE)
    return page_or_part(
        "duplicates/index.html", "duplicates/_list.html",
        groups=queries.page(level, page.number), page=page, level=level, levels=LEVELS, counts=counts,
        search=finding.last_search(), dismissed=queries.count_dismissed(), **_sight(),
    )  # fmt: skip


@bp.get("/search")
@needs(Permission.CONTACT_MERGE)
def searching() -> Response:
    """How far the search is."""
    return page_or_part("duplicates/searching.html", "duplicates/_searching.html", search=finding.last_search())


@bp.post("/search")
@needs(Permission.CONTACT_MERGE)
def search() -> Response:
    finding.begin_search()
    return done(url_for("duplicates.searching"))


@bp.get("/imports/<int:import_id>")
@needs(Permission.CONTACT_MERGE)
def of_import(import_id: int) -> Response:
    """Looking among those whom an import added."""
    the_import = imports.find(import_id)
    return page_or_part(
        "duplicates/of_import.html", "duplicates/_of_import.html",
        the_import=the_import, search=finding.last_search(the_import.id), part="duplicates/_of_import.html",
    )  # fmt: skip


@bp.post("/imports/<int:import_id>")
@needs(Permission.CONTACT_MERGE)
def search_import(import_id: int) -> Response:
    the_import = imports.find(import_id)
    finding.begin_search(the_import.id)
    return done(url_for("duplicates.of_import", import_id=the_import.id))


@bp.get("/dismissed")
@needs(Permission.CONTACT_MERGE)
def dismissed() -> Response:
    page = paging(queries.count_dismissed(), queries.PAGE)
    return page_or_part(
        "duplicates/dismissed.html", "duplicates/_dismissed.html", lines=queries.dismissed(page.number), page=page
    )


@bp.post("/<int:pair_id>/dismissal")
@needs(Permission.CONTACT_MERGE)
def dismiss(pair_id: int) -> Response:
    service.dismiss(service.find_pair(pair_id))
    return done(_back())


@bp.post("/<int:pair_id>/dismissal/undo")
@needs(Permission.CONTACT_MERGE)
def restore(pair_id: int) -> Response:
    service.restore(service.find_pair(pair_id))
    return done(url_for("duplicates.dismissed"))


def _back() -> str:
    """The list as it was."""
    level = request.form.get("level", "")
    return url_for("duplicates.index", level=level) if level in LEVELS else url_for("duplicates.index")


def _sight() -> dict[str, bool]:
    actor = current_actor()
    return {"sees_email": actor.sees(DataSet.EMAIL), "sees_telephone": actor.sees(DataSet.TELEPHONE)}


def register(app: Flask) -> None:
    merge_views.register(app)  # puts its routes on the same blueprint
    app.register_blueprint(bp)
    register_error(app, service.PairNotFound, 404)
    register_act(Act("Duplicates", "users", "duplicates.index", Permission.CONTACT_MERGE))
