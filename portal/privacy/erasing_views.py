"""Removing contacts for good: what goes and what stays is said first, why is asked, and a paper proves it."""

from flask import Blueprint, Flask, Response, request, url_for

from portal.contacts import queries as contacts
from portal.contacts import service
from portal.contacts.views import chosen
from portal.core.permissions import Permission
from portal.privacy import erasing, erasure_rules
from portal.privacy.erasing import Kept
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.forms import word_problem
from portal.web.htmx import done, page_or_part

bp = Blueprint("erasing", __name__)
_NAMED = 5


@bp.post("/contacts/chosen/removal/ask")
@needs(Permission.CONTACT_DELETE, fresh=True)
def ask_removal() -> Response:
    """Say what goes and what stays before anything is deleted. Deletes nothing; a POST because of many ids."""
    return _asking(_chosen_or_none())


@bp.post("/contacts/chosen/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def remove_chosen() -> Response:
    ids = _chosen_or_none()
    reason = request.form.get("reason", "")
    sentence = word_problem(_word(ids, _names(ids)))
    no_reason = "" if reason in erasure_rules.REASONS else "Choose why."
    if sentence or no_reason:
        return _asking(ids, 422, sentence=sentence, reason=reason, no_reason=no_reason)
    try:
        erasing.erase(ids, reason)
    except Kept as error:
        return _asking(ids, 422, reason=reason, no_reason=str(error))
    return done(url_for("contacts.index"))


def _asking(ids: list[int], status: int = 200, **said: str) -> Response:
    names = _names(ids)
    return page_or_part(
        "privacy/remove.html", "privacy/_remove.html", status, ids=ids, names=names, word=_word(ids, names),
        reasons=erasure_rules.REASONS, held=len(erasing.held_of(ids)), **said,
    )  # fmt: skip


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
