"""The desk: requests and complaints, one of them, and what is done with it."""

from typing import Any

from flask import Flask, Response, abort, g, request, url_for

from portal.accounts.service import today
from portal.contacts import queries as contacts
from portal.contacts import service as people
from portal.contacts.models import Contact
from portal.core.permissions import Permission
from portal.requests import (
    answering,
    desk,
    desk_views,
    mails,
    people_views,
    printed,
    queries,
    recipients,
    service,
    texts,
)
from portal.requests.forms import AnswerForm, CheckForm, ExtensionForm, OwnerForm, RequestForm
from portal.requests.models import Request
from portal.requests.pages import bp
from portal.requests.queries import SHOWS, Filter
from portal.requests.rules import ANSWERED_BY, CHANNELS, FORMS, GROUNDS, KINDS, OUTCOMES, UNRECORDED
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.frame import Place, add_place
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

SIZE = 30


@bp.get("")
@needs(Permission.PRIVACY)
def index() -> Response:
    show, kind = request.args.get("show", ""), request.args.get("kind", "")
    show = show if show in SHOWS else ""
    kind = kind if kind in KINDS or kind == "complaints" else ""
    wanted = Filter(show, kind, g.actor.user_id or 0)
    page = paging(queries.count(wanted), SIZE)
    return page_or_part(
        "requests/index.html", "requests/_list.html", lines=queries.page(wanted, SIZE, (page.number - 1) * SIZE),
        page=page, show=show, shows=SHOWS, kind=kind, kinds=KINDS, late=queries.count_late(),
    )  # fmt: skip


@bp.get("/new")
@needs(Permission.PRIVACY)
def new() -> Response:
    contact = _contact(request.args.get("contact", ""))
    kind = request.args.get("kind", "")
    given = {"received_on": today().isoformat(), "user_id": str(g.actor.user_id or "")}
    given |= {"contact_id": str(contact.id) if contact else "", "kind": kind if kind in KINDS else "access"}
    return _new(contact, RequestForm(contact.id if contact else None, formdata=None, data=given))


@bp.post("")
@needs(Permission.PRIVACY)
def add() -> Response:
    contact = _contact(request.form.get("contact_id", ""))
    contact_id = contact.id if contact else None
    form = RequestForm(contact_id)
    if form.validate():
        try:
            made = service.note(form.asked(contact_id))
        except service.BadRequest as error:
            form[error.field].errors = [str(error)]
        else:
            return done(url_for("requests.show", request_id=made.id))
    return _new(contact, form, 422)


@bp.get("/<int:request_id>")
@needs(Permission.PRIVACY)
def show(request_id: int) -> Response:
    return _show(service.find(request_id))


@bp.get("/<int:request_id>/form")
@needs(Permission.PRIVACY, hands_out=True)
def form(request_id: int) -> Response:
    """The form of the law on paper, to be signed by who asks."""
    row = service.find(request_id)
    if row.kind not in FORMS:
        abort(404)
    name = f"form-{FORMS[row.kind]}-{row.reference}.pdf"
    disposition = f'attachment; filename="{name}"'
    return Response(printed.render(row), content_type="application/pdf", headers={"Content-Disposition": disposition})


@bp.post("/<int:request_id>/owner")
@needs(Permission.PRIVACY)
def assign(request_id: int) -> Response:
    row = service.find(request_id)
    form = OwnerForm(row.contact_id)
    if form.validate():
        try:
            service.assign(row, form.chosen)
        except service.BadRequest as error:
            form[error.field].errors = [str(error)]
        else:
            return _done(row)
    return _show(row, 422, owner_form=form)


@bp.post("/<int:request_id>/contact")
@needs(Permission.PRIVACY)
def set_contact(request_id: int) -> Response:
    row, contact = service.find(request_id), _contact(request.form.get("contact_id", ""))
    if contact is None:
        return _show(row, 422, unfound="Choose one of them, or leave it as it is.")
    try:
        service.set_contact(row, contact.id)
    except service.BadRequest as error:
        return _show(row, 422, unfound=str(error))
    return _done(row)


@bp.post("/<int:request_id>/check")
@needs(Permission.PRIVACY)
def verify(request_id: int) -> Response:
    row, form = service.find(request_id), CheckForm()
    if form.validate():
        try:
            service.verify(row, form.how.data or "")
        except service.BadRequest as error:
            form[error.field].errors = [str(error)]
        else:
            return _done(row)
    return _show(row, 422, check_form=form)


@bp.post("/<int:request_id>/extension")
@needs(Permission.PRIVACY)
def extend(request_id: int) -> Response:
    row, form = service.find(request_id), ExtensionForm()
    if form.validate():
        try:
            service.extend(row, form.why.data or "")
        except service.BadRequest as error:
            form[error.field].errors = [str(error)]
        else:
            return _done(row)
    return _show(row, 422, extension_form=form)


@bp.get("/<int:request_id>/answer")
@needs(Permission.PRIVACY)
def write(request_id: int) -> Response:
    """The answer to begin with, for the end that was chosen."""
    row = service.find(request_id)
    outcomes = KINDS[row.kind].outcomes
    chosen = request.args.get("outcome", "")
    outcome = chosen if chosen in outcomes else outcomes[0]
    given = {"outcome": outcome, "text": answering.draft(row, outcome)}
    return _write(row, AnswerForm(row, _address(row), formdata=None, data=given))


@bp.post("/<int:request_id>/answer")
@needs(Permission.PRIVACY)
def answer(request_id: int) -> Response:
    row = service.find(request_id)
    form = AnswerForm(row, _address(row))
    if form.validate():
        try:
            answering.answer(row, form.reply())
        except answering.BadReply as error:
            for name, words in error.errors.items():
                form[name].errors = [words]
        else:
            return _done(row)
    return _write(row, form, 422)


@bp.post("/<int:request_id>/closing")
@needs(Permission.PRIVACY)
def close(request_id: int) -> Response:
    row = service.find(request_id)
    try:
        answering.close(row)
    except answering.NotClosed as error:
        return _show(row, 422, not_closed=str(error))
    return _done(row)


def _show(row: Request, status: int = 200, **more: Any) -> Response:
    line = queries.line(row)
    given = {
        "owner_form": OwnerForm(row.contact_id, formdata=None, data={"user_id": str(row.user_id or "")}),
        "check_form": CheckForm(formdata=None), "extension_form": ExtensionForm(formdata=None), "not_closed": "",
        "unfound": "",
    } | more  # fmt: skip
    return page_or_part(
        "requests/show.html", "requests/_show.html", status, row=row, line=line, time_line=queries.time_line(row),
        recipients=recipients.of(row.contact_id), is_whole=recipients.is_whole(),
        candidates=queries.candidates(row) if row.is_open else [], newsletter=queries.newsletter(row),
        outcomes=OUTCOMES, channels=CHANNELS, forms=FORMS,
        grounds=GROUNDS, answered_by=ANSWERED_BY, unrecorded=UNRECORDED, **given,
    )  # fmt: skip


def _new(contact: Contact | None, form: RequestForm, status: int = 200) -> Response:
    name = contacts.name_of(contact) if contact else ""
    return page_or_part("requests/new.html", "requests/_new.html", status, form=form, contact=contact, name=name)


def _write(row: Request, form: AnswerForm, status: int = 200) -> Response:
    return page_or_part(
        "requests/answer.html", "requests/_answer.html", status, row=row, line=queries.line(row), form=form,
        address=_address(row), kinds=KINDS, outcomes=OUTCOMES, fields=texts.FIELDS, grounds=GROUNDS,
    )  # fmt: skip


def _address(row: Request) -> str:
    """Where an answer is sent from here, as far as the reader may see it."""
    found = mails.address_on_file(row)
    return (found.address if found.is_shown() else "the address on file") if found else ""


def _contact(text: str) -> Contact | None:
    """The contact who asks; ContactNotFound for one who is not there for this user."""
    if not text:
        return None
    return people.find(int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0)


def _done(row: Request) -> Response:
    return done(url_for("requests.show", request_id=row.id))


def register(app: Flask) -> None:
    desk_views.register(app)
    app.register_blueprint(bp)
    people_views.register(app)
    register_error(app, service.RequestNotFound, 404)
    add_place(Place("Requests", "inbox", "requests.index", "requests", Permission.PRIVACY, wide=True))
    app.jinja_env.globals["complaints_taken_by"] = desk.recipient_name
