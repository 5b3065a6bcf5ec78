"""The proof pack on a contact's page."""

import re
import tempfile
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, send_file

from portal.contacts.panels import Panel, register_panel
from portal.core.permissions import Permission
from portal.privacy import proof
from portal.web.access import needs

bp = Blueprint("proof", __name__)


@bp.post("/contacts/<int:contact_id>/proof")
@needs(Permission.PRIVACY, fresh=True, hands_out=True)
def make(contact_id: int) -> Response:
    """A POST, because it is written into the record."""
    made = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - send_file closes it
    try:
        name = proof.make(contact_id, made)
    except BaseException:
        made.close()
        raise
    made.seek(0)
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or str(contact_id)
    return send_file(made, mimetype="application/zip", as_attachment=True, download_name=f"proof-{plain}.zip")


def _panel(contact_ids: Sequence[int]) -> dict[int, int]:
    return {contact_id: contact_id for contact_id in contact_ids}


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_panel(Panel("proof", "privacy/_proof.html", _panel, Permission.PRIVACY))
