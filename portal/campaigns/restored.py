"""Campaigns in a database that was put back from a backup: nobody is written to again unseen (R63)."""

from portal.activity import log
from portal.activity.models import LogEntry
from portal.campaigns.models import DRAFT, PAUSED, SCHEDULED, SENDING, Campaign
from portal.core.db import transaction
from portal.delivery import ledger


def calm(made: str) -> dict[str, int]:
    """Pause what was being sent or waited for its hour when the backup was made, and what was a draft then and has been
    sent since, where the record still tells of it; by name, how many messages of each are not certain: they may have
    left after it. `made` says when that was.
    """
    found = {}
    sent = LogEntry.select(LogEntry.subject_id).where(LogEntry.action == "campaign.audience_frozen")
    may_have_left = Campaign.state.in_((SENDING, SCHEDULED)) | ((Campaign.state == DRAFT) & Campaign.id.in_(sent))
    with transaction():
        ledger.doubt_what_was_on_its_way()
        for campaign in Campaign.select().where(may_have_left).order_by(Campaign.id):
            figures = ledger.status(campaign.id)
            open_ = figures["pending"] + figures["deferred"]
            uncertain = open_ + figures["unknown"]
            words = _words(made, open_) if campaign.state == SENDING else _begun(made)
            Campaign.update(state=PAUSED, trouble=words).where(Campaign.id == campaign.id).execute()
            log.write("campaign.paused", subject_id=campaign.id, why=words)
            found[campaign.name] = uncertain
    return found


def _words(made: str, count: int) -> str:
    messages = "1 message" if count == 1 else f"{count:,} messages"
    return f"Put back from a backup of {made}: {messages} may have left after it, and would leave again if you go on."


def _begun(made: str) -> str:
    return f"Put back from a backup of {made}: it may have been sent after it, and would be sent again if you go on."
