"""Tells the gate when somebody who wants fewer messages last had one that promotes something or asks for a gift."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.campaigns.models import Campaign
from portal.consent.queries import register_lately
from portal.consent.rules import PurposeClass
from portal.consent.spacing import SPACINGS
from portal.core.clock import now
from portal.delivery.models import ACCEPTED, HANDED, UNKNOWN, Delivery

HAD = (HANDED, ACCEPTED, UNKNOWN)  # what may have reached somebody counts


def lately(contact_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these contacts last had one, as far as it may matter still; who had none is not in it."""
    since = now() - timedelta(days=max(SPACINGS))
    query = Delivery.select(Delivery.contact_id, Delivery.handed_at).join(
        Campaign, on=(Campaign.id == Delivery.campaign_id)
    )
    mine = Delivery.contact_id.in_(list(contact_ids)) & (Delivery.handed_at > since) & Delivery.state.in_(HAD)
    found: dict[int, datetime] = {}
    for contact_id, at in query.where(
        mine, Campaign.within(), Campaign.purpose == PurposeClass.DIRECT_MARKETING
    ).tuples():
        found[contact_id] = max(at, found.get(contact_id, at))
    return found


def register() -> None:
    register_lately(lately)
