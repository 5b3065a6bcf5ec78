"""A duty that somebody noted as done, with words that only who sees the duties reads."""

from portal.accounts.models import Membership
from portal.compliance import service
from portal.compliance.models import Duty
from portal.core.actor import current_actor
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    row = Duty.get(Duty.key == "review")
    mine = Membership.get(Membership.user_id == current_actor().user_id)
    service.assign(row, mine.user_id, service.today())
    words = stage.canary("privacy", f"CNRY{stage.mark}looked")
    service.done(service.find(row.id), service.today(), words, None)
    return {"duty_id": row.id}
