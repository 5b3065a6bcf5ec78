"""Suspending an organisation (R07): nothing of it is handed over after that, until somebody lifts it with a reason.

What the installation itself writes still goes out, such as mails for signing in, and people can still leave lists and
answer what they were asked.
"""

from zoneinfo import ZoneInfo

from portal.accounts.models import Membership, User
from portal.accounts.service import current_org
from portal.activity import log
from portal.core.actor import current_actor
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.core.text import InvalidText, clean_text
from portal.delivery import notices, transport

LONGEST = 500


class NotSo(Misfit):
    """The organisation cannot be suspended or let go on like this. The message is a sentence for support."""


def suspend(reason: str) -> None:
    """Suspend the current organisation, and tell its owners why. Once this is committed nothing of it is handed over:
    the hand-over holds the organisation's row.
    """
    reason = _reason(reason, "Say why: its owners read it.")
    at = now()
    with transaction():
        org_id = current_actor().org_id
        changed = Org.update(suspended_at=at, suspended_reason=reason).where(
            Org.id == org_id, Org.suspended_at.is_null()
        )
        if not changed.execute():
            raise NotSo("It is suspended already.", "reason")
        log.write("organisation.suspended", reason=reason)
        _tell("suspended", reason, "/")


def resume(reason: str) -> None:
    """Lift the suspension of the current organisation, with why; its owners are told."""
    reason = _reason(reason, "Say why it is lifted: it is kept in the record.")
    with transaction():
        org_id = current_actor().org_id
        changed = Org.update(suspended_at=None, suspended_reason="").where(
            Org.id == org_id, Org.suspended_at.is_null(False)
        )
        if not changed.execute():
            raise NotSo("It is not suspended.", "reason")
        log.write("organisation.resumed", reason=reason)
        _tell("resumed", reason, "/campaigns")


def owners() -> list[User]:
    """Who owns the current organisation and can sign in."""
    query = Membership.select(Membership, User).join(User)
    query = query.where(Membership.org == current_actor().org_id, Membership.role == Role.OWNER)
    return [one.user for one in query.where(User.disabled_at.is_null()).order_by(Membership.id)]


def _tell(kind: str, reason: str, path: str) -> None:
    org = current_org()
    for owner in owners():
        notices.send(
            kind, owner.email, user_id=owner.id, org=org.name, reason=reason, at=now(), zone=ZoneInfo(org.timezone),
            link=transport.base_url() + path,
        )  # fmt: skip


def _reason(text: str, missing: str) -> str:
    try:
        clean = clean_text(text, max_length=LONGEST)
    except InvalidText as error:
        raise NotSo(str(error), "reason") from error
    if not clean:
        raise NotSo(missing, "reason")
    return clean
