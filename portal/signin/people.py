"""What becomes of a user's account, written into the records of the organisations he works for, and told to him."""

from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts import places
from portal.accounts import service as accounts
from portal.accounts.models import Membership, User
from portal.accounts.service import actor_for
from portal.activity import log
from portal.core.actor import Actor, acting_as
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.tenancy import Org
from portal.delivery import notices, transport
from portal.gateways.countries import place_of
from portal.signin import begun, counting
from portal.signin.rules import LINK_LASTS


def memberships(user: User) -> list[Membership]:
    query = Membership.select(Membership, Org).join(Org).where(Membership.user == user)
    return list(query.order_by(Membership.id))


def lock_account(user_id: int, by: str) -> None:
    """Nobody signs in as this user any more, and what was begun is over."""
    with transaction():
        found = accounts.lock(user_id, by)
        begun.end_all(found)


def unlock_account(user: User, by: str) -> None:
    """The account is open again, and its series of wrong passwords is over."""
    with transaction():
        accounts.unlock(user.id, by)
        counting.end_series(user)


def write_to_all(user: User, action: str, by: str = "", **more: Any) -> None:
    """Log what happened to a user's account in each organisation he works for, as his own act or as that of `by`. Not
    from where: that concerns the organisation he works for at the time alone. Belongs to a transaction.
    """
    for membership in memberships(user):
        membership.user = user
        actor = Actor(org_id=membership.org_id, name=by) if by else actor_for(membership)
        with acting_as(actor):
            log.write(action, subject_id=user.id, **more)


def write_signed(membership: Membership, action: str, address: str, **more: Any) -> None:
    """Log what a user did for one organisation, with from where. Belongs to a transaction."""
    with acting_as(actor_for(membership, address)):
        log.write(action, subject_id=membership.user_id, **more)


def note_moved(membership: Membership, address: str, country: str) -> None:
    """Somebody signed in was refused because he is elsewhere now. Belongs to a transaction."""
    with acting_as(actor_for(membership, address)):
        log.write("user.refused_abroad", subject_id=membership.user_id, country=country)


def tell_user(user: User, what: str, address: str, browser: str) -> None:
    """Tell a user of a change to his account that he may not have made. Belongs to a transaction."""
    notices.send(
        "account", user.email, user_id=user.id, name=user.name, what=what, at=now(), zone=zone_of(user),
        place=place_of(places.where(address).country, address), browser=browser,
        forgotten=transport.base_url() + "/password/forgotten",
    )  # fmt: skip


def mail_link(started: begun.Started, user: User, kind: str, path: str) -> None:
    row, base = started.row, transport.base_url()
    notices.send(
        kind, user.email, user_id=user.id, good_until=row.begun_at + LINK_LASTS, name=user.name, email=user.email,
        place=row.place, browser=row.browser, at=row.begun_at, zone=zone_of(user), link=base + path,
        forgotten=f"{base}/password/forgotten",
    )  # fmt: skip


def zone_of(user: User) -> ZoneInfo:
    mine = memberships(user)
    return ZoneInfo(mine[0].org.timezone) if mine else notices.HOME
