"""The documents of one contact, as a block of the contact's page, and the photo beside the name."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, abort, request, url_for

from portal.accounts.service import today
from portal.contacts import photos, service
from portal.contacts import queries as contacts
from portal.contacts.models import Contact
from portal.contacts.pages import bp
from portal.contacts.panels import Panel, register_panel
from portal.core.permissions import Permission
from portal.documents import queries, serving, uploads
from portal.documents.forms import UploadForm
from portal.documents.rules import BadDocument
from portal.web.access import needs
from portal.web.bodies import takes_files
from portal.web.htmx import done, page_or_part

TEMPLATE = "contacts/_documents.html"


@bp.get("/<int:contact_id>/documents")
@needs(Permission.DOCUMENT_READ)
def documents(contact_id: int) -> Response:
    contact = service.find(contact_id)
    return _documents(contact, UploadForm(formdata=None))


@bp.post("/<int:contact_id>/documents")
@needs(Permission.DOCUMENT_EDIT)
@takes_files(uploads.AT_ONCE)
def add_documents(contact_id: int) -> Response:
    contact = service.find(contact_id)
    form = UploadForm()
    outcome = uploads.take_all(form, contact.id)
    if outcome.refused:
        return uploads.answer(outcome, lambda: _documents(contact, form, 422, outcome))
    return uploads.answer(outcome, lambda: done(url_for("contacts.show", contact_id=contact.id, _anchor="documents")))


@bp.get("/<int:contact_id>/photo")
@needs(Permission.DOCUMENT_READ, hands_out=True)
def photo(contact_id: int) -> Response:
    found = photos.of(service.find(contact_id))
    if found is None:
        abort(404)
    return serving.as_face(found)


@bp.get("/<int:contact_id>/photo/edit")
@needs(Permission.CONTACT_EDIT)
def edit_photo(contact_id: int) -> Response:
    return _photo(service.find(contact_id))


@bp.post("/<int:contact_id>/photo")
@needs(Permission.CONTACT_EDIT)
def change_photo(contact_id: int) -> Response:
    contact = service.find(contact_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _photo(contact, 422, uploads.NOTHING_CHOSEN)
    try:
        photos.change(contact, file.stream, file.filename)
    except BadDocument as error:
        return _photo(contact, 422, str(error))
    return done(url_for("contacts.show", contact_id=contact.id))


@bp.post("/<int:contact_id>/photo/removal")
@needs(Permission.CONTACT_EDIT)
def remove_photo(contact_id: int) -> Response:
    contact = service.find(contact_id)
    photos.remove(contact)
    return done(url_for("contacts.show", contact_id=contact.id))


def _documents(
    contact: Contact, form: UploadForm, status: int = 200, outcome: uploads.Outcome | None = None
) -> Response:
    """The block alone for htmx, or a page of it: what a form without our script comes back to."""
    found = queries.of_contacts([contact.id]).get(contact.id, [])
    data = {"documents": found, "form": form, "outcome": outcome}
    return page_or_part(
        "contacts/documents.html", TEMPLATE, status,
        contact=contact, name=contacts.name_of(contact), panel_data=data,
    )  # fmt: skip


def _photo(contact: Contact, status: int = 200, sentence: str = "") -> Response:
    return page_or_part(
        "contacts/photo.html", "contacts/_photo_form.html", status,
        contact=contact, name=contacts.name_of(contact), photo=photos.of(contact), sentence=sentence,
    )  # fmt: skip


def _load(contact_ids: Sequence[int]) -> dict[int, Any]:
    found = queries.of_contacts(contact_ids)
    return {
        contact_id: {"documents": found.get(contact_id, []), "form": UploadForm(formdata=None), "outcome": None}
        for contact_id in contact_ids
    }


def register(app: Flask) -> None:
    register_panel(Panel("documents", TEMPLATE, _load, Permission.DOCUMENT_READ))
    app.jinja_env.globals.update(photo_of=photos.of, today_is=today)
