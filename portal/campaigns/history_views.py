"""What became of a campaign: figures that add up to everybody it was for, and the people behind each."""

from collections.abc import Iterator
from typing import Any

from flask import Response, g, request

from portal.activity import log
from portal.campaigns import service
from portal.campaigns.audience import require_open
from portal.campaigns.models import DRAFT, PAUSED, SCHEDULED, SENDING, Campaign
from portal.campaigns.pages import STATES, bp
from portal.consent.rules import WORDS
from portal.contacts import queries as contacts
from portal.core.cells import guarded_line
from portal.core.db import transaction
from portal.core.permissions import DataSet, Permission
from portal.delivery import figures, ledger, pace, transport
from portal.delivery import history as deliveries
from portal.delivery.figures import Figures
from portal.delivery.history import Wanted
from portal.web.access import needs
from portal.web.bodies import refuse_nul
from portal.web.filters import zone
from portal.web.htmx import page_or_part
from portal.web.paging import paging
from portal.web.streaming import stream


@bp.get("/<int:campaign_id>/history")
@needs(Permission.CAMPAIGN_READ)
def history(campaign_id: int) -> Response:
    campaign = _find(campaign_id)
    known = figures.of_campaign(campaign_id)
    reasons = ledger.reasons(campaign_id)
    names = {group.id: group.name for group in contacts.visible_groups()}
    return page_or_part(
        "campaigns/history.html", "campaigns/_standing.html",
        campaign=campaign, figures=known, state=STATES[campaign.state], is_draft=campaign.state == DRAFT,
        is_moving=campaign.state in (SENDING, SCHEDULED), may_stop=campaign.state in (SENDING, SCHEDULED, PAUSED),
        minus=[(reason, words, reasons[reason]) for reason, words in WORDS.items() if reasons.get(reason)],
        inside=" and ".join(names.get(i, "another group") for i in campaign.groups),
        outside=" and ".join(names.get(i, "another group") for i in campaign.excluded),
        doings=figures.doings(campaign_id), seconds=_seconds_left(campaign, known.left),
        tracked=bool((campaign.letter or {}).get("is_tracked")), **_told(campaign, known),
        limit=transport.limit(), sender=service.mailbox_of(campaign).name,
    )  # fmt: skip


@bp.get("/<int:campaign_id>/people")
@needs(Permission.CAMPAIGN_READ)
def people(campaign_id: int) -> Response:
    """The people behind a figure, to be searched and paged."""
    campaign = _find(campaign_id)
    wanted = _wanted(campaign)
    page = paging(deliveries.count(wanted), deliveries.PAGE)
    return page_or_part(
        "campaigns/people.html", "campaigns/_people.html",
        campaign=campaign, wanted=wanted, lines=deliveries.page(wanted, page.number), page=page, words=_words(wanted),
    )  # fmt: skip


@bp.post("/<int:campaign_id>/people/export")
@needs(Permission.CONTACT_EXPORT, fresh=True)
def export_people(campaign_id: int) -> Response:
    """The list as a file. Kept in the record, because personal data leaves the portal by it."""
    campaign = _find(campaign_id)
    wanted = _wanted(campaign)
    with transaction():
        count = deliveries.count(wanted)
        log.write("campaign.list_exported", subject_id=campaign.id, list=_words(wanted), rows=count)
    local = zone()

    def rows() -> Iterator[str]:
        yield "\ufeff" + guarded_line(["Name", "Email", "What became of it", "Why", "The mail server's words", "When"])
        for line in deliveries.every(wanted):
            ended = line.delivery.ended_at
            when = ended.astimezone(local).strftime("%Y-%m-%d %H:%M") if ended else ""
            yield guarded_line([line.name, line.address, line.words, line.why, line.said, when])

    return stream(rows, name=f"campaign-{campaign.id}-people.csv")


def _find(campaign_id: int) -> Campaign:
    campaign = service.find(campaign_id)
    require_open(campaign.id)
    return campaign


def _wanted(campaign: Campaign) -> Wanted:
    refuse_nul(request.form)
    state, reason = request.values.get("state", ""), request.values.get("reason", "")
    return Wanted(
        campaign.id,
        state if state in deliveries.STATES else "",
        reason if reason in WORDS else "",
        request.values.get("q", "").strip()[:200],
        request.values.get("at", "").strip().lower()[:255],
        _number(request.values.get("link", "")),
    )


def _number(text: str) -> int:
    """An id from the address of a page; 0, nobody's, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _words(wanted: Wanted) -> str:
    if wanted.reason:
        return WORDS[wanted.reason]
    if wanted.link_id:
        return "followed this link"
    return deliveries.STATES[wanted.state][0] if wanted.state else "everybody it was for"


def _told(campaign: Campaign, known: Figures) -> dict[str, Any]:
    """What is worked out only when nothing moves any more: the curve, the links, the mail domains."""
    if campaign.started_at is None or campaign.state == SENDING:
        return {"hours": [], "links": [], "domains": []}
    return {
        "hours": figures.hours(campaign.id, campaign.started_at),
        "links": figures.links(campaign.id),
        "domains": figures.mail_domains(campaign.id) if known.undeliverable and g.actor.sees(DataSet.EMAIL) else [],
    }


def _seconds_left(campaign: Campaign, left: int) -> float | None:
    """How long it will take: by the provider's limit, else by how fast it has gone; None when nobody can say."""
    if campaign.state != SENDING or not left:
        return None
    limited = pace.seconds_left(pace.Limit.from_text(transport.limit()), left)
    rate = ledger.rate(campaign.id)
    by_rate = left / rate if rate else None
    return max(limited, by_rate or 0.0) if limited is not None else by_rate
