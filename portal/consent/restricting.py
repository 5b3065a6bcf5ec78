"""Restricting a contact: nothing may be done but keeping, and only who has `privacy` sees it (POPIA s 14(6) to (8))."""

from typing import Any

from portal.activity import log
from portal.consent.grounds import RESTRICTIONS
from portal.consent.models import Restriction
from portal.contacts.models import Contact
from portal.core.actor import Actor, acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.tenancy import register_closed_contacts


class Unrestricted(Misfit):
    """The restriction cannot be set or lifted so. `field` is where it is mended."""


def register() -> None:
    register_closed_contacts(closed)


def closed(actor: Actor) -> Any:
    """The subquery of the ids of restricted contacts, made as the portal itself, below the filter that it feeds."""
    with acting_as(system(actor.org_id)):
        mine = Restriction.select(Restriction.contact_id).where(Restriction.lifted_at.is_null())
        return mine | Contact.select(Contact.id).where(Contact.merged_into.in_(mine))


def of(contact_id: int) -> Restriction | None:
    """The restriction in force."""
    found: Restriction | None = (
        Restriction.select()
        .where(Restriction.contact_id == contact_id, Restriction.lifted_at.is_null())
        .order_by(Restriction.id.desc())
        .first()
    )
    return found


def restrict(contact_id: int, reason: str, detail: str = "") -> Restriction:
    """Take a contact out of every list, search, export and campaign of who lacks `privacy`."""
    require(Permission.PRIVACY)
    if reason not in RESTRICTIONS:
        raise Unrestricted("Choose why.", "reason")
    present = of(contact_id)
    if present is not None:
        return present
    with transaction():
        made = Restriction.create(
            contact_id=contact_id, reason=reason, detail=detail.strip(), set_by=current_actor().name
        )
        changes: dict[str, list[Any]] = {"why": [None, RESTRICTIONS[reason]]}
        if detail.strip():
            changes["detail"] = [None, detail.strip()]
        log.write("contact.restricted", contact_id, changes=changes)
    return made


def lift(contact_id: int, notified: str) -> None:
    """Let the contact be used again. The person must have been told before: `notified` says how and when."""
    require(Permission.PRIVACY)
    if not notified.strip():
        raise Unrestricted("Say how and when the person was told that this ends: the law wants that first.", "notified")
    with transaction():
        lifted = (
            Restriction.update(lifted_at=now(), notified_on=notified.strip())
            .where(Restriction.contact_id == contact_id, Restriction.lifted_at.is_null())
            .execute()
        )
        if lifted:
            log.write("contact.unrestricted", contact_id, changes={"told": [None, notified.strip()]})
