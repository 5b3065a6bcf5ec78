"""Who looks after requests and complaints: colleagues who may see privacy cases and the person who asks."""

from portal.accounts.models import Membership
from portal.accounts.service import actor_for, current_org, members
from portal.activity import log
from portal.contacts.models import Contact
from portal.core.actor import acting_as, current_actor, require
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.requests.models import Desk

NOBODY = "Choose somebody who works here and may see this case."


class NoRecipient(Misfit):
    """Nobody of this number can receive complaints."""


def colleagues(contact_id: int | None = None) -> list[tuple[int, str]]:
    """Who can be given the request of this contact, by name; of somebody who is no contact, who sees everybody."""
    found = [(one.user_id, str(one.user.name)) for one in members() if _may_see(one, contact_id)]
    return sorted(found, key=lambda pair: pair[1].casefold())


def recipient_id(contact_id: int | None = None) -> int | None:
    """Who receives requests and complaints; None when that was not said, or he may not see this one."""
    row = Desk.select().first()
    return int(row.user_id) if row and row.user_id in dict(colleagues(contact_id)) else None


def recipient_name() -> str:
    """Who is named to people: whoever receives complaints, else the information officer."""
    row = Desk.select().first()
    names = {one.user_id: str(one.user.name) for one in members()}
    return names.get(row.user_id or 0 if row else 0, "") or current_org().information_officer


def set_recipient(user_id: int | None) -> None:
    """Say who receives requests and complaints; None: nobody in particular. Raises NoRecipient."""
    require(Permission.SETTINGS)
    if user_id is not None and user_id not in dict(colleagues()):
        raise NoRecipient(NOBODY, "user_id")
    with transaction():
        lock(Org.select().where(Org.id == current_actor().org_id)).get()
        before = recipient_name()
        Desk.delete().execute()
        Desk.create(user_id=user_id)
        log.write("request.recipient_changed", changes={"who": [before, recipient_name()]})


def address_of(user_id: int | None) -> str:
    """Where it is told that there is something: the colleague's address, else the organisation's own."""
    org = current_org()
    mine = next((str(one.user.email) for one in members() if one.user_id == user_id), "")
    return mine or org.complaints_email or org.email


def _may_see(member: Membership, contact_id: int | None) -> bool:
    actor = actor_for(member)
    if not actor.may(Permission.PRIVACY) or member.user.disabled_at is not None:
        return False
    if contact_id is None:
        return not actor.is_limited
    with acting_as(actor):
        return bool(Contact.select().where(Contact.id == contact_id).exists())
