"""The pages on which two contacts are compared and made one, many are at once, and a merge is undone."""

from typing import Any

from flask import Flask, Response, request, url_for

from portal.contacts import queries as contacts
from portal.contacts import service as contact_service
from portal.contacts.models import Contact
from portal.core.clock import now
from portal.core.permissions import Permission
from portal.duplicates import comparing, finding, merging_many, parting, queries, service, uniting
from portal.duplicates.models import Merge
from portal.duplicates.pages import bp
from portal.duplicates.rules import compare as likeness_of
from portal.duplicates.rules import level_of, said
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging


@bp.get("/<int:one_id>/<int:other_id>")
@needs(Permission.CONTACT_MERGE)
def compare(one_id: int, other_id: int) -> Response:
    one, other = contact_service.find(one_id), contact_service.find(other_id)
    return _side_by_side(one, other, keep=comparing.default_kept(one, other))


@bp.post("/<int:one_id>/<int:other_id>/preview")
@needs(Permission.CONTACT_MERGE)
def preview(one_id: int, other_id: int) -> Response:
    """What would become of the two. Changes nothing."""
    one, other = contact_service.find(one_id), contact_service.find(other_id)
    return _side_by_side(one, other, keep=_keep(), chosen=_chosen(), is_preview=True)


@bp.post("/<int:one_id>/<int:other_id>")
@needs(Permission.CONTACT_MERGE)
def merge(one_id: int, other_id: int) -> Response:
    one, other = contact_service.find(one_id), contact_service.find(other_id)
    keep, chosen = _keep(), _chosen()
    kept, lost = (one, other) if keep == "one" else (other, one)
    try:
        uniting.unite(kept.id, lost.id, comparing.sides(chosen, keep), seen=request.form.get("seen", "none"))
    except uniting.Unmergeable as error:
        return _side_by_side(one, other, 422, keep=keep, chosen=chosen, sentence=str(error))
    except uniting.StalePair:
        return _side_by_side(one, other, 422, keep=keep, chosen=chosen, stale=True)
    return done(url_for("contacts.show", contact_id=kept.id))


@bp.post("/<int:one_id>/<int:other_id>/dismissal")
@needs(Permission.CONTACT_MERGE)
def dismiss_these(one_id: int, other_id: int) -> Response:
    one, other = contact_service.find(one_id), contact_service.find(other_id)
    service.dismiss_these(one.id, other.id)
    return done(url_for("duplicates.index"))


@bp.get("/merges")
@needs(Permission.CONTACT_MERGE)
def merges() -> Response:
    """What was merged, and what of it can be undone."""
    query = Merge.select()
    page = paging(query.count(), queries.PAGE)
    rows = list(query.order_by(Merge.id.desc()).paginate(page.number, queries.PAGE))
    names = {c.id: contacts.name_of(c) for c in contacts.by_ids([row.contact_id for row in rows])}
    return page_or_part(
        "duplicates/merges.html", "duplicates/_merges.html",
        rows=rows, names=names, page=page, since=now() - parting.KEPT_FOR, run=merging_many.last(),
    )  # fmt: skip


@bp.get("/merges/<int:merge_id>")
@needs(Permission.CONTACT_MERGE)
def show_merge(merge_id: int) -> Response:
    return _merge_page(parting.find(merge_id))


@bp.post("/merges/<int:merge_id>/undo")
@needs(Permission.CONTACT_MERGE)
def undo(merge_id: int) -> Response:
    found = parting.find(merge_id)
    try:
        parting.part(found)
    except parting.CannotPart as error:
        return _merge_page(found, 422, str(error))
    return done(url_for("duplicates.show_merge", merge_id=merge_id))


@bp.get("/many")
@needs(Permission.CONTACT_MERGE)
def ask_run() -> Response:
    """How many would be merged."""
    return page_or_part(
        "duplicates/many.html", "duplicates/_many.html", counts=queries.counts(), run=merging_many.last()
    )


@bp.post("/many")
@needs(Permission.CONTACT_MERGE, fresh=True)
def begin_run() -> Response:
    level = request.form.get("level", "")
    made = merging_many.begin(level if level in merging_many.LEAST else "certain")
    return done(url_for("duplicates.show_run", many_id=made.id))


@bp.get("/many/<int:many_id>")
@needs(Permission.CONTACT_MERGE)
def show_run(many_id: int) -> Response:
    return page_or_part("duplicates/run.html", "duplicates/_run.html", run=merging_many.find(many_id))


@bp.post("/many/<int:many_id>/stop")
@needs(Permission.CONTACT_MERGE)
def stop_run(many_id: int) -> Response:
    merging_many.stop(merging_many.find(many_id))
    return done(url_for("duplicates.show_run", many_id=many_id))


@bp.post("/many/<int:many_id>/resume")
@needs(Permission.CONTACT_MERGE)
def resume_run(many_id: int) -> Response:
    merging_many.go_on(merging_many.find(many_id))
    return done(url_for("duplicates.show_run", many_id=many_id))


def _side_by_side(
    one: Contact, other: Contact, status: int = 200, *, keep: str, chosen: dict[str, str] | None = None, **more: Any
) -> Response:
    people = finding.known([one.id, other.id])
    score, reasons = 0, []
    if one.id in people and other.id in people:
        likeness = likeness_of(people[one.id], people[other.id])
        score, reasons = likeness.seen(finding.hidden_sets()), said(likeness.reasons, finding.hidden_sets())
    return page_or_part(
        "duplicates/compare.html", "duplicates/_compare.html", status,
        one=one, other=other, names={"one": contacts.name_of(one), "other": contacts.name_of(other)},
        keep=keep, chosen=chosen or {}, choices=comparing.choices(one, other), united=comparing.united(one, other),
        score=score, level=level_of(score), reasons=reasons, seen=uniting.stamp(one, other), **more,
    )  # fmt: skip


def _merge_page(found: Merge, status: int = 200, sentence: str = "") -> Response:
    if not sentence and found.undone_at is None:
        try:
            parting.check(found)
        except parting.CannotPart as error:
            sentence = str(error)
    shown = {c.id: contacts.name_of(c) for c in contacts.by_ids([found.contact_id, found.merged_id])}
    return page_or_part(
        "duplicates/merge.html", "duplicates/_merge.html", status,
        merge=found, names=shown, sentence=sentence, until=found.created_at + parting.KEPT_FOR,
    )  # fmt: skip


def _keep() -> str:
    return "other" if request.form.get("keep") == "other" else "one"


def _chosen() -> dict[str, str]:
    """Which side's value stays, by field."""
    names = [*uniting.CHOSEN, *(name for name in request.form if name.startswith("field:"))]
    return {name: side for name in names if (side := request.form.get(name, "")) in ("one", "other")}


def register(app: Flask) -> None:
    """Its routes are on the blueprint by being imported."""
    register_error(app, parting.MergeNotFound, 404)
    register_error(app, merging_many.RunNotFound, 404)
