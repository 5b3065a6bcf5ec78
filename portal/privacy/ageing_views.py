"""Reports: contacts by their last update, and those to whom nobody writes any more."""

from flask import Blueprint, Flask, Response, g, request, url_for

from portal.contacts import queries as contacts
from portal.contacts import service
from portal.contacts.group_rules import ByRule
from portal.core.clock import now
from portal.core.permissions import DataSet, Permission
from portal.privacy import ageing, erasing_views
from portal.privacy.ageing import CHOICES, MONTHS, Wanted
from portal.privacy.erasure_rules import DE_IDENTIFY, ERASE
from portal.web.access import needs
from portal.web.filters import zone
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

bp = Blueprint("ageing", __name__, url_prefix="/reports/ageing")


@bp.get("")
@needs(Permission.REPORT_READ)
def index() -> Response:
    wanted = _wanted()
    page = paging(ageing.count(wanted), ageing.PAGE)
    return page_or_part(
        "privacy/ageing.html", "privacy/_ageing.html", wanted=wanted, choices=CHOICES, page=page,
        lines=ageing.page(wanted, page.number), sees_email=g.actor.sees(DataSet.EMAIL),
    )  # fmt: skip


@bp.post("/chosen/confirmation")
@needs(Permission.CONTACT_EDIT)
def confirm() -> Response:
    """What is kept of the chosen was looked through, and is right."""
    ageing.confirm(_chosen())
    return _back()


@bp.post("/chosen/group")
@needs(Permission.CONTACT_EDIT)
def gather() -> Response:
    """Put the chosen into a group, from which they are asked again, or taken along as a file."""
    today = f"{now().astimezone(zone()):%Y-%m-%d}"
    is_asking = request.form.get("to") == "ask" and g.actor.may(Permission.CAMPAIGN_EDIT)
    name = f"To be asked again, {today}" if is_asking else f"Not updated, {today}"
    try:
        group = ageing.gather(_chosen(), name)
    except ByRule:
        return _back()
    if is_asking:
        return done(url_for("asking.new", group=group.id))
    return done(url_for("contacts.index", group=group.id))


@bp.post("/chosen/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def ask_removal() -> Response:
    """Ask before the chosen are removed, or made nameless. Removes nothing."""
    act = DE_IDENTIFY if request.form.get("act") == DE_IDENTIFY else ERASE
    return erasing_views.asking(_chosen(), act, reason="not_needed")


def _chosen() -> list[int]:
    """Those ticked, or all that are found; never nobody."""
    found = ageing.ids(_wanted()) if request.form.get("all") == "1" else contacts.visible_ids(_ticked())
    if not found:
        raise service.ContactNotFound("There is no such contact.")
    return found


def _ticked() -> list[int]:
    texts = request.form.getlist("chosen")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 12]


def _wanted() -> Wanted:
    text = request.values.get("months", "")
    months = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else MONTHS
    return Wanted(min(max(months, 1), 600), request.values.get("silent") == "1")


def _back() -> Response:
    wanted = _wanted()
    return done(url_for("ageing.index", months=wanted.months, silent=int(wanted.silent) or None))


def register(app: Flask) -> None:
    app.register_blueprint(bp)
