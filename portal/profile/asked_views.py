"""Changes that people asked for: the list, one of them, and what a colleague decides."""

from flask import Blueprint, Response, redirect, render_template, request, url_for

from portal.contacts import filling, service
from portal.contacts.address_guards import AddressRefused
from portal.core.permissions import Permission
from portal.core.text import InvalidText
from portal.profile import deciding
from portal.profile.deciding import NoReason
from portal.web.access import needs

bp = Blueprint("asked_changes", __name__, url_prefix="/contacts")


@bp.get("/asked-changes")
@needs(Permission.CONTACT_EDIT)
def index() -> str:
    return render_template("profile/asked_changes.html", waiting=deciding.waiting(), most=deciding.MOST)


@bp.get("/<int:contact_id>/asked-changes/<int:change_id>")
@needs(Permission.CONTACT_EDIT)
def show(contact_id: int, change_id: int) -> Response:
    return _show(contact_id, change_id)


@bp.post("/<int:contact_id>/asked-changes/<int:change_id>/confirmation")
@needs(Permission.CONTACT_EDIT)
def confirm(contact_id: int, change_id: int) -> Response:
    row = deciding.find(contact_id, change_id)
    try:
        deciding.confirm(row, request.form.get("seen", ""))
    except service.Stale:
        return _show(contact_id, change_id, "Somebody changed this meanwhile. Look again at what is kept now.")
    except (AddressRefused, service.Nameless) as error:
        return _show(contact_id, change_id, f"This cannot be kept. {error}")
    except filling.Unfilled as error:
        return _show(contact_id, change_id, f"This cannot be kept. {' '.join(error.sentences.values())}")
    return _back(contact_id)


@bp.post("/<int:contact_id>/asked-changes/<int:change_id>/refusal")
@needs(Permission.CONTACT_EDIT)
def refuse(contact_id: int, change_id: int) -> Response:
    row = deciding.find(contact_id, change_id)
    try:
        deciding.refuse(row, request.form.get("why", ""))
    except (NoReason, InvalidText) as error:
        return _show(contact_id, change_id, why_error=str(error))
    return _back(contact_id)


def _show(contact_id: int, change_id: int, error: str = "", why_error: str = "") -> Response:
    row = deciding.find(contact_id, change_id)
    found = deciding.of_contacts([contact_id])[contact_id]
    shown = next((one for one in found if one.row.id == row.id), None)
    if shown is None:
        raise deciding.NothingAsked("This was decided already, or taken back.")
    status = 422 if error or why_error else 200
    html = render_template(
        "profile/asked_change.html", change=shown, error=error, why_error=why_error, why=request.form.get("why", "")
    )
    return Response(html, status)


def _back(contact_id: int) -> Response:
    """To where it was decided: the list, or the contact."""
    if request.form.get("from") == "list":
        return redirect(url_for("asked_changes.index"), 303)  # type: ignore[return-value]
    return redirect(url_for("contacts.show", contact_id=contact_id), 303)  # type: ignore[return-value]
