"""What a contact was sent, as a block of the contact's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.campaigns.audience import secret
from portal.campaigns.models import Campaign
from portal.contacts.panels import Panel, register_panel
from portal.core.permissions import Permission
from portal.delivery import history
from portal.delivery.history import Line
from portal.delivery.models import Delivery

SHOWN = 100


@dataclass(frozen=True)
class Sent:
    """One message: which campaign's, and what became of it."""

    campaign_id: int
    name: str
    line: Line


def messages(contact_ids: Sequence[int]) -> dict[int, list[Sent]]:
    """Every message of these contacts, the newest first."""
    rows: list[Delivery] = [row for contact_id in contact_ids for row in history.last_of_contact(contact_id, SHOWN)]
    closed = secret(row.campaign_id for row in rows)
    rows = [row for row in rows if row.campaign_id not in closed]
    names = {c.id: c.name for c in Campaign.select().where(Campaign.id.in_({row.campaign_id for row in rows}))}
    found: dict[int, list[Sent]] = {}
    for line in history.lines(rows):
        row = line.delivery
        found.setdefault(row.contact_id, []).append(Sent(row.campaign_id, names.get(row.campaign_id, ""), line))
    return found


def register() -> None:
    register_panel(Panel("messages", "campaigns/_messages.html", messages, Permission.CAMPAIGN_READ))
