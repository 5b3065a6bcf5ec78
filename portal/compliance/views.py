"""/compliance: the duties on one page, one duty, the paper of all of them, and telling what is missing."""

from itertools import groupby

from flask import Blueprint, Flask, Response, make_response, render_template, request, url_for

from portal.accounts import service as accounts
from portal.accounts.service import current_org
from portal.compliance import paper, rules, service
from portal.compliance.catalogue import WHOSE, Whose
from portal.compliance.forms import AssignForm, DoneForm, MissingForm, day_in
from portal.compliance.models import Duty
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.delivery import transport
from portal.documents.rules import BadDocument
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.forms import Form
from portal.web.frame import Place, add_place
from portal.web.htmx import done as answered
from portal.web.limits import limiter

bp = Blueprint("compliance", __name__, url_prefix="/compliance")
SHOWS = {"": "All", "overdue": "Overdue", "looking": "Wants looking at", "yours": "Yours", "host": "The host's"}


@bp.get("")
@needs(Permission.PRIVACY)
def index() -> str:
    lines = service.everything()
    show = request.args.get("show", "")
    shown = [line for line in lines if _fits(line, show)]
    return render_template(
        "compliance/index.html", chapters=_chapters(shown), total=len(lines), shows=SHOWS, show=show,
        today=accounts.today(),
        counts={name: sum(line.state == name for line in lines) for name in rules.STATES}, **_words(),
    )  # fmt: skip


@bp.get("/<int:duty_id>")
@needs(Permission.PRIVACY)
def show(duty_id: int) -> Response:
    return _show(service.find(duty_id))


@bp.post("/<int:duty_id>/assign")
@needs(Permission.PRIVACY)
def assign(duty_id: int) -> Response:
    row, form = service.find(duty_id), AssignForm()
    if form.validate():
        try:
            service.assign(row, int(form.user_id.data) if form.user_id.data else None, day_in(form.due))
        except Misfit as misfit:
            _at(form, misfit)
        else:
            return answered(url_for("compliance.show", duty_id=row.id, said="assigned"))
    return _show(row, 422, assign_form=form)


@bp.post("/<int:duty_id>/done")
@needs(Permission.PRIVACY)
def done(duty_id: int) -> Response:
    row, form = service.find(duty_id), DoneForm()
    if form.validate():
        file = request.files.get("evidence")
        evidence = service.Evidence(file.stream, file.filename) if file is not None and file.filename else None
        try:
            service.done(
                row, day_in(form.done_on) or accounts.today(), form.words.data or "", day_in(form.due), evidence
            )
        except BadDocument as error:
            form.evidence.errors = [str(error)]
        except Misfit as misfit:
            _at(form, misfit)
        else:
            return answered(url_for("compliance.show", duty_id=row.id, said="done"))
    return _show(row, 422, done_form=form)


@bp.get("/paper.pdf")
@needs(Permission.PRIVACY, hands_out=True)
def pdf() -> Response:
    missing = transport.base_url() + url_for("compliance.missing")
    response = make_response(paper.render(current_org(), service.everything(), now(), missing))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="popi-act-compliance.pdf"'
    return response


@bp.get("/missing")
@needs(Permission.PRIVACY)
def missing() -> Response:
    return _missing(MissingForm(formdata=None))


@bp.post("/missing")
@needs(Permission.PRIVACY)
@limiter.limit("20 per hour")
def tell_missing() -> Response:
    form = MissingForm()
    if form.validate():
        try:
            service.tell_what_is_missing(form.words.data or "")
        except Misfit as misfit:
            _at(form, misfit)
        else:
            return answered(url_for("compliance.missing", said="told"))
    return _missing(form, 422)


def _show(
    row: Duty, status: int = 200, *, assign_form: AssignForm | None = None, done_form: DoneForm | None = None
) -> Response:
    line, day = service.line_of(row), accounts.today()
    given = {"user_id": str(row.user_id or ""), "due": _iso(row.due)}
    again = rules.next_due(day, line.told.months)
    history = service.history(row)
    page = render_template(
        "compliance/show.html", line=line, history=history, said=request.args.get("said"), today=day,
        assign_form=assign_form or AssignForm(formdata=None, data=given),
        done_form=done_form or DoneForm(formdata=None, data={"done_on": day.isoformat(), "due": again.isoformat()}),
        papers=service.papers([one.document_id for one in history if one.document_id]),
        may_attach=current_actor().may(Permission.DOCUMENT_EDIT), changes=service.changes(row), **_words(),
    )  # fmt: skip
    return make_response(page, status)


def _missing(form: MissingForm, status: int = 200) -> Response:
    page = render_template("compliance/missing.html", form=form, said=request.args.get("said"))
    return make_response(page, status)


def _fits(line: service.Line, show: str) -> bool:
    if show == "overdue":
        return line.state == rules.OVERDUE
    if show == "looking":
        return line.needs_looking
    if show in ("yours", "host"):
        return line.told.whose in (Whose(show), Whose.BOTH)
    return True


def _chapters(lines: list[service.Line]) -> list[tuple[str, list[service.Line]]]:
    return [(name, list(group)) for name, group in groupby(lines, key=lambda line: line.told.chapter)]


def _words() -> dict[str, object]:
    return {"states": rules.STATES, "whose": WHOSE}


def _iso(day: object) -> str:
    return str(day) if day is not None else ""


def _at(form: Form, misfit: Misfit) -> None:
    getattr(form, misfit.field).errors = [str(misfit)]


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_error(app, service.DutyNotFound, 404)
    add_place(Place("Duties", "shield-check", "compliance.index", "compliance", Permission.PRIVACY, wide=True))
