"""Senders: the names and addresses that campaigns are sent from. The first is always the organisation itself."""

from peewee import IntegrityError

from portal.accounts.service import current_org
from portal.activity import log
from portal.campaigns.letter import Mailbox
from portal.campaigns.models import Campaign, SenderIdentity
from portal.core.actor import require
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.delivery import transport


class SenderNotFound(LookupError):
    pass


class SenderExists(ValueError):
    """There is one with this name and address already."""


def own() -> Mailbox:
    """The organisation itself, which every campaign is sent from unless another sender is chosen."""
    org = current_org()
    return Mailbox(org.sender_name or org.name, org.email or f"portal@{transport.domain()}", org.reply_to)


def mailbox_of(sender_id: int | None) -> Mailbox:
    if sender_id is None:
        return own()
    sender = find(sender_id)
    return Mailbox(sender.name, sender.email, sender.reply_to)


def others() -> list[SenderIdentity]:
    """The senders beside the organisation itself."""
    return list(SenderIdentity.select().order_by(SenderIdentity.name, SenderIdentity.id))


def find(sender_id: int) -> SenderIdentity:
    found = SenderIdentity.get_or_none(SenderIdentity.id == sender_id)
    if found is None:
        raise SenderNotFound("There is no such sender.")
    return found


def add(name: str, email: str, reply_to: str = "") -> SenderIdentity:
    require(Permission.SETTINGS)
    try:
        with transaction():
            made = SenderIdentity.create(name=name, email=email, reply_to=reply_to)
            log.write("sender.added", subject_id=made.id, name=name, email=email, reply_to=reply_to)
    except IntegrityError as error:
        raise SenderExists("There is a sender with this name and address already.") from error
    return made


def change(sender: SenderIdentity, **values: str) -> None:
    """Set name, email or reply_to. What has begun to be sent keeps the sender it was approved with."""
    require(Permission.SETTINGS)
    changes = {name: [getattr(sender, name), value] for name, value in values.items() if getattr(sender, name) != value}
    if not changes:
        return
    try:
        with transaction():
            SenderIdentity.update(**values).where(SenderIdentity.id == sender.id).execute()
            log.write("sender.changed", subject_id=sender.id, changes=changes)
    except IntegrityError as error:
        raise SenderExists("There is a sender with this name and address already.") from error


def remove(sender: SenderIdentity) -> None:
    """Take a sender away. Drafts that named it go out from the organisation itself."""
    require(Permission.SETTINGS)
    with transaction():
        Campaign.update(sender_id=None, updated_at=now()).where(Campaign.sender_id == sender.id).execute()
        SenderIdentity.delete().where(SenderIdentity.id == sender.id).execute()
        log.write("sender.removed", subject_id=sender.id, name=sender.name, email=sender.email)
