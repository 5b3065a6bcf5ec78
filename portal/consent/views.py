"""Lawful basis on a contact's page: what was said, other grounds, and restrictions."""

from typing import Any

from flask import Flask, Response, url_for

from portal.consent import block, many_views, purpose_views, purposes, recording_many, restricting, telling
from portal.consent.forms import GroundForm, LiftForm, RestrictionForm, WordForm, paper_of
from portal.consent.pages import bp
from portal.contacts import service as contacts
from portal.contacts.block_views import context_of
from portal.contacts.models import Contact
from portal.core.permissions import Permission
from portal.documents import uploads
from portal.web.access import needs
from portal.web.bodies import takes_files
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part

TEMPLATE = "consent/_basis.html"


@bp.get("/contacts/<int:contact_id>/basis")
@needs(Permission.CONTACT_READ)
def show(contact_id: int) -> Response:
    """The block alone: what Cancel brings back."""
    return _block(contacts.find(contact_id))


@bp.get("/contacts/<int:contact_id>/basis/new")
@needs(Permission.CONTACT_EDIT)
def new(contact_id: int) -> Response:
    return _block(contacts.find(contact_id), word_form=WordForm(formdata=None))


@bp.post("/contacts/<int:contact_id>/basis")
@needs(Permission.CONTACT_EDIT)
@takes_files(uploads.AT_ONCE)
def tell(contact_id: int) -> Response:
    """Record what the contact said."""
    contact = contacts.find(contact_id)
    form = WordForm()
    if form.validate():
        try:
            telling.tell(contact, form.word())
        except telling.BadWord as error:
            form[error.field].errors = [str(error)]
        except purposes.PurposeNotFound as error:
            form.purpose_id.errors = [str(error)]
        else:
            return _done(contact)
    return _block(contact, 422, word_form=form)


@bp.get("/contacts/<int:contact_id>/grounds/new")
@needs(Permission.CONTACT_EDIT)
def new_ground(contact_id: int) -> Response:
    return _block(contacts.find(contact_id), ground_form=GroundForm(formdata=None))


@bp.post("/contacts/<int:contact_id>/grounds")
@needs(Permission.CONTACT_EDIT)
@takes_files(uploads.AT_ONCE)
def add_ground(contact_id: int) -> Response:
    """Record another ground than consent."""
    contact = contacts.find(contact_id)
    form = GroundForm()
    if form.validate():
        try:
            basis, detail = form.basis.data or "", form.detail.data or ""
            telling.ground(contact, form.purpose_id.data, basis, detail, paper_of(form.paper))
        except telling.BadWord as error:
            form[error.field].errors = [str(error)]
        except purposes.PurposeNotFound as error:
            form.purpose_id.errors = [str(error)]
        else:
            return _done(contact)
    return _block(contact, 422, ground_form=form)


@bp.post("/contacts/<int:contact_id>/grounds/<int:justification_id>/end")
@needs(Permission.CONTACT_EDIT)
def end_ground(contact_id: int, justification_id: int) -> Response:
    contact = contacts.find(contact_id)
    telling.end_ground(contact, justification_id)
    return _done(contact)


@bp.get("/contacts/<int:contact_id>/restriction")
@needs(Permission.PRIVACY)
def restriction(contact_id: int) -> Response:
    """The form that sets a restriction, or the one that lifts it."""
    contact = contacts.find(contact_id)
    if restricting.of(contact.id):
        return _block(contact, lift_form=LiftForm(formdata=None))
    return _block(contact, restriction_form=RestrictionForm(formdata=None))


@bp.post("/contacts/<int:contact_id>/restriction")
@needs(Permission.PRIVACY)
def restrict(contact_id: int) -> Response:
    contact = contacts.find(contact_id)
    form = RestrictionForm()
    if form.validate():
        try:
            restricting.restrict(contact.id, form.reason.data or "", form.detail.data or "")
        except restricting.Unrestricted as error:
            form[error.field].errors = [str(error)]
        else:
            return _done(contact)
    return _block(contact, 422, restriction_form=form)


@bp.post("/contacts/<int:contact_id>/restriction/end")
@needs(Permission.PRIVACY)
def lift(contact_id: int) -> Response:
    contact = contacts.find(contact_id)
    form = LiftForm()
    if form.validate():
        try:
            restricting.lift(contact.id, form.notified.data or "")
        except restricting.Unrestricted as error:
            form[error.field].errors = [str(error)]
        else:
            return _done(contact)
    return _block(contact, 422, lift_form=form)


def _block(contact: Contact, status: int = 200, **forms: Any) -> Response:
    """The contact's page with this block as asked for, or the block alone for htmx."""
    data = block.load([contact.id])[contact.id]
    context = context_of(contact) | {"open_block": "", "panel_data": data} | forms
    return page_or_part("contacts/show.html", TEMPLATE, status, **context)


def _done(contact: Contact) -> Response:
    return done(url_for("contacts.show", contact_id=contact.id, _anchor="basis"))


def register(app: Flask) -> None:
    purpose_views.register(app)
    many_views.register(app)
    app.register_blueprint(bp)
    register_error(app, purposes.PurposeNotFound, 404)
    register_error(app, recording_many.RunNotFound, 404)
