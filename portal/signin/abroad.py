"""A traveller's wish to sign in from elsewhere, and the answer to it."""

from datetime import date

from portal.accounts import places
from portal.accounts.models import Membership, PlaceException, User
from portal.accounts.service import actor_for, find_user
from portal.activity import log
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Role
from portal.core.tenancy import Org
from portal.delivery import notices, transport
from portal.gateways.countries import name_of
from portal.signin.people import memberships, zone_of


def ask(email: str, country: str, last_day: date, address: str) -> None:
    """Ask the owners of each organisation this user works for. Does nothing for an address that nobody has, for one
    whose wish is waiting already, and for a country that is no obstacle.
    """
    user = find_user(email)
    if user is None or user.disabled_at is not None:
        return
    for membership in memberships(user):
        if country in places.of_org(membership.org):
            continue
        until = places.end_of(last_day, membership.org)
        with transaction():
            wish = places.ask(user, membership, country, until)
            if wish is None:
                continue
            membership.user = user
            with acting_as(actor_for(membership, address)):
                log.write("user.abroad_asked", subject_id=user.id, country=country, until=until)
            for owner in _owners(membership.org):
                notices.send(
                    "abroad", owner.email, user_id=owner.id, owner=owner.name, name=user.name, until=until,
                    country=name_of(country), organisation=membership.org.name, zone=zone_of(owner),
                    link=f"{transport.base_url()}/settings/sign-in",
                )  # fmt: skip


def answer(exception_id: int, granted: bool, confirmed: bool) -> PlaceException:
    """Allow or refuse a wish, and tell the traveller. Raises places.NeedsConfirming, LookupError."""
    with transaction():
        wish = places.answer(exception_id, granted, confirmed)
        org = Org.get_by_id(wish.org_id)
        user: User = User.get_by_id(wish.user_id)
        if user.disabled_at is None and (wish.until is None or wish.until > now()):
            notices.send(
                "abroad_answer", user.email, user_id=user.id, name=user.name, granted=granted, until=wish.until,
                country=name_of(wish.country), organisation=org.name, zone=zone_of(user),
            )  # fmt: skip
    return wish


def _owners(org: Org) -> list[User]:
    query = (
        User.select()
        .join(Membership)
        .where(Membership.org == org.id, Membership.role == Role.OWNER, User.disabled_at.is_null())
    )
    return list(query)
