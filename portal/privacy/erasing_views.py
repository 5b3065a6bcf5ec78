"""Removing contacts for good: what goes and what stays is said first, why is asked, and a paper proves it."""

from typing import Any

from flask import Blueprint, Flask, Response, make_response, request, url_for

from portal.activity import log
from portal.contacts import queries as contacts
from portal.contacts import service
from portal.contacts.views import chosen
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.privacy import certificate, clearing, erasing, erasure_rules
from portal.privacy.erasing import ErasureNotFound, Kept
from portal.privacy.models import Erasure
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.forms import word_problem
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

bp = Blueprint("erasing", __name__)
_NAMED = 5
SIZE = 30


@bp.post("/contacts/chosen/removal/ask")
@needs(Permission.CONTACT_DELETE, fresh=True)
def ask_removal() -> Response:
    """Say what goes and what stays before anything is deleted. Deletes nothing; a POST because of many ids."""
    return asking(_chosen_or_none(), _act())


@bp.post("/contacts/chosen/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def remove_chosen() -> Response:
    ids, act = _chosen_or_none(), _act()
    reason = request.form.get("reason", "")
    sentence = word_problem(_word(ids, _names(ids)))
    no_reason = "" if reason in erasure_rules.OF_COLLEAGUES else "Choose why."
    if sentence or no_reason:
        return asking(ids, act, 422, sentence=sentence, reason=reason, no_reason=no_reason)
    try:
        made = clearing.begin(act, ids, reason)
    except Kept as error:
        return asking(ids, act, 422, reason=reason, no_reason=str(error))
    return done(url_for("erasing.show", erasure_id=made.id))


@bp.get("/contacts/removals")
@needs(Permission.CONTACT_DELETE)
def index() -> Response:
    page = paging(clearing.count(), SIZE)
    rows = clearing.recent(SIZE, (page.number - 1) * SIZE)
    return page_or_part("privacy/removals.html", "privacy/_removals.html", page=page, rows=rows, **_words())


@bp.get("/contacts/removals/<int:erasure_id>")
@needs(Permission.CONTACT_DELETE)
def show(erasure_id: int) -> Response:
    """How far it is; and when it is over, what went and what stays."""
    return _show(erasing.find(erasure_id))


@bp.post("/contacts/removals/<int:erasure_id>/stop")
@needs(Permission.CONTACT_DELETE)
def stop(erasure_id: int) -> Response:
    clearing.stop(erasing.find(erasure_id))
    return done(url_for("erasing.show", erasure_id=erasure_id))


@bp.post("/contacts/removals/<int:erasure_id>/resume")
@needs(Permission.CONTACT_DELETE, fresh=True)
def resume(erasure_id: int) -> Response:
    clearing.go_on(erasing.find(erasure_id))
    return done(url_for("erasing.show", erasure_id=erasure_id))


@bp.post("/contacts/removals/<int:erasure_id>/certificate")
@needs(Permission.CONTACT_DELETE, hands_out=True)
def certify(erasure_id: int) -> Response:
    """The certificate. A POST, because it is written into the record that it was taken along."""
    made = erasing.find(erasure_id)
    if made.state != "finished":
        return _show(made, 422)
    with transaction():
        log.write("erasure.certified", subject_id=made.id)
    response = make_response(certificate.render(made))
    response.headers["Content-Type"] = "application/pdf"
    name = certificate.number_of(made)
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-of-erasure-{name}.pdf"'
    return response


def asking(ids: list[int], act: str, status: int = 200, **said: str) -> Response:
    """The page that says what goes, and asks why and for the name."""
    names = _names(ids)
    return page_or_part(
        "privacy/remove.html", "privacy/_remove.html", status, ids=ids, names=names, word=_word(ids, names), act=act,
        is_nameless=act == erasure_rules.DE_IDENTIFY, reasons=erasure_rules.OF_COLLEAGUES,
        held=len(erasing.held_of(ids)), shared=erasing.shared_with_others(ids), **said,
    )  # fmt: skip


def _show(made: Erasure, status: int = 200) -> Response:
    return page_or_part("privacy/removal.html", "privacy/_removal.html", status, made=made, **_words())


def _words() -> dict[str, Any]:
    return {
        "reasons": erasure_rules.REASONS, "removed_words": erasure_rules.removed_words,
        "kept_words": erasure_rules.kept_words, "number_of": certificate.number_of,
    }  # fmt: skip


def _act() -> str:
    is_nameless = request.form.get("act") == erasure_rules.DE_IDENTIFY
    return erasure_rules.DE_IDENTIFY if is_nameless else erasure_rules.ERASE


def _names(ids: list[int]) -> list[str]:
    return [contacts.name_of(service.find(contact_id)) for contact_id in ids[:_NAMED]]


def _word(ids: list[int], names: list[str]) -> str:
    """What must be typed to delete: the name of one, or the number of many."""
    return names[0] if len(ids) == 1 and names else str(len(ids))


def _chosen_or_none() -> list[int]:
    """The contacts chosen, of whom there is at least one."""
    if ids := chosen():
        return ids
    raise service.ContactNotFound("There is no such contact.")


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_error(app, Kept, 422)
    register_error(app, ErasureNotFound, 404)
