"""/o/<token>, the picture that shows a message was opened, and /c/<token>, which leads on to a link of the campaign.

Both write an event and nothing else. The link is looked up by its place in that campaign: no address comes from the
request (G07).
"""

import base64
import logging

from flask import Blueprint, Flask, Response, abort, g, redirect, request
from peewee import OperationalError

from portal.core.actor import Actor, acting_as, system
from portal.core.tenancy import Org
from portal.delivery import tracking
from portal.delivery.machine_rules import TRAP
from portal.delivery.models import CLICKED, SEEN, Delivery, Link
from portal.delivery.tracking import CLICKED_AT, OPENED_AT
from portal.web.access import linked, register_link
from portal.web.proxies import address

bp = Blueprint("tracking", __name__)
log = logging.getLogger("portal.tracking")
SHOWN_ELSEWHERE = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@bp.get("/o/<token>")
@linked(OPENED_AT)
def opened(token: str) -> Response:
    _note(g.actor_subject, None, SEEN)
    return Response(DOT, content_type="image/gif", headers=SHOWN_ELSEWHERE)


@bp.get("/c/<token>")
@linked(CLICKED_AT)
def clicked(token: str) -> Response:
    row, place = g.actor_subject
    link = tracking.link_at(row.campaign_id, place) if place != TRAP else None
    if link is None and place != TRAP:
        abort(404)
    _note(row, link, CLICKED)
    if link is None:
        return Response("There is nothing here for people.\n", content_type="text/plain; charset=utf-8")
    answer = redirect(link.url, 302)
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[return-value]


def _note(row: Delivery, link: Link | None, kind: str) -> None:
    """Nobody waits for his page because the database is busy: then the click is not counted."""
    source = address()
    agent = request.headers.get("User-Agent", "")
    try:
        tracking.note(row, link, kind=kind, method=request.method, agent=agent, source=source)
    except OperationalError:
        log.warning("an opening or a click could not be noted")


def _resolve_opening(org_id: int, delivery_id: int) -> Actor | None:
    return _resolve(org_id, delivery_id, None)


def _resolve_click(org_id: int, subject: int) -> Actor | None:
    delivery_id, place = tracking.split(subject)
    return _resolve(org_id, delivery_id, place)


def _resolve(org_id: int, delivery_id: int, place: int | None) -> Actor | None:
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        row = Delivery.get_or_none(Delivery.id == delivery_id)
    if row is None:
        return None
    g.actor_subject = row if place is None else (row, place)
    return Actor(org_id=org_id, name="The contact")


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    register_link(OPENED_AT, _resolve_opening)
    register_link(CLICKED_AT, _resolve_click)
