"""Choosing who gets a campaign, seeing who will and who will not, and letting it go."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, g, request, url_for

from portal.campaigns import sending, service
from portal.campaigns.audience import Waterfall, require_right_to_send, sees_whole, waterfall
from portal.campaigns.models import DRAFT, Campaign
from portal.campaigns.pages import bp
from portal.consent.queries import first_purpose_id
from portal.consent.rules import MENDED_BY_RECORDING, WORDS
from portal.contacts import queries as contacts
from portal.core.clock import now
from portal.core.permissions import Denied, Permission
from portal.delivery import transport
from portal.web.access import needs
from portal.web.filters import zone
from portal.web.htmx import done, page_or_part
from portal.web.paging import paging

PAGE = 50
MANY = 1_000  # from here on the removal of one's details is offered at the foot (R26)
RECEIVE, ALL = "receive", "all"


class BadTime(ValueError):
    """The time to send at cannot be read or has passed. The message says so."""


@bp.get("/<int:campaign_id>/audience")
@needs(Permission.CAMPAIGN_EDIT)
def audience(campaign_id: int) -> Response:
    campaign = service.find(campaign_id)
    if campaign.state != DRAFT:
        return done(url_for("campaigns.history", campaign_id=campaign_id))
    return _audience(campaign)


@bp.post("/<int:campaign_id>/audience")
@needs(Permission.CAMPAIGN_EDIT)
def choose_audience(campaign_id: int) -> Response:
    """Keep the groups and work out who will receive it."""
    sending.choose_audience(service.find(campaign_id), _numbers("group"), _numbers("not_group"))
    return done(
        url_for("campaigns.audience", campaign_id=campaign_id),
        part="campaigns/_audience.html",
        **_context(service.find(campaign_id)),
    )


@bp.get("/<int:campaign_id>/audience/people")
@needs(Permission.CAMPAIGN_EDIT)
def audience_people(campaign_id: int) -> Response:
    """The people behind a figure of the waterfall, before anything is sent."""
    campaign = service.find(campaign_id)
    fall = waterfall(campaign)
    figure = request.args.get("figure", ALL)
    found = {RECEIVE: fall.receivers, ALL: fall.everybody}.get(figure, fall.minus.get(figure))
    if found is None and figure not in WORDS:
        abort(404)
    ids = found or []
    page = paging(len(ids), PAGE)
    shown = ids[(page.number - 1) * PAGE : page.number * PAGE]
    words = {RECEIVE: "will receive it", ALL: "in these groups"}.get(figure) or WORDS[figure]
    rows = contacts.rows(contacts.by_ids(shown))
    return page_or_part(
        "campaigns/audience_people.html", "campaigns/_audience_people.html",
        campaign=campaign, rows=rows, page=page, words=words,
    )  # fmt: skip


@bp.post("/<int:campaign_id>/dispatch")
@needs(Permission.CAMPAIGN_SEND)
def dispatch(campaign_id: int) -> Response:
    """Send it, now or at a time. Refused when it would reach other people than the page showed."""
    campaign = service.find(campaign_id)
    if campaign.state != DRAFT:  # pressed twice: it is on its way, once
        return done(url_for("campaigns.history", campaign_id=campaign_id))
    try:
        require_right_to_send(campaign)
        at = _moment()
        fall = waterfall(campaign)
        if not fall.receivers:
            raise sending.NotReady("Nobody would receive it. Choose a group with people who may be written to.")
        if request.form.get("seen") != str(len(fall.receivers)):
            raise sending.Changed("Meanwhile the people it goes to have changed. Look at the figures and send again.")
        sending.start(campaign, at, offers_removal=request.form.get("removal") == "1")
    except (sending.NotReady, sending.Changed, service.Begun, BadTime, Denied) as error:
        return _audience(service.find(campaign_id), 422, str(error))
    return done(url_for("campaigns.history", campaign_id=campaign_id))


@bp.post("/<int:campaign_id>/pause")
@needs(Permission.CAMPAIGN_SEND)
def pause(campaign_id: int) -> Response:
    sending.pause(service.find(campaign_id))
    return done(url_for("campaigns.history", campaign_id=campaign_id))


@bp.post("/<int:campaign_id>/resumption")
@needs(Permission.CAMPAIGN_SEND)
def resume(campaign_id: int) -> Response:
    sending.resume(service.find(campaign_id))
    return done(url_for("campaigns.history", campaign_id=campaign_id))


@bp.get("/<int:campaign_id>/cancellation")
@needs(Permission.CAMPAIGN_SEND)
def confirm_cancelling(campaign_id: int) -> Response:
    campaign = service.find(campaign_id)
    return page_or_part(
        "campaigns/cancel.html", "campaigns/_cancel.html", campaign=campaign, figures=sending.status(campaign)
    )


@bp.post("/<int:campaign_id>/cancellation")
@needs(Permission.CAMPAIGN_SEND)
def cancel(campaign_id: int) -> Response:
    sending.cancel(service.find(campaign_id))
    return done(url_for("campaigns.history", campaign_id=campaign_id))


def _audience(campaign: Campaign, status: int = 200, sentence: str = "") -> Response:
    return page_or_part(
        "campaigns/audience.html", "campaigns/_audience.html", status, sentence=sentence, **_context(campaign)
    )


def _context(campaign: Campaign) -> dict[str, Any]:
    is_whole = sees_whole(campaign)
    fall = waterfall(campaign) if campaign.groups and is_whole else Waterfall()
    names = {group.id: group.name for group in contacts.visible_groups()}
    return {
        "campaign": campaign,
        "groups": contacts.visible_groups(),
        "sizes": contacts.group_sizes(),
        "fall": fall,
        "is_whole": is_whole,
        "inside": " and ".join(names.get(i, "another group") for i in campaign.groups),
        "checks": [check for check in service.before_sending(campaign) if not check.is_done],
        "silent": sum(len(ids) for reason, ids in fall.minus.items() if reason in MENDED_BY_RECORDING),
        "purpose_id": campaign.purpose_id or first_purpose_id(),
        "is_caught": transport.is_caught(),
        "today": now().astimezone(zone()),
        "zone": g.org.timezone,
        "asked": request.form,
        "offers_removal": len(fall.receivers) > MANY and not g.org.offers_removal and not service.is_request(campaign),
    }


def _moment() -> datetime | None:
    """When to send: None for now. The day and time are the organisation's."""
    if request.form.get("when") != "later":
        return None
    try:
        local = datetime.fromisoformat(f"{request.form.get('date', '')}T{request.form.get('time', '')}")
    except ValueError as error:
        raise BadTime("Give the day and the time at which it should leave.") from error
    at = local.replace(tzinfo=zone()).astimezone(UTC)
    if at <= now():
        raise BadTime("That time has passed. Choose a later one, or send it now.")
    return at


def _numbers(name: str) -> list[int]:
    return [int(text) for text in request.form.getlist(name) if text.isascii() and text.isdigit() and len(text) < 12]
