"""The proof pack on a contact's page."""

import io
import re
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, make_response

from portal.contacts.panels import Panel, register_panel
from portal.core.permissions import Permission
from portal.privacy import proof
from portal.web.access import needs

bp = Blueprint("proof", __name__)


@bp.post("/contacts/<int:contact_id>/proof")
@needs(Permission.PRIVACY, fresh=True, hands_out=True)
def make(contact_id: int) -> Response:
    """A POST, because it is written into the record."""
    made = io.BytesIO()
    name = proof.make(contact_id, made)
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or str(contact_id)
    response = make_response(made.getvalue())
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{plain}.zip"'
    return response


def _panel(contact_ids: Sequence[int]) -> dict[int, int]:
    return {contact_id: contact_id for contact_id in contact_ids}


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_panel(Panel("proof", "privacy/_proof.html", _panel, Permission.PRIVACY))
