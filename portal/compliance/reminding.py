"""Who looks after a duty that is late is told, once a week at most, in one mail (R73)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from portal.accounts import service as accounts
from portal.accounts.models import User
from portal.accounts.service import current_org, members
from portal.compliance import rules, service
from portal.compliance.catalogue import DUTIES
from portal.compliance.models import Duty
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.permissions import Permission
from portal.delivery import notices, transport
from portal.home.queries import Notice, register_notices


def register() -> None:
    register_notices(_on_home)


def remind() -> int:
    """Write to who has duties that are due; how many mails. Who was written to this week is left in peace."""
    users = {one.user_id: one.user for one in members()}
    may = dict(service.colleagues())
    with transaction():
        late: dict[int, list[Duty]] = {}
        for row in lock(Duty.select().where(Duty.due <= accounts.today(), Duty.user_id.is_null(False))):
            if row.user_id in may and row.key in DUTIES:
                late.setdefault(row.user_id, []).append(row)
        told = {user_id: rows for user_id, rows in late.items() if not _was_told(rows)}
        for user_id, rows in told.items():
            _write(users[user_id], rows)
    return len(told)


def _was_told(rows: Sequence[Duty]) -> bool:
    return any(row.reminded_at is not None and row.reminded_at > now() - rules.WEEK for row in rows)


def _write(user: User, rows: Sequence[Duty]) -> None:
    org = current_org()
    duties = [(DUTIES[row.key].title, row.due) for row in sorted(rows, key=lambda row: str(row.due))]
    notices.send(
        "duties", user.email, user_id=user.id, org=org.name, duties=duties, zone=ZoneInfo(org.timezone),
        link=transport.base_url() + "/compliance",
    )  # fmt: skip
    Duty.update(reminded_at=now()).where(Duty.id.in_([row.id for row in rows])).execute()


def _on_home() -> list[Notice]:
    if not current_actor().may(Permission.PRIVACY):
        return []
    count = service.overdue()
    if not count:
        return []
    words = "1 duty is" if count == 1 else f"{count} duties are"
    return [Notice("shield", words, " overdue.", "compliance.index", {"show": "overdue"})]
