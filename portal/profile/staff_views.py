"""What staff do with a contact's own page: sending the link to it (R20)."""

from flask import Blueprint, Response, abort, g, redirect, request, url_for

from portal.contacts import service
from portal.core.permissions import Permission
from portal.profile import sending
from portal.web.access import needs
from portal.web.errors import answer

bp = Blueprint("profile_sending", __name__, url_prefix="/contacts")


@bp.post("/<int:contact_id>/own-page")
@needs(Permission.CONTACT_EDIT)
def send(contact_id: int) -> Response:
    contact = service.find(contact_id)
    chosen = request.form.get("email_id", "")
    if not (chosen.isascii() and chosen.isdigit()):
        abort(404)
    try:
        sending.send_link(contact, int(chosen), g.actor.user_id)
    except sending.NotSent as error:
        return answer(422, str(error))
    return redirect(url_for("contacts.show", contact_id=contact.id, _anchor="own-page"), 303)  # type: ignore[return-value]
